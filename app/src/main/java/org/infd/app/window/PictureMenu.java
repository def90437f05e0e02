package org.infd.app.window;

import javafx.beans.value.ObservableBooleanValue;
import javafx.scene.Node;
import javafx.scene.control.ContextMenu;
import javafx.scene.control.MenuItem;
import javafx.scene.control.SeparatorMenuItem;
import javafx.scene.input.ContextMenuEvent;

/** What a right click on the picture offers. */
final class PictureMenu {
  private final ContextMenu menu = new ContextMenu();
  private final ObservableBooleanValue hasPicture;

  /**
   * @param hasPicture whether a picture is seen
   * @param compare begins a comparison, or ends it
   */
  PictureMenu(
      FileCommands files,
      PictureCommands pictures,
      ObservableBooleanValue hasPicture,
      Runnable compare) {
    this.hasPicture = hasPicture;
    menu.setId("picture-menu");
    menu.getItems()
        .addAll(
            item("Use its recipe", "menu-recipe", pictures::useRecipe),
            item("Vary", "menu-vary", pictures::vary),
            item("Compare", "menu-compare", compare),
            item("Keep this view as a bookmark", "menu-bookmark", pictures::bookmark),
            new SeparatorMenuItem(),
            item("Copy this view", "menu-copy", files::copyView),
            item("Export \u2026", "menu-export", files::export),
            item("Save the field \u2026", "menu-save", files::save));
  }

  private static MenuItem item(String text, String id, Runnable action) {
    var item = new MenuItem(text);
    item.setId(id);
    item.setOnAction(event -> action.run());
    return item;
  }

  /** Offers it on right clicks on a node. */
  void attach(Node canvas) {
    canvas.addEventHandler(
        ContextMenuEvent.CONTEXT_MENU_REQUESTED,
        event -> {
          if (hasPicture.get()) {
            menu.show(canvas, event.getScreenX(), event.getScreenY());
            event.consume();
          }
        });
  }
}
