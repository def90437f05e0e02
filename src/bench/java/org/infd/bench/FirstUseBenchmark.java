package org.infd.bench;

import java.util.concurrent.TimeUnit;
import org.infd.inference.bundle.BundleCatalog;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.runtime.Device;
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
import org.openjdk.jmh.annotations.Warmup;

/**
 * The first use of a network in a process: its files are compared with their hashes, and it is
 * loaded. For another model than the first: {@code -p model=FOLDER}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 1)
@Measurement(iterations = 5)
@SuppressWarnings("NullAway.Init") // JMH fills the fields before a benchmark
public class FirstUseBenchmark {
  /** The graph. */
  @Param({"unet", "unet_vjp", "decode"})
  public String graph;

  /** The id or the folder of the model; empty for the first that is installed. */
  @Param({""})
  public String model;

  private ModelBundle bundle;

  /** Opens the model anew: nothing is known of its files. */
  @Setup(Level.Invocation)
  public void open() {
    var catalog = BundleCatalog.ofSystem();
    var found = model.isEmpty() ? catalog.first() : catalog.find(model);
    bundle = ModelBundle.open(found.folder());
  }

  /** First the hashes of all of its files, then loading. */
  @Benchmark
  public void oneAfterTheOther() {
    bundle.file(graph);
    bundle.load(graph, Device.cpu()).close();
  }

  /** The hash of the weights beside loading. */
  @Benchmark
  public void sideBySide() {
    bundle.load(graph, Device.cpu()).close();
  }
}
