package org.infd.inference.dive;

import java.util.concurrent.CancellationException;
import org.infd.inference.Problem;
import org.infd.inference.diffusion.Denoiser;
import org.infd.inference.diffusion.Sampler;
import org.infd.inference.field.OpenField;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.tensor.Tensor;

/** What a model can do for children. */
public interface DiveNetworks {
  /**
   * Encodes a picture; of a Gaussian latent the mean, of a quantised one what comes before the
   * codes.
   *
   * @param rgb (1, 3, e, e), −1 to 1
   * @return z, (1, C, L, L)
   * @throws Problem if it overflows
   * @throws CancellationException if it was asked for
   */
  Tensor encode(Tensor rgb, Cancellation cancellation);

  /**
   * Decodes a latent into the field that gives its colours at every scale.
   *
   * @param latent (1, C, L, L)
   * @throws Problem if it overflows
   * @throws CancellationException if it was asked for
   */
  OpenField open(Tensor latent, Cancellation cancellation);

  /**
   * A sampler without noise of its own.
   *
   * @param steps the steps of a whole run
   */
  Sampler sampler(int steps);

  /**
   * The diffusion network under the condition for a depth.
   *
   * @param level from 1
   * @throws CancellationException if it was asked for
   */
  Denoiser denoiser(int level, Cancellation cancellation);
}
