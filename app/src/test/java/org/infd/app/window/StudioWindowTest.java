package org.infd.app.window;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javafx.application.Platform;
import javafx.event.Event;
import javafx.geometry.Point2D;
import javafx.scene.Node;
import javafx.scene.Scene;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyEvent;
import org.infd.app.FakeEngine;
import org.infd.app.FxTest;
import org.infd.app.models.ModelStore;
import org.infd.app.opening.FileDialogs;
import org.infd.app.settings.Settings;
import org.infd.app.viewer.ViewerCanvas;
import org.infd.app.work.Notice;
import org.infd.inference.export.ExportFormat;
import org.junit.jupiter.api.io.TempDir;
import org.testfx.util.WaitForAsyncUtils;

/** Uses the window as a hand does, over a fast fake engine. */
abstract class StudioWindowTest extends FxTest {
  /** Answers every question for a file with one in a folder. */
  static class Answers implements FileDialogs {
    private final Path folder;

    Answers(Path folder) {
      this.folder = folder;
    }

    @Override
    public Optional<Path> open() {
      return Optional.of(folder.resolve("picture.infd"));
    }

    @Override
    public Optional<Path> openLayout() {
      return Optional.of(folder.resolve("lake.json"));
    }

    @Override
    public Optional<Path> openCheckpoint() {
      return Optional.of(folder.resolve("Chosen.pth"));
    }

    @Override
    public Optional<Path> folder(String title) {
      return Optional.of(folder.resolve("elsewhere"));
    }

    @Override
    public Optional<Path> saveText(String name) {
      return Optional.of(folder.resolve(name + ".txt"));
    }

    @Override
    public Optional<Path> saveLayout(String name) {
      return Optional.of(folder.resolve("lake.json"));
    }

    @Override
    public Optional<Path> saveField(String name) {
      return Optional.of(folder.resolve("picture.infd"));
    }

    @Override
    public Optional<Path> export(String name, ExportFormat format) {
      return Optional.of(folder.resolve(name + format.endings().stream().findFirst().orElse("")));
    }
  }

  @TempDir protected Path folder;
  protected final FakeEngine engine = new FakeEngine();
  private final ExecutorService background =
      Executors.newCachedThreadPool(Thread.ofPlatform().daemon().factory());
  protected StudioModel model;
  protected StudioWindow window;
  private final double width;
  private final double height;

  StudioWindowTest(double width, double height) {
    this.width = width;
    this.height = height;
  }

  /** The store of models. */
  protected ModelStore store() {
    return ModelStore.none();
  }

  @Override
  protected Scene scene() {
    model =
        new StudioModel(
            new StudioServices(
                engine, background, Platform::runLater, System::nanoTime, new Random(2), store()),
            Settings.defaults(),
            folder);
    window = new StudioWindow(model, new Answers(folder));
    return window.scene(width, height);
  }

  @Override
  protected void shown() {
    model.viewer().setReducedMotion(true);
  }

  @Override
  protected void closing() {
    model.close();
    background.shutdownNow();
  }

  /** Starts the studio. */
  protected void start() {
    run(model::start);
  }

  /** The first picture has been made and every tile on screen has come. */
  protected void startWithPicture() throws TimeoutException {
    engine.open();
    start();
    waitForRest();
  }

  /** Every pixel on screen is there. */
  protected void waitForRest() throws TimeoutException {
    waitFor(
        () ->
            model.pictureProperty().get().isPresent()
                && !model.viewer().isMoving()
                && model.viewer().pendingProperty().get() == 0
                && !model.viewer().frame().isEmpty()
                && model.viewer().frame().stream().allMatch(p -> p.isExact()));
  }

  /**
   * Clicks on a node until it has had its effect: a grid that lays out its cells anew has none for
   * a moment.
   */
  protected void clickUntil(String query, Callable<Boolean> done) throws TimeoutException {
    WaitForAsyncUtils.waitFor(
        120,
        TimeUnit.SECONDS,
        () -> {
          if (!onFx(done)) {
            onFx(() -> middleOf(query)).ifPresent(robot::clickOn);
          }
          return onFx(done);
        });
  }

  /** Where a node is on the screen, if there is one in the window at this moment. */
  private Optional<Point2D> middleOf(String query) {
    return seen(query).stream()
        .map(node -> node.localToScreen(node.getBoundsInLocal()))
        .map(bounds -> new Point2D(bounds.getCenterX(), bounds.getCenterY()))
        .findFirst();
  }

  /** How many pictures the gallery shows. */
  protected int cards() {
    return onFx(() -> seen(".card-button").size());
  }

  protected ViewerCanvas canvas() {
    return node(".viewer-canvas", ViewerCanvas.class);
  }

  /** N of the view. */
  protected double side() {
    return onFx(() -> model.viewer().cameraProperty().get().side());
  }

  protected void zoomTo(int side) throws TimeoutException {
    run(() -> model.viewer().zoomTo(side, System.nanoTime()));
    waitFor(() -> side() == side);
  }

  protected String noticeText() {
    return onFx(() -> model.notices().noticeProperty().get().map(Notice::text).orElse(""));
  }

  protected void drop(Path... files) {
    run(() -> model.opener().drop(List.of(files)));
  }

  /** Two clicks are a double click only where the machine is quick enough. */
  protected void typeSeed(String text) {
    robot.clickOn("#seed");
    run(() -> node("#seed", javafx.scene.control.TextField.class).selectAll());
    robot.write(text);
  }

  /** A key as the system sends it; the headless robot knows few modifiers. */
  protected static void type(
      Node target, KeyCode code, boolean shift, boolean control, boolean alt) {
    run(
        () ->
            Event.fireEvent(
                target,
                new KeyEvent(KeyEvent.KEY_PRESSED, "", "", code, shift, control, alt, false)));
  }
}
