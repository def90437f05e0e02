package org.infd.app.tab;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.infd.app.engine.Engine;
import org.infd.app.engine.Picture;
import org.infd.app.viewer.SavedView;
import org.infd.app.viewer.ViewerModel;

/**
 * Makes the pictures of tabs anew, where the user is in them. All methods belong to the user
 * interface's thread.
 */
public final class TabRemaking {
  private final TabsModel tabs;
  private final Engine engine;
  private final ViewerModel viewer;

  /**
   * @param viewer shows the picture of the tab that is looked at
   */
  public TabRemaking(TabsModel tabs, Engine engine, ViewerModel viewer) {
    this.tabs = tabs;
    this.engine = engine;
    this.viewer = viewer;
  }

  /**
   * Makes what renders the pictures anew, where each was; tabs that are not looked at come back
   * from their files when they are.
   *
   * @param unkept takes the new picture of a tab that is in no file
   */
  public void renewAll(Consumer<Picture> unkept) {
    for (var tab : List.copyOf(tabs.tabs())) {
      var old = tab.pictureProperty().get();
      if (!tabs.isCurrent(tab)) {
        tabs.memory().sleep(tab);
      }
      if (tab.pictureProperty().get().isPresent()) {
        remake(tab, old.orElseThrow(), engine::renew, unkept);
      }
    }
  }

  /** Makes the picture that is looked at anew; what is in no file stays so. */
  void current(TabLoader.Maker maker) {
    var tab = tabs.current();
    tab.pictureProperty().get().ifPresent(old -> remake(tab, old, maker, again -> {}));
  }

  private void remake(Tab tab, Picture old, TabLoader.Maker maker, Consumer<Picture> unkept) {
    tabs.loader().remake(tab, old, maker, () -> place(tab), unkept);
  }

  private Optional<SavedView> place(Tab tab) {
    return tabs.isCurrent(tab) ? viewer.place() : tab.view();
  }
}
