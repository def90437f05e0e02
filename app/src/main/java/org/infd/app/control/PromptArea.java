package org.infd.app.control;

import javafx.scene.TraversalDirection;
import javafx.scene.control.TextArea;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyEvent;

/** The text area of prompts: lines wrap, and Tab moves on to the next control. */
public final class PromptArea extends TextArea {
  /** An empty one. */
  public PromptArea() {
    setWrapText(true);
    // a tabulator means nothing in a prompt, and the keyboard must find its way out
    addEventFilter(
        KeyEvent.KEY_PRESSED,
        event -> {
          if (event.getCode() == KeyCode.TAB && !event.isControlDown()) {
            requestFocusTraversal(
                event.isShiftDown() ? TraversalDirection.PREVIOUS : TraversalDirection.NEXT);
            event.consume();
          }
        });
  }
}
