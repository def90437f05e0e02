package org.infd.inference.guidance;

/**
 * The distance between the directions of two embeddings that guidance makes small: θ²/2, θ being
 * the angle between them (docs/spec/clip.md 4.1). Everything in float64.
 */
public final class SphericalDistance {
  private final double[] target;

  /**
   * @param embedding of a text, not zero
   */
  public SphericalDistance(float[] embedding) {
    target = unit(embedding, 0, embedding.length);
  }

  private static double[] unit(float[] values, int from, int length) {
    double squares = 0;
    for (int i = from; i < from + length; i++) {
      squares += (double) values[i] * values[i];
    }
    double norm = Math.sqrt(squares);
    var unit = new double[length];
    for (int i = 0; i < length; i++) {
      unit[i] = values[from + i] / norm;
    }
    return unit;
  }

  /** The cosine of the angle to an embedding in {@code values} from {@code from} on. */
  public double cosine(float[] values, int from) {
    var u = unit(values, from, target.length);
    double sum = 0;
    for (int i = 0; i < u.length; i++) {
      sum += u[i] * target[i];
    }
    return Math.clamp(sum, -1, 1);
  }

  /** The angle by the chord, which is precise for small ones too. */
  private double angle(double[] u) {
    double squares = 0;
    for (int i = 0; i < u.length; i++) {
      squares += (u[i] - target[i]) * (u[i] - target[i]);
    }
    return 2 * Math.asin(Math.min(1, Math.sqrt(squares) / 2));
  }

  /** The distance, 0 to π²/2. */
  double loss(float[] values, int from) {
    double angle = angle(unit(values, from, target.length));
    return angle * angle / 2;
  }

  /**
   * Adds the gradient of the distance with respect to an embedding that has not been normalised.
   *
   * @param factor what the gradient is multiplied by
   * @param into takes it, from {@code from} on
   */
  void addGradient(float[] values, int from, double factor, float[] into) {
    var u = unit(values, from, target.length);
    double cosine = cosine(values, from);
    double angle = angle(u);
    // θ/sin θ: its limit near 0, and no more than ten near π, where it has none
    double ratio = angle < 1e-3 ? 1 + angle * angle / 6 : angle / Math.sin(angle);
    double norm = norm(values, from);
    double scale = factor * -Math.clamp(ratio, 0, 10) / norm;
    for (int i = 0; i < u.length; i++) {
      into[from + i] += (float) (scale * (target[i] - cosine * u[i]));
    }
  }

  private double norm(float[] values, int from) {
    double squares = 0;
    for (int i = from; i < from + target.length; i++) {
      squares += (double) values[i] * values[i];
    }
    return Math.sqrt(squares);
  }
}
