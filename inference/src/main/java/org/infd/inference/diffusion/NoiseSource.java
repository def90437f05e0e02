package org.infd.inference.diffusion;

import org.infd.inference.tensor.Tensor;

/**
 * Where a sampling run gets its standard normal numbers. A sampler asks for the start once and then
 * for each executed step once, in that order, also for steps that do not use it, so that a recorded
 * sequence can stand in.
 */
public interface NoiseSource {
  /**
   * The latent that a run starts from.
   *
   * @param shape (1, C, H, W)
   */
  Tensor start(long... shape);

  /**
   * The noise of an executed step.
   *
   * @param step the number of the executed step, from 0
   * @param shape (1, C, H, W)
   */
  Tensor step(int step, long... shape);
}
