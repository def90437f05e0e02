package org.infd.inference.diffusion;

import org.infd.inference.runtime.Cancellation;
import org.infd.inference.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The perfect network for data whose values are independent draws from a mixture of Gaussians: its
 * ε is exact, so a sampler's error is all its own.
 *
 * @param schedule the noise schedule
 * @param deviation the deviation of each part of the mixture
 */
record GaussianMixture(BetaSchedule schedule, double deviation) implements Denoiser.Network {
  private static final double[] MEANS = {-1.2, -0.3, 0.9};
  private static final double[] WEIGHTS = {0.3, 0.3, 0.4};

  @Override
  public Tensor predict(
      Tensor z, int timestep, @Nullable Tensor context, Cancellation cancellation) {
    double alpha = schedule.alphaCumprod(timestep);
    var epsilon = Tensor.zeros(z.shape());
    for (int i = 0; i < z.elements(); i++) {
      double x = z.get(i);
      epsilon.set(i, (float) ((x - Math.sqrt(alpha) * clean(x, alpha)) / Math.sqrt(1 - alpha)));
    }
    return epsilon;
  }

  /** The expected clean value of a noisy one. */
  double clean(double x, double alpha) {
    double scale = Math.sqrt(alpha);
    double variance = alpha * deviation * deviation + 1 - alpha;
    double total = 0;
    double sum = 0;
    double nearest = Double.POSITIVE_INFINITY;
    for (double mean : MEANS) {
      nearest = Math.min(nearest, (x - scale * mean) * (x - scale * mean));
    }
    for (int k = 0; k < MEANS.length; k++) {
      double distance = x - scale * MEANS[k];
      double weight = WEIGHTS[k] * Math.exp((nearest - distance * distance) / (2 * variance));
      total += weight;
      sum += weight * (MEANS[k] + scale * deviation * deviation / variance * distance);
    }
    return sum / total;
  }

  /**
   * The end of the deterministic path from {@code start} at the noisiest step, by the classical
   * Runge–Kutta method in λ with steps too small to matter.
   */
  double pathEnd(double start) {
    var noisy = new NoiseLevel(0, schedule.alphaCumprod(schedule.steps() - 1));
    var clear = new NoiseLevel(0, schedule.alphaCumprod(0));
    // y = x / √(1 − ᾱ) follows dy/dλ = e^λ·x̂0
    double y = start / Math.sqrt(1 - noisy.alphaCumprod());
    int steps = 4000;
    double h = (clear.lambda() - noisy.lambda()) / steps;
    for (int i = 0; i < steps; i++) {
      double lambda = noisy.lambda() + i * h;
      double k1 = slope(lambda, y);
      double k2 = slope(lambda + h / 2, y + h / 2 * k1);
      double k3 = slope(lambda + h / 2, y + h / 2 * k2);
      double k4 = slope(lambda + h, y + h * k3);
      y += h / 6 * (k1 + 2 * k2 + 2 * k3 + k4);
    }
    return clean(y * Math.sqrt(1 - clear.alphaCumprod()), clear.alphaCumprod());
  }

  private double slope(double lambda, double y) {
    double alpha = 1 / (1 + Math.exp(-2 * lambda));
    return Math.exp(lambda) * clean(y * Math.sqrt(1 - alpha), alpha);
  }
}
