package org.infd.inference.dive;

import java.util.function.Function;
import org.infd.inference.tensor.Tensor;

/**
 * A picture at twice its side, by Keys' cubic interpolation: for what is shown until more is there.
 */
final class Enlargement {
  /** The pixels before and after that a pixel is interpolated from. */
  private static final int REACH = 2;

  /** Keys' weights a quarter of a pixel after the second of four pixels. */
  private static final double[] QUARTER = {-0.0703125, 0.8671875, 0.2265625, -0.0234375};

  private Enlargement() {}

  /**
   * Renders a rectangle.
   *
   * @param side the side of the smaller picture
   * @param wanted pixels of the picture of twice that side
   * @param renderer renders rectangles of the smaller picture
   * @return RGB (1, 3, height, width)
   */
  static Tensor of(long side, DiveRectangle wanted, Function<DiveRectangle, Tensor> renderer) {
    long row = Math.max(0, wanted.row() / 2 - REACH);
    long column = Math.max(0, wanted.column() / 2 - REACH);
    int height = (int) (Math.min(side, wanted.rowEnd() / 2 + REACH + 1) - row);
    int width = (int) (Math.min(side, wanted.columnEnd() / 2 + REACH + 1) - column);
    var small = renderer.apply(new DiveRectangle(row, column, height, width));
    var result = Tensor.zeros(1, 3, wanted.height(), wanted.width());
    var tall = new double[wanted.height() * width];
    for (int channel = 0; channel < 3; channel++) {
      int start = channel * height * width;
      for (int r = 0; r < wanted.height(); r++) {
        int at = (int) (wanted.row() + r - 2 * row);
        for (int c = 0; c < width; c++) {
          int from = start + c;
          tall[r * width + c] = value(at, height, i -> small.get(from + i * width));
        }
      }
      for (int r = 0; r < wanted.height(); r++) {
        int from = r * width;
        for (int c = 0; c < wanted.width(); c++) {
          int at = (int) (wanted.column() + c - 2 * column);
          result.set(
              (channel * wanted.height() + r) * wanted.width() + c,
              (float) value(at, width, i -> tall[from + i]));
        }
      }
    }
    return result;
  }

  private static double value(int at, int count, java.util.function.IntToDoubleFunction line) {
    boolean after = at % 2 == 1;
    int nearest = at / 2;
    double sum = 0;
    for (int tap = 0; tap < 4; tap++) {
      int offset = after ? tap - 1 : 1 - tap;
      sum += QUARTER[tap] * line.applyAsDouble(Math.clamp(nearest + offset, 0, count - 1));
    }
    return sum;
  }
}
