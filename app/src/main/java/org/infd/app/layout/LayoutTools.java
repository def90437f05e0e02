package org.infd.app.layout;

import atlantafx.base.theme.Styles;
import java.nio.file.Path;
import javafx.beans.binding.Bindings;
import javafx.collections.ObservableList;
import javafx.geometry.Pos;
import javafx.geometry.Side;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.ContextMenu;
import javafx.scene.control.MenuItem;
import javafx.scene.control.ToggleButton;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import org.infd.app.control.Gesture;
import org.infd.app.control.IconButton;
import org.infd.app.control.Shortcut;
import org.infd.inference.ShownText;
import org.kordamp.ikonli.feather.Feather;
import org.kordamp.ikonli.javafx.FontIcon;

/** What can be done with the whole layout: new boxes, undo, snapping, and its files. */
final class LayoutTools extends VBox {
  private final LayoutModel model;
  private final LayoutPane.Actions actions;

  LayoutTools(LayoutModel model, ObservableList<Path> samples, LayoutPane.Actions actions) {
    this.model = model;
    this.actions = actions;
    getStyleClass().add("layout-tools");
    getChildren().addAll(tools(), files(samples));
  }

  private Node tools() {
    var add = new Button("New box", new FontIcon(Feather.PLUS));
    add.setId("box-new");
    add.setMinWidth(Region.USE_PREF_SIZE);
    add.setTooltip(
        new Tooltip(Shortcut.NEW_BOX.tip("A box where you look; or drag on the picture")));
    add.setOnAction(event -> actions.add());
    var undo = new IconButton(Feather.CORNER_UP_LEFT, "Undo", Shortcut.UNDO_LAYOUT, model::undo);
    undo.setId("layout-undo");
    undo.disableProperty().bind(Bindings.not(model.undoableProperty()));
    var redo = new IconButton(Feather.CORNER_UP_RIGHT, "Redo", Shortcut.REDO_LAYOUT, model::redo);
    redo.setId("layout-redo");
    redo.disableProperty().bind(Bindings.not(model.redoableProperty()));
    var snap = new ToggleButton("", new FontIcon(Feather.GRID));
    snap.setId("layout-snap");
    snap.getStyleClass().addAll(Styles.BUTTON_ICON, Styles.FLAT);
    snap.selectedProperty().bindBidirectional(model.snappingProperty());
    snap.setAccessibleText("Snap to edges, thirds and other boxes");
    snap.setTooltip(
        new Tooltip(
            "Snap to edges, thirds and other boxes  ("
                + Gesture.WITHOUT_LINES.text()
                + ": leave it out)"));
    var room = new Region();
    HBox.setHgrow(room, Priority.ALWAYS);
    var line = new HBox(add, room, undo, redo, snap);
    line.getStyleClass().add("field-line");
    line.setAlignment(Pos.CENTER_LEFT);
    return line;
  }

  private Node files(ObservableList<Path> samples) {
    var open =
        file("layout-open", "Open", "Open a layout file; or drop one on the window", actions::open);
    var save =
        file("layout-save", "Save", Shortcut.SAVE_LAYOUT.tip("Save the layout"), actions::save);
    var saveAs =
        file("layout-save-as", "Save as", "Save the layout to another file", actions::saveAs);
    var menu = new ContextMenu();
    var sample = file("layout-samples", "Samples", "Layouts to begin with", () -> {});
    sample.setOnAction(
        event -> {
          menu.getItems().setAll(samples.stream().map(this::sampleItem).toList());
          menu.show(sample, Side.BOTTOM, 0, 0);
        });
    sample.disableProperty().bind(Bindings.isEmpty(samples));
    var clear =
        file("layout-clear", "Clear", "Take all boxes away; Undo brings them back", model::clear);
    clear.disableProperty().bind(Bindings.isEmpty(model.boxes()));
    save.disableProperty().bind(Bindings.isEmpty(model.boxes()));
    saveAs.disableProperty().bind(Bindings.isEmpty(model.boxes()));
    var line = new HBox(open, save, saveAs, sample, clear);
    line.getStyleClass().addAll("field-line", "layout-files");
    line.setAlignment(Pos.CENTER_LEFT);
    return line;
  }

  private static Button file(String id, String text, String meaning, Runnable action) {
    var button = new Button(text);
    button.setId(id);
    button.getStyleClass().addAll(Styles.SMALL, Styles.FLAT);
    button.setMinWidth(Region.USE_PREF_SIZE);
    button.setTooltip(new Tooltip(meaning));
    button.setOnAction(event -> action.run());
    return button;
  }

  private MenuItem sampleItem(Path file) {
    var name =
        ShownText.line(String.valueOf(file.getFileName()))
            .replaceFirst("\\.json$", "")
            .replace('-', ' ');
    var item = new MenuItem(Character.toUpperCase(name.charAt(0)) + name.substring(1));
    item.setOnAction(event -> actions.openSample(file));
    return item;
  }
}
