package org.infd.app.window;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.SimpleObjectProperty;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;
import org.infd.app.LayoutSession;
import org.infd.app.about.AboutModel;
import org.infd.app.about.Diagnostics;
import org.infd.app.bookmark.BookmarksModel;
import org.infd.app.compare.ComparisonModel;
import org.infd.app.engine.Engine;
import org.infd.app.engine.ModelChoice;
import org.infd.app.engine.Picture;
import org.infd.app.export.ExportChoices;
import org.infd.app.export.ExportModel;
import org.infd.app.gallery.GalleryModel;
import org.infd.app.gallery.KeptPicture;
import org.infd.app.keys.Shortcut;
import org.infd.app.models.ModelStore;
import org.infd.app.models.ModelsModel;
import org.infd.app.notice.Notice;
import org.infd.app.notice.Notices;
import org.infd.app.opening.DroppedFile;
import org.infd.app.opening.FileManagerWindow;
import org.infd.app.photo.PhotoCrop;
import org.infd.app.photo.PhotoOriginals;
import org.infd.app.recipe.RecipeModel;
import org.infd.app.runs.DeviceRecovery;
import org.infd.app.runs.GenerateModel;
import org.infd.app.runs.PictureRuns;
import org.infd.app.session.Session;
import org.infd.app.session.SessionStore;
import org.infd.app.settings.PreferencesModel;
import org.infd.app.settings.Settings;
import org.infd.app.settings.Theme;
import org.infd.app.start.Sample;
import org.infd.app.tab.Batch;
import org.infd.app.tab.PictureHolds;
import org.infd.app.tab.SavedTab;
import org.infd.app.tab.Tab;
import org.infd.app.tab.TabsModel;
import org.infd.app.viewer.PixelImage;
import org.infd.app.viewer.SavedView;
import org.infd.app.viewer.ViewerModel;
import org.infd.app.work.Job;
import org.infd.app.work.UndoStack;
import org.infd.inference.Problem;
import org.infd.inference.export.Frame;
import org.infd.inference.export.PictureExport;
import org.infd.inference.export.PictureFormat;
import org.infd.inference.generation.FieldFile;
import org.infd.inference.generation.Photo;
import org.infd.inference.generation.PhotoFile;
import org.infd.inference.generation.PictureMetadata;
import org.infd.inference.generation.Recipe;
import org.infd.inference.runtime.Device;

/**
 * The studio without its window: one picture, its recipe, the runs and what the user is told. All
 * methods belong to the user interface's thread.
 */
public final class StudioModel {
  /** How the studio talks to the world; tests put their own. */
  public record StudioServices(
      Engine engine,
      Executor background,
      Executor ui,
      LongSupplier nanoTime,
      RandomGenerator dice,
      ModelStore store) {
    /** A world without a store of models. */
    public StudioServices(
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
    PICTURE("Picture", Shortcut.PICTURE_PAGE),
    GALLERY("Gallery", Shortcut.GALLERY_PAGE),
    MODELS("Models", Shortcut.MODELS_PAGE),
    SETTINGS("Settings", Shortcut.SETTINGS_PAGE),
    ABOUT("About", Shortcut.ABOUT_PAGE);

    private final String title;
    private final Shortcut shortcut;

    Page(String title, Shortcut shortcut) {
      this.title = title;
      this.shortcut = shortcut;
    }

    /** What the user calls it. */
    public String title() {
      return title;
    }

    /** The key that goes to it. */
    public Shortcut shortcut() {
      return shortcut;
    }
  }

  /** What is found out at the start, off the user interface's thread. */
  private record StartupResult(
      Device device,
      Set<Device.Kind> offered,
      List<ModelChoice> models,
      List<Sample> samples,
      List<Path> layouts,
      Optional<Session> left) {}

  private final StudioServices world;
  private final Path lastPicture;
  private final RecipeModel recipe;
  private final GenerateModel generation;
  private final ExportModel export;
  private final LayoutSession layouts;
  private final ExportChoices exportChoices = new ExportChoices();
  private final ViewerModel viewer;
  private final GalleryModel gallery;
  private final UndoStack undo = new UndoStack();
  private final ModelsModel catalog;
  private final ObjectProperty<Page> page = new SimpleObjectProperty<>(this, "page", Page.PICTURE);
  private final Job starting;
  private final Job finding;
  private final Job saving;
  private final Job copying;
  private final Job reading;
  private final PictureHolds holds;
  private final TabsModel tabs;
  private final PictureRuns runs;
  private final DeviceRecovery loss;
  private final PhotoOriginals originals;
  private final ComparisonModel comparison;
  private final ReadOnlyObjectWrapper<Optional<PhotoCrop>> photo =
      new ReadOnlyObjectWrapper<>(this, "photo", Optional.empty());
  private final ObservableList<ModelChoice> models = FXCollections.observableArrayList();
  private final ObservableList<Sample> samples = FXCollections.observableArrayList();
  private final ReadOnlyObjectWrapper<Optional<Device>> device =
      new ReadOnlyObjectWrapper<>(this, "device", Optional.empty());
  private final Notices notices = new Notices();
  private final PreferencesModel preferences;
  private final SessionStore sessions;
  private final BookmarksModel bookmarks;
  private final AboutModel about;
  private final Path dataFolder;
  private final Path usualPictures;
  private final ObjectProperty<String> screen =
      new SimpleObjectProperty<>(this, "screen", "unknown");
  private final Optional<Recipe> remembered;
  private final List<SavedTab> lastTabs;
  private final int lastTab;
  private Optional<Path> asked = Optional.empty();
  private Optional<Picture> exported = Optional.empty();

  /**
   * @param world what the studio works with
   * @param settings what was remembered
   * @param dataFolder where the last picture is kept
   */
  public StudioModel(StudioServices world, Settings settings, Path dataFolder) {
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
    preferences
        .previewProperty()
        .subscribe(chosen -> generation.previewEveryProperty().set(chosen.steps()));
    preferences.reducedProperty().subscribe(reduced -> viewer.setReducedMotion(reduced));
    gallery =
        new GalleryModel(
            picturesFolder(), world.background(), world.ui(), Instant::now, notices, undo);
    if (settings.galleryBytes() > 0) {
      gallery.limitProperty().set(settings.galleryBytes());
    }
    catalog = new ModelsModel(world.store(), world.background(), world.ui(), notices);
    catalog.onChange(this::findModels);
    finding = new Job(world.background(), world.ui());
    about = new AboutModel(this::subject, world.background(), world.ui(), notices);
    preferences.picturesFolderProperty().subscribe(() -> gallery.use(picturesFolder()));
    sessions = new SessionStore(dataFolder.resolve("session.json"), world.background());
    bookmarks =
        new BookmarksModel(
            dataFolder.resolve("bookmarks"), world.background(), world.ui(), notices);
    starting = new Job(world.background(), world.ui());
    saving = new Job(world.background(), world.ui());
    copying = new Job(world.background(), world.ui());
    reading = new Job(world.background(), world.ui());
    originals = new PhotoOriginals(dataFolder.resolve("photos.json"), world.background());
    holds =
        new PictureHolds(
            // waits for the pieces in progress, so not on the user interface's thread
            left -> world.background().execute(() -> world.engine().release(left)));
    tabs = new TabsModel(viewer, world.engine(), holds, world.background(), world.ui());
    comparison =
        new ComparisonModel(
            world.engine(),
            world.background(),
            world.ui(),
            tabs.pictureProperty(),
            originals,
            notices);
    runs =
        new PictureRuns(
            new PictureRuns.Parts(
                world.engine(),
                world.ui(),
                recipe,
                generation,
                tabs,
                gallery,
                holds,
                lastPicture,
                notices.noticeProperty()::set,
                notices::fail,
                this::showGallery));
    loss =
        new DeviceRecovery(
            world.engine(),
            world.background(),
            world.ui(),
            tabs,
            runs,
            now -> device.set(Optional.of(now)),
            notices);
    tabs.attach(left -> comparison.stop(), runs::closing, notices::note, notices::fail);
    tabs.pictureProperty().subscribe(open -> open.map(Picture::image).ifPresent(bookmarks::open));
    tabs.currentProperty().subscribe(tab -> showPreview());
    remembered = Optional.ofNullable(settings.recipe());
    lastTabs = settings.tabs();
    lastTab = settings.tab();
    recipe.seedLockedProperty().set(settings.seedLocked());
    if (settings.exportSide() > 0) {
      recipe.exportSideProperty().set(settings.exportSide());
    }
    generation.previewProperty().subscribe(preview -> showPreview());
    generation.onNote(notices::note);
    export.runningProperty().subscribe(this::letGoOfExported);
    layouts = new LayoutSession(this, world, dataFolder);
    runs.onSingle(layouts::tellOf);
  }

  /** The layout that is being edited. */
  public LayoutSession layouts() {
    return layouts;
  }

  /** Makes a box of the open picture anew. */
  public void redo(Frame.Region box, Recipe asked, Runnable onDone) {
    notices.offerProperty().set(Optional.empty());
    runs.redo(box, asked, onDone);
  }

  /** Only the tab that a picture is made for shows what it will look like. */
  private void showPreview() {
    var preview = generation.previewProperty().get().filter(image -> isMakingHere());
    if (preview.isPresent()) {
      comparison.stop();
    }
    viewer.preview(preview);
  }

  /** Whether the picture that is being made will be shown in the tab that is looked at. */
  public boolean isMakingHere() {
    return runs.isMakingFor(tabs.current());
  }

  /** The open pictures, of which the viewer shows one. */
  public TabsModel tabs() {
    return tabs;
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
    return tabs.pictureProperty();
  }

  /** What the user is told. */
  public Notices notices() {
    return notices;
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
        notices.problems().entries());
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
    engine.listen(sentence -> world.ui().execute(() -> notices.note(sentence)));
    engine.onLost(sentence -> world.ui().execute(() -> loss.lost(sentence)));
    gallery.load();
    catalog.load();
    starting.start(
        (_, _) ->
            new StartupResult(
                engine.device(),
                engine.offered(),
                engine.models(),
                found(world.store()::samples),
                found(world.store()::layouts),
                sessions.abandoned()),
        this::started,
        notices::fail);
  }

  /** Without samples the studio is poorer, and as good as before. */
  private <T> List<T> found(Supplier<List<T>> search) {
    try {
      return search.get();
    } catch (Problem e) {
      notices.problems().add(String.valueOf(e.getMessage()));
      return List.of();
    }
  }

  private void started(StartupResult found) {
    device.set(Optional.of(found.device()));
    preferences.offer(found.offered());
    models.setAll(found.models());
    samples.setAll(
        found.samples().stream()
            .filter(sample -> choice(sample.recipe().model()).isPresent())
            .toList());
    layouts.samples().setAll(found.layouts());
    layouts.files().restore();
    if (models.isEmpty()) {
      return;
    }
    var chosen =
        remembered.flatMap(last -> choice(last.model())).orElseGet(() -> models.getFirst());
    recipe.modelProperty().set(Optional.of(chosen));
    recipe.etaProperty().set(chosen.eta());
    remembered.ifPresent(recipe::recall);
    recipe.keepSeed();
    found.left().ifPresent(this::offer);
    if (generation.isRunning() || pictureProperty().get().isPresent()) {
      return;
    }
    if (asked.isPresent()) {
      open(asked.get());
      return;
    }
    if (tabs.restore(lastTabs, lastTab)) {
      return;
    }
    if (Files.isRegularFile(lastPicture)) {
      // a picture that cannot be opened any more is no reason to say a word
      tabs.load(
          tabs.current(),
          lastPicture,
          null,
          last -> recipe.recall(last.recipe()),
          sentence -> generate());
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

  /** Models have come or gone: the choices follow, and what is chosen stays if it can. */
  private void findModels() {
    var engine = world.engine();
    finding.start((_, _) -> engine.models(), this::found, notices::fail);
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
      notices.note("One import at a time: wait until the other is done, or cancel it.");
    }
  }

  private void offer(Session left) {
    notices
        .offerProperty()
        .set(
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
    // in place of what a start shows by itself
    var shown = tabs.current();
    boolean isUsual =
        tabs.tabs().size() == 1 && shown.file().filter(lastPicture::equals).isPresent();
    if (tabs.restore(left.tabs(), left.tab()) && isUsual) {
      tabs.close(shown);
    }
    runs.resume(left.queue());
  }

  private void adopt(Session left) {
    recipe.recall(left.recipe());
    recipe.guidanceProperty().set(left.guidance());
    recipe.seedLockedProperty().set(left.seedLocked());
    recipe.exportSideProperty().set(left.exportSide());
    generation.countProperty().set(left.count());
  }

  /** Keeps what the user is doing, for the case that the program cannot end as it should. */
  public void autosave() {
    layouts.files().keep();
    // until the user has answered, or has gone on, what a crash left stays as it is
    if (notices.offerProperty().get().isEmpty()) {
      recipe.draft().map(this::session).ifPresent(sessions::keep);
    }
  }

  private Session session(Recipe draft) {
    return new Session(
        draft,
        recipe.guidanceProperty().get(),
        recipe.seedLockedProperty().get(),
        generation.countProperty().get(),
        recipe.exportSideProperty().get(),
        tabs.saved(),
        tabs.savedCurrent(),
        runs.unfinished());
  }

  /** The places of the open picture that the user wants to find again. */
  public BookmarksModel bookmarks() {
    return bookmarks;
  }

  /** Keeps the present view of the open picture as a place. */
  public void bookmark() {
    if (pictureProperty().get().isPresent() && !viewer.isPreviewing() && bookmarks.canAdd()) {
      bookmarks.add(SavedView.of(viewer.cameraProperty().get()));
      notices.done("This view is kept among the bookmarks of the picture.");
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

  /**
   * Makes as many pictures by the recipe as are asked for, with one seed after the other, for the
   * present tab; after the run in progress, if there is one.
   */
  public void generate() {
    generate(false);
  }

  /** The same in a tab of its own. */
  public void generateInNewTab() {
    generate(true);
  }

  private void generate(boolean inNewTab) {
    if (!generation.isRunning()) {
      notices.offerProperty().set(Optional.empty());
    }
    runs.generate(inNewTab);
  }

  private void showGallery() {
    gallery.searchProperty().set("");
    gallery.favouritesOnlyProperty().set(false);
    page.set(Page.GALLERY);
  }

  /** Takes back the last deletion of this session that was not taken back yet. */
  public void undo() {
    undo.undo();
  }

  private void letGoOfExported(boolean running) {
    if (!running) {
      exported.ifPresent(holds::letGo);
      exported = Optional.empty();
    }
  }

  /** Opens a field file in the present tab and shows its recipe. */
  public void open(Path file) {
    notices.clear();
    notices.offerProperty().set(Optional.empty());
    page.set(Page.PICTURE);
    open(tabForFiles(), file);
  }

  /** Opens a field file in a tab beside the present one, which stays in sight. */
  public void openInNewTab(Path file) {
    tabs.load(tabs.openBehind(), file, null, opened -> {}, notices::fail);
  }

  /** Opens a picture of a run of several. */
  public void open(Batch.Item item, boolean inNewTab) {
    item.fileProperty()
        .get()
        .ifPresent(
            file -> {
              if (inNewTab) {
                openInNewTab(file);
              } else {
                tabs.load(tabs.current(), file, null, this::adopt, notices::fail);
              }
            });
  }

  /** A run must not be lost to a file: where one is for the present tab, the file gets its own. */
  private Tab tabForFiles() {
    return runs.isMakingFor(tabs.current()) ? tabs.open() : tabs.current();
  }

  private void open(Tab tab, Path file) {
    tabs.load(tab, file, null, this::adopt, notices::fail);
  }

  private void adopt(Picture opened) {
    choice(opened.recipe().model())
        .ifPresent(found -> recipe.modelProperty().set(Optional.of(found)));
    recipe.adopt(opened.recipe());
  }

  /** Opens what was dropped on the window; says so when it is nothing that can be opened. */
  public void drop(List<Path> files) {
    var first = files.getFirst();
    var name = Notice.shortened(String.valueOf(first.getFileName()));
    if (ModelsModel.isCheckpoint(first)) {
      importCheckpoint(first);
    } else if (DroppedFile.of(first) == DroppedFile.LAYOUT) {
      layouts.open(first);
    } else if (DroppedFile.of(first) == DroppedFile.OTHER) {
      notices.fail(
          "'"
              + name
              + "' is neither a field file ("
              + FieldFile.EXTENSION
              + ") nor a picture nor a layout (.json) nor a checkpoint (.pth).");
    } else {
      openFile(first);
      files.stream()
          .skip(1)
          .filter(file -> DroppedFile.of(file) == DroppedFile.FIELD)
          .forEach(this::openInNewTab);
    }
  }

  /** Opens a field, or a picture: one of ours by its recipe when the user says so. */
  public void openFile(Path file) {
    switch (DroppedFile.of(file)) {
      case PICTURE -> openPicture(file);
      case LAYOUT -> layouts.open(file);
      case FIELD, OTHER -> open(file);
    }
  }

  private void openPicture(Path file) {
    reading.start(
        (_, _) -> {
          try {
            return PictureMetadata.read(file);
          } catch (IOException e) {
            throw new Problem("'" + file.getFileName() + "' cannot be read.", e);
          }
        },
        found ->
            found
                .map(PictureMetadata::recipe)
                .filter(Recipe::isSampled)
                .ifPresentOrElse(made -> offerAgain(made, file), () -> openPhoto(file)),
        notices::fail);
  }

  /**
   * A picture of ours can be made again, but what the user has chosen is not overwritten unasked.
   */
  private void offerAgain(Recipe made, Path file) {
    var prompt = made.prompt();
    notices
        .noticeProperty()
        .set(
            Optional.of(
                new Notice(
                    Notice.Kind.NOTE,
                    "'"
                        + Notice.shortened(String.valueOf(file.getFileName()))
                        + "' holds its recipe: "
                        + (prompt == null ? "" : "“" + Notice.shortened(prompt) + "”, ")
                        + "seed "
                        + made.seed()
                        + ".",
                    Optional.of(new Notice.Action("Make it", () -> makeAgain(made))),
                    Optional.of(new Notice.Action("Open as a photo", () -> openPhoto(file))))));
  }

  private void makeAgain(Recipe made) {
    var chosen = choice(made.model());
    if (chosen.isEmpty()) {
      notices.fail(
          "The picture was made with the model '"
              + made.model()
              + "', which is not here. Import it, and open the picture again.");
      return;
    }
    page.set(Page.PICTURE);
    recipe.modelProperty().set(chosen);
    recipe.adopt(made);
    recipe.keepSeed();
    generate();
  }

  /** Reads a picture of any origin and asks which square of it is wanted. */
  public void openPhoto(Path file) {
    notices.clear();
    reading.start(
        (_, _) -> {
          var found = PhotoFile.read(file);
          originals.remember(found, file);
          return found;
        },
        this::choose,
        notices::fail);
  }

  /** Asks which square of a photo is wanted that lies in no file. */
  public void choosePhoto(Photo pasted) {
    originals.remember(pasted);
    choose(pasted);
  }

  private void choose(Photo read) {
    page.set(Page.PICTURE);
    photo.set(Optional.of(new PhotoCrop(read)));
  }

  /** The photo of which a square is being chosen. */
  public ReadOnlyObjectProperty<Optional<PhotoCrop>> photoProperty() {
    return photo.getReadOnlyProperty();
  }

  /** Leaves the photo. */
  public void leavePhoto() {
    photo.set(Optional.empty());
  }

  /** Opens the chosen square of the photo as a field. */
  public void encodePhoto() {
    var crop = photo.get();
    var model = recipe.modelProperty().get();
    if (crop.isEmpty() || generation.isRunning()) {
      return;
    }
    if (model.isEmpty()) {
      notices.fail("A photo needs a model that encodes it, and there is none yet.");
      return;
    }
    leavePhoto();
    runs.encode(crop.get(), model.get());
  }

  /** The second picture that is looked at over the open one. */
  public ComparisonModel comparison() {
    return comparison;
  }

  /** Where things happen that the user sees. */
  public Executor ui() {
    return world.ui();
  }

  /** Goes to the gallery, where a picture can be chosen. */
  public void chooseForCompare() {
    page.set(Page.GALLERY);
    notices.note("Choose a picture with its compare button.");
  }

  /** Looks at a picture of the gallery over the open one. */
  public void compareWith(KeptPicture kept) {
    if (tabs.pictureProperty().get().isEmpty()) {
      open(kept.file());
      return;
    }
    page.set(Page.PICTURE);
    notices.clear();
    comparison.withFile(kept.file());
  }

  /** Stops the file that is being opened in the present tab, or else the run. */
  public void cancel() {
    if (!tabs.stopOpening()) {
      generation.cancel();
    }
  }

  /** Goes out from the picture that is shown, with the prompt and the settings that are chosen. */
  public void vary() {
    runs.vary(false);
  }

  /** The same in a tab of its own. */
  public void varyInNewTab() {
    runs.vary(true);
  }

  /** Writes the picture to a field file. */
  public void save(Path file) {
    pictureProperty()
        .get()
        .ifPresent(
            open ->
                saving.start(
                    (_, _) -> {
                      world.engine().save(open, file);
                      return file;
                    },
                    saved -> notices.done("Saved " + saved.getFileName() + "."),
                    notices::fail));
  }

  /** Writes the whole picture to a PNG of the chosen size, in the background. */
  public void export(Path file) {
    export(
        file,
        Frame.square(recipe.exportSideProperty().get()),
        PictureExport.Encoding.of(PictureFormat.PNG));
  }

  /**
   * Writes what was chosen to a file, in the background. The file's ending counts, if it is one.
   */
  public void exportChosen(Path file) {
    var chosen = exportChoices.encoding();
    var format = PictureFormat.of(file).orElse(chosen.format());
    exportChoices
        .frameProperty()
        .get()
        .ifPresent(
            frame -> export(file, frame, new PictureExport.Encoding(format, chosen.quality())));
  }

  private void export(Path file, Frame frame, PictureExport.Encoding encoding) {
    pictureProperty()
        .get()
        .ifPresent(
            open -> {
              export.export(
                  open,
                  frame,
                  encoding,
                  file,
                  written ->
                      notices.done(
                          "Exported " + written + ".",
                          new Notice.Action("Show in folder", this::showExported)),
                  notices::fail);
              holds.hold(open);
              exported = Optional.of(open);
            });
  }

  /** Shows the file that was exported last in the system's file manager. */
  public void showExported() {
    export
        .writtenProperty()
        .get()
        .ifPresent(file -> world.background().execute(() -> FileManagerWindow.show(file)));
  }

  /** What the user chose for the next picture file. */
  public ExportChoices exportChoices() {
    return exportChoices;
  }

  /** Asks for what is on the screen, as it is there. */
  public void chooseViewForExport() {
    viewer
        .shownFrame()
        .ifPresent(
            frame ->
                exportChoices.chooseView(
                    frame.region(), frame.rectangle().width(), frame.rectangle().height()));
  }

  /** Asks what the export that is chosen would cost. */
  public void estimateExport() {
    var frame = exportChoices.frameProperty().get();
    if (pictureProperty().get().isPresent()
        && frame.isPresent()
        && !export.runningProperty().get()) {
      export.ask(pictureProperty().get().get(), frame.get(), exportChoices.encoding());
    } else {
      export.askNoMore();
    }
  }

  /** Makes a picture of what is on the screen. */
  public void copyView(Consumer<PixelImage> taker) {
    var open = pictureProperty().get();
    var frame = viewer.shownFrame();
    if (open.isEmpty() || frame.isEmpty()) {
      return;
    }
    copying.start(
        (cancellation, ui) -> world.engine().pixels(open.get(), frame.get(), cancellation),
        pixels -> {
          taker.accept(pixels);
          notices.done(
              "Copied this view, %d × %d pixels.".formatted(pixels.width(), pixels.height()));
        },
        notices::fail);
  }

  /** A file name for the picture, without an ending. */
  public String fileName() {
    return pictureProperty()
        .get()
        .map(
            open -> {
              var source = open.recipe().photo();
              return source == null
                  ? open.recipe().model() + "-" + open.recipe().seed()
                  : source.file().replaceFirst("\\.[^.]*$", "");
            })
        .orElse("picture");
  }

  /** Switches between light and dark. */
  public void switchTheme() {
    preferences.switchTheme();
  }

  /** What to remember, but for the window's place. */
  public Settings settings(double width, double height, boolean maximised, String folder) {
    var last = pictureProperty().get().map(Picture::recipe).or(() -> remembered).orElse(null);
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
            : gallery.limitProperty().get(),
        tabs.saved(),
        tabs.savedCurrent());
  }

  /** Stops everything. */
  public void close() {
    starting.cancel();
    finding.cancel();
    loss.close();
    about.close();
    sessions.end();
    layouts.close();
    catalog.close();
    generation.queue().clear();
    generation.cancel();
    export.cancel();
    export.askNoMore();
    copying.cancel();
    reading.cancel();
    comparison.stop();
    tabs.close();
    viewer.close();
    world.engine().close();
  }
}
