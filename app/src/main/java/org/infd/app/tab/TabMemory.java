package org.infd.app.tab;

import java.nio.file.Files;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;
import org.infd.app.engine.PictureHolds;
import org.infd.app.viewer.SuspendedView;

/**
 * Bounds the memory of tabs in the background: beyond {@link #ASIDE_BYTES} of tiles they keep one
 * tile each, and of their pictures only {@link #MOST_AWAKE} stay decoded. The least recently seen
 * give way first. All methods belong to the user interface's thread.
 */
final class TabMemory {
  /**
   * So many pictures stay decoded: with Mountains on the CPU the sessions of one that was looked at
   * hold some 130 MB outside the heap, and waking takes about a second.
   */
  static final int MOST_AWAKE = 4;

  /** The tiles of all tabs that are not looked at: some four full screens. */
  static final long ASIDE_BYTES = 64L << 20;

  private final TabsModel model;
  private final PictureHolds holds;

  TabMemory(TabsModel model, PictureHolds holds) {
    this.model = model;
    this.holds = holds;
  }

  /** Lets go what is held beyond the bounds. */
  void bound() {
    long bytes = 0;
    int awake = 0;
    for (var tab : hidden().toList()) {
      var aside = tab.aside();
      if (aside.isPresent()) {
        if (bytes + aside.get().bytes() > ASIDE_BYTES) {
          aside.get().trim();
        }
        bytes += aside.get().bytes();
      }
      if (tab.pictureProperty().get().isPresent() && ++awake >= MOST_AWAKE) {
        sleep(tab);
      }
    }
  }

  /** The tabs that are not looked at, the last seen first. */
  private Stream<Tab> hidden() {
    return model.tabs().stream()
        .filter(tab -> tab != model.current())
        .sorted(Comparator.comparingLong(Tab::seen).reversed());
  }

  /** Lets go the picture of a tab, if it can come back from a file. */
  void sleep(Tab tab) {
    if (tab.file().filter(Files::isRegularFile).isEmpty()) {
      return;
    }
    var view = tab.view();
    tab.takeAside().ifPresent(SuspendedView::close);
    var sleeping = tab.pictureProperty().get();
    tab.put(Optional.empty(), tab.titleProperty().get(), tab.file(), view);
    sleeping.ifPresent(holds::letGo);
  }

  /** The bytes of tiles that tabs hold which are not looked at. */
  long asideBytes() {
    return model.tabs().stream()
        .flatMap(tab -> tab.aside().stream())
        .mapToLong(SuspendedView::bytes)
        .sum();
  }
}
