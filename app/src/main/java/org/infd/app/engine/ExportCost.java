package org.infd.app.engine;

import java.util.Locale;
import org.infd.app.work.Bytes;
import org.infd.app.work.SecondsRange;
import org.infd.inference.export.Frame;

/**
 * What an export costs, estimated from a few of its tiles.
 *
 * @param seconds how long it takes when nothing else goes on
 * @param bytes how large the file becomes
 */
public record ExportCost(double seconds, long bytes) {
  /**
   * For example "About 14 MB, 25 to 40 s".
   *
   * @param range the time, as far as the last exports let it be said
   */
  public String text(SecondsRange range) {
    return "About " + Bytes.text(bytes) + ", " + range.text();
  }

  /** For example "under a second", "35 s", "4 min", "2.5 h". */
  public static String duration(double seconds) {
    if (seconds < 1) {
      return "under a second";
    }
    long whole = Math.round(seconds);
    if (whole < 100) {
      return whole + " s";
    }
    return whole < 6000
        ? Math.round(whole / 60.0) + " min"
        : String.format(Locale.ROOT, "%.1f h", whole / 3600.0);
  }

  /** The size of a picture in words, for example "4096 × 2304, 9.4 megapixels". */
  public static String size(Frame frame) {
    var size = frame.rectangle();
    return String.format(
        Locale.ROOT, "%d × %d, %.1f megapixels", size.width(), size.height(), frame.pixels() / 1e6);
  }
}
