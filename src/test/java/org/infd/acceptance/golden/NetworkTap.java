package org.infd.acceptance.golden;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.LongStream;
import org.infd.exporter.graph.GraphRunner;
import org.infd.exporter.graph.NodeGraph;
import org.infd.exporter.graph.TensorSource;
import org.infd.exporter.network.Weights;
import org.infd.exporter.torch.Checkpoint;
import org.infd.exporter.torch.StoredTensor;
import org.infd.inference.tensor.AnyTensor;

/** Runs graphs that a bundle does not hold, made by the same network classes. */
final class NetworkTap {
  private final Path folder;

  /** Taps that use {@code folder} for their files. */
  NetworkTap(Path folder) {
    this.folder = folder;
  }

  /** All tensors of a checkpoint. */
  static Weights weights(Checkpoint checkpoint) {
    return new Weights(stored(checkpoint.stateDict()));
  }

  /** Tensors with their values. */
  static Map<String, Weights.Stored> stored(Map<String, StoredTensor> tensors) {
    var stored = new LinkedHashMap<String, Weights.Stored>();
    tensors.forEach(
        (name, tensor) ->
            stored.put(
                name,
                new Weights.Stored(
                    LongStream.of(tensor.shape()).boxed().toList(), source(tensor))));
    return stored;
  }

  private static TensorSource source(StoredTensor tensor) {
    return new TensorSource() {
      @Override
      public long elements() {
        return tensor.elements();
      }

      @Override
      public void stream(Sink sink) throws IOException {
        sink.accept(FloatBuffer.wrap(tensor.toFloats()));
      }
    };
  }

  /** Writes, loads and runs a graph once. */
  Map<String, AnyTensor> run(NodeGraph graph, Map<String, ? extends AnyTensor> inputs) {
    return GraphRunner.run(graph, folder, inputs);
  }
}
