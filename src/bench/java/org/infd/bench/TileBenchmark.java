package org.infd.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.infd.exporter.graph.Contraction;
import org.infd.exporter.graph.Dim;
import org.infd.exporter.graph.ElementType;
import org.infd.exporter.graph.GraphBuilder;
import org.infd.exporter.graph.OnnxWriter;
import org.infd.exporter.graph.Shape;
import org.infd.exporter.graph.WeightsFile;
import org.infd.inference.Folders;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.Device;
import org.infd.inference.runtime.Graph;
import org.infd.inference.runtime.OnnxRuntime;
import org.infd.inference.tensor.AnyTensor;
import org.infd.inference.tensor.Tensor;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One tile of 256² with its halo through the renderer, norms frozen and live, beside a bare 3×3
 * convolution of the same width over the same pixels. Weights are random: time does not depend on
 * them.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 6, time = 2)
@SuppressWarnings("NullAway.Init") // JMH fills the fields before a benchmark
public class TileBenchmark {
  /** A tile of 256 with the receptive radius of 6 on each side. */
  static final int SIDE = 268;

  /** The width of the renderer, and of φ as the published ratio has it: half of it, at least 32. */
  @Param({"64", "256"})
  public int hidden;

  /** What is measured. */
  @Param({"conv", "frozen", "live"})
  public String graph;

  /** The threads that ONNX Runtime shares. */
  @Param({"1", "2"})
  public int threads;

  private Path folder;
  private Graph session;
  private Map<String, AnyTensor> inputs;
  private Map<String, Tensor> outputs;

  /** The multiply-accumulates of one run (docs/spec/infd-model.md 7.1), for GFLOP/s. */
  static double multiplyAccumulates(int hidden, String graph) {
    double perPixel =
        graph.equals("conv")
            ? 9.0 * hidden * hidden
            : 9.0 * (hidden * (features(hidden) + 4.0) + 4.0 * hidden * hidden + 3.0 * hidden);
    return perPixel * SIDE * SIDE;
  }

  static int features(int hidden) {
    return Math.max(32, hidden / 2);
  }

  /** Makes the graph and its input. */
  @Setup(Level.Trial)
  public void open() throws IOException {
    OnnxRuntime.setThreads(threads);
    folder = Files.createTempDirectory("infd-bench");
    int channels = graph.equals("conv") ? hidden : features(hidden) + 4;
    session = graph.equals("conv") ? convolution() : renderer();
    var query = Tensor.zeros(1, channels, SIDE, SIDE);
    var random = new Random(7);
    for (int i = 0; i < query.elements(); i++) {
      query.set(i, random.nextFloat() * 2 - 1);
    }
    inputs = Map.of("query", query);
    outputs = Map.of("rgb", Tensor.zeros(1, graph.equals("conv") ? hidden : 3, SIDE, SIDE));
  }

  private Graph renderer() throws IOException {
    var bundle = RandomModel.in(folder, arguments(hidden));
    if (graph.equals("live")) {
      return bundle.load("render_live", Device.cpu());
    }
    var frozen = new HashMap<String, Tensor>();
    var norms = bundle.manifest().renderer().norms();
    for (int k = 0; k < norms.size(); k++) {
      frozen.put("norm_" + k + "_mean", constant(0.1f, norms.get(k).channels()));
      frozen.put("norm_" + k + "_variance", constant(1.3f, norms.get(k).channels()));
    }
    return bundle.load("render", Device.cpu(), frozen);
  }

  /** A small autoencoder around the renderer that is measured. */
  static Map<String, Object> arguments(int hidden) {
    return arguments(hidden, 32, true);
  }

  /**
   * The same with a side of φ of its own.
   *
   * @param cells the side of φ
   * @param norms whether the renderer has norms
   */
  static Map<String, Object> arguments(int hidden, int cells, boolean norms) {
    var network = Map.of("ch", features(hidden), "ch_mult", List.of(1), "num_res_blocks", 1);
    return Map.of(
        "encoder",
        Map.of("name", "encoder_vqf4", "args", network),
        "z_shape",
        List.of(3, cells, cells),
        "decoder",
        Map.of("name", "decoder_vqf4", "args", network),
        "renderer",
        Map.of(
            "name",
            "renderer_concat_wrapper",
            "args",
            Map.of(
                "z_dec_channels",
                features(hidden),
                "net",
                Map.of(
                    "name",
                    "simple_renderer_net",
                    "args",
                    Map.of("hidden_channels", hidden, "normalize", norms)))));
  }

  private Graph convolution() throws IOException {
    var builder = new GraphBuilder("convolution");
    var size = new Dim[] {Dim.of(1), Dim.of(hidden), Dim.free("h"), Dim.free("w")};
    var query = builder.input("query", ElementType.FLOAT32, Shape.of(size));
    var weight =
        builder.floats(
            constant(0.01f, hidden * hidden * 9).toArray(), Shape.known(hidden, hidden, 3, 3));
    var bias = builder.floats(constant(0.1f, hidden).toArray(), Shape.known(hidden));
    builder.output("rgb", builder.convolution(query, weight, bias, 1, Contraction.Padding.all(1)));
    var file = folder.resolve("convolution.onnx");
    try (var weights = new WeightsFile(folder.resolve("none.bin"), false, new NoFindings())) {
      OnnxWriter.write(builder.build(), file, weights, "bench");
    }
    return Graph.load(file, Device.cpu());
  }

  private static final class NoFindings implements WeightsFile.Findings {
    @Override
    public void notFinite(String name, long values) {}

    @Override
    public void beyondHalf(String name, long values) {}

    @Override
    public void progress(long bytes) {}
  }

  private static Tensor constant(float value, int elements) {
    var tensor = Tensor.zeros(elements);
    for (int i = 0; i < elements; i++) {
      tensor.set(i, value);
    }
    return tensor;
  }

  /** One run; live norms give their statistics as well, as they are used. */
  @Benchmark
  public Object tile() {
    if (graph.equals("live")) {
      return session.run(inputs, Set.copyOf(session.outputNames()), Cancellation.never());
    }
    session.runInto(inputs, outputs, Cancellation.never());
    return outputs;
  }

  /** Frees the session and the files. */
  @TearDown(Level.Trial)
  public void close() throws IOException {
    session.close();
    Folders.delete(folder);
  }
}
