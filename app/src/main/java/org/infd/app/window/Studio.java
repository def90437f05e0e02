package org.infd.app.window;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javafx.animation.Animation;
import javafx.animation.KeyFrame;
import javafx.animation.PauseTransition;
import javafx.animation.Timeline;
import javafx.application.Application;
import javafx.application.Platform;
import javafx.beans.property.SimpleBooleanProperty;
import javafx.stage.Stage;
import javafx.util.Duration;
import org.infd.app.engine.BundleEngine;
import org.infd.app.engine.DeviceChoice;
import org.infd.app.models.BundleStore;
import org.infd.app.opening.SystemFileDialogs;
import org.infd.app.session.OnlyStudio;
import org.infd.app.session.SystemOpenFiles;
import org.infd.app.settings.PrecisionWish;
import org.infd.app.settings.SettingsStore;
import org.infd.app.work.OwnFile;
import org.infd.inference.NumberText;
import org.infd.inference.UserData;
import org.infd.inference.bundle.BundleCatalog;
import org.infd.inference.export.AtomicFile;
import org.jspecify.annotations.Nullable;

/** The studio over the real engine: shows the window, remembers it, ends with it. */
public final class Studio extends Application {
  /**
   * The system property that makes the start a rehearsal: the window opens, its time is printed,
   * and the program ends. Packages make their AOT cache so, and anybody can time the start.
   */
  public static final String REHEARSAL = "infd.rehearsal";

  private static final double WIDTH = 1280;
  private static final double HEIGHT = 820;
  private static final double MIN_WIDTH = 860;
  private static final double MIN_HEIGHT = 520;

  /** What a crash may take away. */
  private static final Duration AUTOSAVE = Duration.seconds(3);

  /** The toolkit makes the studio itself, and hands it texts alone. */
  private static volatile Optional<OnlyStudio> only = Optional.empty();

  private @Nullable Runnable end;

  /**
   * Opens the window, and returns when it is closed.
   *
   * @param listener hears of second starts; empty for a window that nobody finds
   * @param files the images to open; none for what was open the last time
   */
  public static void open(Optional<OnlyStudio> listener, List<Path> files) {
    only = listener;
    launch(Studio.class, files.stream().map(Path::toString).toArray(String[]::new));
  }

  @Override
  public void start(Stage stage) {
    var data = UserData.folder();
    var store = new SettingsStore(data.resolve("settings.json"));
    var settings = store.load();
    var chosen = settings.preferences();
    List.of(data, data.resolve("pictures"), data.resolve("bookmarks"), data.resolve("previews"))
        .forEach(AtomicFile::sweep);
    IconFont.use(data);
    Locale.setDefault(Locale.Category.FORMAT, chosen.numbers().locale(NumberText.locale()));
    var background = background();
    var layout = OwnFile.claim(data.resolve(StudioServices.LAYOUT));
    var catalog = BundleCatalog.ofSystem();
    var model =
        new StudioModel(
            new StudioServices(
                new BundleEngine(
                    catalog,
                    data,
                    () ->
                        DeviceChoice.choose(
                            chosen.device().word(),
                            chosen.precision() == PrecisionWish.FULL,
                            chosen.gpuMegabytes(),
                            chosen.threads())),
                background,
                Platform::runLater,
                System::nanoTime,
                new Random(),
                new BundleStore(catalog),
                layout.path()),
            settings,
            data);
    var folder = settings.folder();
    var dialogs =
        new SystemFileDialogs(stage, getHostServices()::showDocument, folder == null ? "" : folder);
    var window = new StudioWindow(model, dialogs);
    stage.setScene(
        window.scene(
            settings.width() > 0 ? settings.width() : WIDTH,
            settings.height() > 0 ? settings.height() : HEIGHT));
    stage.setTitle("INFD Studio");
    stage.setMinWidth(MIN_WIDTH);
    stage.setMinHeight(MIN_HEIGHT);
    stage.setMaximized(settings.maximised());
    Runnable save =
        () ->
            store.save(
                model
                    .remembered()
                    .settings(
                        stage.getScene().getWidth(),
                        stage.getScene().getHeight(),
                        stage.isMaximized(),
                        dialogs.folder()));
    model.notices().problems().listen();
    var autosave = new Timeline(new KeyFrame(AUTOSAVE, event -> model.autosave()));
    autosave.setCycleCount(Animation.INDEFINITE);
    end =
        () -> {
          autosave.stop();
          save.run();
          model.close();
          background.shutdownNow();
          layout.close();
        };
    stage.show();
    // what was chosen survives whatever happens later
    model.preferences().choices().forEach(choice -> choice.subscribe(save));
    model.gallery().limitProperty().subscribe(save);
    model.startWith(getParameters().getRaw().stream().map(Path::of).toList());
    autosave.play();
    only.ifPresent(
        listener ->
            listener.onHandOver(files -> Platform.runLater(() -> takeOver(stage, model, files))));
    SystemOpenFiles.listen(files -> Platform.runLater(() -> takeOver(stage, model, files)));
    if (Boolean.getBoolean(REHEARSAL)) {
      rehearse(model);
    }
  }

  /** A second start wants its files opened here. */
  private static void takeOver(Stage stage, StudioModel model, List<Path> files) {
    stage.setIconified(false);
    stage.show();
    stage.toFront();
    stage.requestFocus();
    model.opener().openAll(files);
  }

  /**
   * Says how long the window took and, where one is opened, the picture with all its tiles; ends
   * when the window has drawn itself for a while.
   */
  private static void rehearse(StudioModel model) {
    Platform.runLater(() -> tellTime("Window"));
    var viewer = model.viewer();
    var shown = new SimpleBooleanProperty();
    viewer
        .pendingProperty()
        .subscribe(
            pending -> {
              if (pending.intValue() == 0
                  && viewer.fieldProperty().get().isPresent()
                  && !shown.get()) {
                shown.set(true);
                Platform.runLater(() -> tellTime("Picture"));
              }
            });
    var wait = new PauseTransition(Duration.seconds(6));
    wait.setOnFinished(_ -> Platform.exit());
    wait.play();
  }

  private static void tellTime(String what) {
    var began = ProcessHandle.current().info().startInstant().orElseGet(Instant::now);
    System.out.println(
        what
            + " shown "
            + (Instant.now().toEpochMilli() - began.toEpochMilli())
            + " ms after the start");
  }

  /** Threads that do not keep the program alive. */
  private static ExecutorService background() {
    return Executors.newCachedThreadPool(Thread.ofPlatform().daemon().name("studio-", 1).factory());
  }

  @Override
  public void stop() {
    if (end != null) {
      end.run();
    }
  }
}
