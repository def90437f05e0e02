package org.infd.app.tab;

import java.util.List;
import org.infd.app.viewer.SavedView;
import org.infd.app.work.Place;
import org.jspecify.annotations.Nullable;

/**
 * A tab as it is remembered.
 *
 * @param title what the user calls it
 * @param file the field file of its picture
 * @param view where the user was in it, or null for the whole
 */
public record SavedTab(String title, String file, @Nullable SavedView view) {
  private static final int LONGEST_TITLE = 100;

  /** A title is only for people. */
  public SavedTab {
    title = shortened(title);
  }

  private static String shortened(@Nullable String read) {
    return read == null ? "" : read.substring(0, Math.min(LONGEST_TITLE, read.length()));
  }

  /** What a file holds of a list of tabs, without what is not whole. */
  public static List<SavedTab> whole(@Nullable List<SavedTab> read) {
    return read == null ? List.of() : read.stream().filter(SavedTab::isWhole).toList();
  }

  /** The reader fills records without asking whether a component may be null. */
  private static boolean isWhole(@Nullable SavedTab tab) {
    return tab != null && Place.of(tab.file()).isPresent();
  }
}
