package org.infd.app.window;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.nio.IntBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import javafx.application.Platform;
import javafx.event.Event;
import javafx.event.EventType;
import javafx.geometry.Point2D;
import javafx.geometry.VerticalDirection;
import javafx.scene.Node;
import javafx.scene.Parent;
import javafx.scene.control.Button;
import javafx.scene.control.ButtonBase;
import javafx.scene.control.ComboBox;
import javafx.scene.control.Label;
import javafx.scene.control.Labeled;
import javafx.scene.control.TextField;
import javafx.scene.control.TextInputControl;
import javafx.scene.image.WritableImage;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyEvent;
import javafx.scene.input.MouseButton;
import javafx.scene.input.MouseEvent;
import javafx.scene.input.ScrollEvent;
import javafx.stage.Stage;
import javax.imageio.ImageIO;
import org.infd.app.FakeEngine;
import org.infd.app.engine.Choices;
import org.infd.app.engine.ModelChoice;
import org.infd.app.gallery.GalleryModel;
import org.infd.app.gallery.KeptPicture;
import org.infd.app.notice.Notice;
import org.infd.app.opening.FileDialogs;
import org.infd.app.runs.RunState;
import org.infd.app.settings.Settings;
import org.infd.app.settings.Theme;
import org.infd.app.viewer.Landscape;
import org.infd.app.viewer.PixelImage;
import org.infd.app.viewer.ViewerCanvas;
import org.infd.inference.Problem;
import org.infd.inference.export.Frame;
import org.infd.inference.export.PictureFormat;
import org.infd.inference.export.PngExport;
import org.infd.inference.field.DisplayColours;
import org.infd.inference.field.Rectangle;
import org.infd.inference.generation.PictureMetadata;
import org.infd.inference.generation.Recipe;
import org.infd.inference.generation.Recipe.SamplerKind;
import org.infd.inference.runtime.Cancellation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testfx.api.FxRobot;
import org.testfx.api.FxToolkit;
import org.testfx.util.NodeQueryUtils;
import org.testfx.util.WaitForAsyncUtils;

/** Uses the window as a hand does, over a fast fake engine. */
class StudioTest {
  private static final double WIDTH = 900;
  private static final double HEIGHT = 700;

  @TempDir private Path folder;
  private final FxRobot robot = new FxRobot();
  private final FakeEngine engine = new FakeEngine();
  private final ExecutorService background =
      Executors.newCachedThreadPool(Thread.ofPlatform().daemon().factory());
  private StudioModel model;
  private Stage stage;
  private StudioWindow window;

  private final class Answers implements FileDialogs {
    @Override
    public Optional<Path> open() {
      return Optional.of(folder.resolve("picture.infd"));
    }

    @Override
    public Optional<Path> saveField(String name) {
      return Optional.of(folder.resolve("picture.infd"));
    }

    @Override
    public Optional<Path> export(String name, PictureFormat format) {
      return Optional.of(folder.resolve(name + format.endings().getFirst()));
    }
  }

  @BeforeEach
  void showWindow() throws TimeoutException {
    FxToolkit.registerPrimaryStage();
    model =
        new StudioModel(
            new StudioModel.StudioServices(
                engine, background, Platform::runLater, System::nanoTime, new Random(2)),
            Settings.defaults(),
            folder);
    FxToolkit.setupFixture(
        () -> {
          stage = new Stage();
          window = new StudioWindow(model, new Answers());
          stage.setScene(window.scene(WIDTH, HEIGHT));
          stage.show();
          model.viewer().setReducedMotion(true);
        });
  }

  @AfterEach
  void closeWindow() throws TimeoutException {
    FxToolkit.setupFixture(
        () -> {
          model.close();
          stage.close();
        });
    background.shutdownNow();
  }

  private static void waitFor(Callable<Boolean> condition) throws TimeoutException {
    WaitForAsyncUtils.waitFor(120, TimeUnit.SECONDS, () -> onFx(condition));
  }

  /**
   * Clicks on a node until it has had its effect: a grid that lays out its cells anew has none for
   * a moment.
   */
  private void clickUntil(String query, Callable<Boolean> done) throws TimeoutException {
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

  /** The nodes that are seen: a grid keeps rows that it may need again, and hides them. */
  private List<Node> seen(String query) {
    return robot.lookup(query).queryAll().stream()
        .filter(node -> node.getScene() != null)
        .filter(
            node ->
                Stream.iterate(node, Objects::nonNull, Node::getParent).allMatch(Node::isVisible))
        .toList();
  }

  private int cards() {
    return onFx(() -> seen(".card-button").size());
  }

  /** Where a node is on the screen, if there is one in the window at this moment. */
  private Optional<Point2D> middleOf(String query) {
    return seen(query).stream()
        .map(node -> node.localToScreen(node.getBoundsInLocal()))
        .map(bounds -> new Point2D(bounds.getCenterX(), bounds.getCenterY()))
        .findFirst();
  }

  private static <T> T onFx(Callable<T> question) {
    return WaitForAsyncUtils.waitForAsyncFx(60_000, question);
  }

  private void start() {
    WaitForAsyncUtils.waitForAsyncFx(60_000, model::start);
  }

  /** The first picture has been made and every tile on screen has come. */
  private void startWithPicture() throws TimeoutException {
    engine.open();
    start();
    waitForRest();
  }

  private void waitForRest() throws TimeoutException {
    waitFor(
        () ->
            model.pictureProperty().get().isPresent()
                && !model.viewer().isMoving()
                && model.viewer().pendingProperty().get() == 0
                && !model.viewer().frame().isEmpty()
                && model.viewer().frame().stream().allMatch(p -> p.isExact()));
  }

  private <T extends Node> T node(String query, Class<T> type) {
    return robot.lookup(query).queryAs(type);
  }

  private ViewerCanvas canvas() {
    return node(".viewer-canvas", ViewerCanvas.class);
  }

  private double side() {
    return onFx(() -> model.viewer().cameraProperty().get().side());
  }

  private String noticeText() {
    return onFx(() -> model.notices().noticeProperty().get().map(Notice::text).orElse(""));
  }

  @Test
  void aFirstPictureAppearsByItself() throws TimeoutException {
    start();
    waitFor(() -> model.generation().stateProperty().get() instanceof RunState.Sampling);
    assertEquals("Cancel", node("#cancel", Button.class).getText());
    engine.gate.release(2);
    waitFor(() -> model.viewer().isPreviewing());
    assertTrue(node("#preview-mark", Label.class).isVisible());
    assertTrue(node("#run-text", Label.class).getText().startsWith("Step "));
    engine.open();
    waitForRest();
    assertFalse(node("#preview-mark", Label.class).isVisible());
    assertEquals("Hills · seed 18", node("#title", Label.class).getText());
    assertEquals("CPU, 2 threads", node("#device", Label.class).getText());
    assertEquals(25, engine.recipes.getFirst().steps());
    assertEquals(SamplerKind.DPMPP, engine.recipes.getFirst().sampler());
  }

  @Test
  void cancelIsIdleAtOnceAndGenerateGoesAgain() throws TimeoutException {
    start();
    waitFor(() -> model.generation().stateProperty().get() instanceof RunState.Sampling);
    robot.clickOn("#cancel");
    assertTrue(onFx(() -> model.generation().stateProperty().get() instanceof RunState.Idle));
    assertTrue(node("#empty", Node.class).isVisible());
    engine.open();
    robot.clickOn("#generate");
    waitForRest();
    assertFalse(node("#empty", Node.class).isVisible());
    assertNotEquals(18, engine.recipes.getLast().seed(), "not locked: a new seed");
  }

  @Test
  void aLockedSeedStaysAndDiceRoll() throws TimeoutException {
    startWithPicture();
    robot.clickOn("#lock");
    robot.clickOn("#generate");
    waitFor(() -> engine.recipes.size() == 2 && !model.generation().isRunning());
    assertEquals(18, engine.recipes.get(1).seed());
    robot.clickOn("#dice");
    var rolled = node("#seed", TextField.class).getText();
    assertNotEquals("18", rolled);
    robot.clickOn("#generate");
    waitFor(() -> engine.recipes.size() == 3 && !model.generation().isRunning());
    assertEquals(Long.parseLong(rolled), engine.recipes.get(2).seed());
  }

  /** Two clicks are a double click only where the machine is quick enough. */
  private void typeSeed(String text) {
    robot.clickOn("#seed");
    onFx(
        () -> {
          node("#seed", TextField.class).selectAll();
          return true;
        });
    robot.write(text);
  }

  @Test
  void aWrongSeedIsSaidInline() throws TimeoutException {
    startWithPicture();
    typeSeed("seven");
    assertEquals(
        "A seed is a whole number, such as 7.", node("#seed-error", Label.class).getText());
    assertTrue(node("#generate", Button.class).isDisabled());
    typeSeed("12");
    assertFalse(node("#seed-error", Label.class).isVisible());
    assertFalse(node("#generate", Button.class).isDisabled());
  }

  @Test
  void wheelZoomsAtThePointer() throws TimeoutException {
    startWithPicture();
    robot.clickOn(canvas()).type(KeyCode.DIGIT1);
    waitFor(() -> side() == 2048);
    // where the toolkit says the wheel was turned: headless, that is not where the robot is
    var places = new java.util.ArrayList<Point2D>();
    onFx(
        () -> {
          canvas()
              .addEventHandler(
                  ScrollEvent.SCROLL, event -> places.add(new Point2D(event.getX(), event.getY())));
          return true;
        });
    var before = onFx(() -> model.viewer().cameraProperty().get());
    robot.moveTo(canvas());
    robot.scroll(4, VerticalDirection.UP);
    waitFor(() -> side() > 2 * before.side());
    waitForRest();
    var pointer = places.getFirst();
    var after = onFx(() -> model.viewer().cameraProperty().get());
    assertEquals(before.imageX(pointer.getX()), after.imageX(pointer.getX()), 1e-3);
    assertEquals(before.imageY(pointer.getY()), after.imageY(pointer.getY()), 1e-3);
    assertTrue(node("#zoom", Label.class).getText().endsWith(" of 2048"));
  }

  @Test
  void draggingPans() throws TimeoutException {
    startWithPicture();
    robot.clickOn(canvas()).type(KeyCode.DIGIT1);
    waitFor(() -> side() == 2048);
    double before = onFx(() -> model.viewer().cameraProperty().get().left());
    robot.drag(canvas(), MouseButton.PRIMARY).moveBy(-60, -20).moveBy(-60, -20).drop();
    double after = onFx(() -> model.viewer().cameraProperty().get().left());
    assertEquals(-120, after - before, 3);
    waitForRest();
  }

  @Test
  void keysZoomAndMove() throws TimeoutException {
    startWithPicture();
    double fit = side();
    robot.clickOn(canvas()).type(KeyCode.PLUS);
    waitFor(() -> Math.abs(side() - Math.rint(fit * 1.5)) <= 1);
    robot.type(KeyCode.MINUS);
    waitFor(() -> Math.abs(side() - fit) <= 1);
    robot.type(KeyCode.DIGIT1);
    waitFor(() -> side() == 2048);
    double left = onFx(() -> model.viewer().cameraProperty().get().left());
    robot.type(KeyCode.RIGHT);
    assertTrue(onFx(() -> model.viewer().cameraProperty().get().left()) < left);
    robot.type(KeyCode.DIGIT0);
    waitFor(() -> side() == fit);
  }

  @Test
  void whatWasTypedIntoAPromptCanBeUndone() throws TimeoutException {
    engine.models = List.of(Choices.of("hills", "Hills", "00", 0, 1, ModelChoice.Prompts.GUIDED));
    startWithPicture();
    for (var field : List.of("#prompt", "#negative-prompt")) {
      var text = node(field, TextInputControl.class);
      robot.clickOn(field).write("a lake");
      var typed = onFx(text::getText);
      assertEquals("a lake", typed);
      onFx(
          () -> {
            // the headless robot knows no modifiers
            Event.fireEvent(
                text,
                new KeyEvent(KeyEvent.KEY_PRESSED, "", "", KeyCode.Z, false, true, false, false));
            return true;
          });
      assertTrue(onFx(text::getText).length() < typed.length(), "after undo: " + text.getText());
    }
  }

  @Test
  void digitsInATextFieldDoNotZoom() throws TimeoutException {
    startWithPicture();
    double before = side();
    typeSeed("110");
    assertEquals("110", node("#seed", TextField.class).getText());
    assertEquals(before, side());
  }

  @Test
  void doubleClickZooms() throws TimeoutException {
    startWithPicture();
    double before = side();
    // a robot's two clicks are one double click only where the machine is quick enough
    onFx(
        () -> {
          Event.fireEvent(
              canvas(),
              new MouseEvent(
                  MouseEvent.MOUSE_CLICKED,
                  300,
                  300,
                  300,
                  300,
                  MouseButton.PRIMARY,
                  2,
                  false,
                  false,
                  false,
                  false,
                  false,
                  false,
                  false,
                  false,
                  false,
                  true,
                  null));
          return true;
        });
    waitFor(() -> Math.abs(side() - 2 * before) <= 1);
  }

  @Test
  void atRestTheScreenShowsThePixelsOfTheField() throws TimeoutException {
    startWithPicture();
    assertShowsTheField();
    robot.clickOn(canvas()).type(KeyCode.DIGIT1);
    waitFor(() -> side() == 2048);
    assertShowsTheField();
    zoomTo(7321);
    robot.drag(canvas(), MouseButton.PRIMARY).moveBy(-50, -27).moveBy(-31, -8).drop();
    assertShowsTheField();
    // a corner of the image, and what is beside it
    onFx(
        () -> {
          model.viewer().zoomTo(777, System.nanoTime());
          model.viewer().centre(0, 0);
          return true;
        });
    assertShowsTheField();
  }

  private void zoomTo(int side) throws TimeoutException {
    onFx(
        () -> {
          model.viewer().zoomTo(side, System.nanoTime());
          return true;
        });
    waitFor(() -> side() == side);
  }

  private void assertShowsTheField() throws TimeoutException {
    waitForRest();
    WaitForAsyncUtils.waitForFxEvents();
    var view = onFx(() -> model.viewer().cameraProperty().get().atRest());
    WritableImage shown = onFx(() -> canvas().snapshot(null, null));
    int top = Math.max(0, view.row());
    int left = Math.max(0, view.column());
    int height = (int) Math.min(view.imageSide(), view.rowEnd()) - top;
    int width = (int) Math.min(view.imageSide(), view.columnEnd()) - left;
    assertTrue(height > 100 && width > 100);
    int seed = (int) engine.recipes.getLast().seed();
    var pixels = IntBuffer.allocate(height * width);
    DisplayColours.toArgb(
        new Landscape(seed)
            .render(
                view.imageSide(), new Rectangle(top, left, height, width), Cancellation.never()),
        pixels);
    int differing = 0;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int onScreen =
            shown.getPixelReader().getArgb(x + left - view.column(), y + top - view.row());
        if (onScreen != pixels.get(y * width + x)) {
          differing++;
        }
      }
    }
    assertEquals(0, differing, "pixels that differ at N = " + view.imageSide());
  }

  @Test
  void aBoxDrawnWithShiftIsEnlarged() throws TimeoutException {
    startWithPicture();
    double before = side();
    // the headless robot knows no modifiers
    fireWithShift(MouseEvent.MOUSE_PRESSED, 500, 300);
    fireWithShift(MouseEvent.MOUSE_DRAGGED, 530, 340);
    fireWithShift(MouseEvent.MOUSE_DRAGGED, 560, 360);
    assertTrue(node("#zoom-box", Node.class).isVisible());
    fireWithShift(MouseEvent.MOUSE_RELEASED, 560, 360);
    assertFalse(node("#zoom-box", Node.class).isVisible());
    waitFor(() -> side() > 5 * before);
    waitForRest();
    typeWithAlt(KeyCode.LEFT);
    waitFor(() -> side() == before);
    typeWithAlt(KeyCode.RIGHT);
    waitFor(() -> side() > 5 * before);
  }

  private void typeWithAlt(KeyCode code) {
    onFx(
        () -> {
          Event.fireEvent(
              canvas(),
              new KeyEvent(KeyEvent.KEY_PRESSED, "", "", code, false, false, true, false));
          return true;
        });
  }

  private void fireWithShift(EventType<MouseEvent> type, double x, double y) {
    onFx(
        () -> {
          Event.fireEvent(
              canvas(),
              new MouseEvent(
                  type,
                  x,
                  y,
                  x,
                  y,
                  MouseButton.PRIMARY,
                  1,
                  true,
                  false,
                  false,
                  false,
                  true,
                  false,
                  false,
                  false,
                  false,
                  false,
                  null));
          return true;
        });
  }

  @Test
  void theOverviewShowsAndMovesTheView() throws TimeoutException {
    startWithPicture();
    assertFalse(node("#minimap", Node.class).isVisible());
    zoomTo(8000);
    waitForRest();
    assertTrue(node("#minimap", Node.class).isVisible());
    robot.clickOn(robot.offset("#minimap", -60, 50));
    var view = onFx(() -> model.viewer().cameraProperty().get());
    assertTrue(view.centreX() < 0.2 && view.centreY() > 0.75, view.toString());
    waitForRest();
    robot.clickOn("#view-back");
    waitFor(() -> model.viewer().cameraProperty().get().centreX() > 0.3);
  }

  @Test
  void theLastDetailIsSaid() throws TimeoutException {
    startWithPicture();
    assertFalse(node("#floor", Node.class).isVisible());
    zoomTo(1 << 20);
    assertTrue(node("#floor", Node.class).isVisible());
    robot.clickOn("#zoom-fit");
    waitFor(() -> !node("#floor", Node.class).isVisible());
  }

  @Test
  void fullScreenShowsThePictureAlone() throws TimeoutException {
    startWithPicture();
    double before = onFx(() -> canvas().getWidth());
    // the headless screen cannot draw a window of its own size
    onFx(
        () -> {
          window.showPictureAlone(true);
          return true;
        });
    waitFor(() -> canvas().getWidth() == WIDTH);
    assertFalse(node(".status", Node.class).isVisible());
    onFx(
        () -> {
          window.showPictureAlone(false);
          return true;
        });
    waitFor(() -> canvas().getWidth() == before);
  }

  @Test
  void beyondTheTrainedScaleABadgeSaysSo() throws TimeoutException {
    startWithPicture();
    assertFalse(node("#beyond", Label.class).isVisible());
    onFx(
        () -> {
          model.viewer().zoomTo(5000, System.nanoTime());
          return true;
        });
    waitFor(() -> node("#beyond", Label.class).isVisible());
    assertEquals("2.4 : 1 of 2048", node("#zoom", Label.class).getText());
  }

  @Test
  void exportShowsProgressWhileTheUserBrowses() throws TimeoutException {
    startWithPicture();
    engine.gate.drainPermits();
    robot.clickOn("#export");
    engine.gate.release(5);
    waitFor(() -> model.export().progressProperty().get() == 0.5);
    assertTrue(node("#export-progress", Node.class).isVisible());
    assertTrue(node("#export", Button.class).isDisabled());
    robot.clickOn(canvas()).type(KeyCode.PLUS);
    waitForRest();
    engine.open();
    waitFor(() -> !model.export().runningProperty().get());
    assertTrue(Files.exists(folder.resolve("hills-18-2048.png")));
    assertTrue(noticeText().startsWith("Exported "));
  }

  @Test
  void exportCanBeCancelled() throws TimeoutException {
    startWithPicture();
    engine.gate.drainPermits();
    robot.clickOn("#export");
    waitFor(() -> model.export().runningProperty().get());
    robot.clickOn("#export-cancel");
    assertFalse(onFx(() -> model.export().runningProperty().get()));
    assertFalse(Files.exists(folder.resolve("hills-18-2048.png")));
    assertFalse(node("#export", Button.class).isDisabled());
  }

  @Test
  void theExportPaneChoosesWhatIsWritten() throws TimeoutException {
    startWithPicture();
    assertFalse(node("#export-pane", Node.class).getParent().isVisible());
    robot.clickOn("#export-more");
    assertTrue(node("#export-pane", Node.class).getParent().isVisible());
    robot.clickOn("#export-aspect-1").clickOn("#export-preset-0").clickOn("#export-format-1");
    assertTrue(node(".crop-edge", Node.class).isVisible(), "what is cropped is to be seen");
    assertEquals("1152", node("#export-height", TextField.class).getText());
    waitFor(() -> node("#export-cost", Label.class).getText().equals("About 2.3 MB, 2 s"));
    robot.clickOn("#export-start");
    waitFor(() -> noticeText().startsWith("Exported "));
    assertEquals(
        List.of(new Frame(2048, new Rectangle(448, 0, 1152, 2048)) + " JPEG"), engine.exports);
    assertTrue(Files.exists(folder.resolve("hills-18-2048.jpg")));
    assertEquals("hills-18-2048.jpg", node("#export-written", Label.class).getText());
    robot.doubleClickOn("#export-width").write("1000").type(KeyCode.ENTER);
    assertEquals("563", node("#export-height", TextField.class).getText());
    robot.type(KeyCode.ESCAPE);
    assertFalse(node("#export-pane", Node.class).getParent().isVisible());
  }

  @Test
  void theViewIsCopiedPixelForPixel() throws TimeoutException {
    startWithPicture();
    zoomTo(3000);
    waitForRest();
    var frame = onFx(() -> model.viewer().shownFrame().orElseThrow());
    var copied = new java.util.concurrent.CompletableFuture<PixelImage>();
    onFx(
        () -> {
          model.copyView(copied::complete);
          return true;
        });
    waitFor(copied::isDone);
    var pixels = IntBuffer.allocate((int) frame.pixels());
    DisplayColours.toArgb(
        new Landscape(18).render(3000, frame.rectangle(), Cancellation.never()), pixels);
    assertEquals(pixels, copied.join().pixels().duplicate().clear());
    assertTrue(noticeText().startsWith("Copied this view, "));
  }

  @Test
  void theThemeSwitches() throws TimeoutException {
    startWithPicture();
    robot.clickOn("#theme");
    assertEquals(Theme.DARK, onFx(() -> model.themeProperty().get()));
    assertEquals(Theme.DARK.styleSheet(), javafx.application.Application.getUserAgentStylesheet());
    robot.type(KeyCode.T);
    assertEquals(Theme.LIGHT, onFx(() -> model.themeProperty().get()));
  }

  @Test
  void aFailureIsAMessageThatCanBeClosed() throws TimeoutException {
    engine.failure = new Problem("The model is damaged. Import it again.");
    engine.open();
    start();
    waitFor(() -> model.notices().noticeProperty().get().isPresent());
    assertEquals(
        "The model is damaged. Import it again.", node("#notice-text", Label.class).getText());
    assertTrue(node("#empty", Node.class).isVisible());
    robot.clickOn("#notice-close");
    assertFalse(node("#notice", Node.class).isVisible());
    robot.clickOn("#empty-generate");
    waitForRest();
  }

  @Test
  void withoutModelsTheWindowSaysWhatToDo() throws TimeoutException {
    engine.models = List.of();
    start();
    waitFor(() -> model.deviceProperty().get().isPresent());
    assertTrue(
        robot.lookup("#empty .label").queryAllAs(Label.class).stream()
            .anyMatch(label -> label.getText().contains("drop a .pth")));
    assertTrue(node("#generate", Button.class).isDisabled());
    assertTrue(node("#save", Button.class).isDisabled());
  }

  @Test
  void savesAndOpens() throws TimeoutException {
    startWithPicture();
    robot.clickOn("#save");
    waitFor(() -> noticeText().equals("Saved picture.infd."));
    robot.clickOn("#generate");
    waitFor(() -> !"Hills · seed 18".equals(node("#title", Label.class).getText()));
    waitForRest();
    robot.clickOn("#open");
    waitFor(() -> "Hills · seed 18".equals(node("#title", Label.class).getText()));
    assertEquals("18", node("#seed", TextField.class).getText());
    waitFor(() -> engine.released.size() == 2);
  }

  private static KeptPicture newest(GalleryModel gallery) {
    return onFx(() -> gallery.pictures().getFirst());
  }

  @Test
  void everyPictureIsInTheGalleryAndOpensWithoutSampling() throws TimeoutException {
    startWithPicture();
    waitFor(() -> model.gallery().pictures().size() == 1);
    robot.clickOn("#generate");
    waitFor(() -> model.gallery().pictures().size() == 2);
    robot.clickOn("#page-gallery");
    waitFor(() -> cards() == 2);
    assertTrue(node("#gallery-use", Label.class).getText().startsWith("2 pictures, "));
    robot.clickOn("#gallery-search").write("seed 18");
    waitFor(() -> cards() == 1);
    clickUntil(
        ".card-button", () -> "Hills · seed 18".equals(node("#title", Label.class).getText()));
    assertEquals(StudioModel.Page.PICTURE, onFx(() -> model.pageProperty().get()));
    assertEquals(2, engine.recipes.size(), "nothing was sampled");
  }

  @Test
  void aGalleryThatNobodyLooksAtShowsNothing() throws TimeoutException {
    startWithPicture();
    waitFor(() -> model.gallery().pictures().size() == 1);
    waitForRest();
    assertEquals(0, cards(), "its small picture would be read and kept");
    robot.clickOn("#page-gallery");
    waitFor(() -> cards() == 1);
    robot.clickOn("#page-picture");
    robot.clickOn("#generate");
    waitFor(() -> model.gallery().pictures().size() == 2);
    waitForRest();
    assertEquals(0, cards());
    robot.clickOn("#page-gallery");
    waitFor(() -> cards() == 2);
  }

  @Test
  void deletingCanBeUndone() throws TimeoutException {
    startWithPicture();
    waitFor(() -> model.gallery().pictures().size() == 1);
    var kept = newest(model.gallery());
    robot.clickOn("#page-gallery");
    waitFor(() -> cards() == 1);
    robot.interact(() -> seen(".card-button").getFirst().requestFocus());
    robot.type(KeyCode.S);
    waitFor(() -> model.gallery().isFavourite(kept));
    robot.type(KeyCode.DELETE);
    waitFor(() -> !Files.exists(kept.file()));
    assertEquals("Deleted 'Seed 18'.", noticeText());
    robot.clickOn("#notice-action");
    waitFor(() -> model.gallery().pictures().size() == 1);
    assertTrue(Files.exists(kept.file()));
    assertTrue(onFx(() -> model.gallery().isFavourite(kept)));
  }

  private void typeWithControl(KeyCode code, boolean shift) {
    onFx(
        () -> {
          Event.fireEvent(
              canvas(),
              new KeyEvent(KeyEvent.KEY_PRESSED, "", "", code, shift, true, false, false));
          return true;
        });
  }

  private int tabs() {
    return onFx(() -> model.tabs().tabs().size());
  }

  @Test
  void tabsObeyKeysAndMouse() throws TimeoutException {
    startWithPicture();
    waitFor(() -> model.tabs().current().file().isPresent());
    typeWithControl(KeyCode.T, false);
    assertEquals(2, tabs());
    assertTrue(node("#empty", Node.class).isVisible());
    typeWithControl(KeyCode.TAB, false);
    assertEquals("Hills · seed 18", node("#title", Label.class).getText());
    waitForRest();
    typeWithControl(KeyCode.TAB, true);
    assertEquals("", node("#title", Label.class).getText());
    typeWithControl(KeyCode.W, false);
    assertEquals(1, tabs());
    robot.clickOn("#new-tab");
    assertEquals(2, tabs());
    robot.clickOn("#generate");
    waitFor(() -> model.pictureProperty().get().isPresent());
    waitFor(() -> robot.lookup("#tabs .tab").queryAll().size() == 2);
    WaitForAsyncUtils.waitForFxEvents();
    robot.clickOn(robot.lookup("#tabs .tab").nth(0).<Node>query(), MouseButton.MIDDLE);
    waitFor(() -> model.tabs().tabs().size() == 1);
    assertNotEquals("Hills · seed 18", node("#title", Label.class).getText());
    typeWithControl(KeyCode.T, true);
    waitFor(() -> "Hills · seed 18".equals(node("#title", Label.class).getText()));
    assertEquals(2, tabs());
  }

  @Test
  void aRunOfSeveralIsAGridInWhichOneClickOpens() throws TimeoutException {
    startWithPicture();
    waitFor(() -> model.gallery().pictures().size() == 1);
    engine.gate.drainPermits();
    onFx(
        () -> {
          model.generation().countProperty().set(3);
          model.recipe().seedProperty().set("100");
          return true;
        });
    robot.clickOn("#generate");
    assertTrue(node("#batch", Node.class).getParent().isVisible());
    assertEquals("", node("#zoom", Label.class).getText(), "the picture under it is not seen");
    assertEquals(3, robot.lookup(".batch-item").queryAll().size());
    engine.gate.release(8 + 2);
    waitFor(() -> node("#run-text", Label.class).getText().startsWith("Picture 2 of 3: "));
    waitFor(() -> node("#batch-progress", Label.class).getText().equals("1 of 3"));
    waitFor(() -> !robot.lookup(".batch-item").nth(0).<Node>query().isDisabled());
    assertTrue(robot.lookup(".batch-item").nth(1).<Node>query().isDisabled());
    robot.clickOn("#batch-cancel");
    waitFor(() -> !node("#batch-cancel", Node.class).isVisible());
    robot.clickOn(robot.lookup(".batch-item").nth(0).<Node>query());
    waitFor(() -> "Hills · seed 100".equals(node("#title", Label.class).getText()));
    assertFalse(node("#batch", Node.class).getParent().isVisible());
    waitForRest();
    robot.clickOn("#batch-back");
    assertTrue(node("#batch", Node.class).getParent().isVisible());
    assertEquals(2, onFx(() -> model.gallery().pictures().size()));
    robot.clickOn("#batch-close");
    assertFalse(node("#batch", Node.class).getParent().isVisible());
    assertEquals("Hills · seed 100", node("#title", Label.class).getText());
  }

  @Test
  void classesAndEtaAppearWhereTheyMeanSomething() throws TimeoutException {
    startWithPicture();
    assertFalse(node("#eta", Node.class).getParent().getParent().isVisible());
    onFx(
        () -> {
          node("#model", ComboBox.class).getSelectionModel().select(1);
          return true;
        });
    robot.clickOn("#sampler").type(KeyCode.DOWN).type(KeyCode.ENTER);
    assertEquals(SamplerKind.DDIM, onFx(() -> model.recipe().samplerProperty().get()));
    assertTrue(node("#eta", Node.class).getParent().getParent().isVisible());
    robot.clickOn("#generate");
    waitFor(() -> engine.recipes.size() == 2);
    assertEquals("classes", engine.recipes.getLast().model());
    assertEquals(0, engine.recipes.getLast().classLabel());
    var classes = node("#class", ComboBox.class);
    assertTrue(classes.getParent().getParent().isVisible());
    assertEquals(10, onFx(() -> classes.getItems().size()));
    assertEquals(
        List.of("hill (0)", "mountain goat (1)"),
        onFx(() -> List.of(shown(classes, 0), shown(classes, 1))));
    robot.clickOn("#class");
    waitFor(classes::isShowing);
    robot.write("goat").type(KeyCode.DOWN).type(KeyCode.ENTER);
    waitFor(() -> Integer.valueOf(1).equals(classes.getValue()));
    assertEquals(1, onFx(() -> model.recipe().classLabelProperty().get()));
  }

  @SuppressWarnings("unchecked")
  private static String shown(ComboBox<?> box, int number) {
    return ((ComboBox<Integer>) box).getConverter().toString(number);
  }

  @Test
  void theLastPictureIsThereAgain() throws Exception {
    FakeEngine.write(
        folder.resolve("last.infd"),
        new Recipe("hills", "00", 99, 25, SamplerKind.DPMPP, 1, null, null, null, 1));
    engine.open();
    start();
    waitForRest();
    assertTrue(engine.recipes.isEmpty(), "nothing was sampled");
    assertEquals("Hills · seed 99", node("#title", Label.class).getText());
  }

  @Test
  void aQuestionMarkShowsTheKeys() throws TimeoutException {
    startWithPicture();
    assertFalse(node("#keyboard-help", Node.class).isVisible());
    robot.clickOn("#keys");
    assertTrue(node("#keyboard-help", Node.class).isVisible());
    robot.type(KeyCode.ESCAPE);
    assertFalse(node("#keyboard-help", Node.class).isVisible());
    onFx(
        () -> {
          var typed =
              new KeyEvent(
                  KeyEvent.KEY_TYPED, "?", "", KeyCode.UNDEFINED, true, false, false, false);
          Event.fireEvent(canvas(), typed);
          return true;
        });
    assertTrue(node("#keyboard-help", Node.class).isVisible());
    robot.clickOn("#keyboard-help-close");
    assertFalse(node("#keyboard-help", Node.class).isVisible());
  }

  @Test
  void aDroppedFieldOpensAndOtherFilesAreRefused() throws TimeoutException {
    startWithPicture();
    var file = folder.resolve("dropped.INFD");
    FakeEngine.write(
        file, new Recipe("hills", "00", 77, 25, SamplerKind.DPMPP, 1, null, null, null, 1));
    drop(folder.resolve("notes.txt"));
    assertTrue(noticeText().startsWith("'notes.txt' is neither a field file"), noticeText());
    var second = folder.resolve("second.infd");
    FakeEngine.write(
        second, new Recipe("hills", "00", 78, 25, SamplerKind.DPMPP, 1, null, null, null, 1));
    drop(file, second);
    waitFor(() -> "Hills · seed 77".equals(node("#title", Label.class).getText()));
    waitFor(
        () ->
            List.of("Seed 77", "Seed 78")
                .equals(
                    model.tabs().tabs().stream().map(tab -> tab.titleProperty().get()).toList()));
  }

  @Test
  void aDroppedPhotoBecomesAField() throws Exception {
    startWithPicture();
    waitFor(() -> model.gallery().pictures().size() == 1);
    var image = new BufferedImage(80, 40, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 3200; i++) {
      image.setRGB(i % 80, i / 80, i % 80 < 40 ? 0xFF0000 : 0x0000FF);
    }
    var file = folder.resolve("holiday.png");
    ImageIO.write(image, "png", file.toFile());
    drop(file);
    waitFor(() -> model.photoProperty().get().isPresent());
    assertEquals(
        "holiday.png: 40 × 40 of 80 × 40 pixels", node("#photo-size", Label.class).getText());
    robot.drag("#photo-handle-bottom_right", MouseButton.PRIMARY).moveBy(-30, -20).moveBy(-60, -50);
    robot.drop();
    int side = onFx(() -> model.photoProperty().get().orElseThrow().squareProperty().get().side());
    assertTrue(side > 16 && side < 40, "pulled to " + side);
    robot.clickOn("#photo-stage").type(KeyCode.HOME);
    robot.type(KeyCode.LEFT, 30);
    robot.clickOn("#photo-open");
    waitFor(() -> "Hills · holiday.png".equals(node("#title", Label.class).getText()));
    waitForRest();
    assertEquals(
        "Encoded from 256 px; finer detail is invented", node("#warning", Label.class).getText());
    assertTrue(node("#warning", Label.class).isVisible());
    assertEquals("18", node("#seed", TextField.class).getText(), "the recipe is untouched");
    var shown = onFx(() -> canvas().snapshot(null, null));
    int middle = (int) shown.getWidth() / 2;
    assertEquals(0xFFFF0000, shown.getPixelReader().getArgb(middle, 300), "the left half");
    waitFor(() -> model.gallery().pictures().size() == 2);
    robot.clickOn("#generate");
    waitFor(() -> !node("#warning", Label.class).isVisible());
  }

  @Test
  void aPictureOfOursOffersItsRecipeAndWaitsForAnAnswer() throws TimeoutException {
    startWithPicture();
    var file = folder.resolve("ours.png");
    var recipe = new Recipe("hills", "00", 77, 12, SamplerKind.DPMPP, 1, null, null, null, 1);
    var frame = Frame.square(32);
    PngExport.write(
        file,
        new Landscape(77),
        frame,
        PictureMetadata.of(recipe, frame, false, engine.device(), false).toPngText(),
        PngExport.Progress.NONE,
        Cancellation.never());
    drop(file);
    waitFor(() -> noticeText().equals("'ours.png' holds its recipe: seed 77."));
    assertEquals("18", node("#seed", TextField.class).getText());
    assertEquals(1, engine.recipes.size());
    robot.clickOn("#notice-action");
    waitFor(() -> "Hills · seed 77".equals(node("#title", Label.class).getText()));
    assertEquals(recipe, engine.recipes.getLast());
    drop(file);
    waitFor(() -> noticeText().contains("holds its recipe"));
    // the words are known before the message is laid out
    waitFor(
        () ->
            robot.lookup("#notice-other").match(NodeQueryUtils.isVisible()).tryQuery().isPresent());
    robot.clickOn("#notice-other");
    waitFor(() -> model.photoProperty().get().isPresent());
    robot.type(KeyCode.ESCAPE);
    waitFor(() -> model.photoProperty().get().isEmpty());
  }

  @Test
  void twoPicturesAreSeenAtOnePlace() throws TimeoutException {
    startWithPicture();
    robot.clickOn("#generate");
    waitFor(() -> model.gallery().pictures().size() == 2);
    waitForRest();
    long seed = engine.recipes.getLast().seed();
    var older = onFx(() -> model.gallery().pictures().getLast());
    assertEquals(18, older.recipe().seed());
    robot.clickOn("#page-gallery");
    waitFor(() -> cards() == 2);
    onFx(
        () -> {
          model.compareWith(older);
          return true;
        });
    waitFor(() -> robot.lookup("#compare").tryQuery().isPresent());
    assertEquals(StudioModel.Page.PICTURE, onFx(() -> model.pageProperty().get()));
    zoomTo(3000);
    waitFor(() -> showsAtTheRight(18));
    robot.drag(canvas(), MouseButton.PRIMARY).moveBy(-50, -27).moveBy(-31, -8).drop();
    waitForRest();
    waitFor(() -> showsAtTheRight(18));
    assertFalse(onFx(() -> showsAtTheRight((int) seed)), "the two differ");
    int released = engine.released.size();
    robot.type(KeyCode.ESCAPE);
    waitFor(() -> robot.lookup("#compare").tryQuery().isEmpty());
    waitFor(() -> engine.released.size() == released + 1);
    assertEquals(18, engine.released.getLast().recipe().seed());
  }

  /** Whether the second picture is that of a seed, at exactly the place of the first. */
  private boolean showsAtTheRight(int seed) {
    var view = model.viewer().cameraProperty().get().atRest();
    var image = node("#compare", Node.class).snapshot(null, null);
    int left = (int) (image.getWidth() * 0.7);
    var pixels = IntBuffer.allocate(40 * 30);
    DisplayColours.toArgb(
        new Landscape(seed)
            .render(
                view.imageSide(),
                new Rectangle(view.row() + 150, view.column() + left, 40, 30),
                Cancellation.never()),
        pixels);
    for (int i = 0; i < 1200; i++) {
      if (image.getPixelReader().getArgb(left + i % 30, 150 + i / 30) != pixels.get(i)) {
        return false;
      }
    }
    return true;
  }

  @Test
  void whatCannotBeComparedSaysWhy() throws TimeoutException {
    startWithPicture();
    assertEquals("this picture was none", onFx(() -> model.comparison().whyNoPhoto()));
    assertEquals(
        "without norms there are no seams", onFx(() -> model.comparison().whyNotPublished()));
    robot.clickOn("#compare-button");
    waitFor(() -> robot.lookup("#compare-gallery").tryQuery().isPresent());
    robot.clickOn("#compare-gallery");
    waitFor(() -> model.pageProperty().get() == StudioModel.Page.GALLERY);
  }

  @Test
  void whatIsAskedForDuringARunWaitsItsTurn() throws TimeoutException {
    startWithPicture();
    waitFor(() -> model.gallery().pictures().size() == 1);
    engine.gate.drainPermits();
    onFx(
        () -> {
          for (var seed : List.of("100", "200", "300", "400")) {
            model.recipe().seedProperty().set(seed);
            model.generate();
          }
          return true;
        });
    assertEquals(
        List.of(200L, 300L, 400L),
        onFx(
            () ->
                model.generation().queue().waiting().stream()
                    .map(order -> order.recipe().seed())
                    .toList()));
    waitFor(() -> robot.lookup(".queue-remove").queryAll().size() == 3);
    robot.clickOn(robot.lookup(".queue-remove").nth(1).<Node>query());
    waitFor(() -> robot.lookup(".queue-up").queryAll().size() == 2);
    robot.clickOn(robot.lookup(".queue-up").nth(1).<Node>query());
    engine.open();
    waitFor(() -> model.gallery().pictures().size() == 4);
    assertEquals(
        List.of(18L, 100L, 400L, 200L), engine.recipes.stream().map(Recipe::seed).toList());
    assertEquals("Hills · seed 100", node("#title", Label.class).getText());
    waitFor(() -> noticeText().equals("All that waited is in the gallery."));
    assertFalse(node("#queue", Node.class).isVisible());
    assertEquals(
        List.of(400L, 300L, 200L, 100L, 18L), onFx(() -> List.copyOf(model.recipe().seeds())));
  }

  @Test
  void cancellingARunGoesOnWithTheNext() throws TimeoutException {
    startWithPicture();
    engine.gate.drainPermits();
    onFx(
        () -> {
          model.recipe().seedProperty().set("100");
          model.generate();
          model.recipe().seedProperty().set("200");
          model.generate();
          model.generation().cancel();
          return true;
        });
    engine.open();
    waitFor(() -> engine.recipes.getLast().seed() == 200 && !model.generation().isRunning());
    waitFor(() -> model.gallery().pictures().size() == 2);
  }

  @Test
  void aPictureCanBeVaried() throws TimeoutException {
    startWithPicture();
    onFx(
        () -> {
          model.recipe().strengthProperty().set(0.3);
          model.recipe().seedProperty().set("40");
          return true;
        });
    robot.clickOn("#vary");
    waitFor(() -> "Hills · seed 40".equals(node("#title", Label.class).getText()));
    assertEquals(
        0.3,
        onFx(() -> model.pictureProperty().get().orElseThrow().recipe().variation().strength()));
    waitFor(() -> model.gallery().pictures().size() == 2);
  }

  @Test
  void aDropDoesNotStopARun() throws TimeoutException {
    start();
    waitFor(() -> model.generation().stateProperty().get() instanceof RunState.Sampling);
    var file = folder.resolve("some.infd");
    FakeEngine.write(
        file, new Recipe("hills", "00", 77, 25, SamplerKind.DPMPP, 1, null, null, null, 1));
    drop(file);
    waitFor(() -> "Hills · seed 77".equals(node("#title", Label.class).getText()));
    assertTrue(onFx(() -> model.generation().isRunning()));
    assertEquals(2, onFx(() -> model.tabs().tabs().size()));
    engine.open();
    waitFor(() -> model.tabs().tabs().getFirst().pictureProperty().get().isPresent());
    assertTrue(onFx(() -> model.tabs().tabs().getFirst().unseenProperty().get()));
    assertEquals("Hills · seed 77", node("#title", Label.class).getText());
  }

  private void drop(Path... files) {
    onFx(
        () -> {
          model.drop(List.of(files));
          return true;
        });
  }

  @Test
  void everyButtonHasANameAndATooltip() throws TimeoutException {
    startWithPicture();
    var buttons = onFx(() -> buttons(stage.getScene().getRoot()));
    assertTrue(buttons.size() >= 10);
    for (var button : buttons) {
      boolean named =
          !button.getText().isEmpty()
              || (button.getAccessibleText() != null && !button.getAccessibleText().isEmpty());
      assertTrue(named, button + " has no name");
      assertTrue(button.getTooltip() != null, button + " has no tooltip");
    }
  }

  private static List<Labeled> buttons(Parent parent) {
    return parent.getChildrenUnmodifiable().stream()
        .flatMap(
            child ->
                child instanceof ButtonBase button && button.isFocusTraversable()
                    ? java.util.stream.Stream.<Labeled>of(button)
                    : child instanceof Parent inner
                        ? buttons(inner).stream()
                        : java.util.stream.Stream.<Labeled>empty())
        .toList();
  }
}
