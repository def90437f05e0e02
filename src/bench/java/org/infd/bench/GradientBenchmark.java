package org.infd.bench;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.infd.inference.bundle.BundleCatalog;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.Device;
import org.infd.inference.runtime.Graph;
import org.infd.inference.tensor.AnyTensor;
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
 * Networks and their VJPs, each of which contains its own forward: the quotient is what a gradient
 * costs. For another model than the first: {@code -p model=FOLDER}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 2)
@SuppressWarnings("NullAway.Init") // JMH fills the fields before a benchmark
public class GradientBenchmark {
  /** The network. */
  @Param({"unet", "decode", "render_live", "clip_image"})
  public String network;

  /** The id or the folder of the model; empty for the first that is installed. */
  @Param({""})
  public String model;

  private Graph forward;
  private Graph back;
  private Map<String, AnyTensor> forwardInputs;
  private Map<String, AnyTensor> backInputs;
  private Set<String> forwardOutput;
  private Set<String> backOutput;

  /** Loads both. */
  @Setup(Level.Trial)
  public void open() {
    var catalog = BundleCatalog.ofSystem();
    var bundle = model.isEmpty() ? catalog.first() : catalog.find(model);
    forward = bundle.load(network, Device.cpu());
    back = bundle.load(network + "_vjp", Device.cpu());
    var manifest = bundle.manifest();
    forwardInputs = GraphInputs.of(manifest, network);
    backInputs = GraphInputs.of(manifest, network + "_vjp");
    forwardOutput = Set.of(GraphInputs.entry(manifest, network).outputs().getFirst().name());
    backOutput = Set.of(GraphInputs.entry(manifest, network + "_vjp").outputs().getFirst().name());
  }

  /** The network itself. */
  @Benchmark
  public Map<String, AnyTensor> forward() {
    return forward.run(forwardInputs, forwardOutput, Cancellation.never());
  }

  /** Its vector-Jacobian product. */
  @Benchmark
  public Map<String, AnyTensor> back() {
    return back.run(backInputs, backOutput, Cancellation.never());
  }

  /** Frees both. */
  @TearDown(Level.Trial)
  public void close() {
    forward.close();
    back.close();
  }
}
