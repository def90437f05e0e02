package org.infd.inference.diffusion;

import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import org.infd.inference.Problem;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.tensor.Tensor;

/** A sampling method. Immutable; one sampler may serve many runs at once. */
public sealed interface Sampler permits Ddim, DpmSolver, Euler {
  /** The training steps that the network is told, in the order of execution: falling. A copy. */
  int[] timesteps();

  /**
   * How noisy the latent is that an executed step begins with.
   *
   * @param executed the number of the executed step, from 0
   */
  NoiseLevel level(int executed);

  /**
   * Runs the rest of the way.
   *
   * @param latent what step {@code first} begins with, as noisy as {@link #level} says, (1, C, H,
   *     W)
   * @param first the number of the first executed step, from 0
   * @param watcher told after every step, on this thread; steps are counted as in a whole run
   * @return the sampled latent, the same shape, finite
   * @throws CancellationException if it was asked for; looked at between steps and by the network
   * @throws Problem if the latent stops being finite
   */
  Tensor resume(
      Denoiser denoiser,
      NoiseSource noise,
      Tensor latent,
      int first,
      Consumer<SamplingStep> watcher,
      Cancellation cancellation);

  /**
   * Runs the whole way.
   *
   * @param shape the shape of the latent, (1, C, H, W)
   * @param watcher told after every step, on this thread
   * @return the sampled latent, the same shape, finite
   * @throws CancellationException if it was asked for; looked at between steps and by the network
   * @throws Problem if the latent stops being finite
   */
  default Tensor sample(
      Denoiser denoiser,
      NoiseSource noise,
      long[] shape,
      Consumer<SamplingStep> watcher,
      Cancellation cancellation) {
    return resume(denoiser, noise, noise.start(shape), 0, watcher, cancellation);
  }

  /**
   * The step as it is told, after making sure that it is worth going on.
   *
   * @throws Problem if the latent is not finite
   */
  private static void requireFinite(SamplingStep step) {
    if (!step.latent().isFinite()) {
      throw new Problem(
          "The latent overflowed at step "
              + step.number()
              + " of "
              + step.steps()
              + " (time step "
              + step.timestep()
              + "), so there is no picture. Try more steps, a smaller guidance scale or another"
              + " seed; if it stays, import the model again without --fp16.");
    }
  }

  /** Tells a finite step to the watcher. */
  static void tell(Consumer<SamplingStep> watcher, SamplingStep step) {
    requireFinite(step);
    watcher.accept(step);
  }
}
