package org.infd.app.engine;

import java.util.IdentityHashMap;
import java.util.function.Consumer;

/**
 * Counts the users of a picture: the tab that shows it, the export that renders it. It is released
 * with the last of them. All methods belong to the user interface's thread.
 */
public final class PictureHolds {
  private final IdentityHashMap<Picture, Integer> held = new IdentityHashMap<>();
  private final Consumer<Picture> release;

  /**
   * @param release frees what renders a picture
   */
  public PictureHolds(Consumer<Picture> release) {
    this.release = release;
  }

  /** A picture is needed: it must not go before {@link #letGo}. */
  public void hold(Picture picture) {
    held.merge(picture, 1, Integer::sum);
  }

  /** One who needed a picture does so no more. */
  public void letGo(Picture picture) {
    if (held.computeIfPresent(picture, (p, count) -> count == 1 ? null : count - 1) == null) {
      release.accept(picture);
    }
  }
}
