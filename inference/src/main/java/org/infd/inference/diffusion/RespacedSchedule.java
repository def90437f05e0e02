package org.infd.inference.diffusion;

import org.infd.inference.bundle.Manifest.LastAlpha;
import org.jspecify.annotations.Nullable;

/**
 * The noise schedule of a sampling run that visits some of the training steps
 * (docs/spec/infd-model.md 6): the β that lead from each kept step to the next, and their running
 * product. The product is computed from these β again, as the reference does, so it may differ from
 * the trained ᾱ in the last bit.
 */
public final class RespacedSchedule {
  private final int[] timesteps;
  private final double[] betas;
  private final double[] alphasCumprod;
  private final double last;

  /** The schedule of the kept steps, after which no noise is left. */
  public RespacedSchedule(BetaSchedule schedule, TimestepRespacing respacing) {
    this(schedule, respacing, LastAlpha.ONE);
  }

  /**
   * The schedule of the kept steps.
   *
   * @param lastAlpha what ᾱ is after the last of them; null: 1
   */
  public RespacedSchedule(
      BetaSchedule schedule, TimestepRespacing respacing, @Nullable LastAlpha lastAlpha) {
    this.last = lastAlpha == LastAlpha.FIRST ? schedule.alphaCumprod(0) : 1;
    timesteps = respacing.timesteps();
    betas = new double[timesteps.length];
    alphasCumprod = new double[timesteps.length];
    double before = 1;
    double product = 1;
    for (int k = 0; k < timesteps.length; k++) {
      double kept = schedule.alphaCumprod(timesteps[k]);
      betas[k] = 1 - kept / before;
      before = kept;
      product *= 1 - betas[k];
      alphasCumprod[k] = product;
    }
  }

  /** The number of kept steps. */
  public int count() {
    return timesteps.length;
  }

  /** The kept training steps, ascending. A copy. */
  public int[] timesteps() {
    return timesteps.clone();
  }

  /** β of each kept step. A copy. */
  public double[] betas() {
    return betas.clone();
  }

  /** ᾱ of each kept step. A copy. */
  public double[] alphasCumprod() {
    return alphasCumprod.clone();
  }

  /** The noise level of kept step {@code k}, 0 the last to be executed. */
  public NoiseLevel level(int k) {
    return new NoiseLevel(timesteps[k], alphasCumprod[k]);
  }

  /** ᾱ of the kept step below {@code k}; for the first, 1 or that of training step 0. */
  public double alphaCumprodPrev(int k) {
    return k == 0 ? last : alphasCumprod[k - 1];
  }
}
