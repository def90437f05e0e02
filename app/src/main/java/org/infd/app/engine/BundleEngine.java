package org.infd.app.engine;

import java.nio.IntBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.DoubleConsumer;
import java.util.function.Supplier;
import org.infd.app.viewer.Field;
import org.infd.app.viewer.PixelImage;
import org.infd.inference.Problem;
import org.infd.inference.bundle.BundleCatalog;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.dive.DiveLattice;
import org.infd.inference.dive.DiveOptions;
import org.infd.inference.export.ExportSettings;
import org.infd.inference.export.Frame;
import org.infd.inference.field.DisplayColours;
import org.infd.inference.field.FieldRenderer;
import org.infd.inference.field.FixedPicture;
import org.infd.inference.field.Rectangle;
import org.infd.inference.field.StatisticsMode;
import org.infd.inference.generation.DiveRules;
import org.infd.inference.generation.DiveSettings;
import org.infd.inference.generation.FieldFile;
import org.infd.inference.generation.FieldImage;
import org.infd.inference.generation.ImageEngine;
import org.infd.inference.generation.OpenDive;
import org.infd.inference.generation.OpenImage;
import org.infd.inference.generation.Photo;
import org.infd.inference.generation.PromptMeter;
import org.infd.inference.generation.Recipe;
import org.infd.inference.guidance.GuidanceTimes;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.Device;
import org.infd.inference.runtime.DeviceQueue.Priority;
import org.infd.inference.runtime.Devices;

/** The engine over the bundles of this machine and its best device. Thread-safe. */
public final class BundleEngine implements Engine {
  /** The pixels of a thumbnail's side. */
  private static final int THUMBNAIL_SIDE = 256;

  /** More words than this are not offered. */
  private static final int MOST_WORDS = 4;

  private final BundleCatalog catalog;
  private final ImageEngine images;
  private final PreviewMaps previews;
  private final Map<FieldRenderer, Opened> open = new HashMap<>();
  private final Map<FieldRenderer, FieldImage> unguided = new HashMap<>();

  /** What is held of a picture. */
  private record Opened(OpenImage image, Optional<OpenDive> dive) {}

  /**
   * An engine that has not touched a device yet.
   *
   * @param catalog the models
   * @param dataFolder where colour maps of previews are kept
   * @param chooser chooses the device, when it is first needed
   */
  public BundleEngine(BundleCatalog catalog, Path dataFolder, Supplier<Device> chooser) {
    this.catalog = catalog;
    images = new ImageEngine(chooser);
    previews = new PreviewMaps(dataFolder.resolve("previews"));
  }

  @Override
  public Device device() {
    return images.device();
  }

  @Override
  public void listen(Consumer<String> listener) {
    images.onMessage(listener);
  }

  @Override
  public void onLost(Consumer<String> listener) {
    images.onLost(listener);
  }

  @Override
  public Device goOnWithCpu() {
    return images.useCpu();
  }

  @Override
  public Set<Device.Kind> offered() {
    return Devices.ofSystem().offered();
  }

  @Override
  public List<ModelChoice> models() {
    return catalog.list().stream()
        .map(BundleCatalog.Entry::bundle)
        .filter(bundle -> bundle != null && bundle.manifest().diffusion() != null)
        .map(ModelChoice::of)
        .toList();
  }

  @Override
  public Optional<PromptMeter> promptMeter(ModelChoice model) {
    return PromptMeter.of(catalog.find(model.id(), model.hash()));
  }

  private ModelBundle bundle(Recipe recipe) {
    return catalog.find(recipe.model(), recipe.modelHash());
  }

  private RunProgress progress(
      ModelBundle bundle, Watcher watcher, int steps, Cancellation cancellation) {
    return new RunProgress(images, previews, bundle, watcher, steps, cancellation);
  }

  @Override
  public Picture generate(Recipe recipe, Watcher watcher, Cancellation cancellation) {
    var bundle = bundle(recipe);
    var progress = progress(bundle, watcher, recipe.steps(), cancellation);
    var picture =
        picture(
            images.generate(bundle, recipe, StatisticsMode.INTERPOLATED, progress, cancellation));
    synchronized (this) {
      progress.unguided().ifPresent(plain -> unguided.put(picture.field().renderer(), plain));
    }
    return picture;
  }

  @Override
  public Picture open(Path file, Watcher watcher, Cancellation cancellation) {
    return open(FieldFile.read(file), watcher, cancellation);
  }

  @Override
  public Picture renew(Picture picture, Watcher watcher, Cancellation cancellation) {
    return open(picture.image(), watcher, cancellation);
  }

  @Override
  public Optional<Invention> invention(Picture picture) {
    return opened(picture)
        .flatMap(Opened::dive)
        .map(below -> invention(picture, below.dive().lattice(), below.dive().options()));
  }

  @Override
  public Optional<Invention> usualInvention(Picture picture) {
    return invention(picture)
        .map(
            now ->
                invention(
                    picture,
                    now.lattice(),
                    DiveRules.usual(bundle(picture.recipe()), picture.recipe())));
  }

  private Invention invention(Picture picture, DiveLattice lattice, DiveOptions options) {
    var bundle = bundle(picture.recipe());
    boolean takesPrompts = DiveRules.takesPrompts(bundle);
    return new Invention(
        options, lattice, takesPrompts, takesPrompts && DiveRules.seesWords(bundle));
  }

  @Override
  public List<String> seenWords(Picture picture, Frame.Region region, Cancellation cancellation) {
    var bundle = bundle(picture.recipe());
    if (!DiveRules.seesWords(bundle)) {
      return List.of();
    }
    int side = bundle.requireClip().side();
    var rgb = exports(picture).pixels(ExportArea.of(side, side, region, true), cancellation);
    return images.seenWords(bundle, rgb, MOST_WORDS, cancellation);
  }

  @Override
  public Picture invent(
      Picture picture, Invention invention, Watcher watcher, Cancellation cancellation) {
    var settings = DiveSettings.of(invention.options(), invention.lattice().sharpSide());
    var made = open(picture.image().withDive(settings), watcher, cancellation);
    opened(picture)
        .flatMap(Opened::dive)
        .ifPresent(
            before -> opened(made).flatMap(Opened::dive).ifPresent(now -> now.keepOf(before)));
    return made;
  }

  private Picture open(FieldImage image, Watcher watcher, Cancellation cancellation) {
    var recipe = image.base().recipe();
    var bundle = bundle(recipe);
    var progress = progress(bundle, watcher, recipe.steps(), cancellation);
    return picture(images.open(bundle, image, StatisticsMode.INTERPOLATED, progress, cancellation));
  }

  @Override
  public Picture vary(
      Picture parent, Recipe recipe, double strength, Watcher watcher, Cancellation cancellation) {
    var bundle = bundle(recipe);
    var progress = progress(bundle, watcher, recipe.steps(), cancellation);
    return picture(images.vary(bundle, parent.image(), recipe, strength, progress, cancellation));
  }

  @Override
  public Picture redo(
      Picture picture,
      Frame.Region box,
      Recipe recipe,
      Watcher watcher,
      Cancellation cancellation) {
    var bundle = bundle(recipe);
    var progress = progress(bundle, watcher, recipe.steps(), cancellation);
    return picture(images.redo(bundle, picture.image(), box, recipe, progress, cancellation));
  }

  @Override
  public Picture unguided(Picture picture, Consumer<String> onMessage, Cancellation cancellation) {
    FieldImage known;
    synchronized (this) {
      known = unguided.get(picture.field().renderer());
    }
    if (known == null) {
      onMessage.accept("The picture without the boxes is being made. It appears when it is there.");
      return generate(picture.recipe().withGuidance(null), Watcher.NOBODY, cancellation);
    }
    return open(known, Watcher.NOBODY, cancellation);
  }

  @Override
  public GuidanceTimes measureGuidance(ModelChoice model, Cancellation cancellation) {
    return images.measureGuidance(catalog.find(model.id(), model.hash()), cancellation);
  }

  @Override
  public Picture encode(
      Photo photo,
      Recipe.Photo square,
      ModelChoice model,
      Watcher watcher,
      Cancellation cancellation) {
    var bundle = catalog.find(model.id(), model.hash());
    var progress = progress(bundle, watcher, 1, cancellation);
    return picture(images.encode(bundle, photo, square, progress, cancellation));
  }

  @Override
  public Picture published(Picture picture, Cancellation cancellation) {
    return picture(images.openPublished(bundle(picture.recipe()), picture.image(), cancellation));
  }

  private Picture picture(OpenImage opened) {
    var bundle = opened.bundle();
    var manifest = bundle.manifest();
    var trained = manifest.trainedScale();
    var dive = dive(opened);
    synchronized (this) {
      open.put(opened.renderer(), new Opened(opened, dive));
    }
    return new Picture(
        opened.image(),
        FixedPicture.isOf(manifest)
            ? Field.fixed(opened.renderer(), images.worker(), manifest.featureMap().width())
            : new Field(
                opened.renderer(),
                images.worker(),
                manifest.featureMap().width(),
                trained == null ? 0 : trained.max(),
                dive.map(ModelDepths::new)),
        manifest.name(),
        bundle.has("encode") ? manifest.encoderSide() : 0,
        manifest.renderer().hasNorms());
  }

  private synchronized Optional<Opened> opened(Picture picture) {
    return Optional.ofNullable(open.get(picture.field().renderer()));
  }

  /** How a picture goes on below its scale; nothing of it is made before somebody looks. */
  private Optional<OpenDive> dive(OpenImage opened) {
    var bundle = opened.bundle();
    return DiveRules.whyNoDive(bundle).isEmpty()
        ? Optional.of(images.dive(opened, DiveRules.of(bundle, opened.image())))
        : Optional.empty();
  }

  @Override
  public void save(Picture picture, Path file) {
    var rgb =
        queued(picture, Priority.PREFETCH, Cancellation.never())
            .render(THUMBNAIL_SIDE, Rectangle.whole(THUMBNAIL_SIDE), Cancellation.never());
    FieldFile.write(file, picture.image(), Thumbnail.png(rgb));
  }

  private FieldRenderer queued(Picture picture, Priority priority, Cancellation cancellation) {
    return images.queued(picture.field().renderer(), priority, cancellation);
  }

  @Override
  public void export(
      Picture picture,
      ExportTask task,
      boolean anew,
      DoubleConsumer progress,
      Cancellation cancellation) {
    exports(picture).write(task, anew, progress, cancellation);
  }

  @Override
  public ExportCost cost(
      Picture picture, ExportArea area, ExportSettings settings, Cancellation cancellation) {
    return exports(picture).cost(area, settings, cancellation);
  }

  @Override
  public PixelImage pixels(Picture picture, ExportArea area, Cancellation cancellation) {
    var pixels = IntBuffer.allocate(area.height() * area.width());
    DisplayColours.toArgb(exports(picture).pixels(area, cancellation), pixels);
    return new PixelImage(area.width(), area.height(), pixels);
  }

  private ModelExports exports(Picture picture) {
    var found =
        opened(picture)
            .orElseThrow(
                () -> new Problem("This picture was closed meanwhile. Open it again first."));
    return new ModelExports(images, found.image(), found.dive());
  }

  @Override
  public void release(Picture picture) {
    var field = picture.field().renderer();
    Opened opened;
    synchronized (this) {
      opened = open.remove(field);
      unguided.remove(field);
    }
    if (opened != null) {
      opened.dive().ifPresent(OpenDive::close);
      opened.image().close();
    }
  }

  @Override
  public void close() {
    images.close();
  }
}
