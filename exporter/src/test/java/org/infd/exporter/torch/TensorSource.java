package org.infd.exporter.torch;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/** The values of a tensor to be written, made piece by piece so that no tensor is ever whole. */
public interface TensorSource {
  /** The shape, empty for a scalar. */
  long[] shape();

  /**
   * Fills the whole {@code chunk} with the values from row-major index {@code offset} on. Chunks
   * come in order.
   */
  void fill(long offset, float[] chunk);

  /** The type in the file; values are converted to it. */
  default DataType type() {
    return DataType.F32;
  }

  /** The number of values. */
  default long elements() {
    return Arrays.stream(shape()).reduce(1, Math::multiplyExact);
  }

  /** Given values of any type. */
  static TensorSource of(DataType type, long[] shape, float... values) {
    return new TensorSource() {
      @Override
      public long[] shape() {
        return shape.clone();
      }

      @Override
      public DataType type() {
        return type;
      }

      @Override
      public void fill(long offset, float[] chunk) {
        System.arraycopy(values, (int) offset, chunk, 0, chunk.length);
      }
    };
  }

  /** Given float32 values. */
  static TensorSource of(long[] shape, float... values) {
    return of(DataType.F32, shape, values);
  }

  /** One value everywhere. */
  static TensorSource filled(float value, long... shape) {
    return generated((offset, chunk) -> Arrays.fill(chunk, value), shape);
  }

  /** Values uniform in ±{@code scale}, a function of seed and index alone. */
  static TensorSource random(long seed, float scale, long... shape) {
    return generated(
        (offset, chunk) -> {
          // one generator a block of values, so that chunks of any size give the same tensor
          int block = 4096;
          RandomGenerator random = new SplittableRandom(seed);
          for (int i = 0; i < chunk.length; i++) {
            long index = offset + i;
            if (i == 0 || index % block == 0) {
              random = new SplittableRandom(seed * 0x9E3779B97F4A7C15L + index / block);
              for (long skipped = 0; skipped < index % block; skipped++) {
                random.nextInt();
              }
            }
            chunk[i] = scale * (random.nextInt() * 0x1p-31f);
          }
        },
        shape);
  }

  /** Values made by {@code filler}. */
  static TensorSource generated(Filler filler, long... shape) {
    return new TensorSource() {
      @Override
      public long[] shape() {
        return shape.clone();
      }

      @Override
      public void fill(long offset, float[] chunk) {
        filler.fill(offset, chunk);
      }
    };
  }

  /** Makes values, see {@link TensorSource#fill}. */
  @FunctionalInterface
  interface Filler {
    /** Fills the whole chunk with the values from row-major index {@code offset} on. */
    void fill(long offset, float[] chunk);
  }
}
