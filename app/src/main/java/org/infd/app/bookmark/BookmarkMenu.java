package org.infd.app.bookmark;

import atlantafx.base.theme.Styles;
import atlantafx.base.theme.Tweaks;
import java.util.ArrayList;
import java.util.function.Consumer;
import javafx.collections.ListChangeListener;
import javafx.geometry.Pos;
import javafx.geometry.Side;
import javafx.scene.Node;
import javafx.scene.control.CustomMenuItem;
import javafx.scene.control.Label;
import javafx.scene.control.MenuButton;
import javafx.scene.control.MenuItem;
import javafx.scene.control.SeparatorMenuItem;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import org.infd.app.control.IconButton;
import org.kordamp.ikonli.feather.Feather;
import org.kordamp.ikonli.javafx.FontIcon;

/** The bookmarks of the open picture in a menu: add one, go to one, forget one. */
public final class BookmarkMenu extends MenuButton {
  private final BookmarksModel model;
  private final Consumer<Bookmark> go;
  private final MenuItem add;

  /**
   * @param model the bookmarks
   * @param add keeps the present view
   * @param go shows a place
   */
  public BookmarkMenu(BookmarksModel model, Runnable add, Consumer<Bookmark> go) {
    super("", new FontIcon(Feather.BOOKMARK));
    this.model = model;
    this.go = go;
    this.add = new MenuItem("Keep this view  (B)", new FontIcon(Feather.PLUS));
    this.add.setId("bookmark-add");
    this.add.setOnAction(event -> add.run());
    setId("bookmarks");
    getStyleClass().addAll(Styles.BUTTON_ICON, Styles.FLAT, Tweaks.NO_ARROW);
    setPopupSide(Side.TOP);
    setAccessibleText("Bookmarks of this picture");
    setTooltip(new Tooltip("Bookmarks of this picture  (B keeps this view)"));
    model.marks().addListener((ListChangeListener<Bookmark>) change -> show(model));
    setOnShowing(event -> this.add.setDisable(!model.canAdd()));
    show(model);
  }

  private void show(BookmarksModel shown) {
    var items = new ArrayList<MenuItem>();
    items.add(add);
    if (!shown.marks().isEmpty()) {
      items.add(new SeparatorMenuItem());
      shown.marks().forEach(mark -> items.add(item(mark)));
    }
    getItems().setAll(items);
  }

  private MenuItem item(Bookmark mark) {
    var name = new Label(mark.name());
    name.setMaxWidth(Double.MAX_VALUE);
    HBox.setHgrow(name, Priority.ALWAYS);
    var forget =
        new IconButton(
            Feather.X,
            "Forget " + mark.name(),
            () -> {
              hide();
              model.remove(mark);
            });
    forget.getStyleClass().add(Styles.SMALL);
    var line = new HBox((Node) name, forget);
    line.getStyleClass().add("bookmark-line");
    line.setAlignment(Pos.CENTER_LEFT);
    var item = new CustomMenuItem(line, true);
    item.setOnAction(event -> go.accept(mark));
    return item;
  }
}
