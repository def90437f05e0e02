package org.infd.app.control;

import javafx.scene.control.ButtonBase;
import javafx.scene.input.KeyEvent;
import javafx.scene.input.MouseButton;
import javafx.scene.input.MouseEvent;

/**
 * Recognises the clicks that open something in a new tab, as in a browser: with the modifier of
 * shortcuts, or with the middle button.
 */
public final class NewTabClick {
  private NewTabClick() {}

  /**
   * Has such a click on a button do something else than a plain one; so does {@link
   * Shortcut#OPEN_IN_NEW_TAB}.
   */
  public static void on(ButtonBase button, Runnable action) {
    button.addEventFilter(
        MouseEvent.MOUSE_RELEASED,
        event -> {
          boolean middle = event.getButton() == MouseButton.MIDDLE;
          boolean withKey = event.getButton() == MouseButton.PRIMARY && event.isShortcutDown();
          if ((middle || withKey) && button.contains(event.getX(), event.getY())) {
            button.disarm();
            event.consume();
            action.run();
          }
        });
    button.addEventFilter(
        KeyEvent.KEY_PRESSED, new KeyActions().on(Shortcut.OPEN_IN_NEW_TAB, action)::act);
  }
}
