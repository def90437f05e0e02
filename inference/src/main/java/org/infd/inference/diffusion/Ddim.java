package org.infd.inference.diffusion;

import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import org.infd.inference.Problem;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.tensor.Tensor;

/**
 * Denoising diffusion implicit models (docs/spec/infd-model.md 6): η = 0 is deterministic after the
 * start, η = 1 adds as much noise at each step as the ancestral sampler. The arithmetic follows the
 * reference operation by operation in float32, so that a run with the same noise and the same
 * network gives the same bits.
 */
public final class Ddim implements Sampler {
  private final RespacedSchedule schedule;
  private final float eta;

  /**
   * The factors of one step: x ← x̂0·√ᾱ_prev + √(1 − ᾱ_prev − σ²)·ε + σ·n.
   *
   * @param sqrtAlphaPrev √ᾱ_prev
   * @param direction √(1 − ᾱ_prev − σ²)
   * @param sigma σ, the deviation of the fresh noise; 0 with η = 0, and in a last step that leaves
   *     no noise
   */
  public record Coefficients(float sqrtAlphaPrev, float direction, float sigma) {
    /** The step from ᾱ to ᾱ_prev. The two are cast to float32 first, as the reference does. */
    static Coefficients of(double alphaCumprod, double alphaCumprodPrev, float eta) {
      float alpha = (float) alphaCumprod;
      float prev = (float) alphaCumprodPrev;
      float sigma = eta * sqrt((1 - prev) / (1 - alpha)) * sqrt(1 - alpha / prev);
      return new Coefficients(sqrt(prev), sqrt(1 - prev - sigma * sigma), sigma);
    }

    private static float sqrt(float value) {
      // the root of a float, rounded once from the exact double root's rounding, is the float root
      return (float) Math.sqrt(value);
    }
  }

  /**
   * A sampler for some of the training steps, after which no noise is left.
   *
   * @param eta η, 0 or more; above 1 only as far as the schedule has room for the noise
   * @throws Problem if η is negative, not a number, or too large for the schedule
   */
  public Ddim(BetaSchedule betas, TimestepRespacing respacing, double eta) {
    this(new RespacedSchedule(betas, respacing), eta);
  }

  /**
   * A sampler for the steps of a schedule.
   *
   * @param eta η, 0 or more; above 1 only as far as the schedule has room for the noise
   * @throws Problem if η is negative, not a number, or too large for the schedule
   */
  public Ddim(RespacedSchedule schedule, double eta) {
    this.schedule = schedule;
    this.eta = (float) eta;
    if (!(eta >= 0) || Double.isInfinite(eta)) {
      throw new Problem("η must be 0 or more, and " + eta + " is not.");
    }
    for (int k = 0; k < schedule.count(); k++) {
      if (!(coefficients(k).direction() >= 0)) {
        throw new Problem("η = " + eta + " asks for more noise than a step holds. Use 1 or less.");
      }
    }
  }

  /** The schedule of the kept steps. */
  public RespacedSchedule schedule() {
    return schedule;
  }

  /** η. */
  public double eta() {
    return eta;
  }

  /** The deviation of the noise that η = 1 would add at kept step {@code k}, 0 for the last. */
  public float noiseOfEta1(int k) {
    return Coefficients.of(schedule.level(k).alphaCumprod(), schedule.alphaCumprodPrev(k), 1)
        .sigma();
  }

  /** The factors of kept step {@code k}, 0 the last to be executed. */
  public Coefficients coefficients(int k) {
    return Coefficients.of(schedule.level(k).alphaCumprod(), schedule.alphaCumprodPrev(k), eta);
  }

  @Override
  public int[] timesteps() {
    int[] ascending = schedule.timesteps();
    var falling = new int[ascending.length];
    for (int i = 0; i < falling.length; i++) {
      falling[i] = ascending[ascending.length - 1 - i];
    }
    return falling;
  }

  @Override
  public NoiseLevel level(int executed) {
    return schedule.level(schedule.count() - 1 - executed);
  }

  /**
   * One step from an estimate.
   *
   * @param k the kept step that the estimate was made at, 0 the last to be executed
   * @param noise standard normal, the shape of the estimate; not used where σ is 0
   * @return the latent after the step
   */
  public Tensor step(int k, Estimate estimate, Tensor noise) {
    var factors = coefficients(k);
    float[] x0 = estimate.x0().toArray();
    float[] epsilon = estimate.epsilon().toArray();
    float[] fresh = noise.toArray();
    if (fresh.length != x0.length) {
      throw new IllegalArgumentException("noise " + noise + " for " + estimate.x0());
    }
    var next = new float[x0.length];
    boolean noisy = factors.sigma() != 0;
    for (int i = 0; i < next.length; i++) {
      float mean = x0[i] * factors.sqrtAlphaPrev() + factors.direction() * epsilon[i];
      next[i] = noisy ? mean + factors.sigma() * fresh[i] : mean;
    }
    return Tensor.of(next, estimate.x0().shape());
  }

  /**
   * {@inheritDoc}
   *
   * @throws CancellationException if it was asked for
   */
  @Override
  public Tensor resume(
      Denoiser denoiser,
      NoiseSource noise,
      Tensor latent,
      int first,
      Consumer<SamplingStep> watcher,
      Cancellation cancellation) {
    int count = schedule.count();
    var shape = latent.shape();
    var x = latent;
    for (int executed = first; executed < count; executed++) {
      cancellation.throwIfCancelled();
      int k = count - 1 - executed;
      var level = schedule.level(k);
      var estimate = denoiser.estimate(x, level, cancellation);
      x = step(k, estimate, noise.step(executed, shape));
      Sampler.tell(
          watcher, new SamplingStep(executed + 1, count, level.timestep(), estimate.x0(), x));
    }
    return x;
  }
}
