package org.infd.exporter.graph;

import java.io.IOException;
import java.nio.FloatBuffer;

/**
 * Float values that are read piece by piece when they are needed, so that a graph over gigabytes of
 * weights costs no memory.
 */
public interface TensorSource {
  /** How many values there are. */
  long elements();

  /**
   * Passes all values on, row-major, in pieces of the source's own size. May be called repeatedly.
   *
   * @throws IOException if the values cannot be read or the sink throws
   */
  void stream(Sink sink) throws IOException;

  /** Takes the pieces. */
  @FunctionalInterface
  interface Sink {
    /** Takes the remaining elements of {@code piece}, which is valid only during the call. */
    void accept(FloatBuffer piece) throws IOException;
  }

  /** A source over values in memory. */
  static TensorSource of(float... values) {
    return new TensorSource() {
      @Override
      public long elements() {
        return values.length;
      }

      @Override
      public void stream(Sink sink) throws IOException {
        sink.accept(FloatBuffer.wrap(values).asReadOnlyBuffer());
      }
    };
  }
}
