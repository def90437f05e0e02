package org.infd.app.export;

import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import org.infd.app.viewer.Camera;
import org.infd.app.viewer.ViewerModel;
import org.infd.inference.export.Frame;

/** Darkens what an export leaves out, over the picture. Lets every click through. */
public final class CropShade extends StackPane {
  private final ExportChoices choices;
  private final ViewerModel viewer;
  private final Region[] sides = {new Region(), new Region(), new Region(), new Region()};
  private final Region edge = new Region();

  /**
   * @param viewer where the user is in the picture
   */
  public CropShade(ExportChoices choices, ViewerModel viewer) {
    this.choices = choices;
    this.viewer = viewer;
    setId("crop-shade");
    setMouseTransparent(true);
    for (var side : sides) {
      side.getStyleClass().add("crop-shade");
      side.setManaged(false);
    }
    edge.getStyleClass().add("crop-edge");
    edge.setManaged(false);
    getChildren().addAll(sides);
    getChildren().add(edge);
    setMinSize(0, 0);
    viewer.cameraProperty().subscribe(view -> requestLayout());
    choices.frameProperty().subscribe(frame -> requestLayout());
    choices.partProperty().subscribe(part -> requestLayout());
  }

  @Override
  protected void layoutChildren() {
    boolean shown =
        choices.frameProperty().get().isPresent()
            && choices.partProperty().get() == ExportChoices.Part.WHOLE
            && !viewer.isEmpty()
            && getWidth() > 0;
    for (var side : sides) {
      side.setVisible(shown);
    }
    edge.setVisible(shown);
    if (shown) {
      layOut(viewer.cameraProperty().get(), choices.frameProperty().get().orElseThrow());
    }
  }

  private void layOut(Camera view, Frame frame) {
    double unit = getWidth() / view.width();
    double pixel = view.side() * unit / frame.imageSide();
    var kept = frame.rectangle();
    double imageLeft = clampX(view.left() * unit);
    double imageRight = clampX((view.left() + view.side()) * unit);
    double imageTop = clampY(view.top() * unit);
    double imageBottom = clampY((view.top() + view.side()) * unit);
    double left = clampX(view.left() * unit + kept.column() * pixel);
    double right = clampX(view.left() * unit + kept.columnEnd() * pixel);
    double top = clampY(view.top() * unit + kept.row() * pixel);
    double bottom = clampY(view.top() * unit + kept.rowEnd() * pixel);
    place(sides[0], imageLeft, imageTop, imageRight, top);
    place(sides[1], imageLeft, bottom, imageRight, imageBottom);
    place(sides[2], imageLeft, top, left, bottom);
    place(sides[3], right, top, imageRight, bottom);
    place(edge, left, top, right, bottom);
    edge.setVisible(kept.height() < frame.imageSide() || kept.width() < frame.imageSide());
  }

  private double clampX(double x) {
    return Math.rint(Math.clamp(x, 0, getWidth()));
  }

  private double clampY(double y) {
    return Math.rint(Math.clamp(y, 0, getHeight()));
  }

  private static void place(Region region, double left, double top, double right, double bottom) {
    region.resizeRelocate(left, top, Math.max(0, right - left), Math.max(0, bottom - top));
  }
}
