package org.infd.app.compare;

import java.util.concurrent.Executor;
import javafx.geometry.Side;
import javafx.scene.control.ContextMenu;
import javafx.scene.control.MenuItem;
import javafx.scene.layout.StackPane;
import org.infd.app.control.IconButton;
import org.infd.app.control.Shortcut;
import org.infd.app.viewer.CompareView;
import org.infd.app.viewer.ViewerModel;
import org.infd.app.viewer.ViewerPane;
import org.infd.app.work.Notices;
import org.jspecify.annotations.Nullable;
import org.kordamp.ikonli.feather.Feather;

/** Offers what the open picture can be compared with, and shows the comparison. */
public final class CompareButton extends StackPane {
  private static final double MENU_GAP = 4;

  private final ComparisonModel comparisons;
  private final ViewerModel first;
  private final Notices notices;
  private final Executor ui;
  private final Runnable choose;
  private final ViewerPane viewer;
  private final ContextMenu menu = new ContextMenu();
  private final IconButton button;
  private @Nullable CompareView shown;

  /**
   * @param comparisons the second picture
   * @param first the view of the open picture
   * @param viewer where the second picture is shown
   * @param choose lets the user choose a picture of the gallery
   * @param notices hears what went wrong
   * @param ui the user interface's thread
   */
  public CompareButton(
      ComparisonModel comparisons,
      ViewerModel first,
      ViewerPane viewer,
      Runnable choose,
      Notices notices,
      Executor ui) {
    this.comparisons = comparisons;
    this.first = first;
    this.choose = choose;
    this.notices = notices;
    this.ui = ui;
    this.viewer = viewer;
    button = new IconButton(Feather.COLUMNS, "Compare", Shortcut.COMPARE, this::press);
    button.setId("compare-button");
    getChildren().add(button);
    comparisons.comparisonProperty().subscribe(comparison -> show(comparison.orElse(null)));
  }

  /** Ends a comparison, or asks with what to compare. */
  public void press() {
    if (shown != null) {
      comparisons.stop();
      return;
    }
    menu.getItems()
        .setAll(
            item("compare-gallery", "With a picture of the gallery", "", choose),
            item(
                "compare-unguided",
                "With this seed without the boxes",
                comparisons.whyNotUnguided(),
                comparisons::withUnguided),
            item(
                "compare-photo",
                "With the photo that it was",
                comparisons.whyNoPhoto(),
                comparisons::withPhoto),
            item(
                "compare-published",
                "With the published tiling",
                comparisons.whyNotPublished(),
                comparisons::withPublished));
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
      var other = new ViewerModel(ui);
      other.setReducedMotion(true);
      other.show(comparison.second());
      var view =
          new CompareView(first, other, comparison.names(), comparisons::stop, notices::fail);
      shown = view;
      viewer.cover(view);
    }
    viewer.setCompared(comparison != null);
    button.become(
        Feather.COLUMNS, comparison == null ? "Compare" : "End the comparison", Shortcut.COMPARE);
  }
}
