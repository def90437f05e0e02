package org.infd.inference.generation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.infd.inference.Problem;
import org.infd.inference.UserData;
import org.infd.inference.bundle.Manifest.ConditioningKind;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.diffusion.PhiloxNoise;
import org.infd.inference.export.Frame;
import org.infd.inference.export.PictureExport;
import org.infd.inference.export.PictureFormat;
import org.infd.inference.export.PngText;
import org.infd.inference.field.NeuralField;
import org.infd.inference.field.Rectangle;
import org.infd.inference.field.StatisticsMode;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.Device;
import org.infd.inference.runtime.Device.Precision;
import org.infd.inference.runtime.Graph;
import org.infd.inference.tensor.AnyTensor;
import org.infd.inference.tensor.LongTensor;
import org.infd.inference.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Measures the stages of a model on a device, each in every form that the device has, and compares
 * the numbers with the CPU's. What is measured is what the studio runs, on inputs of noise; the
 * first run of each, which warms up, is not counted.
 */
public final class Benchmark {
  /** What is measured. */
  public enum Stage {
    STEP("UNet step"),
    DECODE("Decode"),
    TILE("Tile of 256"),
    EXPORT("Export of 2048²");

    private final String title;

    Stage(String title) {
      this.title = title;
    }

    /** For people. */
    public String title() {
      return title;
    }
  }

  /**
   * A measurement.
   *
   * @param variant device and form, for people
   * @param megapixels how many million pixels a second, 0 for stages that make none
   * @param distance ‖x − cpu‖ / ‖cpu‖ of the result, null for the CPU itself
   * @param failure why it could not be measured, or null
   */
  public record Row(
      Stage stage,
      String variant,
      double leastMillis,
      double medianMillis,
      int runs,
      double megapixels,
      @Nullable Double distance,
      @Nullable String failure) {}

  private record Variant(String title, Device device, Graph.Options how) {}

  private interface Work {
    Tensor run() throws IOException;
  }

  private static final int TILE = 256;

  /** The side of the usual export in pixels. */
  public static final int EXPORT_SIDE = 2048;

  private static final int FEWEST = 3;
  private static final int MOST = 200;
  private static final int STEP = 500;

  private final ModelBundle bundle;
  private final Device device;
  private final int side;
  private final Duration patience;
  private final Consumer<String> progress;
  private final Map<Stage, Tensor> reference = new EnumMap<>(Stage.class);

  /**
   * @param exportSide the side of the export in pixels, at least 512; of that side a renderer with
   *     norms keeps its whole picture, so that only larger ones tell what tiles cost
   * @param patience how long each measurement is repeated, three times at least
   * @param progress told what comes next
   */
  public Benchmark(
      ModelBundle bundle,
      Device device,
      int exportSide,
      Duration patience,
      Consumer<String> progress) {
    side = exportSide;
    this.bundle = bundle;
    this.device = device;
    this.patience = patience;
    this.progress = progress;
  }

  /**
   * Measures.
   *
   * @throws Problem if the CPU cannot run the model, or it has no field
   */
  public List<Row> run(Cancellation cancellation) {
    var rows = new ArrayList<Row>();
    // the CPU comes first: the others are compared with it
    for (var variant : variants()) {
      for (var stage : Stage.values()) {
        cancellation.throwIfCancelled();
        if (stage == Stage.STEP && !bundle.has("unet")) {
          continue;
        }
        progress.accept(stage.title() + ", " + variant.title);
        rows.add(measure(stage, variant, cancellation));
      }
    }
    return rows;
  }

  private List<Variant> variants() {
    var variants = new ArrayList<Variant>();
    var cpu = device.isGpu() ? Device.cpu() : device;
    variants.add(new Variant(cpu.name(), cpu, Graph.Options.plain()));
    if (device.isGpu()) {
      for (boolean half : new boolean[] {false, true}) {
        for (boolean last : new boolean[] {false, true}) {
          if ((half && device.precision() != Precision.HALF)
              || (last && device.kind() != Device.Kind.CUDA)) {
            continue;
          }
          variants.add(
              new Variant(
                  device.kind().title() + (half ? " fp16" : " fp32") + (last ? " NHWC" : " NCHW"),
                  device.withPrecision(half ? Precision.HALF : Precision.FULL),
                  new Graph.Options(half ? Graph.Form.HALF : Graph.Form.FASTEST, last, null)));
        }
      }
    }
    return variants;
  }

  private Row measure(Stage stage, Variant variant, Cancellation cancellation) {
    try {
      return switch (stage) {
        case STEP -> graph(stage, variant, "unet", "prediction", stepInputs(), cancellation);
        case DECODE -> graph(stage, variant, "decode", "phi", Map.of("z", latent()), cancellation);
        case TILE, EXPORT -> field(stage, variant, cancellation);
      };
    } catch (Problem e) {
      if (!variant.device.isGpu()) {
        throw e;
      }
      return new Row(stage, variant.title, 0, 0, 0, 0, null, e.getMessage());
    }
  }

  private Tensor latent() {
    return noise(bundle.manifest().latent().shape(1));
  }

  private static Tensor noise(long... shape) {
    return new PhiloxNoise(7).normal(PhiloxNoise.Stream.START, 0, shape);
  }

  private Map<String, AnyTensor> stepInputs() {
    var inputs = new HashMap<String, AnyTensor>();
    inputs.put("z", latent());
    inputs.put("t", LongTensor.of(new long[] {STEP}, 1));
    var conditioning = bundle.manifest().conditioning();
    if (conditioning.kind() != ConditioningKind.NONE) {
      inputs.put(
          "context",
          noise(1, Math.max(1, conditioning.contextLength()), conditioning.contextWidth()));
    }
    return inputs;
  }

  private Row graph(
      Stage stage,
      Variant variant,
      String name,
      String output,
      Map<String, AnyTensor> inputs,
      Cancellation cancellation) {
    try (var graph = bundle.load(name, variant.device, Map.of(), variant.how)) {
      return time(
          stage,
          variant,
          0,
          () -> (Tensor) graph.run(inputs, Set.of(output), cancellation).values().iterator().next(),
          cancellation);
    }
  }

  private Row field(Stage stage, Variant variant, Cancellation cancellation) {
    try (var field =
        NeuralField.open(
            bundle, variant.device, phi(cancellation), StatisticsMode.INTERPOLATED, variant.how)) {
      var tile = new Rectangle(side / 2, side / 2, TILE, TILE);
      return stage == Stage.TILE
          ? time(
              stage,
              variant,
              TILE * TILE,
              () -> field.render(side, tile, cancellation),
              cancellation)
          : time(
              stage, variant, (long) side * side, () -> export(field, cancellation), cancellation);
    }
  }

  /**
   * The decoder's own output where the CPU made it, so that colours are as they are in pictures.
   */
  private Tensor phi(Cancellation cancellation) {
    var known = reference.get(Stage.DECODE);
    if (known != null) {
      return known;
    }
    try (var graph = bundle.load("decode", Device.cpu())) {
      return graph.run(Map.of("z", latent()), cancellation);
    }
  }

  private Tensor export(NeuralField field, Cancellation cancellation) throws IOException {
    // where pictures go as well: the temporary folder may be small, and in memory
    var folder = Files.createDirectories(UserData.folder());
    var file = folder.resolve("bench-" + ProcessHandle.current().pid() + ".png");
    try {
      PictureExport.write(
          file,
          PictureExport.Encoding.of(PictureFormat.PNG),
          field,
          Frame.square(side),
          new PngText(Map.of()),
          (done, total) -> {},
          cancellation);
      return field.render(side, new Rectangle(0, 0, TILE, TILE), cancellation);
    } finally {
      Files.deleteIfExists(file);
    }
  }

  private Row time(
      Stage stage, Variant variant, long pixels, Work work, Cancellation cancellation) {
    try {
      var result = work.run();
      var nanos = new ArrayList<Long>();
      long begun = System.nanoTime();
      while (nanos.size() < FEWEST
          || (nanos.size() < MOST && System.nanoTime() - begun < patience.toNanos())) {
        cancellation.throwIfCancelled();
        long from = System.nanoTime();
        work.run();
        nanos.add(System.nanoTime() - from);
      }
      long[] sorted = nanos.stream().mapToLong(Long::longValue).sorted().toArray();
      double median = median(sorted) / 1e6;
      return new Row(
          stage,
          variant.title,
          sorted[0] / 1e6,
          median,
          sorted.length,
          pixels == 0 ? 0 : pixels / 1e3 / median,
          distance(stage, result),
          null);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static double median(long[] sorted) {
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2.0;
  }

  /** How far a result is from the CPU's, which is remembered when it comes first. */
  private @Nullable Double distance(Stage stage, Tensor result) {
    var known = reference.putIfAbsent(stage, result);
    return known == null ? null : result.distanceFrom(known);
  }
}
