package org.infd.app.export;

import atlantafx.base.theme.Styles;
import javafx.beans.property.IntegerProperty;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Label;
import javafx.scene.control.TextField;
import javafx.scene.control.TextFormatter;
import javafx.scene.control.ToggleButton;
import javafx.scene.control.ToggleGroup;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.util.converter.IntegerStringConverter;

/** The size of a picture file: usual ones to choose from, or any in numbers. */
final class SizeField {
  private final ExportChoices choices;

  SizeField(ExportChoices choices) {
    this.choices = choices;
  }

  Node node() {
    var presets = new HBox();
    presets.setId("export-presets");
    var group = new ToggleGroup();
    for (int i = 0; i < ExportChoices.SIDES.size(); i++) {
      int side = ExportChoices.SIDES.get(i);
      var button = new ToggleButton(side / 1024 + "K");
      button.setId("export-preset-" + i);
      button.setToggleGroup(group);
      button.setMaxWidth(Double.MAX_VALUE);
      HBox.setHgrow(button, Priority.ALWAYS);
      button.setTooltip(new Tooltip("The longer side has " + side + " pixels"));
      button
          .getStyleClass()
          .add(
              i == 0
                  ? Styles.LEFT_PILL
                  : i == ExportChoices.SIDES.size() - 1 ? Styles.RIGHT_PILL : Styles.CENTER_PILL);
      Runnable show = () -> button.setSelected(choices.longSide() == side);
      button.setOnAction(
          event -> {
            choices.setLongSide(side);
            show.run();
          });
      choices.widthProperty().subscribe(show);
      choices.heightProperty().subscribe(show);
      show.run();
      presets.getChildren().add(button);
    }
    var width = number("export-width", "Width in pixels", choices.widthProperty());
    var height = number("export-height", "Height in pixels", choices.heightProperty());
    var line = new HBox(width, new Label("×"), height, new Label("pixels"));
    line.getStyleClass().add("field-line");
    line.setAlignment(Pos.CENTER_LEFT);
    return PaneParts.field("Size", presets, line);
  }

  /** A field that takes a number when the user leaves it or presses Enter. */
  private static TextField number(String id, String name, IntegerProperty value) {
    var text = new TextField();
    text.setId(id);
    text.setPrefColumnCount(5);
    text.setAccessibleText(name);
    text.setTooltip(new Tooltip(name));
    var converter = new IntegerStringConverter();
    var formatter =
        new TextFormatter<>(
            converter,
            value.get(),
            change -> {
              if (!change.getControlNewText().matches("\\d{0,7}")) {
                change.setText("");
                change.setRange(change.getRangeStart(), change.getRangeStart());
              }
              return change;
            });
    text.setTextFormatter(formatter);
    formatter
        .valueProperty()
        .subscribe(
            number -> {
              if (number == null) {
                formatter.setValue(value.get());
              } else if (number != value.get()) {
                value.set(Math.clamp(number, ExportChoices.SMALLEST, ExportChoices.LARGEST));
                formatter.setValue(value.get());
              }
            });
    value.subscribe(number -> formatter.setValue(number.intValue()));
    return text;
  }
}
