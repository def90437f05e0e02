package org.infd.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.infd.inference.Folders;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.export.ExportFormat;
import org.infd.inference.export.ExportSettings;
import org.infd.inference.export.Frame;
import org.infd.inference.export.PngExport;
import org.infd.inference.export.PngText;
import org.infd.inference.export.ResumableExport;
import org.infd.inference.field.NeuralField;
import org.infd.inference.field.Rectangle;
import org.infd.inference.field.StatisticsMode;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.Device;
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
 * What a scale costs that nobody has asked for before, of a renderer with norms: its statistics and
 * a small tile, and a whole export of 512². Weights and φ are random: time does not depend on them.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 1)
@Measurement(iterations = 5)
@SuppressWarnings("NullAway.Init") // JMH fills the fields before a benchmark
public class ScaleBenchmark {
  private static final int SIDE = 512;

  /** The width of the renderer. */
  @Param({"64", "256"})
  public int hidden;

  private Path folder;
  private ModelBundle bundle;
  private Tensor phi;
  private int round;

  /** Makes the model. */
  @Setup(Level.Trial)
  public void open() throws IOException {
    folder = Files.createTempDirectory("infd-bench");
    bundle = RandomModel.in(folder, TileBenchmark.arguments(hidden));
    phi = RandomModel.featureMap(bundle);
  }

  private NeuralField field() {
    return NeuralField.open(bundle, Device.cpu(), phi, StatisticsMode.INTERPOLATED);
  }

  private Tensor firstTile(int side) {
    try (var field = field()) {
      return field.render(side, new Rectangle(side / 2, side / 3, 64, 64), Cancellation.never());
    }
  }

  /** 64² pixels below the first knot. */
  @Benchmark
  public Tensor tileAt800() {
    return firstTile(800);
  }

  /** 64² pixels at a knot. */
  @Benchmark
  public Tensor tileAt1024() {
    return firstTile(1024);
  }

  /** A picture of 512², on the disk when it returns. */
  @Benchmark
  public void export() {
    try (var field = field()) {
      var target = folder.resolve("picture" + round++);
      var frame = new Frame(SIDE, Rectangle.whole(SIDE));
      var layout = ExportSettings.of(ExportFormat.PNG).layout(frame, target, PngText.NONE);
      new ResumableExport(target, layout, Map.of("field", "benchmark"))
          .run(field, PngExport.Progress.NONE, Cancellation.never());
    }
  }

  /** Frees the files. */
  @TearDown(Level.Trial)
  public void close() throws IOException {
    Folders.delete(folder);
  }
}
