package org.infd.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.infd.inference.Folders;
import org.infd.inference.bundle.BundleCatalog;
import org.infd.inference.export.ExportFormat;
import org.infd.inference.export.ExportSettings;
import org.infd.inference.export.Frame;
import org.infd.inference.export.PngExport;
import org.infd.inference.export.PngText;
import org.infd.inference.export.PyramidPlan;
import org.infd.inference.export.ResumableExport;
import org.infd.inference.field.NeuralField;
import org.infd.inference.field.Rectangle;
import org.infd.inference.field.StatisticsMode;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.Device;
import org.infd.inference.runtime.OnnxRuntime;
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
 * A whole export of the first installed model, beside the bare rendering of the very same pieces:
 * what compression, disk and journal cost the device. The device has one thread, so that a second
 * core is there for compression as it is beside a GPU.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 1)
@Measurement(iterations = 5)
@SuppressWarnings("NullAway.Init") // JMH fills the fields before a benchmark
public class ExportBenchmark {
  private static final int SIDE = 2048;
  private static final int PART = 256;

  /** What is written. */
  @Param({"PNG", "JPEG", "BIGTIFF", "DZI"})
  public ExportFormat format;

  private NeuralField field;
  private Path folder;
  private int round;

  /** Loads the model. */
  @Setup(Level.Trial)
  public void open() throws IOException {
    OnnxRuntime.setThreads(1);
    var bundle = BundleCatalog.ofSystem().first();
    var z = Tensor.zeros(bundle.manifest().latent().shape(1));
    for (int i = 0; i < z.elements(); i++) {
      z.set(i, (float) Math.sin(i * 0.7));
    }
    try (var decode = bundle.load("decode", Device.cpu())) {
      var phi = decode.run(Map.of("z", z), Cancellation.never());
      field = NeuralField.open(bundle, Device.cpu(), phi, StatisticsMode.INTERPOLATED);
    }
    folder = Files.createTempDirectory("infd-bench");
  }

  private static Frame frame() {
    return new Frame(SIDE, Rectangle.whole(SIDE));
  }

  private PyramidPlan plan() {
    return ExportSettings.of(format).layout(frame(), folder.resolve("plan"), PngText.NONE).plan();
  }

  /** The pieces that the export renders, in the same parts, and nothing else. */
  @Benchmark
  public long bare() {
    var plan = plan();
    long elements = 0;
    for (int index = 0; index < plan.count(); index++) {
      var tile = plan.tile(index);
      var area = tile.area();
      if (!tile.level().isRendered()) {
        continue;
      }
      for (int row = 0; row < area.height(); row += PART) {
        for (int column = 0; column < area.width(); column += PART) {
          var part =
              new Rectangle(
                  area.row() + row,
                  area.column() + column,
                  Math.min(PART, area.height() - row),
                  Math.min(PART, area.width() - column));
          elements += field.render(tile.level().imageSide(), part, Cancellation.never()).elements();
        }
      }
    }
    return elements;
  }

  /** The export, on the disk when it returns. */
  @Benchmark
  public void export() {
    var target = folder.resolve("picture" + round++);
    var layout = ExportSettings.of(format).layout(frame(), target, PngText.NONE);
    new ResumableExport(target, layout, Map.of("field", "benchmark"))
        .run(field, PngExport.Progress.NONE, Cancellation.never());
  }

  /** Frees everything. */
  @TearDown(Level.Trial)
  public void close() throws IOException {
    field.close();
    Folders.delete(folder);
  }
}
