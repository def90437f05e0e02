package org.infd.app.layout;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The states of an edited value, for undo and redo. Changes that belong together, such as the
 * letters of a word, are one step.
 */
final class History<T> {
  /** Nobody goes back further by hand. */
  static final int LONGEST = 500;

  private final ArrayDeque<T> past = new ArrayDeque<>();
  private final ArrayDeque<T> future = new ArrayDeque<>();
  private T present;
  private @Nullable Object running;

  History(T first) {
    present = first;
  }

  T present() {
    return present;
  }

  /**
   * Goes on to another state.
   *
   * @param key equal keys one after the other are one step; null is a step of its own
   */
  void put(T next, @Nullable Object key) {
    if (next.equals(present)) {
      return;
    }
    if (key == null || !key.equals(running)) {
      past.push(present);
      if (past.size() > LONGEST) {
        past.removeLast();
      }
    }
    running = key;
    present = next;
    future.clear();
  }

  /** Changes the present without a step: not all that changes is for the user to take back. */
  void amend(T now) {
    present = now;
  }

  /** Leaves out the step of a key that is under way, as if it had never been begun. */
  void takeBack(Object key) {
    if (key.equals(running)) {
      present = past.pop();
    }
    running = null;
  }

  /** What comes next is a step of its own. */
  void pause() {
    running = null;
  }

  boolean canUndo() {
    return !past.isEmpty();
  }

  boolean canRedo() {
    return !future.isEmpty();
  }

  /** Goes a step back, if there is one. */
  void undo() {
    running = null;
    if (!past.isEmpty()) {
      future.push(present);
      present = past.pop();
    }
  }

  /** Undoes {@link #undo}. */
  void redo() {
    running = null;
    if (!future.isEmpty()) {
      past.push(present);
      present = future.pop();
    }
  }
}
