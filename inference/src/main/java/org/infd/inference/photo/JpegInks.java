package org.infd.inference.photo;

import java.awt.image.WritableRaster;

/** The four inks of a JPEG as they are shown. */
final class JpegInks {
  private static final int INKS = 4;
  private static final int MIDDLE = 128;
  private static final int LARGEST = 255;

  /** What an Adobe marker says of inks that are stored as brightness and colours. */
  private static final int YCCK = 2;

  private JpegInks() {}

  /**
   * 0xRRGGBB, row by row.
   *
   * @param raster the samples as they are stored; may be changed
   */
  static int[] light(WritableRaster raster, byte[] file, JpegFrame frame, Watch watch) {
    if (frame.adobeTransform() == YCCK) {
      fromYcck(raster, watch);
    }
    return new DisplayPixels(
            Profiles.ofJpeg(file), DisplayPixels.Inks.DARK_IS_ZERO, false, watch::check)
        .ofInks(raster);
  }

  /** The inks of YCCK (Adobe TN 5116, 18), as libjpeg makes them. */
  private static void fromYcck(WritableRaster raster, Watch watch) {
    int width = raster.getWidth();
    var row = new int[width * INKS];
    for (int y = 0; y < raster.getHeight(); y++) {
      watch.check();
      raster.getPixels(0, y, width, 1, row);
      for (int i = 0; i < row.length; i += INKS) {
        double luma = row[i];
        double cb = row[i + 1] - MIDDLE;
        double cr = row[i + 2] - MIDDLE;
        row[i] = ink(luma + 1.402 * cr);
        row[i + 1] = ink(luma - 0.344136 * cb - 0.714136 * cr);
        row[i + 2] = ink(luma + 1.772 * cb);
      }
      raster.setPixels(0, y, width, 1, row);
    }
  }

  private static int ink(double light) {
    return LARGEST - Math.clamp(Math.round(light), 0, LARGEST);
  }
}
