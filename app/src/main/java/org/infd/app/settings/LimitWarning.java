package org.infd.app.settings;

import atlantafx.base.theme.Styles;
import javafx.geometry.Pos;
import javafx.scene.control.Button;
import javafx.scene.control.ComboBox;
import javafx.scene.control.Label;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import org.infd.app.gallery.GalleryModel;
import org.infd.app.work.Bytes;

/** Asks, in place, before a smaller limit deletes pictures; without any to delete it is silent. */
final class LimitWarning extends HBox {
  private final GalleryModel gallery;
  private final Label text = new Label();
  private long chosen;

  LimitWarning(GalleryModel gallery, ComboBox<Number> limit) {
    this.gallery = gallery;
    getStyleClass().addAll("settings-warning");
    setId("limit-warning");
    setAlignment(Pos.CENTER_LEFT);
    text.setId("limit-warning-text");
    text.setWrapText(true);
    text.setMinHeight(Region.USE_PREF_SIZE);
    text.setMaxWidth(Double.MAX_VALUE);
    HBox.setHgrow(text, Priority.ALWAYS);
    var keep = button("Keep them", "Keep the pictures and the limit as it was");
    keep.setId("limit-keep");
    keep.setOnAction(event -> limit.setValue(gallery.limitProperty().get()));
    var delete = button("Delete them", "Delete these pictures now");
    delete.setId("limit-delete");
    delete.getStyleClass().add(Styles.DANGER);
    delete.setOnAction(
        event -> {
          show(false);
          gallery.limitProperty().set(chosen);
        });
    getChildren().addAll(text, keep, delete);
    show(false);
  }

  private static Button button(String name, String says) {
    var button = new Button(name);
    button.setMinWidth(Region.USE_PREF_SIZE);
    button.setTooltip(new Tooltip(says));
    return button;
  }

  private void show(boolean shown) {
    setVisible(shown);
    setManaged(shown);
  }

  /** Takes a limit, at once if it costs nothing. */
  void choose(long limit) {
    chosen = limit;
    var leaving = gallery.leavingAt(limit);
    show(!leaving.isEmpty());
    if (leaving.isEmpty()) {
      gallery.limitProperty().set(limit);
      return;
    }
    long bytes = leaving.stream().mapToLong(picture -> picture.bytes()).sum();
    text.setText(
        "A limit of "
            + Bytes.text(limit)
            + " deletes the "
            + (leaving.size() == 1
                ? "oldest picture"
                : leaving.size() + " oldest pictures that are no favourites")
            + " ("
            + Bytes.text(bytes)
            + ") for good.");
  }
}
