package org.infd.app.control;

import javafx.event.EventType;
import javafx.scene.input.KeyCombination;
import javafx.scene.input.KeyEvent;
import org.jspecify.annotations.Nullable;

/**
 * A key combination that matches the typed character, whatever key and modifiers the keyboard
 * layout needs for it.
 */
final class TypedKey extends KeyCombination {
  private final String character;
  private final EventType<KeyEvent> type;

  /**
   * @param type {@link KeyEvent#KEY_TYPED}, or {@link KeyEvent#KEY_PRESSED} for a character that
   *     some keyboards have on a key of its own
   */
  TypedKey(String character, EventType<KeyEvent> type) {
    this.character = character;
    this.type = type;
  }

  @Override
  public boolean match(KeyEvent event) {
    return event.getEventType() == type
        && !event.isShortcutDown()
        && character.equals(type == KeyEvent.KEY_TYPED ? event.getCharacter() : event.getText());
  }

  @Override
  public String getName() {
    return character;
  }

  @Override
  public String getDisplayText() {
    return character;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof TypedKey key && key.character.equals(character) && key.type == type;
  }

  @Override
  public int hashCode() {
    return character.hashCode();
  }
}
