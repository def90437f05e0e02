package org.infd.exporter.ldm;

import java.io.IOException;
import java.nio.FloatBuffer;
import org.infd.exporter.graph.TensorSource;
import org.infd.exporter.network.Weights.Stored;

/**
 * A tensor whose values are changed by a straight line while they are read, in float64 and rounded
 * once: how the scale of a latent comes into the weights beside it.
 */
final class FoldedTensor {
  private static final int PIECE = 1 << 14;

  private FoldedTensor() {}

  /** All values times a factor. */
  static Stored times(Stored tensor, double factor) {
    return of(tensor, tensor.source().elements(), factor, 0);
  }

  /**
   * The first values times a factor, the others plus a summand.
   *
   * @param first how many values are multiplied
   */
  static Stored of(Stored tensor, long first, double factor, double summand) {
    var source = tensor.source();
    return new Stored(
        tensor.shape(),
        new TensorSource() {
          @Override
          public long elements() {
            return source.elements();
          }

          @Override
          public void stream(Sink sink) throws IOException {
            long[] at = {0};
            var changed = new float[PIECE];
            source.stream(
                piece -> {
                  while (piece.hasRemaining()) {
                    int count = Math.min(PIECE, piece.remaining());
                    for (int i = 0; i < count; i++) {
                      double value = piece.get();
                      changed[i] = (float) (at[0]++ < first ? value * factor : value + summand);
                    }
                    sink.accept(FloatBuffer.wrap(changed, 0, count));
                  }
                });
          }
        });
  }
}
