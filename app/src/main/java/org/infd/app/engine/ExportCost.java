package org.infd.app.engine;

import java.util.List;
import org.infd.app.work.Bytes;
import org.infd.app.work.SecondsRange;
import org.infd.inference.NumberText;

/**
 * What an export costs, estimated from a few of its pieces.
 *
 * @param least how many seconds it takes when nothing else goes on, by the quickest piece
 * @param most the same by the slowest
 * @param bytes how large the file or folder becomes
 * @param files how many files there will be; 1 where it is no folder
 * @param advice what else is good to know, in sentences
 */
public record ExportCost(double least, double most, long bytes, int files, List<String> advice) {
  /** The most likely time in seconds: most pieces are nearer to the quickest. */
  public double seconds() {
    return Math.sqrt(Math.max(0, least) * Math.max(0, most));
  }

  /**
   * For example "About 14 MB, 25 to 40 s", "About 1.4 GB in 5,461 files, about 3 min".
   *
   * @param range the time, as far as the last exports let it be said
   */
  public String text(SecondsRange range) {
    return "About "
        + Bytes.text(bytes)
        + (files > 1 ? NumberText.format(" in %,d files", files) : "")
        + ", "
        + range.text();
  }

  /** The size of a picture in words, for example "4096 × 2304, 9.4 megapixels". */
  public static String size(ExportArea area) {
    return NumberText.format(
        "%d × %d, %.1f megapixels", area.width(), area.height(), area.pixels() / 1e6);
  }
}
