package org.infd.inference.tensor;

import java.util.Arrays;

/**
 * A dense int64 tensor on the heap, row-major: time steps, class labels, token ids, lookup indices,
 * rectangles.
 */
public final class LongTensor implements AnyTensor {
  private final long[] shape;
  private final long[] values;

  private LongTensor(long[] shape, long[] values) {
    this.shape = shape;
    this.values = values;
  }

  /** A tensor with a copy of {@code values}, row-major. */
  public static LongTensor of(long[] values, long... shape) {
    Shapes.require(shape, values.length);
    return new LongTensor(shape.clone(), values.clone());
  }

  @Override
  public long[] shape() {
    return shape.clone();
  }

  /** A copy of the elements, row-major. */
  public long[] toArray() {
    return values.clone();
  }

  @Override
  public String toString() {
    return "LongTensor" + Arrays.toString(shape);
  }
}
