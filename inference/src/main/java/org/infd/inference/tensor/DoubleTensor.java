package org.infd.inference.tensor;

import java.util.Arrays;

/** A dense float64 tensor on the heap, row-major: sums that need more than float32. */
public final class DoubleTensor implements AnyTensor {
  private final long[] shape;
  private final double[] values;

  private DoubleTensor(long[] shape, double[] values) {
    this.shape = shape;
    this.values = values;
  }

  /** A tensor with a copy of {@code values}, row-major. */
  public static DoubleTensor of(double[] values, long... shape) {
    Shapes.require(shape, values.length);
    return new DoubleTensor(shape.clone(), values.clone());
  }

  @Override
  public long[] shape() {
    return shape.clone();
  }

  /** A copy of the elements, row-major. */
  public double[] toArray() {
    return values.clone();
  }

  @Override
  public String toString() {
    return "DoubleTensor" + Arrays.toString(shape);
  }
}
