package org.infd.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.infd.inference.bundle.BundleCatalog;
import org.infd.inference.bundle.Manifest.ConditioningKind;
import org.infd.inference.export.Frame;
import org.infd.inference.export.PngExport;
import org.infd.inference.export.PngText;
import org.infd.inference.field.NeuralField;
import org.infd.inference.field.Rectangle;
import org.infd.inference.field.StatisticsMode;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.Device;
import org.infd.inference.runtime.Graph;
import org.infd.inference.tensor.AnyTensor;
import org.infd.inference.tensor.LongTensor;
import org.infd.inference.tensor.Tensor;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The stages of the first installed model: a UNet step, a decode, a tile, and a whole 2048² picture
 * on disk.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 2)
@SuppressWarnings("NullAway.Init") // JMH fills the fields before a benchmark
public class ModelBenchmark {
  private static final int EXPORT_SIDE = 2048;

  private Graph unet;
  private Graph decode;
  private Tensor z;
  private Map<String, AnyTensor> step;
  private NeuralField field;
  private Path folder;

  /** Loads the model. */
  @Setup(Level.Trial)
  public void open() throws IOException {
    var bundle = BundleCatalog.ofSystem().first();
    var device = Device.cpu();
    unet = bundle.load("unet", device);
    decode = bundle.load("decode", device);
    z = Tensor.zeros(bundle.manifest().latent().shape(1));
    for (int i = 0; i < z.elements(); i++) {
      z.set(i, (float) Math.sin(i * 0.7));
    }
    step = new HashMap<>(Map.of("z", z, "t", LongTensor.of(new long[] {500}, 1)));
    var conditioning = bundle.manifest().conditioning();
    if (conditioning.kind() == ConditioningKind.TEXT) {
      step.put(
          "context", Tensor.zeros(1, conditioning.contextLength(), conditioning.contextWidth()));
    }
    field = NeuralField.open(bundle, device, decode(), StatisticsMode.INTERPOLATED);
    folder = Files.createTempDirectory("infd-bench");
  }

  /** One sampling step of the diffusion network. */
  @Benchmark
  public Tensor unetStep() {
    return unet.run(step, Cancellation.never());
  }

  /** z to φ, once per picture. */
  @Benchmark
  public Tensor decode() {
    return decode.run(Map.of("z", z), Cancellation.never());
  }

  /** A tile of the viewer, its query included. */
  @Benchmark
  public Tensor tile() {
    return field.render(EXPORT_SIDE, new Rectangle(768, 512, 256, 256), Cancellation.never());
  }

  /** A whole picture, rendered and written. */
  @Benchmark
  @BenchmarkMode(Mode.SingleShotTime)
  @Warmup(iterations = 1)
  @Measurement(iterations = 3)
  public void export() {
    PngExport.write(
        folder.resolve("picture.png"),
        field,
        new Frame(EXPORT_SIDE, Rectangle.whole(EXPORT_SIDE)),
        PngText.NONE,
        PngExport.Progress.NONE,
        Cancellation.never());
  }

  /**
   * Frees everything and says how much memory the process had at its peak, where the system tells.
   */
  @TearDown(Level.Trial)
  public void close() throws IOException {
    field.close();
    decode.close();
    unet.close();
    Files.deleteIfExists(folder.resolve("picture.png"));
    Files.delete(folder);
    var status = Path.of("/proc/self/status");
    if (Files.isReadable(status)) {
      try (var lines = Files.lines(status)) {
        lines
            .filter(line -> line.startsWith("VmHWM"))
            .forEach(line -> System.out.println("peak resident memory " + line));
      }
    }
  }
}
