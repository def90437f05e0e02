package org.infd.inference.export;

import java.nio.ByteBuffer;
import org.infd.inference.NumberText;
import org.infd.inference.Problem;

/**
 * TIFF 6.0, baseline RGB, not compressed: every size and place is known before the first pixel, so
 * the file streams. What people read is its description (UTF-8), the recipe a private tag.
 */
final class TiffFile {
  static final int DESCRIPTION = 270;

  /** Among the tags that are free for everybody's own use. */
  static final int RECIPE = 65_000;

  private static final int STRIP_PLACES = 273;
  private static final int STRIP_SIZES = 279;
  static final int SOFTWARE = 305;
  private static final int CHANNELS = 3;
  private static final int HEADER = 8;
  private static final long LARGEST = 0xFFFF_FFFFL;

  /** As many rows as about fill this are one strip. */
  private static final int STRIP = 1 << 16;

  private TiffFile() {}

  /**
   * Makes sure that offsets of four bytes suffice.
   *
   * @throws Problem if they do not
   */
  static void requireFits(int height, int width, PngText text) {
    long size = (long) height * width * CHANNELS + head(height, width, text).length;
    if (size > LARGEST) {
      throw new Problem(
          NumberText.format(
              "TIFF holds at most 4 GB, and this picture takes %.1f GB. Choose PNG.",
              size / (double) (1L << 30)));
    }
  }

  /** Everything before the pixels. */
  static byte[] head(int height, int width, PngText text) {
    int rows = Math.clamp(STRIP / ((long) width * CHANNELS), 1, height);
    int strips = Math.ceilDiv(height, rows);
    var places = TiffDirectory.Kind.CLASSIC.buffer(4 * strips);
    var sizes = TiffDirectory.Kind.CLASSIC.buffer(4 * strips);
    var directory = new TiffDirectory(TiffDirectory.Kind.CLASSIC);
    directory.number(256, width);
    directory.number(257, height);
    directory.shorts(258, 8, 8, 8);
    directory.shorts(259, 1);
    directory.shorts(262, 2);
    directory.text(DESCRIPTION, text.texts().get(PngText.PARAMETERS));
    directory.add(STRIP_PLACES, TiffDirectory.LONG, strips, places);
    directory.shorts(277, CHANNELS);
    directory.number(278, rows);
    directory.add(STRIP_SIZES, TiffDirectory.LONG, strips, sizes);
    directory.rational(282, 72);
    directory.rational(283, 72);
    directory.shorts(284, 1);
    directory.shorts(296, 2);
    directory.text(SOFTWARE, text.texts().get("Software"));
    directory.text(RECIPE, text.texts().get(PngText.RECIPE));
    long start = HEADER + directory.size();
    long rowBytes = (long) width * CHANNELS;
    for (int strip = 0; strip < strips; strip++) {
      places.putInt((int) (start + (long) strip * rows * rowBytes));
      sizes.putInt((int) (Math.min(rows, height - strip * rows) * rowBytes));
    }
    return ByteBuffer.allocate(Math.toIntExact(start))
        .put((byte) 'M')
        .put((byte) 'M')
        .putShort((short) 42)
        .putInt(HEADER)
        .put(directory.bytes(HEADER, 0))
        .array();
  }
}
