package org.infd.inference.dive;

import java.util.function.Function;
import org.infd.inference.tensor.Tensor;

/**
 * A picture as the means, by area, of a larger picture of the same thing. The shares of pixels are
 * exact and summed in one order, so a pixel does not depend on the rectangle that asked for it.
 */
final class AreaMean {
  private AreaMean() {}

  /**
   * Renders a rectangle.
   *
   * @param side the side of the picture
   * @param larger the side of the larger picture, at most twice as large
   * @param renderer renders rectangles of the larger picture
   * @return RGB (1, 3, height, width)
   */
  static Tensor of(
      long side, DiveRectangle wanted, long larger, Function<DiveRectangle, Tensor> renderer) {
    var rows = new Shares(side, larger, wanted.row(), wanted.height());
    var columns = new Shares(side, larger, wanted.column(), wanted.width());
    var fine =
        renderer.apply(new DiveRectangle(rows.first, columns.first, rows.count, columns.count));
    var result = Tensor.zeros(1, 3, wanted.height(), wanted.width());
    var across = new double[rows.count];
    for (int channel = 0; channel < 3; channel++) {
      for (int c = 0; c < wanted.width(); c++) {
        for (int r = 0; r < rows.count; r++) {
          int start = (channel * rows.count + r) * columns.count;
          across[r] = columns.mean(c, i -> fine.get(start + i));
        }
        for (int r = 0; r < wanted.height(); r++) {
          result.set(
              (channel * wanted.height() + r) * wanted.width() + c,
              (float) rows.mean(r, i -> across[i]));
        }
      }
    }
    return result;
  }

  /** The pixels of the larger picture that a rectangle is the mean of. */
  static DiveRectangle source(long side, DiveRectangle wanted, long larger) {
    long row = Shares.floor(wanted.row(), larger, side);
    long column = Shares.floor(wanted.column(), larger, side);
    return new DiveRectangle(
        row,
        column,
        (int) (Shares.ceil(wanted.rowEnd(), larger, side) - row),
        (int) (Shares.ceil(wanted.columnEnd(), larger, side) - column));
  }

  /** Along one axis: which pixels of the larger picture a pixel is the mean of. */
  private static final class Shares {
    private final long first;
    private final int count;
    private final int[] from;
    private final double[][] weights;

    Shares(long side, long larger, long start, int length) {
      first = floor(start, larger, side);
      count = (int) (ceil(start + length, larger, side) - first);
      from = new int[length];
      weights = new double[length][];
      for (int i = 0; i < length; i++) {
        long low = floor(start + i, larger, side);
        long high = ceil(start + i + 1, larger, side);
        from[i] = (int) (low - first);
        weights[i] = new double[(int) (high - low)];
        // the parts of the first and last pixel that lie outside, in pixels of the larger picture
        double before = fraction(start + i, larger, side);
        double after = high - low - before - (double) larger / side;
        for (int k = 0; k < weights[i].length; k++) {
          weights[i][k] = 1;
        }
        weights[i][0] -= before;
        weights[i][weights[i].length - 1] -= after;
        for (int k = 0; k < weights[i].length; k++) {
          weights[i][k] *= (double) side / larger;
        }
      }
    }

    /** ⌊at · larger / side⌋ without overflow. */
    private static long floor(long at, long larger, long side) {
      long extra = larger - side;
      return at + multiplied(at, extra, side);
    }

    private static long ceil(long at, long larger, long side) {
      long low = floor(at, larger, side);
      return fraction(at, larger, side) > 0 ? low + 1 : low;
    }

    private static double fraction(long at, long larger, long side) {
      return (double) remainder(at, larger - side, side) / side;
    }

    private static long multiplied(long a, long b, long divisor) {
      return java.math.BigInteger.valueOf(a)
          .multiply(java.math.BigInteger.valueOf(b))
          .divide(java.math.BigInteger.valueOf(divisor))
          .longValueExact();
    }

    private static long remainder(long a, long b, long divisor) {
      return java.math.BigInteger.valueOf(a)
          .multiply(java.math.BigInteger.valueOf(b))
          .mod(java.math.BigInteger.valueOf(divisor))
          .longValueExact();
    }

    double mean(int pixel, java.util.function.IntToDoubleFunction value) {
      double sum = 0;
      for (int k = 0; k < weights[pixel].length; k++) {
        sum += weights[pixel][k] * value.applyAsDouble(from[pixel] + k);
      }
      return sum;
    }
  }
}
