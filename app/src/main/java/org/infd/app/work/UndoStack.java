package org.infd.app.work;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.BooleanSupplier;

/**
 * What the user has done in this session that can be taken back, the last first. Belongs to the
 * user interface's thread.
 */
public final class UndoStack {
  /** One thing that can be taken back, once. */
  public final class Act {
    private final BooleanSupplier possible;
    private final Runnable undo;

    private Act(BooleanSupplier possible, Runnable undo) {
      this.possible = possible;
      this.undo = undo;
    }

    /** Takes it back, whatever was done since; does nothing where that has happened already. */
    public void undo() {
      if (acts.remove(this) && possible.getAsBoolean()) {
        undo.run();
      }
    }
  }

  private final Deque<Act> acts = new ArrayDeque<>();

  /** The user has done something that {@code undo} takes back. */
  public Act push(Runnable undo) {
    return push(() -> true, undo);
  }

  /**
   * The user has done something that {@code undo} takes back.
   *
   * @param possible whether that still means something when its turn comes
   */
  public Act push(BooleanSupplier possible, Runnable undo) {
    var act = new Act(possible, undo);
    acts.push(act);
    return act;
  }

  /** Takes back what was done last; does nothing where there is nothing left. */
  public void undo() {
    acts.removeIf(act -> !act.possible.getAsBoolean());
    var last = acts.peek();
    if (last != null) {
      last.undo();
    }
  }
}
