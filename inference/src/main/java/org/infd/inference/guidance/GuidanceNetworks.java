package org.infd.inference.guidance;

import java.util.concurrent.CancellationException;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.tensor.Tensor;

/**
 * The networks of a model between a latent and CLIP's embedding of a crop, each with its VJP. Every
 * call may throw {@link CancellationException} when it was asked for.
 */
public interface GuidanceNetworks {
  /** A latent (1, C, H, W) to its feature map (1, F, h, w). */
  Tensor decode(Tensor z, Cancellation cancellation);

  /** The cotangent of the latent from that of its feature map. */
  Tensor decodeVjp(Tensor z, Tensor cotangent, Cancellation cancellation);

  /** A query (1, F + 4, h, w) to colours (1, 3, h, w), norms live over them. */
  Tensor render(Tensor query, Cancellation cancellation);

  /** The cotangent (1, F, h, w) of a query's features from that of its colours. */
  Tensor renderVjp(Tensor query, Tensor cotangent, Cancellation cancellation);

  /** Crops (n, 3, side, side) from −1 to 1 to embeddings (n, E), not of unit length. */
  Tensor embed(Tensor crops, Cancellation cancellation);

  /** The cotangent of crops from that of their embeddings. */
  Tensor embedVjp(Tensor crops, Tensor cotangent, Cancellation cancellation);
}
