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
 * Networks and their VJPs node by node as they are written, and with the convolutions beside a
 * change of size on the smaller map. For another model than the first: {@code -p model=FOLDER}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 2)
@SuppressWarnings("NullAway.Init") // JMH fills the fields before a benchmark
public class SmallMapBenchmark {
  /** The graph. */
  @Param({"unet", "decode", "unet_vjp", "decode_vjp"})
  public String graph;

  /** The id or the folder of the model; empty for the first that is installed. */
  @Param({""})
  public String model;

  private Graph written;
  private Graph onSmallMaps;
  private Map<String, AnyTensor> inputs;
  private Set<String> output;

  /** Loads both forms. */
  @Setup(Level.Trial)
  public void open() {
    var catalog = BundleCatalog.ofSystem();
    var bundle = model.isEmpty() ? catalog.first() : catalog.find(model);
    written = bundle.load(graph, Device.cpu(), Map.of(), Graph.Options.in(Graph.Form.AS_WRITTEN));
    onSmallMaps = bundle.load(graph, Device.cpu());
    inputs = GraphInputs.of(bundle.manifest(), graph);
    output = Set.of(GraphInputs.entry(bundle.manifest(), graph).outputs().getFirst().name());
  }

  /** As the file has it. */
  @Benchmark
  public Map<String, AnyTensor> asWritten() {
    return written.run(inputs, output, Cancellation.never());
  }

  /** As it is run. */
  @Benchmark
  public Map<String, AnyTensor> onSmallMaps() {
    return onSmallMaps.run(inputs, output, Cancellation.never());
  }

  /** Frees both. */
  @TearDown(Level.Trial)
  public void close() {
    onSmallMaps.close();
    written.close();
  }
}
