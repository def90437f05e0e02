package org.infd.app;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import javafx.scene.Node;
import javafx.scene.Scene;
import javafx.stage.Stage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.testfx.api.FxRobot;
import org.testfx.api.FxToolkit;
import org.testfx.util.WaitForAsyncUtils;

/** A test of something in a window: opens it before each test, and closes it afterwards. */
public abstract class FxTest {
  private static final long LONGEST_WAIT_SECONDS = 120;

  protected final FxRobot robot = new FxRobot();
  protected Stage stage;

  /** What the window holds; called on the user interface's thread. */
  protected abstract Scene scene();

  /** Called on the user interface's thread when the window is there. */
  protected void shown() {}

  /** Called on the user interface's thread when the test is over. */
  protected void closing() {}

  @BeforeEach
  void openWindow() throws TimeoutException {
    FxToolkit.registerPrimaryStage();
    FxToolkit.setupFixture(
        () -> {
          stage = new Stage();
          stage.setScene(scene());
          stage.show();
          shown();
        });
  }

  @AfterEach
  void closeWindow() throws TimeoutException {
    FxToolkit.setupFixture(
        () -> {
          closing();
          stage.close();
        });
  }

  /** Waits until something holds; it is asked for on the user interface's thread. */
  protected static void waitFor(Callable<Boolean> condition) throws TimeoutException {
    WaitForAsyncUtils.waitFor(LONGEST_WAIT_SECONDS, TimeUnit.SECONDS, () -> onFx(condition));
  }

  /** Asks the user interface's thread. */
  protected static <T> T onFx(Callable<T> question) {
    return WaitForAsyncUtils.waitForAsyncFx(LONGEST_WAIT_SECONDS * 1000, question);
  }

  /** Does something on the user interface's thread, and waits until it is done. */
  protected static void run(Runnable action) {
    WaitForAsyncUtils.waitForAsyncFx(LONGEST_WAIT_SECONDS * 1000, action);
  }

  /** The node that is meant. */
  protected <T extends Node> T node(String query, Class<T> type) {
    return robot.lookup(query).queryAs(type);
  }

  /** The nodes that are seen: a grid keeps rows that it may need again, and hides them. */
  protected List<Node> seen(String query) {
    return robot.lookup(query).queryAll().stream()
        .filter(node -> node.getScene() != null)
        .filter(
            node ->
                Stream.iterate(node, Objects::nonNull, Node::getParent).allMatch(Node::isVisible))
        .toList();
  }
}
