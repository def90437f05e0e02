package org.infd.acceptance;

import org.infd.inference.tensor.Tensor;

/** The figures by which golden arrays describe a feature map without holding it. */
final class FeatureMapFigures {
  private FeatureMapFigures() {}

  /** Every {@code step}-th row and column. */
  static Tensor thinned(Tensor phi, int step) {
    int height = phi.extent(2) / step;
    int width = phi.extent(3) / step;
    var thin = Tensor.zeros(phi.extent(0), phi.extent(1), height, width);
    for (int i = 0; i < thin.elements(); i++) {
      int x = i % width;
      int y = i / width % height;
      int plane = i / width / height;
      thin.set(i, phi.get((plane * phi.extent(2) + y * step) * phi.extent(3) + x * step));
    }
    return thin;
  }

  /** The mean, or else the biased deviation, of each channel of the first item. */
  static Tensor perChannel(Tensor phi, boolean mean) {
    int pixels = phi.extent(2) * phi.extent(3);
    var figures = Tensor.zeros(phi.extent(1));
    for (int c = 0; c < phi.extent(1); c++) {
      double sum = 0;
      double squares = 0;
      for (int i = 0; i < pixels; i++) {
        double value = phi.get(c * pixels + i);
        sum += value;
        squares += value * value;
      }
      double average = sum / pixels;
      figures.set(c, (float) (mean ? average : Math.sqrt(squares / pixels - average * average)));
    }
    return figures;
  }
}
