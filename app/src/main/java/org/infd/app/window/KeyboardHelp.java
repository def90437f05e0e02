package org.infd.app.window;

import atlantafx.base.theme.Styles;
import java.util.List;
import javafx.geometry.Pos;
import javafx.scene.control.Label;
import javafx.scene.control.ScrollPane;
import javafx.scene.layout.GridPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import org.infd.app.viewer.IconButton;
import org.kordamp.ikonli.feather.Feather;

/** All keys on a sheet over the page; any of {@code ?}, Escape and a click beside it closes it. */
final class KeyboardHelp extends StackPane {
  private record Key(String keys, String does) {}

  private record Group(String name, List<Key> keys) {}

  private static final List<Group> GROUPS =
      List.of(
          new Group(
              "Look",
              List.of(
                  new Key("+  −  wheel  double click", "zoom"),
                  new Key("Shift + drag", "enlarge a box"),
                  new Key("drag  arrows", "move"),
                  new Key("0  Home", "the whole picture"),
                  new Key("1  2", "one to one, two to one"),
                  new Key("Alt + ←  Alt + →", "the view before, after"),
                  new Key("C", "compare two pictures"),
                  new Key("B", "keep this view as a bookmark"),
                  new Key("F", "full screen"))),
          new Group(
              "Make",
              List.of(
                  new Key("Ctrl + Enter", "generate"),
                  new Key("Ctrl + Alt + Enter", "generate in a new tab"),
                  new Key("G", "all pictures of a run of several"),
                  new Key("Ctrl + Shift + Enter", "vary this picture"),
                  new Key("Esc", "stop"),
                  new Key("R", "roll a new seed"),
                  new Key("L", "lock the seed"))),
          new Group(
              "Layout",
              List.of(
                  new Key("Ctrl + L", "boxes with prompts"),
                  new Key("drag  N", "draw a box, a new box"),
                  new Key("arrows  Shift + arrows", "nudge the box"),
                  new Key("Page Up  Page Down", "the box before, after"),
                  new Key("Ctrl + D  Delete", "duplicate, delete the box"),
                  new Key("Ctrl + Z  Ctrl + Shift + Z", "undo, redo"),
                  new Key("Ctrl + Shift + S", "save the layout"),
                  new Key("Space + drag", "move the picture"))),
          new Group(
              "Files",
              List.of(
                  new Key("Ctrl + O", "open a field or a photo, or drop it"),
                  new Key("Ctrl + S", "save the field"),
                  new Key("Ctrl + E", "export the whole picture"),
                  new Key("Ctrl + Shift + E", "choose what to export"),
                  new Key("Ctrl + C  Ctrl + V", "copy this view, paste a photo"))),
          new Group(
              "Tabs",
              List.of(
                  new Key("Ctrl + T  Ctrl + W", "open, close"),
                  new Key("Ctrl + Tab  Ctrl + Shift + Tab", "the next, the one before"),
                  new Key("Ctrl + Shift + T", "open again what was closed last"),
                  new Key("Ctrl + click  middle click", "open a picture in a new tab"))),
          new Group(
              "Window",
              List.of(
                  new Key("Ctrl + 1 … 5", "picture, gallery, models, settings, about"),
                  new Key("S  C  Delete", "star, compare, delete in the gallery"),
                  new Key("Ctrl + Z", "undo a deletion"),
                  new Key("T", "light or dark"),
                  new Key("?", "this sheet"))));

  private final IconButton close;

  KeyboardHelp() {
    setId("keyboard-help");
    getStyleClass().add("sheet-shade");
    var title = new Label("Keyboard and mouse");
    title.getStyleClass().add(Styles.TITLE_4);
    title.setMaxWidth(Double.MAX_VALUE);
    HBox.setHgrow(title, Priority.ALWAYS);
    close = new IconButton(Feather.X, "Close", "Esc", this::hide);
    close.setId("keyboard-help-close");
    var head = new HBox(title, close);
    head.setAlignment(Pos.CENTER_LEFT);
    var scroll = new ScrollPane(table());
    scroll.setFitToWidth(true);
    scroll.setHbarPolicy(ScrollPane.ScrollBarPolicy.NEVER);
    var sheet = new VBox(head, scroll);
    sheet.getStyleClass().add("sheet");
    sheet.setMaxSize(620, Region.USE_PREF_SIZE);
    getChildren().add(sheet);
    setOnMouseClicked(
        event -> {
          if (event.getTarget() == this) {
            hide();
          }
        });
    hide();
  }

  private static GridPane table() {
    var table = new GridPane();
    table.getStyleClass().add("sheet-table");
    int row = 0;
    for (var group : GROUPS) {
      var name = new Label(group.name());
      name.getStyleClass().add("field-label");
      table.add(name, 0, row++, 2, 1);
      for (var key : group.keys()) {
        var does = new Label(key.does());
        does.getStyleClass().add(Styles.TEXT_MUTED);
        var keys = new Label(key.keys());
        keys.setMinWidth(Region.USE_PREF_SIZE);
        does.setMinWidth(Region.USE_PREF_SIZE);
        table.addRow(row++, keys, does);
      }
    }
    return table;
  }

  /** Shows the sheet, or hides it. */
  void toggle() {
    setVisible(!isVisible());
    if (isVisible()) {
      close.requestFocus();
    }
  }

  /** Hides the sheet. */
  void hide() {
    setVisible(false);
  }
}
