package org.infd.inference.field;

import java.util.concurrent.CancellationException;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.tensor.Tensor;

/**
 * Something that gives the colours of any rectangle of a square image at any integer side.
 * Implementations are thread-safe, and their pixels do not depend on the rectangle that asks for
 * them: tiles equal the whole.
 */
public interface FieldRenderer {
  /** The largest side of an image, 2^20: below a pixel of that size there is no detail left. */
  int LARGEST_SIDE = 1 << 20;

  /**
   * Renders a rectangle.
   *
   * @param imageSide N, the side in pixels of the whole image, 1 to {@link #LARGEST_SIDE}
   * @param rectangle pixels of that image
   * @return RGB (1, 3, height, width), unclamped, roughly −1 to 1
   * @throws IllegalArgumentException if the rectangle lies outside the image
   * @throws CancellationException if it was asked for
   */
  Tensor render(int imageSide, Rectangle rectangle, Cancellation cancellation);
}
