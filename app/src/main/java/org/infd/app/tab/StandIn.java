package org.infd.app.tab;

import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;
import org.infd.app.engine.SmallPicture;
import org.infd.app.viewer.PixelImage;
import org.infd.app.viewer.SavedView;
import org.infd.app.viewer.ViewerModel;
import org.jspecify.annotations.Nullable;

/**
 * Shows a small picture in the tab that is looked at until the real one has come: nobody looks at
 * the picture before, or at nothing. Belongs to the user interface's thread.
 */
final class StandIn {
  private final ViewerModel viewer;
  private final Supplier<Tab> current;

  /**
   * @param current the tab that is looked at
   */
  StandIn(ViewerModel viewer, Supplier<Tab> current) {
    this.viewer = viewer;
    this.current = current;
  }

  /** What to show of a field file; reads it, so not on the user interface's thread. */
  static Optional<PixelImage> read(Path file) {
    return SmallPicture.ofField(file);
  }

  /**
   * Shows a small picture in a tab, if it is looked at.
   *
   * @param view where the real one will be shown; null for the whole
   */
  void show(Tab tab, PixelImage image, @Nullable SavedView view) {
    if (tab == current.get()) {
      viewer.standIn(Optional.of(image));
      if (view != null && !viewer.isPreviewing()) {
        viewer.jumpTo(view);
      }
    }
  }

  /** What was being opened in a tab is there, or it does not come. */
  void end(Tab tab) {
    if (tab == current.get()) {
      viewer.standIn(Optional.empty());
    }
  }
}
