package org.infd.inference.diffusion;

import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.tensor.Tensor;

/**
 * Euler's method and its ancestral form, as k-diffusion has them (Karras and others, 2022,
 * algorithm 1 without churn; "Euler" and "Euler a" of other programs). They work on x/√ᾱ, which is
 * the clean latent plus noise of the deviation σ = √((1 − ᾱ)/ᾱ): with d = (x/√ᾱ − x̂0)/σ, which is
 * ε, a step from σ to σ' goes to x/√ᾱ + (σ↓ − σ)·d and adds σ↑ of fresh noise. The plain method has
 * σ↓ = σ' and σ↑ = 0, so its path is that of DDIM with η = 0. The ancestral one has σ↑² = σ'²·(σ² −
 * σ'²)/σ² and σ↓² = σ'² − σ↑², as DDIM with η = 1. The final step goes to σ = 0, which is x̂0.
 *
 * <p>Steps are whole training steps at equal distances from T − 1 to 0, rounded where the distance
 * is not whole: the networks take no time between two steps.
 */
public final class Euler implements Sampler {
  /** The count that is offered first: of first order, so somewhat more than DPM-Solver++ needs. */
  public static final int DEFAULT_STEPS = 30;

  private final NoiseLevel[] levels;
  private final boolean ancestral;

  private Euler(BetaSchedule betas, int steps, boolean ancestral) {
    levels = new NoiseLevel[steps];
    for (int i = 0; i < steps; i++) {
      int timestep = timestep(betas.steps() - 1, i, steps);
      levels[i] = new NoiseLevel(timestep, betas.alphaCumprod(timestep));
    }
    this.ancestral = ancestral;
  }

  /**
   * The plain method, deterministic after the start.
   *
   * @param steps 1 to T, which is the number of runs of the network
   * @throws org.infd.inference.Problem if it is not
   */
  public static Euler plain(BetaSchedule betas, int steps) {
    return new Euler(betas, DpmSolver.requireCount(steps, betas), false);
  }

  /**
   * The ancestral method, with fresh noise at every step.
   *
   * @param steps 1 to T, which is the number of runs of the network
   * @throws org.infd.inference.Problem if it is not
   */
  public static Euler ancestral(BetaSchedule betas, int steps) {
    return new Euler(betas, DpmSolver.requireCount(steps, betas), true);
  }

  /** Of {@code count} steps down from {@code highest} the i-th, halves rounded up. */
  private static int timestep(int highest, int i, int count) {
    if (count == 1) {
      return highest;
    }
    long gaps = count - 1L;
    return (int) ((2L * highest * (gaps - i) + gaps) / (2 * gaps));
  }

  @Override
  public int[] timesteps() {
    return NoiseLevel.timesteps(levels);
  }

  @Override
  public NoiseLevel level(int executed) {
    return levels[executed];
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
    int count = levels.length;
    var shape = latent.shape();
    var x = latent;
    for (int i = first; i < count; i++) {
      cancellation.throwIfCancelled();
      var estimate = denoiser.estimate(x, levels[i], cancellation);
      // drawn in the last step too, as DDIM does
      var fresh = ancestral ? noise.step(i, shape) : null;
      if (i == count - 1) {
        x = estimate.x0();
      } else if (fresh == null) {
        x = deterministic(estimate, levels[i + 1]);
      } else {
        x = noisy(estimate, levels[i], levels[i + 1], fresh);
      }
      Sampler.tell(watcher, new SamplingStep(i + 1, count, levels[i].timestep(), estimate.x0(), x));
    }
    return x;
  }

  private static Tensor deterministic(Estimate estimate, NoiseLevel to) {
    float ofClean = to.sqrtAlpha();
    float ofNoise = to.sqrtOneMinusAlpha(); // √ᾱ'·σ'
    var next = estimate.x0().toArray();
    for (int j = 0; j < next.length; j++) {
      next[j] = ofClean * next[j] + ofNoise * estimate.epsilon().get(j);
    }
    return Tensor.of(next, estimate.x0().shape());
  }

  private static Tensor noisy(Estimate estimate, NoiseLevel from, NoiseLevel to, Tensor fresh) {
    double before = from.sigma();
    double after = to.sigma();
    double up = after * Math.sqrt((before - after) * (before + after)) / before;
    double down = after * after / before; // √(σ'² − σ↑²)
    double scale = Math.sqrt(to.alphaCumprod());
    float ofClean = (float) scale;
    float ofNoise = (float) (scale * down);
    float ofFresh = (float) (scale * up);
    var next = estimate.x0().toArray();
    for (int j = 0; j < next.length; j++) {
      next[j] = ofClean * next[j] + ofNoise * estimate.epsilon().get(j) + ofFresh * fresh.get(j);
    }
    return Tensor.of(next, estimate.x0().shape());
  }
}
