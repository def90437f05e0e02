package org.infd.app.window;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.TimeoutException;
import javafx.event.Event;
import javafx.scene.Node;
import javafx.scene.Parent;
import javafx.scene.control.Button;
import javafx.scene.control.ButtonBase;
import javafx.scene.control.Label;
import javafx.scene.control.Labeled;
import javafx.scene.control.TextInputControl;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyEvent;
import javafx.scene.input.MouseButton;
import org.infd.app.engine.Choices;
import org.infd.app.engine.ModelChoice;
import org.infd.app.settings.Theme;
import org.infd.inference.Problem;
import org.junit.jupiter.api.Test;
import org.testfx.util.WaitForAsyncUtils;

/** What is around the picture: messages, tabs, the sheet of keys, the theme. */
class WindowPartsTest extends StudioWindowTest {
  WindowPartsTest() {
    super(900, 700);
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
      run(
          () -> {
            // the headless robot knows no modifiers
            Event.fireEvent(
                text,
                new KeyEvent(KeyEvent.KEY_PRESSED, "", "", KeyCode.Z, false, true, false, false));
          });
      assertTrue(onFx(text::getText).length() < typed.length(), "after undo: " + text.getText());
    }
  }

  @Test
  void theThemeSwitches() throws TimeoutException {
    startWithPicture();
    robot.clickOn("#theme");
    assertEquals(Theme.DARK, onFx(() -> model.preferences().themeProperty().get()));
    assertEquals(Theme.DARK.styleSheet(), javafx.application.Application.getUserAgentStylesheet());
    robot.type(KeyCode.T);
    assertEquals(Theme.LIGHT, onFx(() -> model.preferences().themeProperty().get()));
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

  private int tabs() {
    return onFx(() -> model.tabs().tabs().size());
  }

  @Test
  void tabsObeyKeysAndMouse() throws TimeoutException {
    startWithPicture();
    waitFor(() -> model.tabs().current().file().isPresent());
    type(canvas(), KeyCode.T, false, true, false);
    assertEquals(2, tabs());
    assertTrue(node("#empty", Node.class).isVisible());
    type(canvas(), KeyCode.TAB, false, true, false);
    assertEquals("Hills · seed 18", node("#title", Label.class).getText());
    waitForRest();
    type(canvas(), KeyCode.TAB, true, true, false);
    assertEquals("", node("#title", Label.class).getText());
    type(canvas(), KeyCode.W, false, true, false);
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
    type(canvas(), KeyCode.T, true, true, false);
    waitFor(() -> "Hills · seed 18".equals(node("#title", Label.class).getText()));
    assertEquals(2, tabs());
  }

  @Test
  void aQuestionMarkShowsTheKeys() throws TimeoutException {
    startWithPicture();
    assertFalse(node("#keyboard-help", Node.class).isVisible());
    robot.clickOn("#keys");
    assertTrue(node("#keyboard-help", Node.class).isVisible());
    waitFor(
        () ->
            node("#keyboard-help", Node.class)
                .localToScene(node("#keyboard-help", Node.class).getLayoutBounds())
                .contains(0, 0, stage.getScene().getWidth(), stage.getScene().getHeight()));
    robot.type(KeyCode.ESCAPE);
    assertFalse(node("#keyboard-help", Node.class).isVisible());
    run(
        () -> {
          var typed =
              new KeyEvent(
                  KeyEvent.KEY_TYPED, "?", "", KeyCode.UNDEFINED, true, false, false, false);
          Event.fireEvent(canvas(), typed);
        });
    assertTrue(node("#keyboard-help", Node.class).isVisible());
    robot.clickOn("#keyboard-help-close");
    assertFalse(node("#keyboard-help", Node.class).isVisible());
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
