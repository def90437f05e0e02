package org.infd.app;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.IntBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.DoubleConsumer;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.infd.app.engine.Engine;
import org.infd.app.engine.ExportArea;
import org.infd.app.engine.ExportCost;
import org.infd.app.engine.ExportTask;
import org.infd.app.engine.FilmTask;
import org.infd.app.engine.Invention;
import org.infd.app.engine.LayoutSupport;
import org.infd.app.engine.ModelChoice;
import org.infd.app.engine.ModelChoice.Prompts;
import org.infd.app.engine.Picture;
import org.infd.app.engine.PictureTask;
import org.infd.app.viewer.FakeDepths;
import org.infd.app.viewer.Field;
import org.infd.app.viewer.Landscape;
import org.infd.app.viewer.PixelImage;
import org.infd.inference.Problem;
import org.infd.inference.export.ExportSettings;
import org.infd.inference.export.Frame;
import org.infd.inference.export.PngText;
import org.infd.inference.export.ResumableExport;
import org.infd.inference.field.DisplayColours;
import org.infd.inference.field.FieldRenderer;
import org.infd.inference.field.Rectangle;
import org.infd.inference.field.TileScheduler;
import org.infd.inference.generation.FieldFile;
import org.infd.inference.generation.FieldImage;
import org.infd.inference.generation.Photo;
import org.infd.inference.generation.Recipe;
import org.infd.inference.generation.Recipe.SamplerKind;
import org.infd.inference.generation.RunListener.Stage;
import org.infd.inference.guidance.Guidance;
import org.infd.inference.guidance.GuidanceTimes;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.Device;
import org.infd.inference.runtime.DeviceLost;
import org.infd.inference.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * An engine without a model: a picture is a {@link Landscape} of its seed. Runs and exports stop
 * before every step for as long as the test holds the gate.
 */
public final class FakeEngine implements Engine {
  /** A model without classes and one with. */
  public static final List<ModelChoice> MODELS =
      List.of(
          new ModelChoice(
              "hills",
              "Hills",
              "Hills by a formula, for tests.",
              "00",
              0,
              1,
              Prompts.NONE,
              LayoutSupport.none("The model 'Hills' cannot follow layouts."),
              List.of()),
          new ModelChoice(
              "classes",
              "Hills by class",
              "",
              "01",
              10,
              0,
              Prompts.NONE,
              LayoutSupport.none("Not this one."),
              java.util.List.of("hill", "mountain goat", "c", "d", "e", "f", "g", "h", "i", "j")));

  /** What lies below pictures' own scale where nobody chose. */
  public Optional<Invention> invented = Optional.empty();

  /** What was chosen of it. */
  public final List<Invention> inventions = new ArrayList<>();

  /** The words that are seen everywhere. */
  public List<String> seen = List.of();

  /** Where somebody asked for words. */
  public final List<Frame.Region> looked = new CopyOnWriteArrayList<>();

  private static final int EXPORT_BANDS = 10;

  /** A permit is one step of a run or one band of an export. */
  public final Semaphore gate = new Semaphore(0);

  /** Every recipe asked for. */
  public final List<Recipe> recipes = Collections.synchronizedList(new ArrayList<>());

  /** Every step after which a preview was wanted. */
  public final List<Integer> previewed = Collections.synchronizedList(new ArrayList<>());

  /** Every file that was exported: its frame and format. */
  public final List<String> exports = Collections.synchronizedList(new ArrayList<>());

  /** Whether exports are really written, piece by piece, with their journals. */
  public volatile boolean journals;

  /** Every box that was redone. */
  public final List<Frame.Region> redone = Collections.synchronizedList(new ArrayList<>());

  /** How many photos were begun to be encoded. */
  public final AtomicInteger encoding = new AtomicInteger();

  /** Every picture that was varied. */
  public final List<Picture> parents = Collections.synchronizedList(new ArrayList<>());

  /** Every picture released. */
  public final List<Picture> released = Collections.synchronizedList(new ArrayList<>());

  /** The models that it has. */
  public volatile List<ModelChoice> models = MODELS;

  /** Thrown by the next call, if set. */
  public volatile @Nullable RuntimeException failure;

  /** Said at the beginning of every run; empty for nothing. */
  public volatile String said = "";

  /** Runs before every picture that is kept. */
  public volatile Runnable beforeSave = () -> {};

  /** Thrown by the next picture that is kept, if set. */
  public volatile @Nullable RuntimeException saveFailure;

  private volatile Consumer<String> lost = sentence -> {};
  private volatile Device device =
      new Device(Device.Kind.CPU, 0, "CPU, 2 threads", "this is a test.");

  /** A free gate: nothing waits. */
  public FakeEngine open() {
    gate.release(1_000_000);
    return this;
  }

  /** What was stopped before its thread came to it leaves no trace, however late that is. */
  private void begin(Recipe recipe, Cancellation cancellation) {
    cancellation.throwIfCancelled();
    recipes.add(recipe);
  }

  private void pass(Cancellation cancellation) {
    try {
      while (!gate.tryAcquire(2, TimeUnit.MILLISECONDS)) {
        cancellation.throwIfCancelled();
      }
    } catch (InterruptedException e) {
      throw new CancellationException();
    }
    if (cancellation.isCancelled()) {
      // it came for what goes on, not for what was stopped while it waited
      gate.release();
      throw new CancellationException();
    }
    var thrown = failure;
    if (thrown != null) {
      failure = null;
      fail(thrown);
    }
  }

  private void fail(RuntimeException thrown) {
    if (thrown instanceof DeviceLost) {
      lose(thrown);
    }
    throw thrown;
  }

  /** The device stops, while a tile is rendered for example. */
  public void lose(RuntimeException failure) {
    lost.accept(String.valueOf(failure.getMessage()));
  }

  @Override
  public void onLost(Consumer<String> listener) {
    lost = listener;
  }

  @Override
  public Device goOnWithCpu() {
    device = new Device(Device.Kind.CPU, 0, "CPU, 1 thread", "the GPU stopped working.");
    return device;
  }

  @Override
  public Picture renew(Picture picture, Watcher watcher, Cancellation cancellation) {
    return picture(picture.recipe(), new Landscape(picture.recipe().seed()));
  }

  @Override
  public Picture invent(
      Picture picture, Invention invention, Watcher watcher, Cancellation cancellation) {
    // at once, so that one that was stopped never stands behind what took its place
    synchronized (inventions) {
      cancellation.throwIfCancelled();
      inventions.add(invention);
    }
    return deep(picture.recipe(), invention);
  }

  /** A picture that goes on below its own scale. */
  public static Picture deep(Recipe recipe, Invention invention) {
    var flat = picture(recipe, new Landscape(recipe.seed()));
    var field = flat.field();
    return new Picture(
        flat.image(),
        new Field(
            field.renderer(),
            field.worker(),
            128,
            2048,
            Optional.of(new FakeDepths(invention.lattice(), field.worker()))),
        "Hills");
  }

  @Override
  public Optional<Invention> invention(Picture picture) {
    return invented.map(usual -> inventions.isEmpty() ? usual : inventions.getLast());
  }

  @Override
  public Optional<Invention> usualInvention(Picture picture) {
    return invented;
  }

  @Override
  public Device device() {
    return device;
  }

  @Override
  public List<ModelChoice> models() {
    return models;
  }

  @Override
  public Picture generate(Recipe recipe, Watcher watcher, Cancellation cancellation) {
    begin(recipe, cancellation);
    int steps = Math.min(recipe.steps(), 8);
    if (!said.isEmpty()) {
      watcher.note(said);
    }
    var landscape = new Landscape(recipe.seed());
    var guidance = recipe.guidance();
    if (guidance != null) {
      return follow(recipe, guidance, watcher, cancellation);
    }
    for (int step = 0; step < steps; step++) {
      watcher.step(step, steps);
      pass(cancellation);
      if (watcher.wantsPreview(step + 1)) {
        previewed.add(step + 1);
        watcher.preview(preview(landscape));
      }
    }
    watcher.step(steps, steps);
    watcher.stage(Stage.DECODING);
    return picture(recipe, landscape);
  }

  /** The boxes with even numbers rise, the others fall. */
  private Picture follow(
      Recipe recipe, Guidance guidance, Watcher watcher, Cancellation cancellation) {
    int steps = Math.min(recipe.steps(), 8);
    int boxes = guidance.layout().boxes().size();
    watcher.stage(Stage.COMPARING);
    for (int step = 0; step <= steps; step++) {
      watcher.step(step, steps);
      pass(cancellation);
    }
    watcher.stage(Stage.SAMPLING);
    for (int step = 0; step < steps; step++) {
      watcher.step(step, steps);
      pass(cancellation);
      double way = 0.05 * step;
      watcher.evaluated(
          step + 1, IntStream.range(0, boxes).mapToObj(i -> i % 2 == 1 ? way : -way).toList());
      watcher.preview(preview(new Landscape(recipe.seed())));
    }
    watcher.step(steps, steps);
    watcher.stage(Stage.DECODING);
    var scores =
        IntStream.range(0, boxes)
            .mapToObj(i -> new Guidance.BoxScore(0.2, i % 2 == 1 ? 0.6 : 0.1))
            .toList();
    var scored = recipe.withGuidance(guidance.withScores(scores));
    return picture(scored, new Landscape(recipe.seed()));
  }

  @Override
  public Picture vary(
      Picture parent, Recipe recipe, double strength, Watcher watcher, Cancellation cancellation) {
    begin(recipe, cancellation);
    parents.add(parent);
    watcher.step(0, 1);
    pass(cancellation);
    var varied = recipe.withVariation(new Recipe.Variation("parent", strength));
    return picture(varied, new Landscape(recipe.seed()));
  }

  @Override
  public Picture redo(
      Picture picture,
      Frame.Region box,
      Recipe recipe,
      Watcher watcher,
      Cancellation cancellation) {
    begin(recipe, cancellation);
    redone.add(box);
    watcher.step(0, 1);
    pass(cancellation);
    watcher.step(1, 1);
    var layers = new ArrayList<>(picture.image().layers());
    layers.add(new FieldImage.Layer(Tensor.zeros(1, 4, 8, 8), recipe, Rectangle.whole(4)));
    var image = new FieldImage(layers);
    return new Picture(
        image, new Field(new Landscape(recipe.seed()), worker(), 128, 2048), "Hills");
  }

  @Override
  public Picture unguided(Picture picture, Consumer<String> onMessage, Cancellation cancellation) {
    return picture(picture.recipe().withGuidance(null), new Landscape(picture.recipe().seed() + 1));
  }

  @Override
  public GuidanceTimes measureGuidance(ModelChoice model, Cancellation cancellation) {
    return new GuidanceTimes(0.5, 1, 0.25, 0.01, 1e-6);
  }

  @Override
  public Picture encode(
      Photo photo,
      Recipe.Photo square,
      ModelChoice model,
      Watcher watcher,
      Cancellation cancellation) {
    encoding.incrementAndGet();
    pass(cancellation);
    var recipe =
        Recipe.builder(model.id(), model.hash())
            .steps(1)
            .sampler(SamplerKind.DPMPP)
            .photo(square)
            .build();
    return new Picture(
        FieldImage.of(Tensor.zeros(1, 4, 8, 8), recipe),
        new Field(photo.field(square), worker(), 128, 2048),
        "Hills",
        256,
        false);
  }

  private static PixelImage preview(FieldRenderer renderer) {
    int side = 32;
    var pixels = IntBuffer.allocate(side * side);
    DisplayColours.toArgb(
        renderer.render(side, Rectangle.whole(side), Cancellation.never()), pixels);
    return new PixelImage(side, side, pixels);
  }

  /** A picture by a recipe. */
  public static Picture picture(Recipe recipe, FieldRenderer renderer) {
    return new Picture(
        FieldImage.of(Tensor.zeros(1, 4, 8, 8), recipe),
        new Field(renderer, worker(), 128, 2048),
        "Hills");
  }

  /** Renders each tile on a thread of its own. */
  public static TileScheduler.Worker worker() {
    return (priority, cancellation, work) ->
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return work.call();
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            });
  }

  @Override
  public Picture open(Path file, Watcher watcher, Cancellation cancellation) {
    if (!Files.exists(file)) {
      throw new Problem(file.getFileName() + " is not a field file. Choose another.");
    }
    var recipe = FieldFile.recipe(file);
    return picture(recipe, new Landscape(recipe.seed()));
  }

  @Override
  public void save(Picture picture, Path file) {
    beforeSave.run();
    var thrown = saveFailure;
    if (thrown != null) {
      saveFailure = null;
      fail(thrown);
    }
    write(file, picture.recipe());
  }

  /** Writes a field file as the real engine does. */
  public static void write(Path file, Recipe recipe) {
    var image = new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB);
    var look = preview(new Landscape(recipe.seed()));
    for (int i = 0; i < 64 * 64; i++) {
      image.setRGB(i % 64, i / 64, look.pixels().get(i / 128 * 32 + i % 64 / 2));
    }
    var bytes = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, "png", bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    FieldFile.write(file, FieldImage.of(Tensor.zeros(1, 4, 8, 8), recipe), bytes.toByteArray());
  }

  private static void write(Path file) {
    try {
      Files.writeString(file, "picture");
    } catch (IOException e) {
      throw new Problem("The folder of " + file.getFileName() + " cannot be written.", e);
    }
  }

  @Override
  public void export(
      Picture picture,
      ExportTask task,
      boolean anew,
      DoubleConsumer progress,
      Cancellation cancellation) {
    if (journals && task instanceof PictureTask(var area, var settings, var target)) {
      new ResumableExport(
              target,
              settings.layout(area.frame().orElseThrow(), target, PngText.NONE),
              Map.of("field", picture.title()))
          .run(
              gated(picture.field().renderer()),
              (done, total) -> progress.accept((double) done / total),
              cancellation);
      exports.add(target.getFileName().toString());
      return;
    }
    for (int band = 0; band < EXPORT_BANDS; band++) {
      progress.accept((double) band / EXPORT_BANDS);
      pass(cancellation);
    }
    exports.add(
        switch (task) {
          case PictureTask(var area, var settings, _) -> area + " " + settings.format();
          case FilmTask(var shot, _) -> shot.toString();
        });
    write(task.target());
  }

  @Override
  public List<String> seenWords(Picture picture, Frame.Region region, Cancellation cancellation) {
    looked.add(region);
    return seen;
  }

  /** A permit is one piece. */
  private FieldRenderer gated(FieldRenderer renderer) {
    return (side, rectangle, cancellation) -> {
      pass(cancellation);
      return renderer.render(side, rectangle, cancellation);
    };
  }

  @Override
  public ExportCost cost(
      Picture picture, ExportArea area, ExportSettings settings, Cancellation cancellation) {
    return new ExportCost(
        area.pixels() / 1e6,
        area.pixels() / 1e6,
        area.pixels(),
        settings.format().isFolder() ? 100 : 1,
        List.of());
  }

  @Override
  public PixelImage pixels(Picture picture, ExportArea area, Cancellation cancellation) {
    var pixels = IntBuffer.allocate(area.height() * area.width());
    var frame = area.frame().orElseThrow();
    DisplayColours.toArgb(
        picture.field().renderer().render(frame.imageSide(), frame.rectangle(), cancellation),
        pixels);
    return new PixelImage(area.width(), area.height(), pixels);
  }

  @Override
  public Picture published(Picture picture, Cancellation cancellation) {
    return picture(picture.recipe(), new Landscape(picture.recipe().seed() + 1));
  }

  @Override
  public void release(Picture picture) {
    released.add(picture);
  }

  @Override
  public void close() {}
}
