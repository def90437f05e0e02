package org.infd.app.window;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import javafx.geometry.Point2D;
import javafx.scene.Node;
import javafx.scene.Parent;
import javafx.scene.control.ButtonBase;
import javafx.scene.control.Label;
import javafx.scene.control.Slider;
import javafx.scene.control.TextField;
import javafx.scene.control.TextInputControl;
import javafx.scene.input.KeyCode;
import org.infd.app.engine.Choices;
import org.infd.app.engine.LayoutSupport;
import org.infd.app.engine.ModelChoice;
import org.infd.app.engine.ModelChoice.Prompts;
import org.infd.app.layout.DraftBox;
import org.infd.app.layout.LayoutModel;
import org.infd.app.runs.RunState;
import org.infd.inference.generation.Recipe;
import org.infd.inference.generation.Recipe.SamplerKind;
import org.infd.inference.guidance.Layout;
import org.infd.inference.guidance.LayoutBox;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.testfx.util.WaitForAsyncUtils;

/** Lays out a picture as a hand does, over a fast fake engine. */
class LayoutEditorTest extends StudioWindowTest {
  private static final LayoutSupport ABLE = new LayoutSupport("", true, 64, 256, 2048, 32);
  private static final ModelChoice LED =
      Choices.of("hills", "Hills", "00", 0, 1, Prompts.GUIDED, ABLE);
  private static final ModelChoice BLIND =
      Choices.of(
          "blind",
          "Blind",
          "01",
          0,
          1,
          Prompts.NONE,
          LayoutSupport.none(
              "The model 'Blind' has no CLIP. Add one with 'infd import --clip FILE'."));

  LayoutEditorTest() {
    super(950, 900);
  }

  @BeforeEach
  void startStudio() throws TimeoutException {
    engine.models = List.of(LED, BLIND);
    engine.open();
    start();
    waitFor(() -> model.pictureProperty().get().isPresent() && !model.generation().isRunning());
  }

  private LayoutModel layout() {
    return model.layouts().model();
  }

  private List<DraftBox> boxes() {
    return onFx(() -> List.copyOf(layout().boxes()));
  }

  /** A point of the image on the screen. */
  private Point2D at(double row, double column) {
    return onFx(
        () -> {
          var canvas = canvas();
          var camera = model.viewer().cameraProperty().get();
          double unit = canvas.getWidth() / camera.width();
          return canvas.localToScreen(
              (camera.left() + column * camera.side()) * unit,
              (camera.top() + row * camera.side()) * unit);
        });
  }

  private void drag(double row, double column, double toRow, double toColumn) {
    var from = at(row, column);
    var to = at(toRow, toColumn);
    robot
        .drag(from.getX(), from.getY(), javafx.scene.input.MouseButton.PRIMARY)
        .moveTo((from.getX() + to.getX()) / 2, (from.getY() + to.getY()) / 2)
        .dropTo(to.getX(), to.getY());
    WaitForAsyncUtils.waitForFxEvents();
  }

  private void openEditor() {
    robot.press(KeyCode.CONTROL).type(KeyCode.L).release(KeyCode.CONTROL);
    assertTrue(node("#layout-pane", Node.class).isVisible());
  }

  /** Draws a box and types into its prompt, which has the focus by itself. */
  private void draw(double row, double column, double toRow, double toColumn, String prompt)
      throws TimeoutException {
    int number = boxes().size() + 1;
    drag(row, column, toRow, toColumn);
    waitFor(() -> node("#box-prompt-" + number, Node.class).isFocused());
    robot.write(prompt, 0);
    WaitForAsyncUtils.waitForFxEvents();
  }

  @Test
  void twoBoxesAreDrawnFollowedUndoneAndOneIsRedone() throws TimeoutException {
    assertEquals(SamplerKind.DPMPP, engine.recipes.getFirst().sampler());
    openEditor();
    draw(0.1, 0.1, 0.4, 0.5, "lake");
    draw(0.5, 0.55, 0.9, 0.9, "peak");
    assertEquals(List.of("lake", "peak"), boxes().stream().map(DraftBox::prompt).toList());
    var place = boxes().getFirst().place();
    assertEquals(0.1, place.row(), 0.01);
    assertEquals(0.4, place.width(), 0.02);
    waitFor(() -> node("#layout-cost", Label.class).getText().startsWith("2 boxes: "));

    // run: live, then the scores
    engine.gate.drainPermits();
    robot.clickOn("#generate");
    waitFor(() -> model.generation().stateProperty().get() instanceof RunState.Comparing);
    assertTrue(node("#run-text", Label.class).getText().startsWith("Without boxes first: "));
    engine.gate.release(9 + 4);
    waitFor(
        () ->
            robot.lookup(".layout-score").queryAllAs(Node.class).stream()
                    .filter(Node::isVisible)
                    .count()
                == 2);
    assertTrue(hasLabel("falling"));
    assertTrue(hasLabel("rising"));
    engine.gate.release(1_000_000);
    waitFor(() -> noticeText().equals("1 of 2 boxes rose."));
    var made = engine.recipes.getLast();
    assertEquals(SamplerKind.DDIM, made.sampler());
    assertEquals(50, made.steps());
    var guidance = made.guidance();
    assertNotNull(guidance);
    assertEquals(
        List.of("lake", "peak"),
        guidance.layout().boxes().stream().map(LayoutBox::prompt).toList());
    assertTrue(hasLabel("CLIP: 0.20 without, 0.60 with the boxes (+0.40)"));
    assertTrue(hasLabel("1  -0.10"), "on the picture too");

    // before and after
    robot.clickOn("#notice-action");
    waitFor(() -> robot.lookup("#compare").tryQuery().isPresent());
    assertEquals("With the boxes", node("#compare-first", Label.class).getText());
    assertEquals("Without them", node("#compare-second", Label.class).getText());
    robot.type(KeyCode.ESCAPE);
    waitFor(() -> robot.lookup("#compare").tryQuery().isEmpty());

    // undo, all the way, and again
    int kept = onFx(() -> model.gallery().pictures().size());
    while (onFx(() -> layout().undoableProperty().get())) {
      robot.clickOn("#layout-undo");
    }
    assertEquals(List.of(), boxes());
    while (onFx(() -> layout().redoableProperty().get())) {
      robot.clickOn("#layout-redo");
    }
    assertEquals(List.of("lake", "peak"), boxes().stream().map(DraftBox::prompt).toList());

    // redo a box
    robot.clickOn("#box-2");
    robot.press(KeyCode.CONTROL).type(KeyCode.A).release(KeyCode.CONTROL).write("fog", 0);
    waitFor(() -> boxes().getLast().prompt().equals("fog"));
    robot.clickOn("#box-redo");
    waitFor(() -> engine.redone.size() == 1 && !model.generation().isRunning());
    var box = engine.redone.getFirst();
    assertEquals(boxes().getLast().place().row(), box.top());
    assertEquals(boxes().getLast().place().width(), box.width());
    var redone = engine.recipes.getLast();
    assertEquals("fog", redone.prompt());
    assertEquals("hills", redone.model());
    waitFor(() -> noticeText().startsWith("Box 2 was made anew."));
    assertEquals(
        2, onFx(() -> model.pictureProperty().get().orElseThrow().image().layers().size()));
    waitFor(() -> model.gallery().pictures().size() == kept + 1);

    // and take that back, after what was done since
    robot.interact(() -> canvas().requestFocus());
    robot.press(KeyCode.CONTROL).type(KeyCode.D).release(KeyCode.CONTROL);
    assertEquals(3, boxes().size());
    undo();
    assertEquals(List.of("lake", "fog"), boxes().stream().map(DraftBox::prompt).toList());
    assertEquals(2, layers());
    undo();
    waitFor(() -> layers() == 1);
    assertEquals(List.of("lake", "fog"), boxes().stream().map(DraftBox::prompt).toList());
    waitFor(() -> noticeText().endsWith(" is back."));
    undo();
    assertEquals(List.of("lake", "peak"), boxes().stream().map(DraftBox::prompt).toList());
  }

  private void undo() {
    type(canvas(), KeyCode.Z, false, true, false);
  }

  private int layers() {
    return onFx(
        () -> model.pictureProperty().get().map(open -> open.image().layers().size()).orElse(0));
  }

  private boolean hasLabel(String part) {
    return onFx(
        () ->
            robot.lookup(".label").queryAllAs(Label.class).stream()
                .anyMatch(label -> label.isVisible() && label.getText().contains(part)));
  }

  @Test
  void everythingGoesByKeyboard() throws TimeoutException {
    openEditor();
    robot.type(KeyCode.N);
    waitFor(() -> node("#box-prompt-1", Node.class).isFocused());
    robot.write("lake", 0);
    assertEquals("lake", boxes().getFirst().prompt(), "the key itself is not typed");
    run(() -> canvas().requestFocus());
    var before = boxes().getFirst().place();
    double pixel = 1 / onFx(() -> model.viewer().cameraProperty().get().side());
    robot.type(KeyCode.RIGHT).press(KeyCode.SHIFT).type(KeyCode.DOWN).release(KeyCode.SHIFT);
    assertEquals(before.column() + pixel, boxes().getFirst().place().column(), 2e-6);
    assertEquals(before.row() + 10 * pixel, boxes().getFirst().place().row(), 2e-6);
    robot.press(KeyCode.CONTROL).type(KeyCode.D).release(KeyCode.CONTROL);
    assertEquals(2, boxes().size());
    robot.type(KeyCode.DELETE);
    assertEquals(1, boxes().size());
    robot.press(KeyCode.CONTROL).type(KeyCode.Z).release(KeyCode.CONTROL);
    assertEquals(2, boxes().size());
    robot.press(KeyCode.CONTROL).type(KeyCode.Y).release(KeyCode.CONTROL);
    assertEquals(1, boxes().size());
    robot.type(KeyCode.PAGE_UP).type(KeyCode.ESCAPE);
    assertTrue(onFx(() -> layout().selectedProperty().get().isEmpty()));
    robot.press(KeyCode.CONTROL).type(KeyCode.L).release(KeyCode.CONTROL);
    assertFalse(node("#layout-pane", Node.class).getParent().isVisible());
    assertEquals(SamplerKind.DPMPP, onFx(() -> model.recipe().samplerProperty().get()));
  }

  @Test
  void numbersAreTypedAndBroughtInside() throws TimeoutException {
    openEditor();
    draw(0.2, 0.2, 0.5, 0.5, "lake");
    type("#box-left", "33,3333");
    type("#box-width", "50");
    assertEquals(0.333333, boxes().getFirst().place().column(), 1e-9);
    assertEquals(0.5, boxes().getFirst().place().width(), 1e-9);
    type("#box-left", "120");
    assertEquals(0.5, boxes().getFirst().place().column(), 1e-9);
    assertEquals("Box 1 stays inside the image: 120 % became 50 %.", noticeText());
    type("#box-top", "lake");
    assertEquals(
        boxes().getFirst().place().row() * 100,
        Double.parseDouble(node("#box-top", TextField.class).getText()),
        0.05);
    type("#box-start", "20");
    type("#box-end", "10");
    assertEquals(0.2, boxes().getFirst().start(), 1e-9);
    assertEquals(0.21, boxes().getFirst().end(), 1e-9);
    robot.interact(() -> node("#box-weight", Slider.class).setValue(2.5));
    assertEquals(2.5, boxes().getFirst().weight());
  }

  private void type(String field, String text) {
    robot.interact(() -> node(field, TextField.class).setText(text));
    robot.interact(() -> node(field, TextField.class).fireEvent(new javafx.event.ActionEvent()));
  }

  @Test
  void aBoxOfOnePercentIsDrawnByZoomingIn() throws TimeoutException {
    openEditor();
    run(
        () -> {
          var view = model.viewer().cameraProperty().get();
          model.viewer().zoom(40, view.width() / 2.0, view.height() / 2.0, System.nanoTime());
        });
    waitFor(() -> !model.viewer().isMoving());
    draw(0.496, 0.496, 0.506, 0.506, "hut");
    var place = boxes().getFirst().place();
    assertEquals(0.01, place.width(), 2e-4);
    assertEquals(0.01, place.height(), 2e-4);
    assertTrue(hasLabel("Box 1 is smaller than the model can lead"));
  }

  @Test
  void layoutsAreSavedOpenedAndDropped() throws TimeoutException, IOException {
    openEditor();
    draw(0.2, 0.2, 0.5, 0.5, "lake");
    robot.clickOn("#layout-save");
    waitFor(() -> noticeText().equals("Saved lake.json."));
    var saved = Layout.read(folder.resolve("lake.json"));
    robot.clickOn("#layout-clear");
    assertEquals(List.of(), boxes());
    robot.clickOn("#layout-open");
    waitFor(() -> boxes().size() == 1);
    assertEquals(saved.boxes(), onFx(() -> layout().layout().boxes()));
    var bad = folder.resolve("bad.json");
    Files.writeString(bad, "{\"version\": 7, \"boxes\": []}");
    drop(bad);
    waitFor(() -> noticeText().contains("made by a newer INFD Studio"));
    assertEquals(1, boxes().size(), "the layout stays");
    robot.clickOn("#layout-close");
    Files.write(bad, new Layout(null, null, List.of(LayoutBox.of(0, 0, 1, 1, "sky"))).toBytes());
    drop(bad);
    waitFor(() -> boxes().getFirst().prompt().equals("sky"));
    assertTrue(onFx(() -> layout().openProperty().get()));
  }

  @Test
  void aModelThatCannotBeLedSaysWhyAndWhatToDo() throws TimeoutException {
    openEditor();
    draw(0.2, 0.2, 0.5, 0.5, "lake");
    assertEquals("", node("#layout-refusal", Label.class).getText());
    run(
        () -> {
          model.recipe().modelProperty().set(Optional.of(BLIND));
        });
    assertTrue(node("#layout-refusal", Label.class).getText().contains("infd import --clip"));
    assertEquals("", node("#layout-cost", Label.class).getText());
    run(
        () -> {
          model.recipe().modelProperty().set(Optional.of(LED));
          model.recipe().samplerProperty().set(SamplerKind.DPMPP);
        });
    assertTrue(node("#layout-refusal", Label.class).getText().contains("DDIM only"));
    robot.clickOn("#use-ddim");
    assertEquals("", node("#layout-refusal", Label.class).getText());
  }

  @Test
  void aPictureBringsItsLayoutWithItAndAPlainOneTurnsItOff() throws TimeoutException {
    openEditor();
    draw(0.2, 0.2, 0.5, 0.5, "lake");
    robot.clickOn("#generate");
    waitFor(() -> noticeText().equals("The box did not rise."));
    waitFor(() -> model.gallery().pictures().size() == 2);
    robot.clickOn("#layout-clear");
    var kept = onFx(() -> List.copyOf(model.gallery().pictures()));
    run(
        () -> {
          model.opener().open(kept.getFirst().file());
        });
    waitFor(() -> boxes().size() == 1);
    assertTrue(hasLabel("CLIP: 0.20 without, 0.10 with"));
    run(
        () -> {
          model.opener().open(kept.getLast().file());
        });
    waitFor(() -> !layout().followedProperty().get());
    robot.clickOn("#generate");
    waitFor(() -> engine.recipes.size() == 3 && !model.generation().isRunning());
    assertTrue(engine.recipes.stream().map(Recipe::guidance).filter(of -> of != null).count() == 1);
    assertEquals(1, boxes().size(), "the boxes stay");
  }

  @Test
  void allControlsHaveNames() throws TimeoutException {
    openEditor();
    draw(0.2, 0.2, 0.5, 0.5, "lake");
    robot.clickOn("#layout-steering");
    var controls = onFx(() -> controls(node("#layout-pane", Parent.class)).toList());
    assertTrue(controls.size() > 25, "only " + controls.size());
    for (var control : controls) {
      var name = control.getAccessibleText();
      boolean named =
          (name != null && !name.isEmpty())
              || (control instanceof ButtonBase button && !button.getText().isEmpty())
              || (control instanceof TextInputControl text
                  && text.getPromptText() != null
                  && !text.getPromptText().isEmpty());
      assertTrue(named, control + " has no name");
    }
  }

  private static Stream<Node> controls(Parent parent) {
    return parent.getChildrenUnmodifiable().stream()
        .flatMap(
            child ->
                child instanceof ButtonBase
                        || child instanceof Slider
                        || child instanceof TextInputControl
                    ? Stream.of(child)
                    : child instanceof Parent inner ? controls(inner) : Stream.empty());
  }
}
