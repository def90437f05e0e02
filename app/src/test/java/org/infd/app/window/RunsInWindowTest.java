package org.infd.app.window;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.ComboBox;
import javafx.scene.control.Label;
import javafx.scene.control.TextField;
import javafx.scene.input.KeyCode;
import org.infd.app.FakeEngine;
import org.infd.app.runs.Run;
import org.infd.app.runs.RunState;
import org.infd.inference.generation.Recipe;
import org.infd.inference.generation.Recipe.SamplerKind;
import org.junit.jupiter.api.Test;
import org.testfx.util.WaitForAsyncUtils;

/** Pictures are made, one or several, now or later. */
class RunsInWindowTest extends StudioWindowTest {
  RunsInWindowTest() {
    super(900, 700);
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

  @Test
  void aWrongSeedIsSaidInline() throws TimeoutException {
    startWithPicture();
    typeSeed("seven");
    assertEquals(
        "A seed is a whole number below 2^64, such as 7.",
        node("#seed-error", Label.class).getText());
    assertTrue(node("#generate", Button.class).isDisabled());
    typeSeed("12");
    assertFalse(node("#seed-error", Label.class).isVisible());
    assertFalse(node("#generate", Button.class).isDisabled());
  }

  @Test
  void aRunOfSeveralIsAGridInWhichOneClickOpens() throws TimeoutException {
    startWithPicture();
    waitFor(() -> model.gallery().pictures().size() == 1);
    engine.gate.drainPermits();
    run(
        () -> {
          model.generation().countProperty().set(3);
          model.recipe().seedProperty().set("100");
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
    run(
        () -> {
          node("#model", ComboBox.class).getSelectionModel().select(1);
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
        Recipe.builder("hills", "00").seed(99).steps(25).sampler(SamplerKind.DPMPP).eta(1).build());
    engine.open();
    start();
    waitForRest();
    assertTrue(engine.recipes.isEmpty(), "nothing was sampled");
    assertEquals("Hills · seed 99", node("#title", Label.class).getText());
  }

  @Test
  void whatIsAskedForDuringARunWaitsItsTurn() throws TimeoutException {
    startWithPicture();
    waitFor(() -> model.gallery().pictures().size() == 1);
    engine.gate.drainPermits();
    run(
        () -> {
          for (var seed : List.of("100", "200", "300", "400")) {
            model.recipe().seedProperty().set(seed);
            model.requests().generate(false);
          }
        });
    assertEquals(
        List.of(200L, 300L, 400L),
        onFx(
            () ->
                model.generation().queue().waiting().stream()
                    .map(order -> order.run())
                    .map(run -> run instanceof Run.Sample sample ? sample.recipe().seed() : -1)
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
    run(
        () -> {
          model.recipe().seedProperty().set("100");
          model.requests().generate(false);
          model.recipe().seedProperty().set("200");
          model.requests().generate(false);
          model.generation().cancel();
        });
    engine.open();
    waitFor(() -> engine.recipes.getLast().seed() == 200 && !model.generation().isRunning());
    waitFor(() -> model.gallery().pictures().size() == 2);
  }

  @Test
  void aPictureCanBeVaried() throws TimeoutException {
    startWithPicture();
    run(
        () -> {
          model.recipe().strengthProperty().set(0.3);
          model.recipe().seedProperty().set("40");
        });
    robot.clickOn("#vary");
    waitFor(() -> "Hills · seed 40".equals(node("#title", Label.class).getText()));
    assertEquals(
        0.3,
        onFx(() -> model.pictureProperty().get().orElseThrow().recipe().variation().strength()));
    waitFor(() -> model.gallery().pictures().size() == 2);
  }

  @Test
  void overTheGridOfARunNothingIsDoneWithThePictureUnderIt() throws TimeoutException {
    startWithPicture();
    robot.clickOn("#export-more");
    assertTrue(node("#export-pane", Node.class).getParent().isVisible());
    engine.gate.drainPermits();
    run(
        () -> {
          model.generation().countProperty().set(2);
          model.requests().generate(false);
        });
    for (var id : List.of("#export", "#export-more", "#vary", "#save")) {
      assertTrue(node(id, Node.class).isDisabled(), id);
    }
    assertFalse(node("#export-pane", Node.class).getParent().isVisible());
    engine.open();
    waitFor(() -> !model.generation().isRunning());
    assertTrue(node("#vary", Node.class).isDisabled(), "which of them?");
    run(() -> model.tabs().current().leaveBatch());
    assertFalse(node("#vary", Node.class).isDisabled());
    assertFalse(node("#export", Node.class).isDisabled());
    assertTrue(node("#export-pane", Node.class).getParent().isVisible());
    // the last tab closes
    run(() -> model.tabs().close(model.tabs().current()));
    assertFalse(node("#export-pane", Node.class).getParent().isVisible());
    assertTrue(node("#export", Node.class).isDisabled());
  }

  private List<Double> heights() {
    return onFx(
        () ->
            Stream.of("#export", "#vary", ".run-button", "#count")
                .map(id -> robot.lookup(id).<Node>query())
                .map(node -> node.localToScreen(node.getBoundsInLocal()).getMinY())
                .toList());
  }

  @Test
  void noButtonMovesWhateverIsUnderWay() throws TimeoutException {
    startWithPicture();
    var before = heights();
    engine.gate.drainPermits();
    robot.clickOn("#generate");
    waitFor(() -> model.generation().stateProperty().get() instanceof RunState.Sampling);
    assertEquals(before, heights(), "in a run");
    run(() -> model.requests().generate(false));
    WaitForAsyncUtils.waitForFxEvents();
    assertEquals(before, heights(), "with one that waits");
    run(() -> model.exports().export(folder.resolve("x.png")));
    WaitForAsyncUtils.waitForFxEvents();
    assertEquals(before, heights(), "in an export");
    run(
        () -> {
          model.exports().close();
          model.generation().queue().clear();
          model.generation().cancel();
        });
    WaitForAsyncUtils.waitForFxEvents();
    assertEquals(before, heights(), "afterwards");
  }

  @Test
  void whatARunSaysOfItsChoicesStandsBesideThem() throws TimeoutException {
    startWithPicture();
    engine.gate.drainPermits();
    engine.said = "The prompt is longer than the 77 tokens that the model reads.";
    run(() -> model.requests().generate(false));
    waitFor(() -> !seen("#recipe-note").isEmpty());
    assertEquals("", noticeText(), "the picture is not covered");
    run(() -> model.tabs().open());
    assertEquals(List.of(), seen("#recipe-note"));
    engine.open();
    waitFor(() -> !model.generation().isRunning());
    engine.gate.drainPermits();
    // for another tab it stands over the picture
    run(
        () -> {
          model.requests().generate(false);
          model.tabs().step(1);
        });
    waitFor(() -> noticeText().startsWith("The prompt is longer"));
    assertEquals(List.of(), seen("#recipe-note"));
  }
}
