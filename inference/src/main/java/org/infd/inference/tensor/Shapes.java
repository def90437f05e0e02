package org.infd.inference.tensor;

import java.util.Arrays;

/** Checks on tensor shapes, shared by the tensor types. */
final class Shapes {
  private Shapes() {}

  /**
   * The number of elements of {@code shape}.
   *
   * @throws IllegalArgumentException if an extent is negative or the product exceeds an int
   */
  static int elements(long[] shape) {
    long product = 1;
    for (long extent : shape) {
      if (extent < 0) {
        throw new IllegalArgumentException("negative extent in " + Arrays.toString(shape));
      }
      product = Math.multiplyExact(product, extent);
    }
    if (product > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("too many elements: " + Arrays.toString(shape));
    }
    return (int) product;
  }

  static void require(long[] shape, long elements) {
    if (elements(shape) != elements) {
      throw new IllegalArgumentException(
          elements + " elements do not fill " + Arrays.toString(shape));
    }
  }
}
