package org.infd.app.recipe;

import java.util.Optional;
import java.util.stream.IntStream;
import javafx.beans.property.IntegerProperty;
import javafx.scene.layout.VBox;
import javafx.util.StringConverter;
import org.controlsfx.control.SearchableComboBox;
import org.infd.app.engine.ModelChoice;
import org.jspecify.annotations.Nullable;

/** Chooses one of a model's classes, found by a part of its name or its number. */
final class ClassField extends VBox {
  private final SearchableComboBox<Integer> classes = new SearchableComboBox<>();
  private final IntegerProperty label;
  private Optional<ModelChoice> model = Optional.empty();
  private boolean changing;

  /**
   * @param label the class that is chosen
   */
  ClassField(IntegerProperty label) {
    this.label = label;
    classes.setId("class");
    classes.setMaxWidth(Double.MAX_VALUE);
    classes.setConverter(
        new StringConverter<>() {
          @Override
          public String toString(@Nullable Integer number) {
            return number == null ? "" : model.map(chosen -> chosen.className(number)).orElse("");
          }

          @Override
          public @Nullable Integer fromString(String text) {
            return classes.getValue();
          }
        });
    classes
        .valueProperty()
        .subscribe(
            number -> {
              if (number != null && !changing) {
                label.set(number);
              }
            });
    label.subscribe(number -> show());
    getChildren().add(RecipePane.field("Class", classes, classes));
  }

  /** Offers the classes of a model; not there when it has none. */
  void show(Optional<ModelChoice> chosen) {
    model = chosen;
    int count = chosen.map(ModelChoice::classes).orElse(0);
    setVisible(count > 0);
    setManaged(count > 0);
    changing = true;
    classes.getItems().setAll(IntStream.range(0, count).boxed().toList());
    changing = false;
    show();
  }

  private void show() {
    int last = classes.getItems().size() - 1;
    if (last >= 0) {
      classes.setValue(Math.clamp(label.get(), 0, last));
    }
  }
}
