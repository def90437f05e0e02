package org.infd.app.window;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeoutException;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.ComboBox;
import javafx.scene.control.Label;
import javafx.scene.control.Labeled;
import javafx.scene.control.MenuButton;
import javafx.scene.control.TextField;
import javafx.scene.input.KeyCode;
import javafx.scene.input.MouseButton;
import javax.imageio.ImageIO;
import org.infd.app.engine.ExportArea;
import org.infd.app.export.ExportChoices.Part;
import org.infd.app.export.ExportItem;
import org.infd.app.export.ExportState;
import org.infd.app.viewer.Landscape;
import org.infd.app.viewer.SavedView;
import org.infd.inference.Problem;
import org.infd.inference.export.ExportFormat;
import org.infd.inference.export.Frame;
import org.infd.inference.export.ResumableExport;
import org.infd.inference.field.DisplayColours;
import org.infd.inference.field.Rectangle;
import org.infd.inference.runtime.Cancellation;
import org.junit.jupiter.api.Test;

/** Pictures are exported: the choices, the frame, the line, the list of exports. */
class ExportsInWindowTest extends StudioWindowTest {
  ExportsInWindowTest() {
    super(1200, 800);
  }

  private List<String> line() {
    return onFx(() -> model.exports().queue().line().stream().map(ExportItem::name).toList());
  }

  private Path path(String name) {
    return folder.resolve(name);
  }

  /** The part of the export that is written. */
  private double part() {
    return onFx(
        () ->
            model.exports().queue().runningProperty().get().map(ExportItem::state).stream()
                .mapToDouble(state -> ((ExportState.Running) state).part())
                .findFirst()
                .orElse(-1));
  }

  private void openPane() {
    robot.clickOn("#export-more");
    assertTrue(node("#export-pane", Node.class).getParent().isVisible());
  }

  private void order(String... names) {
    run(() -> List.of(names).forEach(name -> model.exports().export(path(name))));
  }

  private boolean isListOpen() {
    return onFx(() -> node("#exports", Node.class).isVisible());
  }

  @Test
  void anExportWithDefaultsIsOneClickAndTheFile() throws TimeoutException {
    startWithPicture();
    engine.gate.drainPermits();
    robot.clickOn("#export");
    engine.gate.release(5);
    waitFor(() -> part() == 0.5);
    assertFalse(node("#export", Button.class).isDisabled(), "another may be put in line");
    robot.clickOn(canvas()).type(KeyCode.PLUS);
    waitForRest();
    engine.open();
    waitFor(() -> !model.exports().workingProperty().get());
    assertTrue(Files.exists(path("hills-18-2048.png")));
    assertTrue(noticeText().startsWith("Exported "));
  }

  @Test
  void howFarItIsIsSeenOnEveryPageAndLeadsToTheList() throws TimeoutException {
    startWithPicture();
    engine.gate.drainPermits();
    order("a.png", "b.png");
    engine.gate.release(5);
    waitFor(() -> part() == 0.5);
    for (var page : Page.values()) {
      run(() -> model.pages().pageProperty().set(page));
      var words = seen("#status-export");
      assertEquals(1, words.size(), page.name());
      var text = ((Labeled) words.getFirst()).getText();
      assertTrue(text.matches("Export: 50 %, .* left.*, 1 more"), text);
    }
    robot.clickOn("#status-export");
    assertTrue(isListOpen());
    assertEquals(2, seen(".export-row").size());
    robot.clickOn("#exports-close");
    assertFalse(isListOpen());
    engine.open();
    waitFor(() -> !model.exports().workingProperty().get());
    assertEquals("2 exports done", onFx(() -> node("#status-export", Labeled.class).getText()));
  }

  @Test
  void aFilmIsPreviewedAndPutInTheLine() throws TimeoutException {
    startWithPicture();
    openPane();
    robot.clickOn("Film");
    assertTrue(node("#film-start", Button.class).isDisabled());
    assertTrue(onFx(() -> node("#film-error", Label.class).getText()).startsWith("Zoom in"));
    run(() -> model.viewer().jumpTo(new SavedView(0.08, 0.5, 0.5)));
    waitForRest();
    assertFalse(node("#film-start", Button.class).isDisabled());
    robot.clickOn("#film-preview");
    waitFor(() -> !seen("#film-screen").isEmpty());
    waitFor(() -> seen("#film-preview-words").isEmpty());
    run(() -> model.exports().film().secondsProperty().set(3));
    assertTrue(seen("#film-screen").isEmpty(), "it was of another film");
    engine.gate.drainPermits();
    run(() -> model.exports().exportFilm(path("zoom.avi")));
    waitFor(() -> !seen("#status-export").isEmpty());
    robot.clickOn("#status-export");
    assertTrue(
        seen(".export-row .label").stream()
            .anyMatch(of -> ((Label) of).getText().endsWith("1280 × 720 · 90 frames")));
    engine.open();
    waitFor(() -> Files.exists(path("zoom.avi")));
    robot.clickOn("#export-kind-0");
    assertTrue(seen("#film-start").isEmpty());
  }

  @Test
  void theListPausesReordersCancelsAndTriesAgain() throws TimeoutException {
    startWithPicture();
    engine.gate.drainPermits();
    order("a.png", "b.png", "c.png");
    robot.clickOn("#status-export");
    robot.clickOn(seen(".export-up").getLast());
    assertEquals(List.of("a.png", "c.png", "b.png"), line());
    robot.clickOn(seen(".export-pause").getFirst());
    assertEquals("c.png", onFx(() -> model.exports().queue().runningProperty().get().get().name()));
    assertEquals(List.of("c.png", "a.png", "b.png"), line(), "what is written is first");
    engine.failure = new Problem("The disk is full.");
    engine.gate.release(1);
    waitFor(() -> !seen(".export-retry").isEmpty());
    assertTrue(
        seen(".export-words").stream()
            .anyMatch(of -> ((Label) of).getText().equals("The disk is full.")));
    robot.clickOn(seen(".export-retry").getFirst());
    assertEquals(List.of("b.png", "a.png", "c.png"), line());
    robot.clickOn(seen(".export-remove").getFirst());
    assertEquals(List.of("c.png", "a.png"), line());
    robot.clickOn(".export-resume");
    engine.open();
    waitFor(() -> Files.exists(path("a.png")) && Files.exists(path("c.png")));
    assertFalse(Files.exists(path("b.png")));
    waitFor(() -> seen(".export-folder").size() == 2);
    robot.clickOn("#exports-clear");
    assertTrue(node("#exports-empty", Node.class).isVisible());
    robot.type(KeyCode.ESCAPE);
    assertFalse(isListOpen());
    assertTrue(seen("#status-export").isEmpty());
  }

  @Test
  void twoExportsCannotHaveOneName() throws TimeoutException {
    startWithPicture();
    engine.gate.drainPermits();
    order("a.png", "a.png");
    assertEquals(List.of("a.png"), line());
    assertEquals(
        "'a.png' is in the line of exports already. Choose another name, or wait for it.",
        noticeText());
  }

  @Test
  void thePaneChoosesWhatIsWritten() throws TimeoutException {
    startWithPicture();
    openPane();
    robot.clickOn("#export-aspect-2").clickOn("#export-preset-0");
    run(() -> format().setValue(ExportFormat.JPEG));
    assertTrue(node(".crop-edge", Node.class).isVisible(), "what is cropped is to be seen");
    assertEquals("1152", node("#export-height", TextField.class).getText());
    waitFor(() -> node("#export-cost", Label.class).getText().equals("About 2.3 MB, 2 to 4 s"));
    robot.clickOn("#export-start");
    waitFor(() -> noticeText().startsWith("Exported "));
    assertEquals(
        List.of(ExportArea.of(new Frame(2048, new Rectangle(448, 0, 1152, 2048)), false) + " JPEG"),
        engine.exports);
    assertTrue(Files.exists(path("hills-18-2048.jpg")));
    robot.doubleClickOn("#export-width").write("1000").type(KeyCode.ENTER);
    assertEquals("563", node("#export-height", TextField.class).getText());
    robot.type(KeyCode.ESCAPE);
    assertFalse(node("#export-pane", Node.class).getParent().isVisible());
  }

  @SuppressWarnings("unchecked")
  private ComboBox<ExportFormat> format() {
    return node("#export-format", ComboBox.class);
  }

  @Test
  void aFolderOfTilesHasItsOwnChoices() throws TimeoutException {
    startWithPicture();
    openPane();
    assertTrue(seen("#export-page").isEmpty());
    run(() -> format().setValue(ExportFormat.DZI));
    assertEquals(1, seen("#export-page").size());
    assertTrue(seen("#export-address").isEmpty());
    waitFor(
        () -> node("#export-cost", Label.class).getText().startsWith("About 16 MB in 100 files"));
    assertEquals(1, seen("#export-quality").size());
    robot.clickOn("#export-tiles-1");
    assertTrue(seen("#export-quality").isEmpty(), "without loss there is no quality");
    run(() -> format().setValue(ExportFormat.IIIF));
    assertEquals(1, seen("#export-address").size());
  }

  @Test
  void presetsAreTakenAndKept() throws TimeoutException {
    startWithPicture();
    openPane();
    robot.clickOn("#export-preset").clickOn("Wallpaper 4K");
    assertEquals("3840", node("#export-width", TextField.class).getText());
    assertEquals("2160", node("#export-height", TextField.class).getText());
    assertEquals("Wallpaper 4K", node("#export-preset", MenuButton.class).getText());
    run(() -> format().setValue(ExportFormat.JPEG));
    assertEquals("Presets", node("#export-preset", MenuButton.class).getText());
    robot.clickOn("#export-preset").clickOn("Keep these choices …");
    robot.write("Wallpaper 4K").type(KeyCode.ENTER);
    assertEquals(
        "This one comes with the program. Give yours another name.",
        node("#export-preset-why", Label.class).getText());
    robot.write(" small").type(KeyCode.ENTER);
    assertEquals("Wallpaper 4K small", node("#export-preset", MenuButton.class).getText());
    waitFor(() -> Files.exists(path("export-presets.json")));
    assertTrue(node("#export-pane", Node.class).getParent().isVisible());
  }

  private Frame.Region place() {
    return onFx(() -> model.exports().choices().placeProperty().get());
  }

  private void press(KeyCode code, boolean shift) {
    type(canvas(), code, shift, false, false);
  }

  @Test
  void theFrameIsMovedAndPulledByKeysAndMouse() throws TimeoutException, IOException {
    startWithPicture();
    engine.journals = true;
    openPane();
    robot.clickOn("#export-part-2").clickOn("#export-aspect-1");
    assertEquals(1.5, place().width() / place().height(), 1e-3);
    assertEquals(0.5, place().top() + place().height() / 2, 1e-9, "it begins in the middle");
    assertFalse(seen(".layout-handle").isEmpty());
    double pixel = 1 / side();
    for (int i = 0; i < 12; i++) {
      // there is room around it
      press(KeyCode.LEFT, true);
    }
    press(KeyCode.RIGHT, false);
    press(KeyCode.RIGHT, false);
    var before = place();
    press(KeyCode.LEFT, false);
    press(KeyCode.UP, false);
    assertEquals(before.left() - 8 * pixel, place().left(), 1e-9);
    assertEquals(before.top() - 8 * pixel, place().top(), 1e-9);
    before = place();
    press(KeyCode.LEFT, true);
    assertEquals(before.width() - 8 * pixel, place().width(), 1e-9);
    assertEquals(1.5, place().width() / place().height(), 1e-3, "the shape stays");
    assertEquals(before.left(), place().left(), 1e-9);
    before = place();
    var middle = node("#crop-shade", Node.class);
    robot.moveTo(canvas());
    robot.press(MouseButton.PRIMARY).moveBy(-20, 0).moveBy(-10, 15).release(MouseButton.PRIMARY);
    assertTrue(middle.isVisible());
    assertTrue(place().left() < before.left() && place().top() > before.top());
    assertEquals(before.width(), place().width(), 1e-9);
    assertEquals(
        0.5, onFx(() -> model.viewer().cameraProperty().get().centreX()), "the picture stays");
    robot.doubleClickOn("#export-width").write("300").type(KeyCode.ENTER);
    var area = onFx(() -> model.exports().choices().areaProperty().get().orElseThrow());
    assertEquals(300, area.width());
    assertEquals(200, area.height());
    press(KeyCode.ENTER, false);
    waitFor(() -> noticeText().startsWith("Exported "));
    assertPixels(path("hills-18-300.png"), area);
    press(KeyCode.ESCAPE, false);
    assertEquals(Part.WHOLE, onFx(() -> model.exports().choices().partProperty().get()));
    waitFor(() -> seen(".layout-handle").isEmpty());
  }

  /** What is written is what a render of the same rectangle is. */
  private static void assertPixels(Path file, ExportArea area) throws IOException {
    var frame = area.frame().orElseThrow();
    var rgb = new Landscape(18).render(frame.imageSide(), frame.rectangle(), Cancellation.never());
    var image = ImageIO.read(file.toFile());
    var row = new byte[area.width() * 3];
    for (int y = 0; y < area.height(); y++) {
      DisplayColours.toRgbRow(rgb, y, row, 0);
      for (int x = 0; x < area.width(); x++) {
        int wanted =
            0xFF000000
                | (row[3 * x] & 0xFF) << 16
                | (row[3 * x + 1] & 0xFF) << 8
                | row[3 * x + 2] & 0xFF;
        assertEquals(wanted, image.getRGB(x, y), "row " + y + ", column " + x);
      }
    }
  }

  @Test
  void thisViewIsWhatIsInSight() throws TimeoutException, IOException {
    startWithPicture();
    engine.journals = true;
    zoomTo(3000);
    waitForRest();
    openPane();
    waitForRest();
    robot.clickOn("#export-part-1");
    var shown = onFx(() -> model.viewer().shownPart().orElseThrow());
    run(() -> model.exports().choices().setLongSide(Math.max(shown.width(), shown.height())));
    var area = onFx(() -> model.exports().choices().areaProperty().get().orElseThrow());
    assertEquals(
        new ExportArea(3000, shown.row(), shown.column(), shown.height(), shown.width(), false),
        area,
        "pixel for pixel");
    robot.clickOn("#export-start");
    waitFor(() -> noticeText().startsWith("Exported "));
    assertPixels(path("hills-18-" + Math.max(shown.width(), shown.height()) + ".png"), area);
  }

  @Test
  void aFrameFarOutOfSightIsBroughtBack() throws TimeoutException {
    startWithPicture();
    openPane();
    robot.clickOn("#export-part-2");
    zoomTo(40_000);
    waitForRest();
    robot.clickOn("#export-frame-view");
    var seen = onFx(() -> model.exports().choices().viewProperty().get());
    assertTrue(place().width() < seen.width() && place().height() < seen.height());
    assertTrue(place().left() > seen.left() && place().top() > seen.top());
  }

  @Test
  void whatIsInterruptedInTheWindowGoesOn() throws TimeoutException {
    startWithPicture();
    engine.journals = true;
    engine.gate.drainPermits();
    order("a.png");
    engine.gate.release(20);
    waitFor(() -> part() > 0.05);
    robot.clickOn("#status-export").clickOn(".export-pause");
    waitFor(() -> Files.exists(ResumableExport.journal(path("a.png"))));
    assertTrue(
        seen(".export-words").stream()
            .anyMatch(of -> ((Label) of).getText().startsWith("Paused at ")));
    engine.open();
    robot.clickOn(".export-resume");
    waitFor(() -> Files.exists(path("a.png")));
  }
}
