package org.infd.app.window;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.SimpleObjectProperty;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;
import org.infd.app.about.AboutModel;
import org.infd.app.bookmark.BookmarksModel;
import org.infd.app.compare.ComparisonModel;
import org.infd.app.engine.Picture;
import org.infd.app.engine.PictureHolds;
import org.infd.app.export.Exports;
import org.infd.app.gallery.GalleryModel;
import org.infd.app.layout.LayoutSession;
import org.infd.app.models.ModelsModel;
import org.infd.app.models.Sample;
import org.infd.app.opening.FileOpener;
import org.infd.app.photo.PhotoOriginals;
import org.infd.app.recipe.ModelChoices;
import org.infd.app.recipe.PromptLength;
import org.infd.app.recipe.RecipeModel;
import org.infd.app.runs.DeviceRecovery;
import org.infd.app.runs.GenerateModel;
import org.infd.app.runs.PictureKeeper;
import org.infd.app.runs.PictureRuns;
import org.infd.app.runs.RunRequests;
import org.infd.app.runs.TabRecipes;
import org.infd.app.session.DamagedMemory;
import org.infd.app.session.Ending;
import org.infd.app.session.SessionStore;
import org.infd.app.session.Startup;
import org.infd.app.settings.PreferencesModel;
import org.infd.app.settings.Settings;
import org.infd.app.tab.InventionModel;
import org.infd.app.tab.TabRemaking;
import org.infd.app.tab.TabsModel;
import org.infd.app.viewer.ViewerModel;
import org.infd.app.work.Background;
import org.infd.app.work.Notices;
import org.infd.app.work.UndoStack;
import org.infd.inference.runtime.Device;

/**
 * The composition root of the studio: builds all models and joins them, without a window. Only this
 * package takes it; a feature takes the models that it uses. All methods belong to the user
 * interface's thread.
 */
public final class StudioModel {
  /** So long the end waits for files: the largest pictures take a second or two. */
  private static final Duration LONGEST_WRITING = Duration.ofSeconds(10);

  private final UndoStack undo = new UndoStack();
  private final StudioServices services;
  private final Path dataFolder;
  private final Path lastPicture;
  private final Background background;
  private final Notices notices = new Notices();
  private final ObservableList<Sample> samples = FXCollections.observableArrayList();
  private final ReadOnlyObjectWrapper<Optional<Device>> device =
      new ReadOnlyObjectWrapper<>(this, "device", Optional.empty());
  private final ObjectProperty<String> screen =
      new SimpleObjectProperty<>(this, "screen", "unknown");
  private final PreferencesModel preferences;
  private final RecipeModel recipe;
  private final ModelChoices choices;
  private final PromptLength promptLength;
  private final GenerateModel generation;
  private final ViewerModel viewer;
  private final GalleryModel gallery;
  private final InventionModel invention;
  private final ModelsModel catalog;
  private final AboutModel about;
  private final BookmarksModel bookmarks;
  private final PictureHolds holds;
  private final TabsModel tabs;
  private final ComparisonModel comparison;
  private final Exports exports;
  private final PictureRuns runs;
  private final RunRequests requests;
  private final DeviceRecovery recovery;
  private final LayoutSession layouts;
  private final FileOpener opener;
  private final SessionStore sessions;
  private final Startup startup;
  private final Pages pages;
  private final Remembered remembered;
  private final Ending ending;
  private final DamagedMemory damaged;

  /**
   * @param services what the studio works with
   * @param settings what was remembered
   * @param dataFolder where the program keeps what belongs to the user
   */
  public StudioModel(StudioServices services, Settings settings, Path dataFolder) {
    this.services = services;
    this.dataFolder = dataFolder;
    var engine = services.engine();
    background = new Background(services.background());
    var ui = services.ui();
    lastPicture = dataFolder.resolve("last.infd");
    preferences = new PreferencesModel(settings.preferences());
    recipe = new RecipeModel(services.dice());
    choices = new ModelChoices(recipe);
    promptLength = new PromptLength(recipe, engine::promptMeter, background, ui);
    generation = new GenerateModel(engine, background, ui, services.nanoTime(), notices);
    viewer = new ViewerModel(ui);
    gallery =
        new GalleryModel(
            preferences.picturesFolder(dataFolder), background, ui, Instant::now, notices, undo);
    pages = new Pages(gallery);
    catalog = new ModelsModel(services.store(), background, ui, notices);
    about =
        new AboutModel(
            new Situation(device, screen, preferences, catalog, gallery, notices),
            background,
            ui,
            notices);
    bookmarks = new BookmarksModel(dataFolder.resolve("bookmarks"), background, ui, notices);
    // freeing waits for the pieces in progress, so not on the user interface's thread
    holds = new PictureHolds(left -> background.execute(() -> engine.release(left)));
    tabs = new TabsModel(viewer, engine, holds, notices, background, ui);
    var remaking = new TabRemaking(tabs, engine, viewer);
    invention =
        new InventionModel(
            tabs,
            remaking,
            engine,
            viewer,
            file -> file.startsWith(gallery.folder()),
            services.dice()::nextLong,
            background,
            ui);
    var originals = new PhotoOriginals(dataFolder.resolve("photos.json"), background);
    comparison =
        new ComparisonModel(engine, background, ui, tabs.pictureProperty(), originals, notices);
    exports =
        new Exports(
            engine,
            background,
            ui,
            services.nanoTime(),
            tabs,
            viewer,
            recipe,
            holds,
            dataFolder.resolve("export-presets.json"),
            notices);
    runs =
        new PictureRuns(
            engine,
            ui,
            generation,
            tabs,
            new PictureKeeper(engine, ui, tabs, gallery, holds, lastPicture),
            originals::find,
            notices,
            pages::showGallery);
    var recipes = new TabRecipes(recipe, choices, tabs, runs, generation, notices);
    requests = new RunRequests(recipe, generation, tabs, originals, runs, recipes, notices);
    recovery =
        new DeviceRecovery(
            engine,
            background,
            ui,
            remaking,
            runs,
            new DeviceRecovery.Others(exports::hold, exports::goOn),
            now -> device.set(Optional.of(now)),
            notices);
    layouts =
        new LayoutSession(
            new LayoutSession.Studio(
                recipe, generation, runs, tabs, requests, comparison, notices, undo),
            services.layout(dataFolder),
            pages::showPicture,
            background,
            ui);
    opener =
        new FileOpener(
            new FileOpener.Models(
                tabs, recipe, choices, generation, runs, requests, layouts, catalog),
            originals,
            notices,
            pages,
            background,
            ui);
    sessions = new SessionStore(dataFolder.resolve("session.json"), background);
    startup = startup(settings, recipes);
    ending = new Ending(generation, exports, catalog, notices, ui);
    damaged =
        new DamagedMemory(
            () -> List.of(dataFolder, dataFolder.resolve("bookmarks"), gallery.folder()),
            started(),
            notices,
            background,
            ui);
    remembered = new Remembered(settings, preferences, recipe, gallery, tabs);
    new Subscriptions(this, runs).begin();
  }

  /** Settings are read before there is a model. */
  private static Instant started() {
    return ProcessHandle.current().info().startInstant().orElseGet(Instant::now);
  }

  private Startup startup(Settings settings, TabRecipes recipes) {
    return new Startup(
        services.engine(),
        new Startup.Models(
            recipe, recipes, choices, generation, runs, requests, tabs, layouts, exports),
        new Startup.LastTime(
            Optional.ofNullable(settings.recipe()), settings.tabs(), settings.tab(), lastPicture),
        new Startup.Search(services.store()::samples, services.store()::layouts),
        sessions,
        notices,
        new Startup.Steps(this::found, opener::openAll, pages::showPicture),
        background,
        services.ui());
  }

  /** Keeps what the user is doing, and tells what of it could not be found again. */
  void autosave() {
    startup.autosave();
    damaged.tell();
  }

  private void found(Startup.StartupResult result) {
    device.set(Optional.of(result.device()));
    preferences.offer(result.offered());
    samples.setAll(result.samples());
    layouts.samples().setAll(result.layouts());
  }

  /** Whether the picture that is being made will be shown in the tab that is looked at. */
  boolean isMakingHere() {
    return runs.isMakingFor(tabs.current());
  }

  /** Begins without a file, see {@link #startWith}. */
  public void start() {
    startWith(List.of());
  }

  /** Begins: finds device and models, then opens the pictures of files, if any were asked for. */
  public void startWith(List<Path> files) {
    services.engine().listen(sentence -> services.ui().execute(() -> notices.note(sentence)));
    services.engine().onLost(sentence -> services.ui().execute(() -> recovery.lost(sentence)));
    gallery.load();
    catalog.load();
    startup.start(files);
  }

  PromptLength promptLength() {
    return promptLength;
  }

  /** Which page is shown. */
  Pages pages() {
    return pages;
  }

  /**
   * Stops the file that is being opened in the present tab, or else the run that is for it.
   *
   * @return whether there was one
   */
  public boolean cancelHere() {
    boolean stopsFile = tabs.stopOpening();
    boolean stopsRun = !stopsFile && runs.tabProperty().get().equals(Optional.of(tabs.current()));
    if (stopsRun) {
      generation.cancel();
    }
    return stopsFile || stopsRun;
  }

  /** Where work may be done that takes long. */
  Background background() {
    return background;
  }

  /** The user interface's thread. */
  Executor ui() {
    return services.ui();
  }

  /** Where the program keeps what belongs to the user. */
  Path dataFolder() {
    return dataFolder;
  }

  /** What the user is told. */
  public Notices notices() {
    return notices;
  }

  /** The beginning of the program, and what a crash must not take away. */
  public Startup startup() {
    return startup;
  }

  /** Opens what the user hands in. */
  public FileOpener opener() {
    return opener;
  }

  /** Asks for pictures. */
  public RunRequests requests() {
    return requests;
  }

  /** What is made of the open picture for other programs. */
  public Exports exports() {
    return exports;
  }

  /** The layout that is being edited. */
  public LayoutSession layouts() {
    return layouts;
  }

  /** The open pictures, of which the viewer shows one. */
  public TabsModel tabs() {
    return tabs;
  }

  /** The open picture. */
  public ReadOnlyObjectProperty<Optional<Picture>> pictureProperty() {
    return tabs.pictureProperty();
  }

  /** The choices for the next picture. */
  public RecipeModel recipe() {
    return recipe;
  }

  /** The models to choose from. */
  public ModelChoices choices() {
    return choices;
  }

  /** The run that makes or opens a picture. */
  public GenerateModel generation() {
    return generation;
  }

  /** Where the user is in the picture. */
  public ViewerModel viewer() {
    return viewer;
  }

  /** The second picture that is looked at over the open one. */
  public ComparisonModel comparison() {
    return comparison;
  }

  /** The views of the open picture that the user wants to find again. */
  public BookmarksModel bookmarks() {
    return bookmarks;
  }

  /** What is chosen of that which lies below the picture's own scale. */
  public InventionModel invention() {
    return invention;
  }

  /** The pictures that were made. */
  public GalleryModel gallery() {
    return gallery;
  }

  /** The models of this machine. */
  public ModelsModel catalog() {
    return catalog;
  }

  /** Recipes to begin with. */
  public ObservableList<Sample> samples() {
    return samples;
  }

  /** What graphs run on; empty until it is known. */
  public ReadOnlyObjectProperty<Optional<Device>> deviceProperty() {
    return device.getReadOnlyProperty();
  }

  /** What the user chose on the page of settings. */
  public PreferencesModel preferences() {
    return preferences;
  }

  /** The texts about the program. */
  public AboutModel about() {
    return about;
  }

  /** The end of the program while work is under way. */
  public Ending ending() {
    return ending;
  }

  /** What is known of the screen, for the diagnostics. */
  ObjectProperty<String> screenProperty() {
    return screen;
  }

  /** What to remember for the next start. */
  Remembered remembered() {
    return remembered;
  }

  /**
   * Ends the studio: stops what would write more, waits a bounded time until the files are written,
   * closes the engine, and only then says that the program has ended as it should.
   */
  public void close() {
    ending.drop();
    startup.end(ending.isKept());
    opener.close();
    recovery.close();
    about.close();
    layouts.close();
    catalog.close();
    generation.queue().clear();
    generation.cancel();
    exports.close();
    gallery.close();
    comparison.stop();
    tabs.close();
    viewer.close();
    background.drain(LONGEST_WRITING);
    services.engine().close();
    sessions.end();
    background.drain(LONGEST_WRITING);
  }

  /** What can be taken back in this session. */
  UndoStack undo() {
    return undo;
  }
}
