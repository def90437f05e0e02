package org.infd.app.window;

import java.util.Optional;
import org.infd.app.engine.Picture;
import org.infd.app.gallery.GalleryModel;
import org.infd.app.recipe.RecipeModel;
import org.infd.app.settings.PreferencesModel;
import org.infd.app.settings.Settings;
import org.infd.app.tab.TabsModel;
import org.infd.inference.generation.Recipe;

/** What is remembered from one start of the program to the next. */
final class Remembered {
  private final PreferencesModel preferences;
  private final RecipeModel recipe;
  private final GalleryModel gallery;
  private final TabsModel tabs;
  private final Optional<Recipe> last;

  /**
   * Sets what was remembered but preferences, and the recipe and tabs, which wait for the models.
   */
  Remembered(
      Settings settings,
      PreferencesModel preferences,
      RecipeModel recipe,
      GalleryModel gallery,
      TabsModel tabs) {
    this.preferences = preferences;
    this.recipe = recipe;
    this.gallery = gallery;
    this.tabs = tabs;
    last = Optional.ofNullable(settings.recipe());
    if (settings.galleryBytes() > 0) {
      gallery.limitProperty().set(settings.galleryBytes());
    }
    recipe.seedLockedProperty().set(settings.seedLocked());
    if (settings.exportSide() > 0) {
      recipe.exportSideProperty().set(settings.exportSide());
    }
  }

  /** What to remember, with the window's place and the folder of the last file dialog. */
  Settings settings(double width, double height, boolean maximised, String folder) {
    long limit = gallery.limitProperty().get();
    return new Settings(
        preferences.preferences(),
        width,
        height,
        maximised,
        recipe.exportSideProperty().get(),
        recipe.seedLockedProperty().get(),
        folder.isEmpty() ? null : folder,
        tabs.pictureProperty().get().map(Picture::recipe).or(() -> last).orElse(null),
        limit == GalleryModel.DEFAULT_LIMIT ? 0 : limit,
        tabs.history().saved(),
        tabs.history().savedCurrent());
  }
}
