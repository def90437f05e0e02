package org.infd.inference.field;

import java.util.stream.IntStream;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.tensor.Tensor;

/**
 * The pixel axes of images and the statistics of their norms, for comparison with recorded ones.
 */
public final class GoldenAxes {
  private GoldenAxes() {}

  /** The nearest of {@code cells} cells of each of {@code side} pixels. */
  public static long[] lookup(int side, int cells) {
    var axis = PixelAxis.of(side, 0, side, cells);
    return IntStream.range(0, side).mapToLong(axis::nearest).toArray();
  }

  /** The centres of {@code side} pixels. */
  public static float[] centres(int side) {
    return PixelAxis.officialCentres(-1, 1, side);
  }

  /** The centres of pixels of a range. */
  public static float[] centres(double low, double high, int pixels) {
    return PixelAxis.officialCentres(low, high, pixels);
  }

  /** The extent of a pixel of a range. */
  public static float cell(double low, double high, int pixels) {
    return PixelAxis.officialCell(low, high, pixels);
  }

  /** Mean or variance (1, groups) of a norm for a whole image. */
  public static Tensor statistics(NeuralField field, int side, int norm, boolean mean) {
    var groups = field.statistics(side, Cancellation.never()).norm(norm);
    var values = Tensor.zeros(1, groups.size());
    for (int g = 0; g < groups.size(); g++) {
      values.set(g, (float) (mean ? groups.get(g).mean() : groups.get(g).variance()));
    }
    return values;
  }
}
