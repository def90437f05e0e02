package org.infd.app.control;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import javafx.scene.control.TextInputControl;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyEvent;

/**
 * The actions of some shortcuts in one part of the window. Belongs to the user interface's thread.
 */
public final class KeyActions {
  private record Action(BooleanSupplier when, Consumer<KeyEvent> run) {}

  private final EnumMap<Shortcut, Action> actions = new EnumMap<>(Shortcut.class);
  private final BooleanSupplier active;

  /** Acts at any time. */
  public KeyActions() {
    this(() -> true);
  }

  /**
   * @param active whether anything can be done now; otherwise all keys are left to others
   */
  public KeyActions(BooleanSupplier active) {
    this.active = active;
  }

  /** Has a shortcut do something. */
  public KeyActions on(Shortcut shortcut, Runnable action) {
    return on(shortcut, () -> true, action);
  }

  /**
   * Has a shortcut do something.
   *
   * @param when whether it can be done now; otherwise the key is left to others
   */
  public KeyActions on(Shortcut shortcut, BooleanSupplier when, Runnable action) {
    return on(shortcut, when, event -> action.run());
  }

  /** Has a shortcut do something that depends on what else is held down. */
  public KeyActions on(Shortcut shortcut, Consumer<KeyEvent> action) {
    return on(shortcut, () -> true, action);
  }

  /** Has a shortcut do something that depends on what else is held down, when that can be done. */
  public KeyActions on(Shortcut shortcut, BooleanSupplier when, Consumer<KeyEvent> action) {
    if (actions.put(shortcut, new Action(when, action)) != null) {
      throw new IllegalArgumentException(shortcut + " does something already");
    }
    return this;
  }

  /** The shortcuts that do something here. */
  public Set<Shortcut> shortcuts() {
    return actions.isEmpty() ? Set.of() : EnumSet.copyOf(actions.keySet());
  }

  /**
   * Does what a key means, and consumes its event.
   *
   * @return whether it means something here and now
   */
  public boolean act(KeyEvent event) {
    for (var entry : actions.entrySet()) {
      var action = entry.getValue();
      if (entry.getKey().matches(event)
          && !isForText(event)
          && active.getAsBoolean()
          && action.when().getAsBoolean()) {
        event.consume();
        action.run().accept(event);
        return true;
      }
    }
    return false;
  }

  /** A text that has the cursor keeps what is typed. */
  private static boolean isForText(KeyEvent event) {
    return event.getTarget() instanceof TextInputControl
        && !event.isShortcutDown()
        && !event.isControlDown()
        && event.getCode() != KeyCode.ESCAPE;
  }
}
