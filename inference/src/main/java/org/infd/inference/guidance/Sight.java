package org.infd.inference.guidance;

import java.util.concurrent.CancellationException;
import org.infd.inference.guidance.BoxCrops.Square;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.tensor.Tensor;

/**
 * What CLIP sees of a latent, and the way back from there. Every call may throw {@link
 * CancellationException} when it was asked for.
 */
interface Sight {
  /** The elements of what the cotangents of crops are summed in. */
  int elements();

  /**
   * Shows a square at CLIP's side.
   *
   * @param crops takes the picture, (n, 3, side, side)
   * @param item which one of n
   */
  void show(Square square, Tensor crops, int item, Cancellation cancellation);

  /**
   * Adds what the cotangent of a square's picture makes of the sum.
   *
   * @param crops cotangents of pictures, (n, 3, side, side)
   * @param item which one of n
   */
  void back(Square square, Tensor crops, int item, float[] sum, Cancellation cancellation);

  /** The cotangent of the latent (1, C, h, w) from such a sum. */
  Tensor toLatent(float[] sum, Cancellation cancellation);
}
