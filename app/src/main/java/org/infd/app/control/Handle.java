package org.infd.app.control;

import javafx.scene.Cursor;

/** Which part of a box or a frame is dragged: an edge, a corner, or the whole. */
public enum Handle {
  TOP_LEFT(-1, -1),
  TOP(-1, 0),
  TOP_RIGHT(-1, 1),
  LEFT(0, -1),
  INSIDE(0, 0),
  RIGHT(0, 1),
  BOTTOM_LEFT(1, -1),
  BOTTOM(1, 0),
  BOTTOM_RIGHT(1, 1);

  private final int down;
  private final int across;

  Handle(int down, int across) {
    this.down = down;
    this.across = across;
  }

  /** Which horizontal edge it moves: −1 the upper, 1 the lower, 0 none. */
  public int down() {
    return down;
  }

  /** Which vertical edge it moves: −1 the left, 1 the right, 0 none. */
  public int across() {
    return across;
  }

  /** What the pointer looks like over it. */
  public Cursor cursor() {
    return switch (this) {
      case INSIDE -> Cursor.MOVE;
      case TOP, BOTTOM -> Cursor.V_RESIZE;
      case LEFT, RIGHT -> Cursor.H_RESIZE;
      case TOP_LEFT, BOTTOM_RIGHT -> Cursor.NW_RESIZE;
      case TOP_RIGHT, BOTTOM_LEFT -> Cursor.NE_RESIZE;
    };
  }

  /** The handle that moves these edges: −1 the upper or left, 1 the lower or right, 0 none. */
  public static Handle of(int down, int across) {
    for (var handle : values()) {
      if (handle.down == down && handle.across == across) {
        return handle;
      }
    }
    throw new IllegalArgumentException(down + ", " + across);
  }
}
