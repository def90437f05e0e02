package org.infd.app.bookmark;

import org.infd.app.viewer.SavedView;
import org.infd.inference.ShownText;
import org.jspecify.annotations.Nullable;

/**
 * A place in a picture.
 *
 * @param name what the user calls it
 */
public record Bookmark(String name, SavedView view) {
  /** Makes the name fit to be shown; the reader of files asks later whether there is one. */
  public Bookmark {
    @Nullable String given = name;
    name = given == null ? name : ShownText.line(given);
  }
}
