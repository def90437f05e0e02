package org.infd.app.engine;

import java.nio.IntBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
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
import org.infd.inference.bundle.BundleCatalog;
import org.infd.inference.bundle.Manifest;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.diffusion.SamplingStep;
import org.infd.inference.export.Frame;
import org.infd.inference.export.PictureExport;
import org.infd.inference.field.DisplayColours;
import org.infd.inference.field.FieldRenderer;
import org.infd.inference.field.NeuralField;
import org.infd.inference.field.OfficialRendering;
import org.infd.inference.field.Rectangle;
import org.infd.inference.field.StatisticsMode;
import org.infd.inference.field.TileScheduler;
import org.infd.inference.generation.FieldFile;
import org.infd.inference.generation.FieldImage;
import org.infd.inference.generation.Generator;
import org.infd.inference.generation.Photo;
import org.infd.inference.generation.PictureMetadata;
import org.infd.inference.generation.Recipe;
import org.infd.inference.guidance.GuidanceSettings.Depth;
import org.infd.inference.guidance.GuidanceTimes;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.Device;
import org.infd.inference.runtime.DeviceQueue;
import org.infd.inference.runtime.DeviceQueue.Priority;
import org.infd.inference.runtime.Devices;
import org.infd.inference.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The engine over the bundles of this machine and its best device, which one queue owns: tiles on
 * screen go before sampling, and sampling before exports. Keeps the networks of one model loaded.
 */
public final class BundleEngine implements Engine {
  /** The pixels of a thumbnail's side. */
  private static final int THUMBNAIL_SIDE = 256;

  /** A preview is enlarged to about this side, which is soft enough for a whole window. */
  private static final int PREVIEW_SIDE = 512;

  /** How long a piece of work that was asked to stop may take to do so. */
  private static final Duration LONGEST_END = Duration.ofSeconds(5);

  /** The networks of a model. Of two models one is kept, the other until its work is done. */
  private final class LoadedModel implements AutoCloseable {
    final ModelBundle bundle;
    final Generator generator;
    private int users;
    private boolean retired;

    LoadedModel(ModelBundle bundle, Generator generator) {
      this.bundle = bundle;
      this.generator = generator;
    }

    /** Ends a use. */
    @Override
    public void close() {
      boolean last;
      synchronized (BundleEngine.this) {
        users--;
        last = retired && users == 0;
      }
      if (last) {
        generator.close();
      }
    }
  }

  private final BundleCatalog catalog;
  private final Supplier<Device> chooser;
  private final PreviewMaps previews;
  private final Map<FieldRenderer, ModelBundle> fields = new HashMap<>();
  private final Map<FieldRenderer, FieldImage> unguided = new HashMap<>();
  private volatile Consumer<String> told = _ -> {};
  private volatile Consumer<String> lost = _ -> {};
  private @Nullable Device device;
  private @Nullable DeviceQueue queue;
  private @Nullable LoadedModel workshop;

  /**
   * An engine that has not touched a device yet.
   *
   * @param catalog the models
   * @param dataFolder where colour maps of previews are kept
   * @param chooser chooses the device, when it is first needed
   */
  public BundleEngine(BundleCatalog catalog, Path dataFolder, Supplier<Device> chooser) {
    this.catalog = catalog;
    this.chooser = chooser;
    previews = new PreviewMaps(dataFolder.resolve("previews"));
  }

  @Override
  public synchronized Device device() {
    if (device == null) {
      device = chooser.get();
    }
    return device;
  }

  @Override
  public void listen(Consumer<String> listener) {
    told = listener;
  }

  @Override
  public void onLost(Consumer<String> listener) {
    lost = listener;
  }

  @Override
  public Device goOnWithCpu() {
    LoadedModel old;
    boolean idle;
    Device cpu = Device.cpu().because("the GPU stopped working.");
    synchronized (this) {
      device = cpu;
      old = workshop;
      workshop = null;
      idle = old != null && old.users == 0;
      if (old != null) {
        old.retired = true;
      }
    }
    if (old != null && idle) {
      old.generator.close();
    }
    return cpu;
  }

  @Override
  public Picture renew(Picture picture, Watcher watcher, Cancellation cancellation) {
    try (var shop = workshop(picture.recipe())) {
      return open(
          shop, picture.image(), new Follower(shop, watcher, 1, cancellation), cancellation);
    }
  }

  @Override
  public Set<Device.Kind> offered() {
    return Devices.ofSystem().offered();
  }

  private synchronized DeviceQueue queue() {
    if (queue == null) {
      queue = new DeviceQueue(device(), sentence -> told.accept(sentence));
      queue.onLost(failure -> lost.accept(String.valueOf(failure.getMessage())));
    }
    return queue;
  }

  @Override
  public List<ModelChoice> models() {
    var models = new ArrayList<ModelChoice>();
    for (var entry : catalog.list()) {
      var bundle = entry.bundle();
      if (bundle != null && isUsable(bundle.manifest())) {
        models.add(choice(bundle));
      }
    }
    return models;
  }

  private static boolean isUsable(Manifest manifest) {
    return manifest.diffusion() != null
        && manifest.renderer().kind() == Manifest.RendererKind.FIELD;
  }

  private static ModelChoice choice(ModelBundle bundle) {
    var manifest = bundle.manifest();
    var diffusion = manifest.diffusion();
    var conditioning = manifest.conditioning();
    int classes =
        conditioning.kind() == Manifest.ConditioningKind.CLASS ? conditioning.classes() : 0;
    var prompts =
        conditioning.kind() != Manifest.ConditioningKind.TEXT
            ? ModelChoice.Prompts.NONE
            : conditioning.unconditionalTrained()
                ? ModelChoice.Prompts.GUIDED
                : ModelChoice.Prompts.FOLLOWED;
    return new ModelChoice(
        manifest.id(),
        manifest.name(),
        manifest.description(),
        bundle.hash(),
        classes,
        diffusion == null ? 1 : diffusion.eta(),
        prompts,
        layouts(bundle),
        ClassNames.read(bundle.folder(), classes));
  }

  private static LayoutSupport layouts(ModelBundle bundle) {
    var manifest = bundle.manifest();
    var clip = manifest.clip();
    var whyNot = Generator.whyNoLayout(bundle, Depth.FAST);
    var trained = manifest.trainedScale();
    return clip == null
        ? LayoutSupport.none(whyNot)
        : new LayoutSupport(
            whyNot,
            Generator.whyNoLayout(bundle, Depth.FULL).isEmpty(),
            clip.side(),
            manifest.smallestSide(),
            trained == null ? 0 : trained.max(),
            Math.min(manifest.latent().height(), manifest.latent().width()));
  }

  private LoadedModel workshop(Recipe recipe) {
    return workshop(catalog.find(recipe.model(), recipe.modelHash()));
  }

  /** The workshop of a model, to be closed after use. */
  private LoadedModel workshop(ModelBundle bundle) {
    var target = queue();
    LoadedModel old;
    LoadedModel opened;
    boolean idle;
    synchronized (this) {
      old = workshop;
      if (old != null && old.bundle.hash().equals(bundle.hash())) {
        old.users++;
        return old;
      }
      opened = new LoadedModel(bundle, new Generator(bundle, device(), target));
      opened.users++;
      workshop = opened;
      idle = old != null && old.users == 0;
      if (old != null) {
        old.retired = true;
      }
    }
    if (old != null && idle) {
      old.generator.close();
    }
    return opened;
  }

  @Override
  public Picture generate(Recipe recipe, Watcher watcher, Cancellation cancellation) {
    try (var shop = workshop(recipe)) {
      var listener = new Follower(shop, watcher, recipe.steps(), cancellation);
      var image = shop.generator.generate(recipe, listener, cancellation);
      var picture = open(shop, image, listener, cancellation);
      listener.unguided().ifPresent(plain -> rememberUnguided(picture, plain));
      return picture;
    }
  }

  private synchronized void rememberUnguided(Picture guided, FieldImage plain) {
    unguided.put(guided.field().renderer(), plain);
  }

  @Override
  public Picture open(Path file, Watcher watcher, Cancellation cancellation) {
    var image = FieldFile.read(file);
    try (var shop = workshop(image.base().recipe())) {
      var listener = new Follower(shop, watcher, image.base().recipe().steps(), cancellation);
      return open(shop, image, listener, cancellation);
    }
  }

  @Override
  public Picture vary(
      Picture parent, Recipe recipe, double strength, Watcher watcher, Cancellation cancellation) {
    try (var shop = workshop(recipe)) {
      var listener = new Follower(shop, watcher, recipe.steps(), cancellation);
      var image = shop.generator.vary(parent.image(), recipe, strength, listener, cancellation);
      return open(shop, image, listener, cancellation);
    }
  }

  @Override
  public Picture redo(
      Picture picture,
      Frame.Region box,
      Recipe recipe,
      Watcher watcher,
      Cancellation cancellation) {
    try (var shop = workshop(recipe)) {
      var listener = new Follower(shop, watcher, recipe.steps(), cancellation);
      var image =
          shop.generator.redo(
              picture.image(),
              box.top(),
              box.left(),
              box.height(),
              box.width(),
              recipe,
              listener,
              cancellation);
      return open(shop, image, listener, cancellation);
    }
  }

  @Override
  public Picture unguided(Picture picture, Consumer<String> told, Cancellation cancellation) {
    FieldImage known;
    synchronized (this) {
      known = unguided.get(picture.field().renderer());
    }
    if (known == null) {
      told.accept("The picture without the boxes is being made. It appears when it is there.");
      return generate(picture.recipe().withGuidance(null), Watcher.NOBODY, cancellation);
    }
    try (var shop = workshop(picture.recipe())) {
      return open(shop, known, new Follower(shop, Watcher.NOBODY, 1, cancellation), cancellation);
    }
  }

  @Override
  public GuidanceTimes measureGuidance(ModelChoice model, Cancellation cancellation) {
    try (var shop = workshop(catalog.find(model.id(), model.hash()))) {
      return shop.generator.measureGuidance(cancellation);
    }
  }

  @Override
  public Picture encode(
      Photo photo,
      Recipe.Photo square,
      ModelChoice model,
      Watcher watcher,
      Cancellation cancellation) {
    var bundle = catalog.find(model.id(), model.hash());
    try (var shop = workshop(bundle)) {
      var listener = new Follower(shop, watcher, 1, cancellation);
      var rgb = photo.resampled(square, bundle.manifest().encoderSide());
      var image = shop.generator.encode(rgb, square, listener, cancellation);
      return open(shop, image, listener, cancellation);
    }
  }

  private Picture open(
      LoadedModel shop, FieldImage image, Follower listener, Cancellation cancellation) {
    var manifest = shop.bundle.manifest();
    var field = shop.generator.open(image, StatisticsMode.INTERPOLATED, listener, cancellation);
    var trained = manifest.trainedScale();
    synchronized (this) {
      fields.put(field, shop.bundle);
    }
    return new Picture(
        image,
        new Field(
            field,
            TileScheduler.Worker.on(queue()),
            manifest.featureMap().width(),
            trained == null ? 0 : trained.max()),
        manifest.name(),
        shop.bundle.has("encode") ? manifest.encoderSide() : 0,
        manifest.renderer().hasNorms());
  }

  /** A run, told to whoever watches, with previews where they are wanted. */
  private final class Follower implements Generator.Listener {
    private final LoadedModel shop;
    private final Watcher watcher;
    private final int steps;
    private final Cancellation cancellation;
    private boolean comparing;
    private @Nullable FieldImage plain;

    Follower(LoadedModel shop, Watcher watcher, int steps, Cancellation cancellation) {
      this.shop = shop;
      this.watcher = watcher;
      this.steps = steps;
      this.cancellation = cancellation;
    }

    @Override
    public void stage(Generator.Stage stage) {
      switch (stage) {
        case LOADING -> {}
        case COMPARING -> {
          comparing = true;
          watcher.comparing(0, steps);
        }
        case SAMPLING -> {
          comparing = false;
          watcher.step(0, steps);
        }
        case DECODING -> watcher.decoding();
      }
    }

    @Override
    public void step(SamplingStep step) {
      if (comparing) {
        watcher.comparing(step.number(), step.steps());
      } else {
        watcher.step(step.number(), step.steps());
      }
      if (!watcher.wantsPreview(step.number())) {
        return;
      }
      var z = step.x0();
      if (previews.wantsFit(shop.bundle, step)) {
        previews.fit(shop.bundle, z, this::thumbnail);
      }
      var pixels = previews.map(shop.bundle).argb(z);
      var cells = new PixelImage(z.extent(3), z.extent(2), IntBuffer.wrap(pixels));
      int factor = Math.max(1, PREVIEW_SIDE / Math.max(cells.width(), cells.height()));
      watcher.preview(cells.enlarged(factor));
    }

    @Override
    public void looked(int number, List<Double> cosines) {
      watcher.looked(number, cosines);
    }

    @Override
    public void compared(FieldImage image) {
      plain = image;
    }

    /** The picture without the layout, if one was sampled on the way. */
    Optional<FieldImage> unguided() {
      return Optional.ofNullable(plain);
    }

    /** What a latent looks like decoded, small. */
    private Tensor thumbnail(Tensor z) {
      var image =
          FieldImage.of(
              z,
              new Recipe(
                  shop.bundle.manifest().id(),
                  shop.bundle.hash(),
                  0,
                  1,
                  Recipe.SamplerKind.DPMPP,
                  0,
                  null,
                  null,
                  null,
                  1));
      try (var field = shop.generator.open(image, StatisticsMode.INTERPOLATED, cancellation)) {
        int side = PreviewMaps.fitSide(shop.bundle);
        return render(field, Priority.PREVIEW, cancellation)
            .render(side, Rectangle.whole(side), cancellation);
      }
    }

    @Override
    public void note(String sentence) {
      watcher.note(sentence);
    }
  }

  /** A renderer whose pieces wait their turn. */
  private FieldRenderer render(FieldRenderer field, Priority priority, Cancellation outer) {
    var target = queue();
    return (side, rectangle, cancellation) ->
        target.call(priority, outer, () -> field.render(side, rectangle, cancellation));
  }

  @Override
  public void save(Picture picture, Path file) {
    var rgb =
        render(picture.field().renderer(), Priority.PREFETCH, Cancellation.never())
            .render(THUMBNAIL_SIDE, Rectangle.whole(THUMBNAIL_SIDE), Cancellation.never());
    FieldFile.write(file, picture.image(), Thumbnail.png(rgb));
  }

  @Override
  public void export(
      Picture picture,
      Frame frame,
      PictureExport.Encoding encoding,
      Path file,
      DoubleConsumer progress,
      Cancellation cancellation) {
    var field = picture.field().renderer();
    ModelBundle bundle;
    synchronized (this) {
      bundle = fields.get(field);
    }
    boolean half = bundle != null && bundle.manifest().storage() == Manifest.Storage.FP16;
    var metadata = PictureMetadata.of(picture.recipe(), frame, false, device(), half);
    PictureExport.write(
        file,
        encoding,
        render(field, Priority.EXPORT, cancellation),
        frame,
        metadata.toPngText(),
        (done, total) -> progress.accept((double) done / total),
        cancellation);
  }

  @Override
  public ExportCost cost(
      Picture picture, Frame frame, PictureExport.Encoding encoding, Cancellation cancellation) {
    var field = picture.field().renderer();
    var target = queue();
    // only the work itself is timed, not the wait for more urgent work
    return ExportProbe.cost(
        frame,
        encoding,
        rectangle ->
            target.call(
                Priority.EXPORT,
                cancellation,
                () -> {
                  long begun = System.nanoTime();
                  var rgb = field.render(frame.imageSide(), rectangle, cancellation);
                  return new ExportProbe.Piece(rgb, System.nanoTime() - begun);
                }));
  }

  @Override
  public PixelImage pixels(Picture picture, Frame frame, Cancellation cancellation) {
    var size = frame.rectangle();
    var pixels = IntBuffer.allocate(size.height() * size.width());
    DisplayColours.toArgb(
        render(picture.field().renderer(), Priority.PREVIEW, cancellation)
            .render(frame.imageSide(), size, cancellation),
        pixels);
    return new PixelImage(size.width(), size.height(), pixels);
  }

  /** A field in patches whose statistics are their own. */
  private record PublishedField(OfficialRendering rendering)
      implements FieldRenderer, AutoCloseable {
    @Override
    public Tensor render(int imageSide, Rectangle rectangle, Cancellation cancellation) {
      return rendering.patchwise(
          imageSide, rectangle, OfficialRendering.PATCH, OfficialRendering.PADDING, cancellation);
    }

    @Override
    public void close() {
      rendering.close();
    }
  }

  @Override
  public Picture published(Picture picture, Cancellation cancellation) {
    var like = picture.field();
    OfficialRendering rendering;
    try (var shop = workshop(picture.recipe())) {
      rendering = shop.generator.openOfficial(picture.image(), cancellation);
    }
    return new Picture(
        picture.image(),
        new Field(
            new PublishedField(rendering),
            TileScheduler.Worker.on(queue()),
            like.featureSide(),
            like.trainedSide()),
        picture.modelName(),
        picture.encoderSide(),
        picture.hasNorms());
  }

  @Override
  public void release(Picture picture) {
    var field = picture.field().renderer();
    synchronized (this) {
      fields.remove(field);
      unguided.remove(field);
    }
    switch (field) {
      case NeuralField neural -> neural.close();
      case PublishedField published -> published.close();
      default -> {}
    }
  }

  @Override
  public synchronized void close() {
    if (queue != null) {
      queue.close();
      // the runtime must not go while a graph runs
      queue.awaitEnd(LONGEST_END);
    }
  }
}
