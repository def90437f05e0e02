package org.infd.app.export;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import javafx.scene.control.Label;
import javafx.scene.layout.Pane;
import javafx.scene.layout.Region;
import org.infd.app.control.Handle;
import org.infd.app.export.ExportChoices.Part;
import org.infd.app.viewer.Camera;
import org.infd.app.viewer.ViewerModel;
import org.infd.inference.NumberText;
import org.infd.inference.export.Frame;

/**
 * Darkens what an export leaves out, over the picture, and shows the frame with its handles and its
 * pixels. Lets every click through: {@link FrameHand} handles the mouse.
 */
public final class FrameOverlay extends Pane {
  private static final double HANDLE = 9;
  private static final double GAP = 6;

  /** Beyond the window nothing is drawn: at a deep zoom coordinates grow without end. */
  private static final double OUTSIDE = 12;

  private final ExportChoices choices;
  private final ViewerModel viewer;
  private final List<Region> shades = new ArrayList<>();
  private final Region edge = new Region();
  private final Map<Handle, Region> handles = new EnumMap<>(Handle.class);
  private final Label size = new Label();

  /**
   * @param viewer where the user is in the picture
   */
  FrameOverlay(ExportChoices choices, ViewerModel viewer) {
    this.choices = choices;
    this.viewer = viewer;
    setId("crop-shade");
    setMouseTransparent(true);
    setMinSize(0, 0);
    for (int i = 0; i < 4; i++) {
      shades.add(part("crop-shade"));
    }
    edge.getStyleClass().add("crop-edge");
    edge.setManaged(false);
    getChildren().add(edge);
    for (var handle : Handle.values()) {
      if (handle != Handle.INSIDE) {
        handles.put(handle, part("layout-handle"));
      }
    }
    size.setId("export-frame-size");
    size.getStyleClass().add("layout-caption");
    size.setManaged(false);
    getChildren().add(size);
    viewer.cameraProperty().subscribe(view -> requestLayout());
    viewer.fieldProperty().subscribe(field -> requestLayout());
    choices.areaProperty().subscribe(area -> requestLayout());
    choices.placeProperty().subscribe(place -> requestLayout());
    choices.partProperty().subscribe(part -> requestLayout());
  }

  private Region part(String style) {
    var part = new Region();
    part.getStyleClass().add(style);
    part.setManaged(false);
    getChildren().add(part);
    return part;
  }

  @Override
  protected void layoutChildren() {
    var area = choices.areaProperty().get();
    boolean framed = choices.partProperty().get() == Part.FRAME;
    boolean shown = (framed || area.isPresent()) && !viewer.isEmpty() && getWidth() > 0;
    getChildren().forEach(node -> node.setVisible(shown));
    if (!shown) {
      return;
    }
    var view = viewer.cameraProperty().get();
    var kept = framed ? choices.placeProperty().get() : area.orElseThrow().region();
    layOut(view, kept);
    boolean crops = isCropped(kept);
    edge.setVisible(framed || crops);
    shades.forEach(shade -> shade.setVisible(framed || crops));
    handles.values().forEach(handle -> handle.setVisible(framed && handle.isVisible()));
    size.setVisible(framed || crops);
  }

  /** Whether anything of the part that is written is left out. */
  private boolean isCropped(Frame.Region kept) {
    var part =
        choices.partProperty().get() == Part.VIEW
            ? choices.viewProperty().get()
            : Frame.Region.WHOLE;
    // a rounded pixel at the edge is no crop
    return kept.width() < 0.995 * part.width() || kept.height() < 0.995 * part.height();
  }

  private void layOut(Camera view, Frame.Region kept) {
    double left = x(view, kept.left());
    double right = x(view, kept.left() + kept.width());
    double top = y(view, kept.top());
    double bottom = y(view, kept.top() + kept.height());
    double imageLeft = x(view, 0);
    double imageRight = x(view, 1);
    double imageTop = y(view, 0);
    double imageBottom = y(view, 1);
    place(shades.get(0), imageLeft, imageTop, imageRight, top);
    place(shades.get(1), imageLeft, bottom, imageRight, imageBottom);
    place(shades.get(2), imageLeft, top, left, bottom);
    place(shades.get(3), right, top, imageRight, bottom);
    place(edge, left, top, right, bottom);
    handles.forEach((handle, node) -> place(handle, node, left, top, right, bottom));
    size.setText(
        NumberText.format(
            "%d × %d", choices.widthProperty().get(), choices.heightProperty().get()));
    double width = Math.ceil(size.prefWidth(-1));
    double height = Math.ceil(size.prefHeight(-1));
    // inside where there is room, else above
    boolean isInside = right - left > width + 4 * GAP && bottom - top > height + 4 * GAP;
    double atX = Math.clamp(left + GAP, GAP, Math.max(GAP, getWidth() - width - GAP));
    double atY = isInside ? Math.max(top, 0) + GAP : top - height - GAP;
    size.resizeRelocate(
        Math.rint(atX),
        Math.rint(Math.clamp(atY, GAP, Math.max(GAP, getHeight() - height - GAP))),
        width,
        height);
  }

  private static void place(
      Handle handle, Region node, double left, double top, double right, double bottom) {
    double x = between(handle.across(), left, right);
    double y = between(handle.down(), top, bottom);
    node.resizeRelocate(Math.rint(x - HANDLE / 2), Math.rint(y - HANDLE / 2), HANDLE, HANDLE);
    boolean crowded =
        (handle.down() == 0 && bottom - top < 4 * HANDLE)
            || (handle.across() == 0 && right - left < 4 * HANDLE);
    node.setVisible(!crowded);
  }

  private static double between(int side, double from, double to) {
    return side < 0 ? from : side > 0 ? to : (from + to) / 2;
  }

  private double x(Camera view, double column) {
    return clamped((view.left() + column * view.side()) * getWidth() / view.width(), getWidth());
  }

  private double y(Camera view, double row) {
    return clamped((view.top() + row * view.side()) * getHeight() / view.height(), getHeight());
  }

  private static double clamped(double at, double extent) {
    return Math.rint(Math.clamp(at, -OUTSIDE, extent + OUTSIDE));
  }

  private static void place(Region region, double left, double top, double right, double bottom) {
    region.resizeRelocate(left, top, Math.max(0, right - left), Math.max(0, bottom - top));
  }
}
