package org.infd.app.viewer;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A field that was put aside: with the view that the user left, the views before that, and the
 * tiles of that view, so that it is seen at once when it is shown again. Nothing of it is rendered
 * meanwhile.
 */
public final class SuspendedView {
  private final Field field;
  private final FieldTiles tiles;
  private final ViewHistory history;
  private final @Nullable SavedView view;

  /**
   * @param tiles paused
   * @param view where the user was, or null for the whole
   */
  SuspendedView(Field field, FieldTiles tiles, ViewHistory history, @Nullable SavedView view) {
    this.field = field;
    this.tiles = tiles;
    this.history = history;
    this.view = view;
  }

  Field field() {
    return field;
  }

  FieldTiles tiles() {
    return tiles;
  }

  ViewHistory history() {
    return history;
  }

  /** Where the user was; empty for the whole image. */
  public Optional<SavedView> view() {
    return Optional.ofNullable(view);
  }

  /** The bytes of pixels that are held. */
  public long bytes() {
    return tiles.bytes();
  }

  /** Lets go what can be rendered again: all but one tile that shows the whole. */
  public void trim() {
    tiles.keepRoot();
  }

  /** Lets the tiles go; it cannot be shown any more. */
  public void close() {
    tiles.close();
  }
}
