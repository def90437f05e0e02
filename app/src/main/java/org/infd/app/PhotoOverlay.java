package org.infd.app;

import java.util.Optional;
import javafx.scene.layout.StackPane;
import org.infd.app.photo.PhotoCrop;
import org.infd.app.photo.PhotoPane;
import org.infd.app.window.StudioModel;

/** Where a photo lies over the picture while its square is being chosen. */
public final class PhotoOverlay extends StackPane {
  private final StudioModel model;

  public PhotoOverlay(StudioModel model) {
    this.model = model;
    model.photoProperty().subscribe(this::show);
  }

  private void show(Optional<PhotoCrop> photo) {
    setVisible(photo.isPresent());
    getChildren().clear();
    photo.ifPresent(
        crop -> {
          var name =
              model.recipe().modelProperty().get().map(chosen -> chosen.name()).orElse("no model");
          var pane =
              new PhotoPane(
                  crop,
                  "The square is reduced to the input of the model ("
                      + name
                      + ") and encoded; finer detail is invented by it.",
                  new PhotoPane.Actions(model::encodePhoto, model::leavePhoto));
          getChildren().add(pane);
          pane.focus();
        });
  }
}
