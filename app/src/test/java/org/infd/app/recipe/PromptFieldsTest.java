package org.infd.app.recipe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeoutException;
import javafx.scene.Node;
import javafx.scene.Scene;
import javafx.scene.control.Label;
import javafx.scene.control.Slider;
import javafx.scene.control.TextInputControl;
import javafx.scene.input.KeyCode;
import javafx.scene.layout.VBox;
import javafx.stage.Stage;
import org.infd.app.control.PromptArea;
import org.infd.app.engine.Choices;
import org.infd.app.engine.ModelChoice.Prompts;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.testfx.api.FxRobot;
import org.testfx.api.FxToolkit;
import org.testfx.util.WaitForAsyncUtils;

/** Types prompts as a hand does. */
class PromptFieldsTest {
  private static final List<String> MARKS = List.of("chunk-mark", "cut-mark");

  private final FxRobot robot = new FxRobot();
  private final RecipeModel recipe = new RecipeModel(new Random(1));
  private final PromptLength length =
      new PromptLength(
          recipe, model -> Optional.of(PromptLengthTest.WORDS), Runnable::run, Runnable::run);
  private Stage stage;

  @BeforeEach
  void showFields() throws TimeoutException {
    FxToolkit.registerPrimaryStage();
    FxToolkit.setupFixture(
        () -> {
          stage = new Stage();
          stage.setScene(new Scene(new VBox(new PromptFields(recipe, length)), 300, 400));
          stage.show();
        });
  }

  @AfterEach
  void close() throws TimeoutException {
    FxToolkit.setupFixture(() -> stage.close());
  }

  private void choose(Prompts prompts) {
    robot.interact(
        () -> recipe.modelProperty().set(Optional.of(Choices.of("m", "M", "00", 0, 1, prompts))));
    WaitForAsyncUtils.waitForFxEvents();
  }

  private boolean isShown(String id) {
    var node = robot.lookup(id).query();
    for (var at = node; at != null; at = at.getParent()) {
      if (!at.isVisible()) {
        return false;
      }
    }
    return node.isManaged();
  }

  @Test
  void theFieldsAreThereWhereTheModelUsesThem() {
    assertFalse(isShown("#prompt"), "no model yet");
    choose(Prompts.NONE);
    assertFalse(isShown("#prompt"));
    choose(Prompts.FOLLOWED);
    assertTrue(isShown("#prompt"));
    assertFalse(isShown("#negative-prompt") || isShown("#guidance"));
    choose(Prompts.GUIDED);
    assertTrue(isShown("#prompt") && isShown("#negative-prompt") && isShown("#guidance"));
  }

  @Test
  void whatIsTypedIsAskedFor() {
    choose(Prompts.GUIDED);
    robot.clickOn("#prompt").write("a lake");
    robot.push(KeyCode.TAB);
    robot.write("fog");
    robot.interact(() -> robot.lookup("#guidance").queryAs(Slider.class).setValue(5));
    var asked = recipe.begin().orElseThrow();
    assertEquals("a lake", asked.prompt());
    assertEquals("fog", asked.negativePrompt());
    assertEquals(5, asked.guidanceScale());
    robot.interact(() -> recipe.promptProperty().set("a forest"));
    assertEquals("a forest", robot.lookup("#prompt").queryAs(TextInputControl.class).getText());
  }

  @Test
  void theTokensAreCountedAndChunksMarked() {
    choose(Prompts.NONE);
    assertFalse(isShown("#prompt-count"));
    choose(Prompts.FOLLOWED);
    robot.clickOn("#prompt").write("a lake");
    var count = robot.lookup("#prompt-count").queryAs(Label.class);
    assertTrue(isShown("#prompt-count"));
    assertEquals("2 / 3", count.getText());
    assertEquals(List.of(), marks());
    robot.write(" at dusk");
    assertEquals("4 tokens, 2 chunks of 3", count.getText());
    assertTrue(count.getTooltip().getText().contains("begins at “dusk”."));
    WaitForAsyncUtils.waitForFxEvents();
    var mark = marks().getFirst();
    robot.write("k");
    WaitForAsyncUtils.waitForFxEvents();
    assertEquals(mark, marks().getFirst(), "the word goes on, and begins where it began");
    robot.eraseText(1);
    robot.interact(() -> recipe.promptProperty().set("a b c lake"));
    WaitForAsyncUtils.waitForFxEvents();
    assertTrue(marks().getFirst() < mark, "the word at which the second chunk begins is nearer");
    robot.interact(() -> recipe.promptProperty().set("a b c d e f g h"));
    WaitForAsyncUtils.waitForFxEvents();
    assertTrue(count.getTooltip().getText().contains("all from “g” on"));
    assertEquals(2, marks().size());
    robot.interact(() -> recipe.promptProperty().set("a"));
    assertEquals(List.of(), marks());
  }

  @Test
  void whatTheSeedDrawsAndWhatIsNotUnderstoodIsSaid() {
    choose(Prompts.FOLLOWED);
    assertFalse(isShown("#prompt-hint"));
    robot.interact(() -> recipe.promptProperty().set("{lake|sea} <lora:x>"));
    var hint = robot.lookup("#prompt-hint").queryAs(Label.class);
    assertTrue(hint.getText().contains("read as words"), hint.getText());
    assertTrue(hint.getText().contains("This seed draws “drawn by 18”."), hint.getText());
    robot.interact(() -> recipe.seedProperty().set("19"));
    assertTrue(hint.getText().contains("“drawn by 19”"), hint.getText());
    robot.interact(() -> recipe.promptProperty().set("a lake"));
    assertFalse(isShown("#prompt-hint"));
  }

  /** How far right the marks are that are seen. */
  private List<Double> marks() {
    return robot.lookup("#prompt").queryAs(PromptArea.class).getChildrenUnmodifiable().stream()
        .filter(Node::isVisible)
        .filter(node -> !Collections.disjoint(node.getStyleClass(), MARKS))
        .map(Node::getLayoutX)
        .toList();
  }
}
