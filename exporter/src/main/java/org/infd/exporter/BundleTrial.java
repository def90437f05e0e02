package org.infd.exporter;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.infd.exporter.graph.Dim;
import org.infd.exporter.graph.NodeGraph;
import org.infd.exporter.graph.Value;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.Device;
import org.infd.inference.runtime.Graph;
import org.infd.inference.tensor.AnyTensor;
import org.infd.inference.tensor.DoubleTensor;
import org.infd.inference.tensor.LongTensor;
import org.infd.inference.tensor.Tensor;

/**
 * Runs each graph of a new bundle once, on a small made-up input. Where a graph takes pictures of
 * one size, it may be run as the same graph for smaller ones: the same nodes with the same weights.
 */
final class BundleTrial {
  private static final int SIDE = 16;

  /**
   * From this size of its weights on, in bytes, the smaller graph of a VJP is run node by node:
   * what the optimiser makes of weights is held beside them, several times their size.
   */
  private static final long LARGE = 512L << 20;

  private final Device device;
  private final Cancellation cancellation;

  BundleTrial(Device device, Cancellation cancellation) {
    this.device = device;
    this.cancellation = cancellation;
  }

  /**
   * Loads and runs a graph.
   *
   * @throws org.infd.inference.Problem if the device refuses it
   */
  ImportReport.Trial run(NodeGraph graph, Path file) {
    return run(graph, file, Graph.Form.FASTEST);
  }

  /**
   * Loads a graph, and loads and runs the same for smaller pictures.
   *
   * @param small the smaller graph
   * @param smallFile its file
   * @param file of the graph itself
   * @param bytes the size of the weights in memory
   * @throws org.infd.inference.Problem if the device refuses one
   */
  ImportReport.Trial runSmaller(NodeGraph small, Path smallFile, Path file, long bytes) {
    Graph.load(file, device, Map.of(), Graph.Options.in(Graph.Form.NODE_BY_NODE)).close();
    return run(
        small,
        smallFile,
        bytes < LARGE || device.isGpu() ? Graph.Form.FASTEST : Graph.Form.NODE_BY_NODE);
  }

  private ImportReport.Trial run(NodeGraph graph, Path file, Graph.Form form) {
    long start = System.nanoTime();
    try (var session = Graph.load(file, device, Map.of(), Graph.Options.in(form))) {
      long loaded = System.nanoTime();
      var inputs = new LinkedHashMap<String, AnyTensor>();
      graph.inputs().forEach(input -> inputs.put(input.name(), example(input)));
      Map<String, AnyTensor> outputs =
          session.run(inputs, Set.copyOf(graph.outputs().keySet()), cancellation);
      long done = System.nanoTime();
      boolean finite = outputs.values().stream().allMatch(BundleTrial::isFinite);
      return new ImportReport.Trial(
          graph.name(),
          shapes(graph, outputs),
          finite,
          (loaded - start) / 1_000_000,
          (done - loaded) / 1_000_000);
    }
  }

  private static List<String> shapes(NodeGraph graph, Map<String, AnyTensor> outputs) {
    var shapes = new ArrayList<String>();
    for (var name : graph.outputs().keySet()) {
      var output = outputs.get(name);
      shapes.add(name + " " + (output == null ? "missing" : Arrays.toString(output.shape())));
    }
    return shapes;
  }

  private static AnyTensor example(Value input) {
    var shape = input.shape().dims().stream().mapToLong(BundleTrial::extent).toArray();
    int elements = Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact));
    return switch (input.element()) {
      case FLOAT32 -> {
        var random = new Random(1);
        var values = new float[elements];
        for (int i = 0; i < elements; i++) {
          values[i] = 0.5f * (float) random.nextGaussian();
        }
        yield Tensor.of(values, shape);
      }
      case FLOAT64 -> DoubleTensor.of(new double[elements], shape);
      case INT64, INT32 -> LongTensor.of(indices(input.name(), elements), shape);
    };
  }

  private static long[] indices(String name, int elements) {
    return switch (name) {
      case "interior" -> new long[] {4, 4, 8, 8};
      case "t" -> new long[] {500};
      default -> new long[elements];
    };
  }

  private static long extent(Dim dim) {
    if (dim.isKnown()) {
      return dim.value();
    }
    return dim.symbols().contains("n") ? 1 : SIDE;
  }

  private static boolean isFinite(AnyTensor tensor) {
    return switch (tensor) {
      case Tensor t -> t.isFinite();
      case DoubleTensor t -> Arrays.stream(t.toArray()).allMatch(Double::isFinite);
      case LongTensor _ -> true;
    };
  }
}
