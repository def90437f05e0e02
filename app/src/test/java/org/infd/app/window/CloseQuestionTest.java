package org.infd.app.window;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeoutException;
import javafx.event.Event;
import javafx.scene.Node;
import javafx.scene.control.Label;
import javafx.scene.input.KeyCode;
import javafx.stage.WindowEvent;
import org.junit.jupiter.api.Test;

/** The window's cross is clicked while a picture is made. */
class CloseQuestionTest extends StudioWindowTest {
  CloseQuestionTest() {
    super(900, 600);
  }

  private void closeWithWork() throws TimeoutException {
    startWithPicture();
    engine.gate.drainPermits();
    run(() -> model.requests().generate(false));
    clickCross();
    assertTrue(node("#close-question", Node.class).isVisible());
  }

  private void clickCross() {
    run(() -> Event.fireEvent(stage, new WindowEvent(stage, WindowEvent.WINDOW_CLOSE_REQUEST)));
  }

  private void press(KeyCode code) {
    type(onFx(() -> stage.getScene().getFocusOwner()), code, false, false, false);
  }

  private String focused() {
    return onFx(() -> stage.getScene().getFocusOwner().getId());
  }

  @Test
  void escapeStaysAndTheKeysGoNowhereElse() throws TimeoutException {
    closeWithWork();
    assertEquals("A picture is being made.", node("#close-words", Label.class).getText());
    assertEquals("close-keep", focused());
    press(KeyCode.TAB);
    assertEquals("close-finish", focused());
    press(KeyCode.RIGHT);
    assertEquals("close-stop", focused());
    press(KeyCode.TAB);
    press(KeyCode.TAB);
    assertEquals("close-keep", focused());
    press(KeyCode.T);
    type(onFx(() -> stage.getScene().getFocusOwner()), KeyCode.DIGIT2, false, true, false);
    assertEquals(Page.PICTURE, onFx(() -> model.pages().pageProperty().get()));
    press(KeyCode.ESCAPE);
    assertFalse(node("#close-question", Node.class).isVisible());
    assertTrue(stage.isShowing());
    assertTrue(onFx(() -> model.generation().isRunning()), "Escape stopped nothing");
    assertEquals(canvas(), onFx(() -> stage.getScene().getFocusOwner()));
  }

  @Test
  void enterKeepsAndCloses() throws TimeoutException {
    closeWithWork();
    press(KeyCode.ENTER);
    assertFalse(stage.isShowing());
    assertTrue(onFx(() -> model.ending().isKept()));
  }

  @Test
  void stoppingCloses() throws TimeoutException {
    closeWithWork();
    robot.clickOn("#close-stop");
    assertFalse(stage.isShowing());
    assertFalse(onFx(() -> model.ending().isKept()));
  }

  @Test
  void finishingClosesLater() throws TimeoutException {
    closeWithWork();
    robot.clickOn("#close-finish");
    assertTrue(stage.isShowing());
    assertTrue(node("#finishing", Node.class).isVisible());
    engine.open();
    waitFor(() -> !stage.isShowing());
  }
}
