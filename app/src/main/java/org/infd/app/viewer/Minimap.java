package org.infd.app.viewer;

import javafx.scene.Cursor;
import javafx.scene.image.ImageView;
import javafx.scene.image.PixelBuffer;
import javafx.scene.image.PixelFormat;
import javafx.scene.image.WritableImage;
import javafx.scene.input.MouseEvent;
import javafx.scene.layout.Pane;
import javafx.scene.layout.Region;

/**
 * The whole image in a corner, with a frame around what the window shows. Dragging the frame moves
 * the view. Hidden while the window shows everything.
 */
final class Minimap extends Pane {
  static final double SIDE = 148;

  /** A smaller frame could not be seen. */
  private static final double SMALLEST_FRAME = 7;

  private final ViewerModel model;
  private final ImageView image = new ImageView();
  private final Region frame = new Region();
  private boolean hasImage;

  /**
   * @param model what is looked at
   */
  Minimap(ViewerModel model) {
    this.model = model;
    setId("minimap");
    getStyleClass().add("minimap");
    setPrefSize(SIDE, SIDE);
    setMinSize(SIDE, SIDE);
    setMaxSize(SIDE, SIDE);
    image.setFitWidth(SIDE);
    image.setFitHeight(SIDE);
    image.setSmooth(true);
    frame.setId("minimap-frame");
    frame.getStyleClass().add("minimap-frame");
    frame.setManaged(false);
    frame.setMouseTransparent(true);
    getChildren().addAll(image, frame);
    setCursor(Cursor.CROSSHAIR);
    setOnMousePressed(
        event -> {
          model.hold();
          move(event);
        });
    setOnMouseDragged(this::move);
    model.fieldProperty().subscribe(field -> hasImage = false);
    model.cameraProperty().subscribe(view -> refresh());
  }

  private void move(MouseEvent event) {
    model.centre(event.getX() / SIDE, event.getY() / SIDE);
    event.consume();
  }

  /** Shows the present view. */
  void refresh() {
    var view = model.cameraProperty().get();
    var overview = model.overview();
    boolean isPart = view.side() > view.width() + 1 || view.side() > view.height() + 1;
    setVisible(isPart && overview.isPresent());
    if (!isVisible()) {
      return;
    }
    if (!hasImage) {
      overview.ifPresent(this::showImage);
    }
    double left = Math.clamp(view.imageX(0), 0, 1) * SIDE;
    double top = Math.clamp(view.imageY(0), 0, 1) * SIDE;
    double width = Math.clamp(view.imageX(view.width()), 0, 1) * SIDE - left;
    double height = Math.clamp(view.imageY(view.height()), 0, 1) * SIDE - top;
    double shownWidth = Math.max(SMALLEST_FRAME, width);
    double shownHeight = Math.max(SMALLEST_FRAME, height);
    frame.resizeRelocate(
        Math.clamp(left - (shownWidth - width) / 2, 0, SIDE - shownWidth),
        Math.clamp(top - (shownHeight - height) / 2, 0, SIDE - shownHeight),
        shownWidth,
        shownHeight);
    setAccessibleText(
        "Overview; the window shows "
            + Math.round(100 * left / SIDE)
            + " to "
            + Math.round(100 * (left + width) / SIDE)
            + " percent from the left and "
            + Math.round(100 * top / SIDE)
            + " to "
            + Math.round(100 * (top + height) / SIDE)
            + " percent from the top");
  }

  private void showImage(PixelImage picture) {
    hasImage = true;
    image.setImage(
        new WritableImage(
            new PixelBuffer<>(
                picture.width(),
                picture.height(),
                picture.pixels(),
                PixelFormat.getIntArgbPreInstance())));
  }
}
