package org.infd.app.photo;

import java.util.Optional;
import java.util.function.Supplier;
import javafx.beans.value.ObservableValue;
import javafx.geometry.Insets;
import javafx.scene.layout.StackPane;

/** Shows a photo over the picture while its square is being chosen. */
public final class PhotoOverlay extends StackPane {
  /** What is told begins a little below the tabs. */
  private static final double GAP = 8;

  private final Supplier<String> modelName;
  private final PhotoPane.Actions actions;

  /**
   * @param photo the photo of which a square is being chosen
   * @param modelName what the model is called that encodes it
   */
  public PhotoOverlay(
      ObservableValue<Optional<PhotoCrop>> photo,
      Supplier<String> modelName,
      PhotoPane.Actions actions) {
    this.modelName = modelName;
    this.actions = actions;
    getStyleClass().add("photo-overlay");
    photo.subscribe(this::show);
  }

  /**
   * Leaves room for what is told meanwhile: it would hide the upper corners of the square.
   *
   * @param height of what is told, 0 for nothing
   */
  public void keepFree(double height) {
    setPadding(height > 0 ? new Insets(height + GAP, 0, 0, 0) : Insets.EMPTY);
  }

  private void show(Optional<PhotoCrop> photo) {
    setVisible(photo.isPresent());
    getChildren().clear();
    photo.ifPresent(
        crop -> {
          var pane =
              new PhotoPane(
                  crop,
                  crop.photo().note().map(note -> note + " ").orElse("")
                      + "The square is scaled to the input of the model ("
                      + modelName.get()
                      + ") and encoded; finer detail is invented by it.",
                  actions);
          getChildren().add(pane);
          pane.focus();
        });
  }
}
