package org.infd.app.export;

import atlantafx.base.theme.Styles;
import java.util.List;
import java.util.function.Function;
import javafx.beans.property.Property;
import javafx.beans.value.ObservableValue;
import javafx.scene.Node;
import javafx.scene.control.ComboBox;
import javafx.scene.control.Label;
import javafx.scene.control.ToggleButton;
import javafx.scene.control.ToggleGroup;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import javafx.util.StringConverter;
import org.jspecify.annotations.Nullable;

/** What the fields of the export choices are put together from. */
final class PaneParts {
  private PaneParts() {}

  /** Buttons of which one is pressed. */
  static <T> HBox segments(
      String id,
      Property<T> value,
      List<T> values,
      Function<T, String> name,
      Function<T, String> explanation) {
    var group = new ToggleGroup();
    var line = new HBox();
    line.setId("export-" + id);
    for (int i = 0; i < values.size(); i++) {
      var choice = values.get(i);
      var button = new ToggleButton(name.apply(choice));
      button.setId("export-" + id + "-" + i);
      button.setToggleGroup(group);
      button.setMaxWidth(Double.MAX_VALUE);
      HBox.setHgrow(button, Priority.ALWAYS);
      button.setMinWidth(Region.USE_PREF_SIZE);
      button.setTooltip(new Tooltip(explanation.apply(choice)));
      button
          .getStyleClass()
          .add(
              i == 0
                  ? Styles.LEFT_PILL
                  : i == values.size() - 1 ? Styles.RIGHT_PILL : Styles.CENTER_PILL);
      button.setOnAction(
          event -> {
            button.setSelected(true);
            value.setValue(choice);
          });
      value.subscribe(chosen -> button.setSelected(choice.equals(chosen)));
      line.getChildren().add(button);
    }
    return line;
  }

  /** A list of which one is chosen. */
  static <T> ComboBox<T> box(
      String id, Property<T> value, List<T> values, Function<T, String> title) {
    var box = new ComboBox<T>();
    box.setId(id);
    box.getItems().setAll(values);
    box.setMaxWidth(Double.MAX_VALUE);
    box.setConverter(
        new StringConverter<>() {
          @Override
          public String toString(@Nullable T item) {
            return item == null ? "" : title.apply(item);
          }

          @Override
          public T fromString(String text) {
            return value.getValue();
          }
        });
    box.valueProperty().bindBidirectional(value);
    return box;
  }

  /** Shows something only while it has a meaning. */
  static void shown(Node node, ObservableValue<Boolean> when) {
    node.visibleProperty().bind(when);
    node.managedProperty().bind(node.visibleProperty());
  }

  /** A name over what it names. */
  static VBox field(String name, Node... content) {
    var label = new Label(name);
    label.setLabelFor(content[0]);
    label.getStyleClass().add("field-label");
    var box = new VBox(label);
    box.getStyleClass().add("field");
    box.getChildren().addAll(content);
    return box;
  }
}
