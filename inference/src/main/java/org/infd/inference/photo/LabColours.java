package org.infd.inference.photo;

import com.twelvemonkeys.imageio.metadata.tiff.TIFF;
import com.twelvemonkeys.imageio.plugins.tiff.TIFFImageMetadata;
import java.awt.image.DataBuffer;
import java.awt.image.Raster;

/**
 * CIE L*a*b* as TIFF stores it (TIFF 6.0, section 23): lightness from 0 to the largest value, a and
 * b with their signs. White becomes the white of the screen, as in ImageMagick.
 */
final class LabColours {
  private static final int PHOTOMETRIC = 8;
  private static final int COLOURS = 3;
  private static final int LARGEST = 255;

  /** The white of sRGB (IEC 61966-2-1, D65). */
  private static final double WHITE_X = 0.95047;

  private static final double WHITE_Z = 1.08883;

  private LabColours() {}

  /** Whether a TIFF has such colours, in a form that is read here. */
  static boolean areIn(TIFFImageMetadata metadata) {
    int photometric = TiffFields.number(metadata, TIFF.TAG_PHOTOMETRIC_INTERPRETATION).orElse(0);
    return photometric == PHOTOMETRIC;
  }

  /** Whether samples are of 8 or 16 bits, and at least three. */
  static boolean canRead(Raster raster) {
    int type = raster.getTransferType();
    boolean isShort = type == DataBuffer.TYPE_USHORT || type == DataBuffer.TYPE_SHORT;
    return raster.getNumBands() >= COLOURS && (type == DataBuffer.TYPE_BYTE || isShort);
  }

  /**
   * 0xRRGGBB, row by row.
   *
   * @param check is run now and then, and may throw
   */
  static int[] rgb(Raster raster, Runnable check) {
    int width = raster.getWidth();
    int bands = raster.getNumBands();
    boolean isByte = raster.getTransferType() == DataBuffer.TYPE_BYTE;
    var rgb = new int[width * raster.getHeight()];
    var row = new int[width * bands];
    for (int y = 0; y < raster.getHeight(); y++) {
      check.run();
      raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, row);
      for (int x = 0; x < width; x++) {
        int lightness = row[x * bands];
        int a = row[x * bands + 1];
        int b = row[x * bands + 2];
        rgb[y * width + x] =
            isByte
                ? rgb(lightness * 100.0 / 255, (byte) a, (byte) b)
                : rgb((lightness & 0xFFFF) * 100.0 / 65_535, (short) a / 256.0, (short) b / 256.0);
      }
    }
    return rgb;
  }

  private static int rgb(double lightness, double a, double b) {
    double middle = (lightness + 16) / 116;
    double x = WHITE_X * light(middle + a / 500);
    double y = light(middle);
    double z = WHITE_Z * light(middle - b / 200);
    return shown(3.2404542 * x - 1.5371385 * y - 0.4985314 * z) << 16
        | shown(-0.9692660 * x + 1.8760108 * y + 0.0415560 * z) << 8
        | shown(0.0556434 * x - 0.2040259 * y + 1.0572252 * z);
  }

  private static double light(double root) {
    return root > 6.0 / 29 ? root * root * root : (root - 4.0 / 29) * 108 / 841;
  }

  private static int shown(double light) {
    return (int) Math.rint(DisplayPixels.display(Math.clamp(light, 0, 1)) * LARGEST);
  }
}
