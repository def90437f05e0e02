package org.infd.app.recipe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeoutException;
import javafx.scene.Scene;
import javafx.scene.control.Slider;
import javafx.scene.control.TextInputControl;
import javafx.scene.input.KeyCode;
import javafx.scene.layout.VBox;
import javafx.stage.Stage;
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
  private final FxRobot robot = new FxRobot();
  private final RecipeModel recipe = new RecipeModel(new Random(1));
  private Stage stage;

  @BeforeEach
  void showFields() throws TimeoutException {
    FxToolkit.registerPrimaryStage();
    FxToolkit.setupFixture(
        () -> {
          stage = new Stage();
          stage.setScene(new Scene(new VBox(new PromptFields(recipe)), 300, 400));
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
}
