package org.infd.inference.tensor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * A dense float32 tensor, row-major, in direct native-order memory that a graph reads and writes
 * without a copy. Not thread-safe for writing; images and feature maps are (N, C, H, W). The memory
 * is freed by the garbage collector.
 */
public final class Tensor implements AnyTensor {
  private final long[] shape;
  private final FloatBuffer data;

  private Tensor(long[] shape, FloatBuffer data) {
    this.shape = shape;
    this.data = data;
  }

  /** A tensor of zeros with the given extents. */
  public static Tensor zeros(long... shape) {
    int elements = Shapes.elements(shape);
    if (elements > Integer.MAX_VALUE / Float.BYTES) {
      throw new IllegalArgumentException(
          "more than 2 GiB in one tensor: " + Arrays.toString(shape));
    }
    var bytes = ByteBuffer.allocateDirect(elements * Float.BYTES).order(ByteOrder.nativeOrder());
    return new Tensor(shape.clone(), bytes.asFloatBuffer());
  }

  /** A tensor with a copy of {@code values}, row-major. */
  public static Tensor of(float[] values, long... shape) {
    Shapes.require(shape, values.length);
    var tensor = zeros(shape);
    tensor.data.put(0, values);
    return tensor;
  }

  /**
   * A tensor over memory that the caller owns, without a copy.
   *
   * @param data a direct native-order buffer whose elements 0 to limit are the tensor
   */
  public static Tensor wrap(FloatBuffer data, long... shape) {
    if (!data.isDirect() || data.order() != ByteOrder.nativeOrder()) {
      throw new IllegalArgumentException("a tensor needs a direct buffer in native order");
    }
    Shapes.require(shape, data.limit());
    return new Tensor(shape.clone(), data.duplicate().position(0));
  }

  @Override
  public long[] shape() {
    return shape.clone();
  }

  /** The extent of one axis. */
  public int extent(int axis) {
    return Math.toIntExact(shape[axis]);
  }

  /** The number of axes. */
  public int rank() {
    return shape.length;
  }

  /** The number of elements. */
  public int elements() {
    return data.limit();
  }

  /** The elements, row-major, as a view with its own position: writes go through. */
  public FloatBuffer data() {
    return data.duplicate();
  }

  /** The element at a row-major position. */
  public float get(int index) {
    return data.get(index);
  }

  /** Sets the element at a row-major position. */
  public void set(int index, float value) {
    data.put(index, value);
  }

  /** A copy of the elements, row-major. */
  public float[] toArray() {
    var values = new float[elements()];
    data.get(0, values);
    return values;
  }

  /** The same memory under other extents with the same number of elements. */
  public Tensor reshape(long... newShape) {
    Shapes.require(newShape, elements());
    return new Tensor(newShape.clone(), data);
  }

  /** A copy of items {@code from} (inclusive) to {@code to} (exclusive) of the first axis. */
  public Tensor slice(int from, int to) {
    if (from < 0 || to > shape[0] || from > to) {
      throw new IllegalArgumentException(
          "items " + from + " to " + to + " of " + Arrays.toString(shape));
    }
    int item = shape[0] == 0 ? 0 : elements() / extent(0);
    var newShape = shape.clone();
    newShape[0] = (long) to - from;
    var copy = zeros(newShape);
    copy.data.put(0, data, from * item, (to - from) * item);
    return copy;
  }

  /** The items of two tensors behind each other along the first axis; the other axes are equal. */
  public static Tensor joined(Tensor first, Tensor second) {
    var newShape = first.shape();
    newShape[0] += second.shape[0];
    var copy = zeros(newShape);
    if (copy.elements() != first.elements() + second.elements()) {
      throw new IllegalArgumentException(first + " beside " + second);
    }
    copy.data.put(0, first.data, 0, first.elements());
    copy.data.put(first.elements(), second.data, 0, second.elements());
    return copy;
  }

  /** Whether every element is finite. */
  public boolean isFinite() {
    for (int i = 0; i < data.limit(); i++) {
      if (!Float.isFinite(data.get(i))) {
        return false;
      }
    }
    return true;
  }

  /**
   * How far this is from what is expected: ‖this − expected‖ / ‖expected‖.
   *
   * @param expected of the same number of elements
   * @return infinite where an element is not finite, or nothing but zero is expected
   */
  public double distanceFrom(Tensor expected) {
    double error = 0;
    double size = 0;
    for (int i = 0; i < expected.elements(); i++) {
      double difference = (double) get(i) - expected.get(i);
      error += difference * difference;
      size += (double) expected.get(i) * expected.get(i);
    }
    double ratio = error == 0 ? 0 : Math.sqrt(error / size);
    return Double.isNaN(ratio) ? Double.POSITIVE_INFINITY : ratio;
  }

  @Override
  public String toString() {
    return "Tensor" + Arrays.toString(shape);
  }
}
