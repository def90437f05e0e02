package org.infd.app.window;

import java.util.List;
import javafx.beans.value.ObservableValue;
import org.infd.app.tab.Tab;
import org.infd.app.viewer.ViewerPane;

/**
 * Decides what is seen where there is no picture: the samples to begin with, that one is on its
 * way, or what is to be done first.
 */
final class EmptyState {
  private final StudioModel model;
  private final PictureCommands pictures;
  private final ViewerPane viewer;
  private final StartPane start;

  EmptyState(StudioModel model, PictureCommands pictures, ViewerPane viewer, StartPane start) {
    this.model = model;
    this.pictures = pictures;
    this.viewer = viewer;
    this.start = start;
    var tab = model.tabs().currentProperty();
    for (var changing :
        List.<ObservableValue<?>>of(
            model.generation().stateProperty(),
            model.recipe().modelProperty(),
            model.deviceProperty(),
            model.layouts().model().openProperty(),
            tab,
            tab.flatMap(Tab::openingProperty),
            model.viewer().fieldProperty())) {
      changing.subscribe(changed -> show());
    }
    model.samples().subscribe(this::show);
  }

  private void show() {
    var tab = model.tabs().current();
    boolean comes = model.isMakingHere() || tab.openingProperty().get() || tab.isReserved();
    boolean laying = model.layouts().model().openProperty().get();
    start.setVisible(model.viewer().isEmpty() && !comes && !laying && !model.samples().isEmpty());
    viewer.setEmptyShown(!laying || comes);
    if (comes) {
      viewer.setEmptyState("One moment", "The picture is on its way.", null);
    } else if (model.deviceProperty().get().isEmpty()) {
      viewer.setEmptyState("Starting", "Looking for models and a device.", null);
    } else if (model.recipe().modelProperty().get().isEmpty()) {
      viewer.setEmptyState(
          "No model yet",
          "Turn a checkpoint into one: drop a .pth on the window, or import it on the page of"
              + " models.",
          null);
    } else {
      viewer.setEmptyState(
          "No picture yet",
          "Generate one, or open a field file. Then zoom in: it has no end.",
          pictures::generate);
    }
    viewer.refresh();
  }
}
