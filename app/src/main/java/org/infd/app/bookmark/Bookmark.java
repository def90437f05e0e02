package org.infd.app.bookmark;

import org.infd.app.viewer.SavedView;

/**
 * A place in a picture.
 *
 * @param name what the user calls it
 */
public record Bookmark(String name, SavedView view) {}
