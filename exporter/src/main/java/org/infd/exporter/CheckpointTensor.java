package org.infd.exporter;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.LongStream;
import org.infd.exporter.graph.TensorSource;
import org.infd.exporter.network.Weights;
import org.infd.exporter.torch.StoredTensor;

/**
 * The values of a tensor in a checkpoint, in pieces of a few hundred kilobytes.
 *
 * @param tensor valid while its checkpoint is open
 */
record CheckpointTensor(StoredTensor tensor) implements TensorSource {
  private static final int PIECE = 1 << 17;

  /** The tensors of a file for the networks, valid while it is open. */
  static Map<String, Weights.Stored> stored(Map<String, StoredTensor> tensors) {
    var stored = new LinkedHashMap<String, Weights.Stored>();
    tensors.forEach(
        (name, tensor) ->
            stored.put(
                name,
                new Weights.Stored(
                    LongStream.of(tensor.shape()).boxed().toList(), new CheckpointTensor(tensor))));
    return stored;
  }

  @Override
  public long elements() {
    return tensor.elements();
  }

  @Override
  public void stream(Sink sink) throws IOException {
    // once per tensor, whatever it is read for: a changed byte is never copied into a bundle
    tensor.verify();
    var piece = new float[(int) Math.min(PIECE, elements())];
    for (long from = 0; from < elements(); from += piece.length) {
      int count = (int) Math.min(piece.length, elements() - from);
      tensor.copyTo(from, piece, 0, count);
      sink.accept(FloatBuffer.wrap(piece, 0, count));
    }
    tensor.release();
  }
}
