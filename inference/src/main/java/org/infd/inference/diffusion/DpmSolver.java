package org.infd.inference.diffusion;

import java.util.Arrays;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import org.infd.inference.Problem;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * DPM-Solver++(2M) (Lu and others, 2022, algorithm 2): a second-order multistep solver of the same
 * deterministic path that DDIM with η = 0 follows to first order, in data prediction. 20 to 30
 * steps do what DDIM needs hundreds for.
 *
 * <p>With λ = ln(√ᾱ/√(1−ᾱ)), h the growth of λ over this step and r the growth over the step before
 * divided by h: x ← (σ'/σ)·x − α'·(e^−h − 1)·((1 + 1/2r)·x̂0 − (1/2r)·x̂0_before). The first step
 * has no predecessor and is first-order. The final step leads from training step 0 to no noise at
 * all; there h is infinite, and the first-order rule gives x̂0 itself, as DDIM's final step does.
 *
 * <p>Steps are whole training steps from T − 1 to 0, even in λ, except that near 0, where λ grows
 * more from one training step to the next than an even share, every training step is taken. At 25
 * steps an untrained network came 3.7 times closer to a long DDIM run than with steps spaced by the
 * square of time; on mixtures of Gaussians the square was better (4e-3 against 7e-3), and on whole
 * runs of a small trained network neither clearly was.
 */
public final class DpmSolver implements Sampler {
  /** The count that is offered first. */
  public static final int DEFAULT_STEPS = 25;

  private final NoiseLevel[] levels;

  /**
   * A solver with a number of steps, which is the number of runs of the network.
   *
   * @param steps 1 to T
   * @throws Problem if it is not
   */
  public DpmSolver(BetaSchedule betas, int steps) {
    this(betas, evenInLambda(betas, steps));
  }

  /**
   * A solver for chosen training steps.
   *
   * @param timesteps falling, each 0 to T − 1, at least one
   */
  public DpmSolver(BetaSchedule betas, int[] timesteps) {
    levels = new NoiseLevel[timesteps.length];
    for (int i = 0; i < timesteps.length; i++) {
      if (i > 0 && timesteps[i] >= timesteps[i - 1]) {
        throw new IllegalArgumentException("time steps must fall");
      }
      levels[i] = new NoiseLevel(timesteps[i], betas.alphaCumprod(timesteps[i]));
    }
  }

  /**
   * The count, if there are as many training steps.
   *
   * @throws Problem if it is below 1 or above T
   */
  static int requireCount(int count, BetaSchedule betas) {
    if (count < 1 || count > betas.steps()) {
      throw new Problem(
          "The number of steps must be between 1 and "
              + betas.steps()
              + ", and "
              + count
              + " is not.");
    }
    return count;
  }

  /**
   * {@code count} different whole time steps from T − 1 to 0, as even in λ as they can be.
   *
   * @throws Problem if the count is below 1 or above T
   */
  static int[] evenInLambda(BetaSchedule betas, int count) {
    int trained = betas.steps();
    var timesteps = new int[requireCount(count, betas)];
    timesteps[0] = trained - 1;
    if (count == 1) {
      return timesteps;
    }
    var growth = new double[trained - 1];
    for (int t = 0; t < growth.length; t++) {
      growth[t] =
          new NoiseLevel(t, betas.alphaCumprod(t)).lambda()
              - new NoiseLevel(t + 1, betas.alphaCumprod(t + 1)).lambda();
    }
    double share = share(growth, count - 1);
    double passed = 0;
    int taken = 0; // from time step 0 upwards
    for (int t = 0; t < growth.length && taken < count - 1; t++) {
      double here = Math.min(1, growth[t] / share);
      // at most one sampling step begins within a training step
      if (taken <= passed + here / 2) {
        timesteps[count - 1 - taken] = t;
        taken++;
      }
      passed += here;
    }
    return timesteps;
  }

  /**
   * The growth of λ over one sampling step, when a sampling step takes at least one training step
   * and there are {@code steps} of them.
   */
  private static double share(double[] growth, int steps) {
    double low = 0;
    double high = Arrays.stream(growth).sum();
    for (int i = 0; i < 100; i++) {
      double middle = (low + high) / 2;
      double taken = Arrays.stream(growth).map(g -> Math.min(1, g / middle)).sum();
      if (taken > steps) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return high;
  }

  @Override
  public NoiseLevel level(int executed) {
    return levels[executed];
  }

  @Override
  public int[] timesteps() {
    return NoiseLevel.timesteps(levels);
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
    var x = latent;
    float[] before = null;
    for (int i = first; i < levels.length; i++) {
      cancellation.throwIfCancelled();
      var clean = denoiser.estimate(x, levels[i], cancellation).x0();
      float[] x0 = clean.toArray();
      x = i == levels.length - 1 ? clean : step(i, x, x0, before);
      before = x0;
      Sampler.tell(watcher, new SamplingStep(i + 1, levels.length, levels[i].timestep(), clean, x));
    }
    return x;
  }

  private Tensor step(int i, Tensor x, float[] x0, float @Nullable [] before) {
    double from = levels[i].alphaCumprod();
    double to = levels[i + 1].alphaCumprod();
    double h = levels[i + 1].lambda() - levels[i].lambda();
    float keep = (float) Math.sqrt((1 - to) / (1 - from));
    double move = -Math.sqrt(to) * StrictMath.expm1(-h);
    double history = 0;
    if (before != null) {
      double r = (levels[i].lambda() - levels[i - 1].lambda()) / h;
      history = 1 / (2 * r);
    }
    float now = (float) (move * (1 + history));
    float past = (float) (move * history);
    float[] noisy = x.toArray();
    for (int j = 0; j < noisy.length; j++) {
      noisy[j] = keep * noisy[j] + now * x0[j] - (before == null ? 0 : past * before[j]);
    }
    return Tensor.of(noisy, x.shape());
  }
}
