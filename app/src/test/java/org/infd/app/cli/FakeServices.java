package org.infd.app.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.infd.inference.Problem;
import org.infd.inference.bundle.BundleCatalog;
import org.infd.inference.bundle.Manifest;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.diffusion.Denoiser;
import org.infd.inference.diffusion.Sampler;
import org.infd.inference.dive.Dive;
import org.infd.inference.dive.DiveLattice;
import org.infd.inference.dive.DiveNetworks;
import org.infd.inference.dive.DiveOptions;
import org.infd.inference.export.Frame.Region;
import org.infd.inference.field.FieldRenderer;
import org.infd.inference.field.OpenField;
import org.infd.inference.field.Rectangle;
import org.infd.inference.generation.Benchmark;
import org.infd.inference.generation.FieldImage;
import org.infd.inference.generation.OpenDive;
import org.infd.inference.generation.Photo;
import org.infd.inference.generation.Recipe;
import org.infd.inference.generation.RunListener;
import org.infd.inference.guidance.Guidance;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.Device;
import org.infd.inference.runtime.ProbeResult;
import org.infd.inference.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** An engine without a model: its pictures are a pattern of the seed and the place. */
final class FakeServices implements Services {
  final List<Recipe> generated = new ArrayList<>();
  final List<Double> strengths = new ArrayList<>();
  final List<Recipe.Photo> squares = new ArrayList<>();
  final List<Region> redone = new ArrayList<>();
  final List<Boolean> exact = new ArrayList<>();
  final List<DiveOptions> dives = new ArrayList<>();
  @Nullable Path composed;

  @Nullable ImportRequest imported;
  @Nullable ClipRequest importedClip;

  /** What measuring says. */
  List<Benchmark.Row> rows = List.of();

  /** What testing the devices says. */
  List<ProbeResult> findings = List.of();

  /** Runs before each tile. */
  Runnable beforeTile = () -> {};

  private final Path folder;

  FakeServices(Path folder) {
    this.folder = folder;
  }

  /** Installs a model. */
  Path install(String id, int classes) throws IOException {
    var bundle = Files.createDirectories(folder.resolve("models").resolve(id));
    Files.writeString(
        bundle.resolve(ModelBundle.MANIFEST), ModelBundle.toJson(manifest(id, classes)));
    return bundle;
  }

  /** Installs a model whose pictures go on below their scale. */
  void installDiving(String id) throws IOException {
    var plain = manifest(id, 0);
    var encoder =
        new Manifest.GraphEntry("x.onnx", "00", null, null, "forward", List.of(), List.of());
    var bundle = Files.createDirectories(folder.resolve("models").resolve(id));
    Files.writeString(
        bundle.resolve(ModelBundle.MANIFEST),
        ModelBundle.toJson(plain).replace("\"graphs\" : { }", graphs(encoder)));
  }

  private static String graphs(Manifest.GraphEntry encoder) {
    return "\"graphs\" : { \"encode\" : "
        + org.infd.inference.StrictJson.lines().writeValueAsString(encoder)
        + " }";
  }

  /** Installs a model that takes prompts of at most six letters. */
  void installText(String id) throws IOException {
    installText(id, false);
  }

  /** The same with a CLIP, so that it can follow layouts. */
  void installText(String id, boolean clip) throws IOException {
    var bundle = Files.createDirectories(folder.resolve("models").resolve(id));
    var header = "#version: 0.2".getBytes(StandardCharsets.UTF_8);
    Files.write(bundle.resolve("merges.txt"), header);
    var conditioning =
        new Manifest.Conditioning(
            Manifest.ConditioningKind.TEXT,
            0,
            16,
            8,
            true,
            new Manifest.Vocabulary("merges.txt", ModelBundle.sha256(header), 514));
    var graphs = new LinkedHashMap<String, Manifest.GraphEntry>();
    for (var graph :
        List.of("clip_text", "clip_image_vjp", "decode_vjp", "render_live_vjp", "unet_vjp")) {
      graphs.put(
          graph, new Manifest.GraphEntry("x.onnx", "00", null, null, "vjp", List.of(), List.of()));
    }
    var manifest = manifest(id, conditioning);
    if (clip) {
      var vocabulary = conditioning.vocabulary();
      if (vocabulary == null) {
        throw new IllegalStateException("no vocabulary");
      }
      manifest =
          manifest.withClip(
              new Manifest.Clip(8, 4, "quick_gelu", "clip_text", 8, vocabulary, manifest.source()),
              graphs);
    }
    Files.writeString(bundle.resolve(ModelBundle.MANIFEST), ModelBundle.toJson(manifest));
  }

  private static Manifest manifest(String id, int classes) {
    return manifest(
        id,
        classes == 0
            ? Manifest.Conditioning.none()
            : new Manifest.Conditioning(
                Manifest.ConditioningKind.CLASS, classes, 16, 1, false, null));
  }

  private static Manifest manifest(String id, Manifest.Conditioning conditioning) {
    return new Manifest(
        Manifest.FORMAT,
        id,
        "The " + id,
        "For tests.",
        "unknown",
        new Manifest.Source("x.pth", "00", null),
        "1",
        Manifest.Storage.FP32,
        new Manifest.Latent(3, 8, 8, Manifest.LatentKind.PLAIN, 0),
        new Manifest.FeatureMap(4, 32, 32),
        32,
        new Manifest.Renderer(Manifest.RendererKind.FIELD, 6, 8, List.of()),
        null,
        null,
        new Manifest.Diffusion(
            1000,
            Manifest.Schedule.LINEAR,
            1e-4,
            0.02,
            Manifest.Prediction.EPSILON,
            0.5,
            "ddim200"),
        conditioning,
        null,
        null,
        Map.of());
  }

  @Override
  public BundleCatalog models() {
    return new BundleCatalog(null, folder);
  }

  @Override
  public Device device(String wish, int threads) {
    return switch (wish) {
      case "auto", "cpu" ->
          new Device(Device.Kind.CPU, 0, "CPU, " + threads + " threads", "asked for.");
      case "broken" -> throw new IllegalStateException("a fault of the program");
      case "huge" -> throw new OutOfMemoryError("Java heap space");
      default -> throw new Problem("There is no device '" + wish + "'. Use auto, cpu or cuda.");
    };
  }

  @Override
  public List<ProbeResult> survey() {
    return findings;
  }

  @Override
  public List<Benchmark.Row> bench(
      ModelBundle model,
      Device device,
      Duration patience,
      Consumer<String> progress,
      Cancellation cancellation) {
    progress.accept("everything");
    return rows;
  }

  @Override
  public String runtime() {
    return "none";
  }

  @Override
  public LoadedModel open(ModelBundle model, Device device) {
    return new LoadedModel() {
      @Override
      public OpenPicture generate(
          Recipe recipe, boolean isExact, RunListener listener, Cancellation cancellation) {
        generated.add(recipe);
        listener.stage(RunListener.Stage.SAMPLING);
        for (int step = 1; step <= recipe.steps(); step++) {
          cancellation.throwIfCancelled();
          listener.step(step, recipe.steps());
        }
        var z = Tensor.zeros(1, 3, 8, 8);
        return open(FieldImage.of(z, scored(recipe)), isExact, listener, cancellation);
      }

      @Override
      public OpenPicture redo(
          FieldImage image,
          Region box,
          Recipe recipe,
          RunListener listener,
          Cancellation cancellation) {
        redone.add(box);
        generated.add(recipe);
        return open(image, false, listener, cancellation);
      }

      @Override
      public OpenPicture vary(
          FieldImage parent,
          Recipe recipe,
          double strength,
          RunListener listener,
          Cancellation cancellation) {
        strengths.add(strength);
        generated.add(recipe);
        return open(parent, false, listener, cancellation);
      }

      @Override
      public OpenPicture encode(
          Photo photo, Recipe.Photo square, RunListener listener, Cancellation cancellation) {
        squares.add(square);
        var recipe =
            Recipe.builder(model.manifest().id(), model.hash())
                .steps(1)
                .sampler(Recipe.SamplerKind.DPMPP)
                .photo(square)
                .build();
        return open(FieldImage.of(Tensor.zeros(1, 3, 8, 8), recipe), false, listener, cancellation);
      }

      @Override
      public OpenPicture open(
          FieldImage image, boolean isExact, RunListener listener, Cancellation cancellation) {
        if (!image.base().recipe().modelHash().equals(model.hash())) {
          listener.note("made with another version of the model");
        }
        exact.add(isExact);
        return new FakePicture(image, FakeServices.this);
      }

      @Override
      public void close() {}
    };
  }

  private static Recipe scored(Recipe recipe) {
    var guidance = recipe.guidance();
    if (guidance == null) {
      return recipe;
    }
    var score = new Guidance.BoxScore(0.125, 0.5);
    return recipe.withGuidance(
        guidance.withScores(Collections.nCopies(guidance.layout().boxes().size(), score)));
  }

  private record FakePicture(FieldImage image, FakeServices services) implements OpenPicture {
    @Override
    public FieldRenderer renderer() {
      return (side, rectangle, cancellation) -> {
        services.beforeTile.run();
        cancellation.throwIfCancelled();
        return pattern(image.base().recipe().seed(), side, rectangle);
      };
    }

    @Override
    public OpenDive dive(DiveOptions options) {
      services.dives.add(options);
      var lattice = new DiveLattice(32, 8, 64);
      return new OpenDive(
          new Dive(renderer(), lattice, options.withStrength(0), new Mirror(), 4), () -> {});
    }

    @Override
    public void close() {}
  }

  /** Children of one colour: the mean of the picture above. */
  private static final class Mirror implements DiveNetworks {
    @Override
    public Tensor encode(Tensor rgb, Cancellation cancellation) {
      var z = Tensor.zeros(1, 3, 8, 8);
      for (int i = 0; i < z.elements(); i++) {
        z.set(i, rgb.get(i * 16));
      }
      return z;
    }

    @Override
    public OpenField open(Tensor latent, Cancellation cancellation) {
      return new OpenField() {
        @Override
        public Tensor render(int side, Rectangle at, Cancellation cancellation) {
          var rgb = Tensor.zeros(1, 3, at.height(), at.width());
          for (int i = 0; i < rgb.elements(); i++) {
            rgb.set(i, latent.get(0));
          }
          return rgb;
        }

        @Override
        public void close() {}
      };
    }

    @Override
    public Sampler sampler(int steps) {
      throw new AssertionError();
    }

    @Override
    public Denoiser denoiser(int level, Cancellation cancellation) {
      throw new AssertionError();
    }
  }

  private static Tensor pattern(long seed, int side, Rectangle rectangle) {
    var colours = Tensor.zeros(1, 3, rectangle.height(), rectangle.width());
    int index = 0;
    for (int channel = 0; channel < 3; channel++) {
      for (int row = rectangle.row(); row < rectangle.rowEnd(); row++) {
        for (int column = rectangle.column(); column < rectangle.columnEnd(); column++) {
          long mixed = seed * 13 + side + row * 7L + column * 3L + channel * 50L;
          colours.set(index++, (mixed % 255) / 127.5f - 1);
        }
      }
    }
    return colours;
  }

  @Override
  public FieldImage read(Path file) {
    try {
      var lines = Files.readAllLines(file);
      if (!lines.getFirst().equals("field")) {
        throw new Problem(file + " is no field file.");
      }
      var recipe =
          Recipe.builder(lines.get(1), lines.get(2))
              .seed(Long.parseLong(lines.get(3)))
              .steps(20)
              .sampler(Recipe.SamplerKind.DDIM)
              .build();
      return FieldImage.of(Tensor.zeros(1, 3, 8, 8), recipe);
    } catch (IOException e) {
      throw new Problem(file + " could not be read.", e);
    }
  }

  @Override
  public void write(FieldImage image, Path file) {
    var recipe = image.base().recipe();
    try {
      Files.writeString(
          file, String.join("\n", "field", recipe.model(), recipe.modelHash(), "" + recipe.seed()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String importCheckpoint(
      ImportRequest request, ImportProgress progress, Cancellation cancellation) {
    imported = request;
    progress.at("reading", 0.5);
    return "Found 3 tensors.\n";
  }

  @Override
  public String compose(
      ImportRequest request, Path field, ImportProgress progress, Cancellation cancellation) {
    imported = request;
    composed = field;
    return "Composed.\n";
  }

  @Override
  public List<String> trainingStart(Path network, @Nullable Path vae, int side, Path out) {
    composed = network;
    return List.of("Written.");
  }

  @Override
  public String importClip(
      ClipRequest request, ImportProgress progress, Cancellation cancellation) {
    importedClip = request;
    return "A CLIP.\n";
  }
}
