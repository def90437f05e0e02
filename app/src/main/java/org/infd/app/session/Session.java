package org.infd.app.session;

import java.util.List;
import org.infd.app.export.UnfinishedExport;
import org.infd.app.runs.UnfinishedRun;
import org.infd.app.tab.SavedTab;
import org.infd.inference.generation.Recipe;
import org.jspecify.annotations.Nullable;

/**
 * What the user was doing at a moment.
 *
 * @param recipe what was chosen for the next picture, its layout included
 * @param guidance the guidance that was chosen, also where the recipe has no prompt to follow
 * @param seedLocked whether the seed was to stay
 * @param count how many pictures a run was to make
 * @param exportSide the side of exported pictures in pixels
 * @param tabs the pictures that were open, with the views of them
 * @param tab which of them was looked at, from 0; -1 for none
 * @param queue what was being made and what waited, the next first
 */
public record Session(
    Recipe recipe,
    double guidance,
    boolean seedLocked,
    int count,
    int exportSide,
    List<SavedTab> tabs,
    int tab,
    List<UnfinishedRun> queue,
    List<UnfinishedExport> exports) {
  /** Passes over what a file does not hold whole. */
  public Session {
    tabs = SavedTab.whole(tabs);
    queue = whole(queue);
    exports = wholeExports(exports);
  }

  /** The reader fills records without asking whether a component may be null. */
  private static List<UnfinishedRun> whole(@Nullable List<UnfinishedRun> read) {
    return read == null ? List.of() : read.stream().filter(Session::isWhole).toList();
  }

  private static List<UnfinishedExport> wholeExports(@Nullable List<UnfinishedExport> read) {
    return read == null
        ? List.of()
        : read.stream().filter(export -> export != null && export.isWhole()).toList();
  }

  private static boolean isWhole(@Nullable UnfinishedRun unfinished) {
    return unfinished != null && unfinished.whole().isPresent();
  }
}
