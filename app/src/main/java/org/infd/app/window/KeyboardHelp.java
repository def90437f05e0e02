package org.infd.app.window;

import atlantafx.base.theme.Styles;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javafx.geometry.Pos;
import javafx.scene.control.Label;
import javafx.scene.control.ScrollPane;
import javafx.scene.layout.FlowPane;
import javafx.scene.layout.GridPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import org.infd.app.control.Gesture;
import org.infd.app.control.IconButton;
import org.infd.app.control.KeyGroup;
import org.infd.app.control.KeyStyle;
import org.infd.app.control.Shortcut;
import org.kordamp.ikonli.feather.Feather;

/**
 * All shortcuts and what the mouse does, on a sheet over the page; {@code ?}, Escape and a click
 * beside it close it.
 */
final class KeyboardHelp extends StackPane {
  /** A line of the sheet. */
  record Line(String keys, String does) {}

  private static final double WIDEST = 1160;

  private static final List<List<KeyGroup>> COLUMNS =
      List.of(
          List.of(KeyGroup.LOOK, KeyGroup.MAKE, KeyGroup.FILES),
          List.of(KeyGroup.LAYOUT, KeyGroup.PHOTO, KeyGroup.TABS, KeyGroup.WINDOW));

  private final IconButton close;

  KeyboardHelp() {
    setId("keyboard-help");
    getStyleClass().add("sheet-shade");
    var title = new Label("Keyboard and mouse");
    title.getStyleClass().add(Styles.TITLE_4);
    title.setMaxWidth(Double.MAX_VALUE);
    HBox.setHgrow(title, Priority.ALWAYS);
    close = new IconButton(Feather.X, "Close", Shortcut.CLOSE_SHEET, this::hide);
    close.setId("keyboard-help-close");
    var head = new HBox(title, close);
    head.setAlignment(Pos.CENTER_LEFT);
    // one under the other where the window is narrow
    var columns = new FlowPane();
    columns.getStyleClass().add("sheet-columns");
    COLUMNS.forEach(groups -> columns.getChildren().add(table(groups)));
    var scroll = new ScrollPane(columns);
    scroll.setFitToWidth(true);
    scroll.setHbarPolicy(ScrollPane.ScrollBarPolicy.NEVER);
    var sheet = new VBox(head, scroll);
    sheet.getStyleClass().add("sheet");
    sheet.setMaxSize(WIDEST, Region.USE_PREF_SIZE);
    getChildren().add(sheet);
    setOnMouseClicked(
        event -> {
          if (event.getTarget() == this) {
            hide();
          }
        });
    hide();
  }

  private static GridPane table(List<KeyGroup> groups) {
    var table = new GridPane();
    table.getStyleClass().add("sheet-table");
    int row = 0;
    for (var group : groups) {
      var name = new Label(group.title());
      name.getStyleClass().add("field-label");
      table.add(name, 0, row++, 2, 1);
      for (var line : lines(group, KeyStyle.ofSystem())) {
        var does = new Label(line.does());
        does.getStyleClass().add(Styles.TEXT_MUTED);
        var keys = new Label(line.keys());
        keys.setMinWidth(Region.USE_PREF_SIZE);
        does.setMinWidth(Region.USE_PREF_SIZE);
        table.addRow(row++, keys, does);
      }
    }
    return table;
  }

  /** The lines of a group: what does the same stands on one. */
  static List<Line> lines(KeyGroup group, KeyStyle style) {
    var lines = new LinkedHashMap<String, String>();
    Arrays.stream(Shortcut.values())
        .filter(shortcut -> shortcut.group() == group)
        .collect(Collectors.groupingBy(Shortcut::does, LinkedHashMap::new, Collectors.toList()))
        .forEach(
            (does, shortcuts) ->
                lines.put(
                    does, style.of(shortcuts.stream().flatMap(of -> of.keys().stream()).toList())));
    Stream.of(Gesture.values())
        .filter(gesture -> gesture.group() == group)
        .forEach(
            gesture ->
                lines.merge(
                    gesture.does(), gesture.text(style), (keys, hand) -> keys + "  " + hand));
    return lines.entrySet().stream()
        .map(entry -> new Line(entry.getValue(), entry.getKey()))
        .toList();
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
