package org.infd.exporter.graph;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.Device;
import org.infd.inference.runtime.Graph;
import org.infd.inference.tensor.AnyTensor;

/** Writes, loads and runs a graph once. */
public final class GraphRunner {
  private GraphRunner() {}

  /**
   * Runs a graph on the CPU.
   *
   * @param folder where its files may go
   * @return all outputs by name
   */
  public static Map<String, AnyTensor> run(
      NodeGraph graph, Path folder, Map<String, ? extends AnyTensor> inputs) {
    try (var session = load(graph, folder)) {
      return session.run(inputs, Set.copyOf(session.outputNames()), Cancellation.never());
    }
  }

  /** Loads a graph on the CPU, to be run often; its files go below {@code folder}. */
  public static Graph load(NodeGraph graph, Path folder) {
    try {
      var own = Files.createTempDirectory(folder, "graph");
      var file = own.resolve("graph.onnx");
      try (var weights = new WeightsFile(own.resolve("graph.bin"), false, new NoFindings())) {
        OnnxWriter.write(graph, file, weights, "test");
      }
      return Graph.load(file, Device.cpu());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Accepts no faulty weights. */
  static final class NoFindings implements WeightsFile.Findings {
    @Override
    public void notFinite(String name, long values) {
      throw new AssertionError(name);
    }

    @Override
    public void beyondHalf(String name, long values) {
      throw new AssertionError(name);
    }

    @Override
    public void progress(long bytes) {}
  }
}
