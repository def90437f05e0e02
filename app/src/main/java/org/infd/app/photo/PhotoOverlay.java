package org.infd.app.photo;

import java.util.Optional;
import java.util.function.Supplier;
import javafx.beans.value.ObservableValue;
import javafx.scene.layout.StackPane;

/** Shows a photo over the picture while its square is being chosen. */
public final class PhotoOverlay extends StackPane {
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
    photo.subscribe(this::show);
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
