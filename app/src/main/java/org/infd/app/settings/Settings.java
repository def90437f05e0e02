package org.infd.app.settings;

import java.util.List;
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
}
