package org.infd.app.tab;

import org.infd.app.viewer.SavedView;
import org.jspecify.annotations.Nullable;

/**
 * A tab as it is remembered.
 *
 * @param title what the user calls it
 * @param file the field file of its picture
 * @param view where the user was in it, or null for the whole
 */
public record SavedTab(String title, String file, @Nullable SavedView view) {}
