package org.infd.inference.dive;

import java.util.Arrays;

/**
 * The two ways between a picture and its anchor pixels, squares of s×s pixels: the mean A, and an
 * enlargement U that is smooth and whose means are the anchor pixels, A(U y) = y. U is Keys' cubic
 * interpolation, {@value #BACK_PROJECTIONS} times corrected by the enlarged error of its means, and
 * at last by the error itself. So a pixel depends on the anchor pixels at most {@link #REACH} away.
 *
 * <p>One plane of values at a time, row-major.
 */
final class AnchorGrid {
  private static final int BACK_PROJECTIONS = 2;

  /** How many anchor pixels away a pixel of an enlargement depends on. */
  static final int REACH = 2 + 2 * BACK_PROJECTIONS;

  private static final double KEYS = -0.5;

  private final int rows;
  private final int columns;
  private final int scale;
  private final double[][] taps;

  /**
   * @param rows anchor pixels down
   * @param columns anchor pixels across
   * @param scale s, pixels across an anchor pixel
   */
  AnchorGrid(int rows, int columns, int scale) {
    this.rows = rows;
    this.columns = columns;
    this.scale = scale;
    taps = new double[scale][];
    for (int i = 0; i < scale; i++) {
      // where the pixel's centre lies after the centre of the anchor pixel before it
      double at = (i + 0.5) / scale - 0.5;
      double fraction = at - Math.floor(at);
      taps[i] =
          new double[] {
            cubic(1 + fraction), cubic(fraction), cubic(1 - fraction), cubic(2 - fraction)
          };
    }
  }

  private static double cubic(double distance) {
    if (distance < 1) {
      return ((KEYS + 2) * distance - (KEYS + 3)) * distance * distance + 1;
    }
    return ((KEYS * distance - 5 * KEYS) * distance + 8 * KEYS) * distance - 4 * KEYS;
  }

  /** The pixels down. */
  int height() {
    return rows * scale;
  }

  /** The pixels across. */
  int width() {
    return columns * scale;
  }

  /**
   * A: the means of the anchor pixels.
   *
   * @param pixels height × width
   * @return rows × columns
   */
  double[] means(double[] pixels) {
    var means = new double[rows * columns];
    for (int r = 0; r < height(); r++) {
      int anchorRow = r / scale * columns;
      for (int c = 0; c < columns; c++) {
        double sum = 0;
        for (int i = 0; i < scale; i++) {
          sum += pixels[r * width() + c * scale + i];
        }
        means[anchorRow + c] += sum;
      }
    }
    for (int i = 0; i < means.length; i++) {
      means[i] /= (double) scale * scale;
    }
    return means;
  }

  /**
   * U: the smooth picture with these means.
   *
   * @param anchors rows × columns
   * @return height × width
   */
  double[] enlarged(double[] anchors) {
    if (scale == 1) {
      return anchors.clone();
    }
    var pixels = interpolated(anchors);
    for (int i = 0; i < BACK_PROJECTIONS; i++) {
      add(pixels, interpolated(missing(anchors, pixels)));
    }
    var rest = missing(anchors, pixels);
    for (int r = 0; r < height(); r++) {
      for (int c = 0; c < width(); c++) {
        pixels[r * width() + c] += rest[r / scale * columns + c / scale];
      }
    }
    return pixels;
  }

  private double[] missing(double[] anchors, double[] pixels) {
    var means = means(pixels);
    for (int i = 0; i < means.length; i++) {
      means[i] = anchors[i] - means[i];
    }
    return means;
  }

  private static void add(double[] to, double[] values) {
    for (int i = 0; i < to.length; i++) {
      to[i] += values[i];
    }
  }

  /** Keys' cubic interpolation, first along columns, then along rows; the rim is repeated. */
  private double[] interpolated(double[] anchors) {
    var tall = new double[height() * columns];
    for (int r = 0; r < height(); r++) {
      var weights = taps[r % scale];
      int first = Math.floorDiv(2 * (r % scale) + 1 - scale, 2 * scale) + r / scale - 1;
      for (int tap = 0; tap < 4; tap++) {
        int from = Math.clamp(first + tap, 0, rows - 1) * columns;
        for (int c = 0; c < columns; c++) {
          tall[r * columns + c] += weights[tap] * anchors[from + c];
        }
      }
    }
    var pixels = new double[height() * width()];
    var sources = new int[4];
    for (int c = 0; c < width(); c++) {
      var weights = taps[c % scale];
      int first = Math.floorDiv(2 * (c % scale) + 1 - scale, 2 * scale) + c / scale - 1;
      Arrays.setAll(sources, tap -> Math.clamp(first + tap, 0, columns - 1));
      for (int r = 0; r < height(); r++) {
        double sum = 0;
        for (int tap = 0; tap < 4; tap++) {
          sum += weights[tap] * tall[r * columns + sources[tap]];
        }
        pixels[r * width() + c] = sum;
      }
    }
    return pixels;
  }
}
