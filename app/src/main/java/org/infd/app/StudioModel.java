package org.infd.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.SimpleObjectProperty;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;
import org.infd.app.about.AboutModel;
import org.infd.app.about.Diagnostics;
import org.infd.app.about.ProblemLog;
import org.infd.app.bookmark.BookmarksModel;
import org.infd.app.gallery.GalleryModel;
import org.infd.app.gallery.KeptPicture;
import org.infd.app.generate.Engine;
import org.infd.app.generate.ExportModel;
import org.infd.app.generate.GenerateModel;
import org.infd.app.generate.ModelChoice;
import org.infd.app.generate.Picture;
import org.infd.app.generate.RecipeModel;
import org.infd.app.models.ModelStore;
import org.infd.app.models.ModelsModel;
import org.infd.app.session.Session;
import org.infd.app.session.SessionStore;
import org.infd.app.settings.PreferencesModel;
import org.infd.app.settings.Settings;
import org.infd.app.settings.Theme;
import org.infd.app.start.Sample;
import org.infd.app.viewer.SavedView;
import org.infd.app.viewer.ViewerModel;
import org.infd.app.work.Job;
import org.infd.inference.Problem;
import org.infd.inference.export.AtomicFile;
import org.infd.inference.runtime.Device;
import org.infd.inference.studio.FieldFile;
import org.infd.inference.studio.Recipe;

/**
 * The studio without its window: one picture, its recipe, the runs and what the user is told. All
 * methods belong to the user interface's thread.
 */
public final class StudioModel {
  /** How the studio talks to the world; tests put their own. */
  public record World(
      Engine engine,
      Executor background,
      Executor ui,
      LongSupplier nanoTime,
      RandomGenerator dice,
      ModelStore store) {
    /** A world without a store of models. */
    public World(
        Engine engine,
        Executor background,
        Executor ui,
        LongSupplier nanoTime,
        RandomGenerator dice) {
      this(engine, background, ui, nanoTime, dice, ModelStore.none());
    }
  }

  /** The pages of the window. */
  public enum Page {
    PICTURE("Picture", "1"),
    GALLERY("Gallery", "2"),
    MODELS("Models", "3"),
    SETTINGS("Settings", "4"),
    ABOUT("About", "5");

    private final String title;
    private final String digit;

    Page(String title, String digit) {
      this.title = title;
      this.digit = digit;
    }

    /** What the user calls it. */
    public String title() {
      return title;
    }

    /** The key that, with Ctrl, goes to it. */
    public String digit() {
      return digit;
    }
  }

  /** What is found out at the start, off the user interface's thread. */
  private record Found(
      Device device, List<ModelChoice> models, List<Sample> samples, Optional<Session> left) {}

  private static final System.Logger LOG = System.getLogger(StudioModel.class.getName());

  private final World world;
  private final Path lastPicture;
  private final RecipeModel recipe;
  private final GenerateModel generation;
  private final ExportModel export;
  private final ViewerModel viewer;
  private final GalleryModel gallery;
  private final ModelsModel catalog;
  private final ObjectProperty<Page> page = new SimpleObjectProperty<>(this, "page", Page.PICTURE);
  private final Job starting;
  private final Job finding;
  private final Job saving;
  private final ObservableList<ModelChoice> models = FXCollections.observableArrayList();
  private final ObservableList<Sample> samples = FXCollections.observableArrayList();
  private final ReadOnlyObjectWrapper<Optional<Device>> device =
      new ReadOnlyObjectWrapper<>(this, "device", Optional.empty());
  private final ReadOnlyObjectWrapper<Optional<Picture>> picture =
      new ReadOnlyObjectWrapper<>(this, "picture", Optional.empty());
  private final ObjectProperty<Optional<Notice>> notice =
      new SimpleObjectProperty<>(this, "notice", Optional.empty());
  private final PreferencesModel preferences;
  private final SessionStore sessions;
  private final BookmarksModel bookmarks;
  private final ProblemLog problems = new ProblemLog(Instant::now);
  private final AboutModel about;
  private final Path dataFolder;
  private final Path usualPictures;
  private final ObjectProperty<String> screen =
      new SimpleObjectProperty<>(this, "screen", "unknown");
  private final Optional<Recipe> remembered;
  private Optional<Path> asked = Optional.empty();
  private final IdentityHashMap<Picture, Integer> held = new IdentityHashMap<>();
  private final ObjectProperty<Optional<Notice>> offer =
      new SimpleObjectProperty<>(this, "offer", Optional.empty());
  private Optional<Picture> exported = Optional.empty();
  private Optional<Path> pictureFile = Optional.empty();

  /**
   * @param world what the studio works with
   * @param settings what was remembered
   * @param dataFolder where the last picture is kept
   */
  public StudioModel(World world, Settings settings, Path dataFolder) {
    this.world = world;
    this.dataFolder = dataFolder;
    usualPictures = dataFolder.resolve("pictures");
    lastPicture = dataFolder.resolve("last.infd");
    preferences = new PreferencesModel(settings.preferences());
    recipe = new RecipeModel(world.dice());
    generation =
        new GenerateModel(world.engine(), world.background(), world.ui(), world.nanoTime());
    export = new ExportModel(world.engine(), world.background(), world.ui(), world.nanoTime());
    viewer = new ViewerModel(world.ui());
    preferences.cacheBytesProperty().subscribe(bytes -> viewer.setCacheBytes(bytes.longValue()));
    preferences.reducedProperty().subscribe(reduced -> viewer.setReducedMotion(reduced));
    gallery = new GalleryModel(picturesFolder(), world.background(), world.ui(), Instant::now);
    gallery.onFailure(this::fail);
    if (settings.galleryBytes() > 0) {
      gallery.limitProperty().set(settings.galleryBytes());
    }
    catalog = new ModelsModel(world.store(), world.background(), world.ui());
    catalog.attach(this::findModels, this::fail);
    finding = new Job(world.background(), world.ui());
    about = new AboutModel(this::subject, world.background(), world.ui());
    preferences.picturesFolderProperty().subscribe(() -> gallery.use(picturesFolder()));
    sessions = new SessionStore(dataFolder.resolve("session.json"), world.background());
    bookmarks =
        new BookmarksModel(
            dataFolder.resolve("bookmarks"), world.background(), world.ui(), this::fail);
    starting = new Job(world.background(), world.ui());
    saving = new Job(world.background(), world.ui());
    remembered = Optional.ofNullable(settings.recipe());
    recipe.seedLockedProperty().set(settings.seedLocked());
    if (settings.exportSide() > 0) {
      recipe.exportSideProperty().set(settings.exportSide());
    }
    generation.previewProperty().subscribe(viewer::preview);
    generation.onNote(sentence -> tell(Notice.Kind.NOTE, sentence));
    export.runningProperty().subscribe(this::letGoOfExported);
  }

  /** The choices for the next picture. */
  public RecipeModel recipe() {
    return recipe;
  }

  /** The run that makes or opens a picture. */
  public GenerateModel generation() {
    return generation;
  }

  /** The file that is being written. */
  public ExportModel export() {
    return export;
  }

  /** Where the user is in the picture. */
  public ViewerModel viewer() {
    return viewer;
  }

  /** The pictures that were made. */
  public GalleryModel gallery() {
    return gallery;
  }

  /** The models of this machine. */
  public ModelsModel catalog() {
    return catalog;
  }

  /** The page that is shown. */
  public ObjectProperty<Page> pageProperty() {
    return page;
  }

  /** Where work may be done that takes long. */
  public Executor background() {
    return world.background();
  }

  /** The models to choose from. */
  public ObservableList<ModelChoice> models() {
    return models;
  }

  /** Recipes to begin with. */
  public ObservableList<Sample> samples() {
    return samples;
  }

  /** What graphs run on; empty until it is known. */
  public ReadOnlyObjectProperty<Optional<Device>> deviceProperty() {
    return device.getReadOnlyProperty();
  }

  /** The open picture. */
  public ReadOnlyObjectProperty<Optional<Picture>> pictureProperty() {
    return picture.getReadOnlyProperty();
  }

  /** What the user is told at the moment. */
  public ObjectProperty<Optional<Notice>> noticeProperty() {
    return notice;
  }

  /** What the user chose on the page of settings. */
  public PreferencesModel preferences() {
    return preferences;
  }

  /** The look of the window. */
  public ReadOnlyObjectProperty<Theme> themeProperty() {
    return preferences.themeProperty();
  }

  /** Where the program keeps what belongs to the user. */
  public Path dataFolder() {
    return dataFolder;
  }

  private Path picturesFolder() {
    return preferences.picturesFolderProperty().get().orElse(usualPictures);
  }

  /** The texts about the program. */
  public AboutModel about() {
    return about;
  }

  /** What went wrong in this run of the program. */
  public ProblemLog problems() {
    return problems;
  }

  /** What is known of the screen, for the diagnostics. */
  public ObjectProperty<String> screenProperty() {
    return screen;
  }

  private Diagnostics.Subject subject() {
    return new Diagnostics.Subject(
        device.get(),
        screen.get(),
        preferences.preferences(),
        List.copyOf(catalog.models()),
        gallery.pictures().size(),
        gallery.bytesProperty().get(),
        problems.entries());
  }

  /** Writes the diagnostics to a file. */
  public void saveDiagnostics(Path file) {
    about.save(
        file, saved -> tell(Notice.Kind.DONE, "Saved " + saved.getFileName() + "."), this::fail);
  }

  /** Whether device and models are still being found out. */
  public boolean isStarting() {
    return starting.runningProperty().get();
  }

  /**
   * Finds device and models, then opens the last picture. Where there is none, samples are offered;
   * without samples a first picture is made.
   */
  public void start() {
    startWith(Optional.empty());
  }

  /** Finds device and models, then opens the picture of a file, or else as without one. */
  public void startWith(Optional<Path> file) {
    asked = file;
    var engine = world.engine();
    gallery.load();
    catalog.load();
    starting.start(
        (_, _) -> new Found(engine.device(), engine.models(), findSamples(), sessions.abandoned()),
        this::started,
        this::fail);
  }

  /** Without samples the studio is poorer, and as good as before. */
  private List<Sample> findSamples() {
    try {
      return world.store().samples();
    } catch (Problem e) {
      problems.add(String.valueOf(e.getMessage()));
      return List.of();
    }
  }

  private void started(Found found) {
    device.set(Optional.of(found.device()));
    models.setAll(found.models());
    samples.setAll(
        found.samples().stream()
            .filter(sample -> choice(sample.recipe().model()).isPresent())
            .toList());
    if (models.isEmpty()) {
      return;
    }
    var chosen =
        remembered.flatMap(last -> choice(last.model())).orElseGet(() -> models.getFirst());
    recipe.modelProperty().set(Optional.of(chosen));
    recipe.etaProperty().set(chosen.eta());
    remembered.ifPresent(recipe::adopt);
    recipe.keepSeed();
    found.left().ifPresent(this::offer);
    if (generation.isRunning() || picture.get().isPresent()) {
      return;
    }
    if (asked.isPresent()) {
      open(asked.get());
      return;
    }
    if (Files.isRegularFile(lastPicture)) {
      // a picture that cannot be opened any more is no reason to say a word
      generation.open(lastPicture, this::showLast, sentence -> generate());
    } else if (samples.isEmpty()) {
      generate();
    }
  }

  /** Makes the picture of a sample. */
  public void run(Sample sample) {
    choice(sample.recipe().model())
        .ifPresent(
            chosen -> {
              recipe.modelProperty().set(Optional.of(chosen));
              recipe.adopt(sample.recipe());
              recipe.keepSeed();
              generate();
            });
  }

  private void showLast(Picture last) {
    show(last);
    pictureFile = Optional.of(lastPicture);
    recipe.adopt(last.recipe());
  }

  /** Models have come or gone: the choices follow, and what is chosen stays if it can. */
  private void findModels() {
    var engine = world.engine();
    finding.start((_, _) -> engine.models(), this::found, this::fail);
  }

  private void found(List<ModelChoice> now) {
    // element by element: whoever shows the list keeps what is chosen
    models.retainAll(now);
    for (int i = 0; i < now.size(); i++) {
      if (i >= models.size() || !models.get(i).equals(now.get(i))) {
        models.remove(now.get(i));
        models.add(i, now.get(i));
      }
    }
    if (recipe.modelProperty().get().filter(models::contains).isEmpty()) {
      recipe.modelProperty().set(models.stream().findFirst());
    }
  }

  /** Chooses a model for the next picture. */
  public void use(String id) {
    choice(id)
        .ifPresent(
            chosen -> {
              recipe.modelProperty().set(Optional.of(chosen));
              page.set(Page.PICTURE);
            });
  }

  /** Offers to import a checkpoint. */
  public void importCheckpoint(Path file) {
    page.set(Page.MODELS);
    if (!catalog.choose(file)) {
      tell(Notice.Kind.NOTE, "One import at a time: wait until the other is done, or cancel it.");
    }
  }

  private void offer(Session left) {
    offer.set(
        Optional.of(
            new Notice(
                Notice.Kind.NOTE,
                "The studio ended unexpectedly. Restore what you were doing?",
                Optional.of(new Notice.Action("Restore", () -> restore(left))))));
  }

  /** Goes back to what a crash interrupted. */
  private void restore(Session left) {
    choice(left.recipe().model())
        .ifPresent(chosen -> recipe.modelProperty().set(Optional.of(chosen)));
    adopt(left);
    page.set(Page.PICTURE);
    var name = left.file();
    if (name == null || !Files.isRegularFile(Path.of(name))) {
      return;
    }
    var file = Path.of(name);
    generation.open(
        file,
        opened -> {
          show(opened);
          pictureFile = Optional.of(file);
          var view = left.view();
          if (view != null) {
            goTo(view);
          }
        },
        this::fail);
  }

  private void adopt(Session left) {
    recipe.adopt(left.recipe());
    recipe.guidanceProperty().set(left.guidance());
    recipe.seedLockedProperty().set(left.seedLocked());
    recipe.exportSideProperty().set(left.exportSide());
    generation.countProperty().set(left.count());
  }

  /** Keeps what the user is doing, for the case that the program cannot end as it should. */
  public void autosave() {
    // until the user has answered, or has gone on, what a crash left stays as it is
    if (offer.get().isEmpty()) {
      recipe.draft().map(this::session).ifPresent(sessions::keep);
    }
  }

  private Session session(Recipe draft) {
    boolean open = picture.get().isPresent() && !viewer.isPreviewing();
    return new Session(
        draft,
        recipe.guidanceProperty().get(),
        recipe.seedLockedProperty().get(),
        generation.countProperty().get(),
        recipe.exportSideProperty().get(),
        pictureFile.map(Path::toString).orElse(null),
        open ? SavedView.of(viewer.cameraProperty().get()) : null);
  }

  /** What a crash interrupted, to be restored; empty once that is answered. */
  public ObjectProperty<Optional<Notice>> offerProperty() {
    return offer;
  }

  /** The places of the open picture that the user wants to find again. */
  public BookmarksModel bookmarks() {
    return bookmarks;
  }

  /** Keeps the present view of the open picture as a place. */
  public void bookmark() {
    if (picture.get().isPresent() && !viewer.isPreviewing() && bookmarks.canAdd()) {
      bookmarks.add(SavedView.of(viewer.cameraProperty().get()));
      tell(Notice.Kind.DONE, "This view is kept among the bookmarks of the picture.");
    }
  }

  /** Goes to a place of the open picture. */
  public void goTo(SavedView view) {
    var window = viewer.cameraProperty().get();
    viewer.goTo(view.in(window.width(), window.height()), world.nanoTime().getAsLong());
  }

  private Optional<ModelChoice> choice(String id) {
    return models.stream().filter(model -> model.id().equals(id)).findFirst();
  }

  /** Makes as many pictures by the recipe as are asked for, with one seed after the other. */
  public void generate() {
    recipe
        .begin()
        .ifPresent(
            first -> {
              notice.set(Optional.empty());
              offer.set(Optional.empty());
              make(first, 1, generation.countProperty().get());
            });
  }

  /** The first picture of a run is shown; the others go to the gallery meanwhile. */
  private void make(Recipe first, int number, int count) {
    generation.generate(
        first.withSeed(first.seed() + number - 1),
        number,
        count,
        made -> {
          if (number == 1) {
            show(made);
          }
          keep(made);
          if (number < count) {
            make(first, number + 1, count);
          } else if (count > 1) {
            tellOfAll(count);
          }
        },
        this::fail);
  }

  private void tellOfAll(int count) {
    notice.set(
        Optional.of(
            new Notice(
                Notice.Kind.DONE,
                count + " pictures are in the gallery.",
                Optional.of(
                    new Notice.Action(
                        "Show them",
                        () -> {
                          gallery.searchProperty().set("");
                          gallery.favouritesOnlyProperty().set(false);
                          page.set(Page.GALLERY);
                        })))));
  }

  /** Keeps a picture in the gallery, and as the one that the next start shows. */
  private void keep(Picture made) {
    hold(made);
    gallery.keep(
        made.recipe(),
        file -> {
          world.engine().save(made, file);
          remember(file);
          world.ui().execute(() -> keptAs(made, file));
        },
        () -> letGo(made));
  }

  private void keptAs(Picture made, Path file) {
    if (isShown(made)) {
      pictureFile = Optional.of(file);
    }
  }

  /** Only the next start is poorer where this fails. */
  private void remember(Path file) {
    try {
      var bytes = Files.readAllBytes(file);
      AtomicFile.write(lastPicture, stream -> stream.write(bytes));
    } catch (IOException | Problem e) {
      LOG.log(System.Logger.Level.WARNING, "the last picture was not remembered", e);
    }
  }

  /** Deletes a picture of the gallery, and offers a way back. */
  public void delete(KeptPicture kept) {
    gallery.delete(kept);
    notice.set(
        Optional.of(
            new Notice(
                Notice.Kind.DONE,
                "Deleted '" + shortened(kept.title()) + "'.",
                Optional.of(new Notice.Action("Undo", gallery::undo)))));
  }

  private static String shortened(String title) {
    return title.length() <= 60 ? title : title.substring(0, 59) + "…";
  }

  private void show(Picture shown) {
    var old = picture.get();
    picture.set(Optional.of(shown));
    pictureFile = Optional.empty();
    bookmarks.open(shown.image());
    viewer.show(shown.field());
    old.filter(left -> !held.containsKey(left)).ifPresent(this::release);
  }

  /** A picture is being written: it must not go before {@link #letGo}. */
  private void hold(Picture open) {
    held.merge(open, 1, Integer::sum);
  }

  private void letGo(Picture open) {
    boolean isFree = held.computeIfPresent(open, (p, n) -> n == 1 ? null : n - 1) == null;
    if (isFree && !isShown(open)) {
      release(open);
    }
  }

  private boolean isShown(Picture open) {
    return picture.get().map(Picture::field).filter(open.field()::equals).isPresent();
  }

  private void letGoOfExported(boolean running) {
    if (!running) {
      exported.ifPresent(this::letGo);
      exported = Optional.empty();
    }
  }

  /** Waits for the pieces in progress, so not on the user interface's thread. */
  private void release(Picture left) {
    world.background().execute(() -> world.engine().release(left));
  }

  /** Opens a field file and shows its recipe. */
  public void open(Path file) {
    notice.set(Optional.empty());
    offer.set(Optional.empty());
    page.set(Page.PICTURE);
    generation.open(
        file,
        opened -> {
          show(opened);
          pictureFile = Optional.of(file);
          choice(opened.recipe().model())
              .ifPresent(model -> recipe.modelProperty().set(Optional.of(model)));
          recipe.adopt(opened.recipe());
        },
        this::fail);
  }

  /** Opens what was dropped on the window; says so when it is nothing that can be opened. */
  public void drop(List<Path> files) {
    var first = files.getFirst();
    var name = String.valueOf(first.getFileName());
    if (ModelsModel.isCheckpoint(first)) {
      importCheckpoint(first);
    } else if (!name.toLowerCase(Locale.ROOT).endsWith(FieldFile.EXTENSION)) {
      tell(
          Notice.Kind.ERROR,
          "'"
              + shortened(name)
              + "' is neither a field file ("
              + FieldFile.EXTENSION
              + ") nor a checkpoint (.pth).");
    } else if (generation.isRunning()) {
      tell(
          Notice.Kind.NOTE,
          "A picture is being made. Stop it with Esc, or wait, and drop the file again.");
    } else {
      open(first);
      if (files.size() > 1) {
        tell(Notice.Kind.NOTE, "Opened the first of " + files.size() + " files.");
      }
    }
  }

  /** Writes the picture to a field file. */
  public void save(Path file) {
    picture
        .get()
        .ifPresent(
            open ->
                saving.start(
                    (_, _) -> {
                      world.engine().save(open, file);
                      return file;
                    },
                    saved -> tell(Notice.Kind.DONE, "Saved " + saved.getFileName() + "."),
                    this::fail));
  }

  /** Writes the picture to a PNG of the chosen size, in the background. */
  public void export(Path file) {
    picture
        .get()
        .ifPresent(
            open -> {
              export.export(
                  open,
                  recipe.exportSideProperty().get(),
                  file,
                  written -> tell(Notice.Kind.DONE, "Exported " + written + "."),
                  this::fail);
              hold(open);
              exported = Optional.of(open);
            });
  }

  /** A file name for the picture, without an ending. */
  public String fileName() {
    return picture
        .get()
        .map(open -> open.recipe().model() + "-" + open.recipe().seed())
        .orElse("picture");
  }

  /** Tells the user. */
  public void tell(Notice.Kind kind, String text) {
    if (kind == Notice.Kind.ERROR) {
      problems.add(text);
    }
    notice.set(Optional.of(new Notice(kind, text)));
  }

  private void fail(String sentence) {
    tell(Notice.Kind.ERROR, sentence);
  }

  /** Switches between light and dark. */
  public void switchTheme() {
    preferences.switchTheme();
  }

  /** What to remember, but for the window's place. */
  public Settings settings(double width, double height, boolean maximised, String folder) {
    var last = picture.get().map(Picture::recipe).or(() -> remembered).orElse(null);
    return new Settings(
        preferences.preferences(),
        width,
        height,
        maximised,
        recipe.exportSideProperty().get(),
        recipe.seedLockedProperty().get(),
        folder.isEmpty() ? null : folder,
        last,
        gallery.limitProperty().get() == GalleryModel.DEFAULT_LIMIT
            ? 0
            : gallery.limitProperty().get());
  }

  /** Stops everything. */
  public void close() {
    starting.cancel();
    finding.cancel();
    about.close();
    sessions.end();
    catalog.close();
    generation.cancel();
    export.cancel();
    viewer.close();
    world.engine().close();
  }
}
