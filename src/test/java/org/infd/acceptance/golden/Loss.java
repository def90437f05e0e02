package org.infd.acceptance.golden;

import org.infd.inference.tensor.Tensor;

/** The scalar functions of a picture and a weight or target that gradients may be of. */
enum Loss {
  WEIGHTED_SUM("Σ w·rgb"),
  WEIGHTED_MEAN("mean of w·rgb"),
  SQUARED_SUM("Σ (rgb − w)²"),
  HALF_SQUARED_SUM("½ Σ (rgb − w)²"),
  SQUARED_MEAN("mean of (rgb − w)²");

  private final String words;

  Loss(String words) {
    this.words = words;
  }

  String words() {
    return words;
  }

  private double term(double rgb, double w) {
    return switch (this) {
      case WEIGHTED_SUM, WEIGHTED_MEAN -> w * rgb;
      case HALF_SQUARED_SUM -> (rgb - w) * (rgb - w) / 2;
      case SQUARED_SUM, SQUARED_MEAN -> (rgb - w) * (rgb - w);
    };
  }

  private double share(int elements) {
    return this == WEIGHTED_MEAN || this == SQUARED_MEAN ? 1.0 / elements : 1;
  }

  /** The value over items {@code from} to {@code to}, and the spread of its terms as one vector. */
  double[] value(Tensor rgb, Tensor w, int from, int to) {
    int each = rgb.elements() / rgb.extent(0);
    double sum = 0;
    double squares = 0;
    for (int i = from * each; i < to * each; i++) {
      double term = term(rgb.get(i), w.get(i));
      sum += term;
      squares += term * term;
    }
    double share = share((to - from) * each);
    return new double[] {share * sum, share * Math.sqrt(squares)};
  }

  /**
   * The gradient with respect to the picture.
   *
   * @param elements how many elements the mean is over
   */
  Tensor cotangent(Tensor rgb, Tensor w, int elements) {
    var cotangent = Tensor.zeros(rgb.shape());
    double share = share(elements);
    for (int i = 0; i < cotangent.elements(); i++) {
      double slope =
          switch (this) {
            case WEIGHTED_SUM, WEIGHTED_MEAN -> w.get(i);
            case HALF_SQUARED_SUM -> (double) rgb.get(i) - w.get(i);
            case SQUARED_SUM, SQUARED_MEAN -> 2 * ((double) rgb.get(i) - w.get(i));
          };
      cotangent.set(i, (float) (share * slope));
    }
    return cotangent;
  }

  boolean needsPicture() {
    return this != WEIGHTED_SUM && this != WEIGHTED_MEAN;
  }
}
