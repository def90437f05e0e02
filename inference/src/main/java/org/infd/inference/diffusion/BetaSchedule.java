package org.infd.inference.diffusion;

import org.infd.inference.Problem;
import org.infd.inference.bundle.Manifest;

/**
 * The noise schedule that a network was trained with (docs/spec/infd-model.md 6): β and the running
 * product ᾱ of 1 − β for every training step, in float64. Immutable.
 */
public final class BetaSchedule {
  /** More training steps than any network has; keeps a damaged manifest from filling the memory. */
  private static final int MOST_STEPS = 100_000;

  /** The number of steps for which the two ends of the linear schedule are given. */
  private static final double REFERENCE_STEPS = 1000;

  private final double[] betas;
  private final double[] alphasCumprod;

  private BetaSchedule(double[] betas) {
    this.betas = betas;
    alphasCumprod = new double[betas.length];
    double product = 1;
    for (int t = 0; t < betas.length; t++) {
      if (!(betas[t] > 0 && betas[t] < 1)) {
        throw new Problem(
            "The model's noise schedule is impossible: β is "
                + betas[t]
                + " at time step "
                + t
                + ", which is not between 0 and 1. Import the model again.");
      }
      product *= 1 - betas[t];
      alphasCumprod[t] = product;
    }
  }

  /**
   * The schedule that a manifest names.
   *
   * @throws Problem if its numbers give no schedule
   */
  public static BetaSchedule of(Manifest.Diffusion diffusion) {
    return switch (diffusion.schedule()) {
      case LINEAR -> linear(diffusion.steps(), diffusion.betaStart(), diffusion.betaEnd());
      case COSINE -> cosine(diffusion.steps());
      case SQRT_LINEAR -> sqrtLinear(diffusion.steps(), diffusion.betaStart(), diffusion.betaEnd());
    };
  }

  /**
   * β rising in equal steps between two ends. The ends are those for 1000 steps; for another count
   * T both are multiplied by 1000 / T.
   *
   * @throws Problem if a β is not between 0 and 1, or the count is absurd
   */
  public static BetaSchedule linear(int steps, double betaStart, double betaEnd) {
    requireSteps(steps);
    double scale = REFERENCE_STEPS / steps;
    double start = scale * betaStart;
    double end = scale * betaEnd;
    var betas = new double[steps];
    double step = steps == 1 ? 0 : (end - start) / (steps - 1);
    for (int t = 0; t < steps; t++) {
      betas[t] = t * step + start;
    }
    if (steps > 1) {
      betas[steps - 1] = end;
    }
    return new BetaSchedule(betas);
  }

  /**
   * √β rising in equal steps between the roots of two ends, whatever the count: the schedule of
   * latent diffusion, which its files call linear.
   *
   * @throws Problem if a β is not between 0 and 1, or the count is absurd
   */
  public static BetaSchedule sqrtLinear(int steps, double betaStart, double betaEnd) {
    requireSteps(steps);
    double start = Math.sqrt(betaStart);
    double step = steps == 1 ? 0 : (Math.sqrt(betaEnd) - start) / (steps - 1);
    var betas = new double[steps];
    for (int t = 0; t < steps; t++) {
      double root = t * step + start;
      betas[t] = root * root;
    }
    return new BetaSchedule(betas);
  }

  /**
   * The squared-cosine schedule, β at most 0.999.
   *
   * @throws Problem if the count is absurd
   */
  public static BetaSchedule cosine(int steps) {
    requireSteps(steps);
    var betas = new double[steps];
    for (int t = 0; t < steps; t++) {
      double kept = squaredCosine((t + 1.0) / steps) / squaredCosine((double) t / steps);
      betas[t] = Math.min(1 - kept, 0.999);
    }
    return new BetaSchedule(betas);
  }

  private static double squaredCosine(double u) {
    double cosine = StrictMath.cos((u + 0.008) / 1.008 * Math.PI / 2);
    return cosine * cosine;
  }

  private static void requireSteps(int steps) {
    if (steps < 1 || steps > MOST_STEPS) {
      throw new Problem(
          "The model's noise schedule is impossible: it has "
              + steps
              + " training steps. Import the model again.");
    }
  }

  /** T, the number of training steps. */
  public int steps() {
    return betas.length;
  }

  /** β at each training step. A copy. */
  public double[] betas() {
    return betas.clone();
  }

  /** ᾱ at each training step, falling from nearly 1 to nearly 0. A copy. */
  public double[] alphasCumprod() {
    return alphasCumprod.clone();
  }

  /** ᾱ at training step {@code t}, 0 to T − 1. */
  public double alphaCumprod(int t) {
    return alphasCumprod[t];
  }
}
