package org.infd.app.viewer;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * The views that the user has left, as a browser keeps pages. Views that show nearly the same are
 * one.
 */
final class ViewHistory {
  private static final int MOST = 100;

  /** Two views show nearly the same when their zooms differ less than this factor … */
  private static final double SAME_ZOOM = 1.5;

  /** … and their middles less than this part of a window. */
  private static final double SAME_PLACE = 0.4;

  private final Deque<Camera> behind = new ArrayDeque<>();
  private final Deque<Camera> ahead = new ArrayDeque<>();

  /** The user sets off from a view. */
  void leave(Camera view) {
    ahead.clear();
    if (behind.isEmpty() || !isSame(behind.peek(), view)) {
      behind.push(view);
    }
    if (behind.size() > MOST) {
      behind.removeLast();
    }
  }

  /** The view before; {@code now} can be come back to by {@link #forward}. */
  Optional<Camera> back(Camera now) {
    return step(behind, ahead, now);
  }

  /** The view that was come back from. */
  Optional<Camera> forward(Camera now) {
    return step(ahead, behind, now);
  }

  private static Optional<Camera> step(Deque<Camera> from, Deque<Camera> to, Camera now) {
    while (!from.isEmpty()) {
      var view = from.pop();
      if (!isSame(view, now)) {
        to.push(now);
        return Optional.of(view);
      }
    }
    return Optional.empty();
  }

  private static boolean isSame(Camera one, Camera other) {
    return Math.abs(Math.log(one.side() / other.side())) < Math.log(SAME_ZOOM)
        && one.windowsTo(other) < SAME_PLACE;
  }
}
