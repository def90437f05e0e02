package org.infd.exporter.torch;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.Supplier;
import org.infd.inference.NumberText;
import org.infd.inference.Problem;

/**
 * A named tensor in a mapped file: shape, strides and type are checked against its storage, values
 * are read when asked for and never held. Valid until the file it came from is closed. Thread-safe.
 */
public final class StoredTensor {
  private final String name;
  private final DataType type;
  private final long[] shape;
  private final long[] strides;
  private final long offset;
  private final long elements;
  private final boolean contiguous;
  private final StoredBytes storage;

  private StoredTensor(
      String name, DataType type, long[] shape, long[] strides, long offset, StoredBytes storage) {
    this.name = name;
    this.type = type;
    this.shape = shape;
    this.strides = strides;
    this.offset = offset;
    this.storage = storage;
    long product = 1;
    for (long extent : shape) {
      product *= extent;
    }
    elements = product;
    contiguous = elements == 0 || Arrays.equals(strides, normalised(shape, strides));
  }

  /**
   * A view of a storage, after checking that every element lies inside it.
   *
   * @param strides step between neighbours of each axis, in elements
   * @param offset place of the first element in the storage, in elements
   * @throws Problem naming the tensor, if shape, strides or offset are negative, do not belong
   *     together, or reach past the storage
   */
  static StoredTensor of(
      String name, DataType type, long[] shape, long[] strides, long offset, StoredBytes storage) {
    long capacity = storage.size() / type.width();
    // made only for a sentence: files may have hundreds of thousands of tensors
    Supplier<String> layout = () -> layout(shape, strides, offset);
    if (shape.length != strides.length) {
      throw storage.wrong(name, "has not as many strides as extents: " + layout.get());
    }
    if (offset < 0) {
      throw storage.wrong(name, "begins at a negative element: " + layout.get());
    }
    try {
      long elements = 1;
      long last = offset;
      for (int axis = 0; axis < shape.length; axis++) {
        if (shape[axis] < 0 || strides[axis] < 0) {
          throw storage.wrong(name, "has a negative extent or stride: " + layout.get());
        }
        elements = Math.multiplyExact(elements, shape[axis]);
        last = Math.addExact(last, Math.multiplyExact(Math.max(0, shape[axis] - 1), strides[axis]));
      }
      // a tensor may repeat elements (stride 0), but not make much of a small file
      if (elements == 0 ? offset > capacity : (last >= capacity || elements > capacity)) {
        throw storage.wrong(
            name, "reaches past its storage of " + capacity + " elements: " + layout.get());
      }
    } catch (ArithmeticException e) {
      throw storage.wrong(name, "has an impossible size: " + layout.get());
    }
    return new StoredTensor(name, type, shape.clone(), strides.clone(), offset, storage);
  }

  private static String layout(long[] shape, long[] strides, long offset) {
    return SourceLocation.plain(
        NumberText.format(
            "shape %s, strides %s, offset %d",
            Arrays.toString(shape), Arrays.toString(strides), offset));
  }

  /** Strides of a packed row-major tensor, in elements. */
  static long[] rowMajor(long[] shape) {
    var strides = new long[shape.length];
    long step = 1;
    for (int axis = shape.length - 1; axis >= 0; axis--) {
      strides[axis] = step;
      step *= Math.max(1, shape[axis]);
    }
    return strides;
  }

  /** Row-major strides, except that the stride of an axis of extent 1 may be anything. */
  private static long[] normalised(long[] shape, long[] strides) {
    var packed = rowMajor(shape);
    for (int axis = 0; axis < shape.length; axis++) {
      if (shape[axis] == 1) {
        packed[axis] = strides[axis];
      }
    }
    return packed;
  }

  /** The name in the state dict. */
  public String name() {
    return name;
  }

  /** The element type in the file. */
  public DataType type() {
    return type;
  }

  /** A copy of the shape; empty for a scalar. */
  public long[] shape() {
    return shape.clone();
  }

  /** A copy of the strides, in elements. */
  public long[] strides() {
    return strides.clone();
  }

  /** Place of the first element in the storage, in elements. */
  public long offset() {
    return offset;
  }

  /** The number of elements, 1 for a scalar. */
  public long elements() {
    return elements;
  }

  /** Whether the elements lie in the storage packed and in row-major order. */
  public boolean isContiguous() {
    return contiguous;
  }

  /** Whether this tensor has exactly this shape. */
  public boolean hasShape(long... expected) {
    return Arrays.equals(shape, expected);
  }

  /**
   * The bytes of a contiguous tensor as they lie in the file: little-endian, row-major, read-only,
   * mapped and not copied. Not to be used after the file was closed.
   *
   * @throws IllegalStateException if the tensor is not contiguous; use {@link #copyTo} then
   */
  public MemorySegment segment() {
    if (!contiguous) {
      throw new IllegalStateException(name + " is not contiguous");
    }
    return storage.bytes().asSlice(offset * type.width(), elements * type.width());
  }

  /**
   * Copies values in row-major order, widened (or for doubles and large integers rounded) to
   * float32.
   *
   * @param from row-major index of the first value
   * @param target receives values from {@code at} on
   * @param count how many values
   * @throws IndexOutOfBoundsException if the tensor or the target has fewer
   */
  public void copyTo(long from, float[] target, int at, int count) {
    checkRange(from, count);
    Objects.checkFromIndexSize(at, count, target.length);
    var bytes = storage.bytes();
    if (contiguous) {
      type.singles(bytes, offset + from, target, at, count);
      return;
    }
    var places = new Places(from);
    for (int i = 0; i < count; i++) {
      target[at + i] = type.single(bytes, places.next());
    }
  }

  /**
   * Says that the values are not wanted for now: what the system holds of them in memory for this
   * process may go. They can still be read.
   */
  public void release() {
    if (contiguous) {
      segment().unload();
    }
  }

  /**
   * All values in row-major order as float32.
   *
   * @throws Problem if there are more than fit one array
   */
  public float[] toFloats() {
    var values = new float[arraySize()];
    copyTo(0, values, 0, values.length);
    return values;
  }

  /**
   * All values of an integer or boolean tensor in row-major order.
   *
   * @throws Problem if the type is a floating one, or there are more than fit one array
   */
  public long[] toLongs() {
    if (!type.isInteger()) {
      throw storage.wrong(name, "should hold integers but holds " + type);
    }
    var values = new long[arraySize()];
    var bytes = storage.bytes();
    var places = new Places(0);
    for (int i = 0; i < values.length; i++) {
      values[i] = type.integer(bytes, places.next());
    }
    return values;
  }

  /**
   * Reads the whole storage of this tensor and compares it with its checksum, where the format has
   * one; each storage is read once however many tensors share it.
   *
   * @throws Problem naming the tensor, if a byte was changed
   */
  public void verify() {
    storage.verify(name);
  }

  private int arraySize() {
    if (elements > Integer.MAX_VALUE - 8) {
      throw storage.wrong(name, "is too large to be read at once: " + elements + " elements");
    }
    return (int) elements;
  }

  private void checkRange(long from, int count) {
    Objects.checkFromIndexSize(from, count, elements);
  }

  @Override
  public String toString() {
    return name + " " + type + Arrays.toString(shape);
  }

  /** Walks the storage places of the elements in row-major order. */
  private final class Places {
    private final long[] index = new long[shape.length];
    private long place = offset;

    Places(long from) {
      long rest = from;
      for (int axis = shape.length - 1; axis >= 0 && elements > 0; axis--) {
        index[axis] = rest % shape[axis];
        rest /= shape[axis];
        place += index[axis] * strides[axis];
      }
    }

    long next() {
      long current = place;
      for (int axis = index.length - 1; axis >= 0; axis--) {
        place += strides[axis];
        if (++index[axis] < shape[axis]) {
          break;
        }
        place -= index[axis] * strides[axis];
        index[axis] = 0;
      }
      return current;
    }
  }
}
