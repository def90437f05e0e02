package org.infd.app;

import javafx.geometry.Side;
import javafx.scene.control.ContextMenu;
import javafx.scene.control.MenuItem;
import javafx.scene.layout.StackPane;
import org.infd.app.compare.Comparison;
import org.infd.app.keys.Shortcut;
import org.infd.app.viewer.CompareView;
import org.infd.app.viewer.IconButton;
import org.infd.app.viewer.ViewerModel;
import org.infd.app.viewer.ViewerPane;
import org.infd.app.window.StudioModel;
import org.jspecify.annotations.Nullable;
import org.kordamp.ikonli.feather.Feather;

/** Offers what the open picture can be compared with, and shows the comparison. */
public final class CompareButton extends StackPane {
  private static final double MENU_GAP = 4;

  private final StudioModel model;
  private final ViewerPane viewer;
  private final ContextMenu menu = new ContextMenu();
  private final IconButton button;
  private @Nullable CompareView shown;

  public CompareButton(StudioModel model, ViewerPane viewer) {
    this.model = model;
    this.viewer = viewer;
    button = new IconButton(Feather.COLUMNS, "Compare", Shortcut.COMPARE, this::press);
    button.setId("compare-button");
    getChildren().add(button);
    model.comparison().comparisonProperty().subscribe(comparison -> show(comparison.orElse(null)));
  }

  /** Ends a comparison, or asks with what to compare. */
  public void press() {
    if (shown != null) {
      model.comparison().stop();
      return;
    }
    menu.getItems()
        .setAll(
            item("compare-gallery", "With a picture of the gallery", "", model::chooseForCompare),
            item(
                "compare-unguided",
                "With this seed without the boxes",
                model.comparison().whyNotUnguided(),
                model.comparison()::withUnguided),
            item(
                "compare-photo",
                "With the photo that it was",
                model.comparison().whyNoPhoto(),
                model.comparison()::withPhoto),
            item(
                "compare-published",
                "With the published tiling",
                model.comparison().whyNotPublished(),
                model.comparison()::withPublished));
    menu.show(button, Side.TOP, 0, -MENU_GAP);
    // its right edge at that of the button, so that it stays in the window; shown, it knows its
    // width
    menu.setX(button.localToScreen(button.getWidth(), 0).getX() - menu.getWidth());
  }

  private static MenuItem item(String id, String name, String reason, Runnable action) {
    var item = new MenuItem(reason.isEmpty() ? name : name + ": " + reason);
    item.setId(id);
    item.setDisable(!reason.isEmpty());
    item.setOnAction(event -> action.run());
    return item;
  }

  private void show(@Nullable Comparison comparison) {
    var old = shown;
    if (old != null) {
      viewer.uncover(old);
      old.end();
      shown = null;
    }
    if (comparison != null) {
      var other = new ViewerModel(model.ui());
      other.setReducedMotion(true);
      other.show(comparison.second());
      var view =
          new CompareView(
              model.viewer(),
              other,
              comparison.names(),
              model.comparison()::stop,
              model.notices()::fail);
      shown = view;
      viewer.cover(view);
    }
    viewer.setCompared(comparison != null);
    button.become(
        Feather.COLUMNS, comparison == null ? "Compare" : "End the comparison", Shortcut.COMPARE);
  }
}
