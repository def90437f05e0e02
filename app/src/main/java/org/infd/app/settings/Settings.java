package org.infd.app.settings;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.infd.app.tab.SavedTab;
import org.infd.inference.generation.Recipe;
import org.jspecify.annotations.Nullable;

/**
 * What the program remembers between two starts.
 *
 * @param preferences what the user chose on the page of settings
 * @param width the window's width, 0 for the default
 * @param height the window's height, 0 for the default
 * @param maximised whether the window fills the screen
 * @param exportSide the side of exported pictures in pixels, 0 for the default
 * @param seedLocked whether the seed stays
 * @param folder the folder of the last file, or null
 * @param recipe the last recipe, or null
 * @param galleryBytes what kept pictures may take on disk, 0 for the default
 * @param tabs the pictures that were open
 * @param tab which of them was looked at, from 0; -1 for none
 */
public record Settings(
    Preferences preferences,
    double width,
    double height,
    boolean maximised,
    int exportSide,
    boolean seedLocked,
    @Nullable String folder,
    @Nullable Recipe recipe,
    long galleryBytes,
    List<SavedTab> tabs,
    int tab) {
  private static final double LARGEST_WINDOW = 16_384;

  /** Replaces what cannot be by the default. */
  public Settings {
    if (preferences == null) {
      preferences = Preferences.defaults();
    }
    width = legal(width);
    height = legal(height);
    exportSide = exportSide < 1 || exportSide > 1 << 20 ? 0 : exportSide;
    galleryBytes = Math.max(0, galleryBytes);
    tabs = SavedTab.whole(tabs);
    tab = tabs.isEmpty() ? -1 : tab;
    if (recipe != null && (recipe.model() == null || recipe.sampler() == null)) {
      recipe = null;
    }
  }

  private static double legal(double extent) {
    return extent > 0 && extent <= LARGEST_WINDOW ? extent : 0;
  }

  /** What holds at the first start. */
  public static Settings defaults() {
    return new Settings(
        Preferences.defaults(), 0, 0, false, 0, false, null, null, 0, List.of(), -1);
  }

  /**
   * These settings over those that another window wrote.
   *
   * @param before what these were when they were last written
   * @param others what is written now
   * @param seen the tabs that were ever open here: others are another window's, and stay
   */
  Settings over(Settings before, Settings others, Set<SavedTab> seen) {
    var files = Stream.concat(seen.stream(), tabs.stream()).map(SavedTab::file).toList();
    var known = new HashSet<>(files);
    var all = new ArrayList<>(tabs);
    others.tabs.stream().filter(tab -> !known.contains(tab.file())).forEach(all::add);
    return new Settings(
        preferences.over(before.preferences, others.preferences),
        changed(before.width, width, others.width),
        changed(before.height, height, others.height),
        changed(before.maximised, maximised, others.maximised),
        changed(before.exportSide, exportSide, others.exportSide),
        changed(before.seedLocked, seedLocked, others.seedLocked),
        changed(before.folder, folder, others.folder),
        changed(before.recipe, recipe, others.recipe),
        changed(before.galleryBytes, galleryBytes, others.galleryBytes),
        all,
        tab);
  }

  /** What is now, unless it is what it was. */
  static <T extends @Nullable Object> T changed(T before, T now, T others) {
    return Objects.equals(before, now) ? others : now;
  }
}
