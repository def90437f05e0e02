package org.infd.inference.field;

import java.nio.FloatBuffer;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.tensor.Tensor;

/**
 * Small images as averages of larger ones: each pixel is the mean of a box of {@code factor} ×
 * {@code factor} pixels of the image {@code factor} times as large, summed row by row in double
 * precision, so that a pixel does not depend on the rectangle that asked for it.
 */
final class BoxAverage {
  /** The most pixels of the larger image that are held at a time. */
  private static final int LARGEST_BATCH = 1 << 20;

  private BoxAverage() {}

  /**
   * Renders a rectangle of an image of side {@code imageSide}.
   *
   * @param renderer renders the image of side {@code imageSide · factor}
   * @param factor a power of two, at least 2
   * @return RGB (1, 3, height, width)
   */
  static Tensor render(
      FieldRenderer renderer,
      int imageSide,
      Rectangle rectangle,
      int factor,
      Cancellation cancellation) {
    var result = Tensor.zeros(1, 3, rectangle.height(), rectangle.width());
    int step = Math.max(1, (int) Math.sqrt(LARGEST_BATCH) / factor);
    for (int row = 0; row < rectangle.height(); row += step) {
      for (int column = 0; column < rectangle.width(); column += step) {
        cancellation.throwIfCancelled();
        int height = Math.min(step, rectangle.height() - row);
        int width = Math.min(step, rectangle.width() - column);
        var fine =
            renderer.render(
                imageSide * factor,
                new Rectangle(
                    (rectangle.row() + row) * factor,
                    (rectangle.column() + column) * factor,
                    height * factor,
                    width * factor),
                cancellation);
        average(fine, factor, result, row, column);
      }
    }
    return result;
  }

  private static void average(Tensor fine, int factor, Tensor result, int row, int column) {
    int height = fine.extent(2) / factor;
    int width = fine.extent(3) / factor;
    var from = fine.data();
    for (int channel = 0; channel < 3; channel++) {
      for (int r = 0; r < height; r++) {
        int source = (channel * fine.extent(2) + r * factor) * fine.extent(3);
        int target = (channel * result.extent(2) + row + r) * result.extent(3) + column;
        for (int c = 0; c < width; c++) {
          result.set(target + c, box(from, source + c * factor, fine.extent(3), factor));
        }
      }
    }
  }

  private static float box(FloatBuffer from, int start, int stride, int factor) {
    double sum = 0;
    for (int r = 0; r < factor; r++) {
      for (int c = 0; c < factor; c++) {
        sum += from.get(start + r * stride + c);
      }
    }
    return (float) (sum / ((double) factor * factor));
  }
}
