package org.infd.app.export;

import atlantafx.base.theme.Styles;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javafx.beans.value.ObservableValue;
import javafx.collections.ListChangeListener;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.CustomMenuItem;
import javafx.scene.control.Label;
import javafx.scene.control.MenuButton;
import javafx.scene.control.MenuItem;
import javafx.scene.control.SeparatorMenuItem;
import javafx.scene.control.TextField;
import javafx.scene.control.Tooltip;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyEvent;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;
import org.infd.app.control.IconButton;
import org.kordamp.ikonli.feather.Feather;
import org.kordamp.ikonli.javafx.FontIcon;

/** The presets in a menu: take one, keep the present choices as one, forget one. */
final class PresetMenu extends VBox {
  private final ExportPresets presets;
  private final ExportChoices choices;
  private final MenuButton menu = new MenuButton("", new FontIcon(Feather.BOOKMARK));
  private final TextField name = new TextField();
  private final Label why = new Label();
  private final VBox naming;
  private boolean filled;

  PresetMenu(ExportPresets presets, ExportChoices choices) {
    this.presets = presets;
    this.choices = choices;
    getStyleClass().add("field");
    menu.setId("export-preset");
    menu.setMaxWidth(Double.MAX_VALUE);
    menu.setAccessibleText("Presets");
    menu.setTooltip(new Tooltip("Shape, size and format at once"));
    menu.setOnShowing(event -> fill());
    // without items it would not open
    menu.getItems().setAll(new MenuItem("…"));
    naming = naming();
    getChildren().addAll(menu, naming);
    for (var choice :
        List.<ObservableValue<?>>of(
            choices.aspectProperty(),
            choices.areaProperty(),
            choices.formatProperty(),
            choices.qualityProperty(),
            choices.tilesProperty(),
            choices.pageProperty())) {
      choice.subscribe(changed -> show());
    }
    show();
  }

  /** The file of the presets is read when the menu is first opened. */
  private void fill() {
    var all = presets.all();
    if (!filled) {
      filled = true;
      all.addListener((ListChangeListener<ExportPreset>) change -> show());
    }
    var items = new ArrayList<MenuItem>();
    for (var preset : all) {
      if (presets.isBuiltIn(preset)) {
        var item = new MenuItem(preset.title());
        item.setOnAction(event -> preset.use(choices));
        items.add(item);
      }
    }
    if (all.size() > items.size()) {
      items.add(new SeparatorMenuItem());
      all.stream().filter(preset -> !presets.isBuiltIn(preset)).map(this::own).forEach(items::add);
    }
    items.add(new SeparatorMenuItem());
    var keep = new MenuItem("Keep these choices …", new FontIcon(Feather.PLUS));
    keep.setId("export-preset-keep");
    keep.setOnAction(event -> ask());
    items.add(keep);
    menu.getItems().setAll(items);
  }

  private MenuItem own(ExportPreset preset) {
    var words = new Label(preset.title());
    words.setMaxWidth(Double.MAX_VALUE);
    HBox.setHgrow(words, Priority.ALWAYS);
    var forget =
        new IconButton(
            Feather.X,
            "Forget " + preset.title(),
            () -> {
              menu.hide();
              presets.remove(preset);
            });
    forget.getStyleClass().add(Styles.SMALL);
    var line = new HBox((Node) words, forget);
    line.getStyleClass().add("bookmark-line");
    line.setAlignment(Pos.CENTER_LEFT);
    var item = new CustomMenuItem(line, true);
    item.setOnAction(event -> preset.use(choices));
    return item;
  }

  /** The button names the preset that is chosen. */
  private void show() {
    var known = filled ? presets.all() : ExportPreset.BUILT_IN;
    Optional<ExportPreset> chosen =
        known.stream().filter(preset -> preset.isChosen(choices)).findFirst();
    menu.setText(chosen.map(ExportPreset::title).orElse("Presets"));
  }

  private VBox naming() {
    name.setId("export-preset-name");
    name.setPromptText("Name of the preset");
    name.setAccessibleText("Name of the preset");
    HBox.setHgrow(name, Priority.ALWAYS);
    var keep = new Button("Keep");
    keep.setId("export-preset-ok");
    keep.setTooltip(new Tooltip("Keeps format, size and shape under this name"));
    keep.setMinWidth(USE_PREF_SIZE);
    keep.setOnAction(event -> keep());
    name.setOnAction(event -> keep());
    why.setId("export-preset-why");
    why.setWrapText(true);
    why.setMinHeight(USE_PREF_SIZE);
    why.getStyleClass().addAll(Styles.TEXT_SMALL, Styles.DANGER);
    PaneParts.shown(why, why.textProperty().isNotEmpty());
    name.textProperty().subscribe(text -> why.setText(""));
    var line = new HBox(name, keep);
    line.getStyleClass().add("field-line");
    var box = new VBox(line, why);
    box.getStyleClass().add("field");
    box.setVisible(false);
    box.setManaged(false);
    box.addEventFilter(
        KeyEvent.KEY_PRESSED,
        event -> {
          if (event.getCode() == KeyCode.ESCAPE) {
            event.consume();
            showNaming(false);
          }
        });
    return box;
  }

  private void ask() {
    name.setText("");
    showNaming(true);
    name.requestFocus();
  }

  private void showNaming(boolean shown) {
    naming.setVisible(shown);
    naming.setManaged(shown);
    if (!shown) {
      menu.requestFocus();
    }
  }

  private void keep() {
    why.setText(presets.whyNot(name.getText()));
    if (presets.keep(name.getText(), choices).isPresent()) {
      showNaming(false);
      show();
    }
  }
}
