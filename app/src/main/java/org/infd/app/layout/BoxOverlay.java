package org.infd.app.layout;

import java.util.ArrayList;
import java.util.List;
import javafx.css.PseudoClass;
import javafx.geometry.Rectangle2D;
import javafx.scene.control.Label;
import javafx.scene.layout.Pane;
import javafx.scene.layout.Region;
import org.infd.app.control.Handle;
import org.infd.app.layout.BoxDragController.Guides;
import org.infd.app.viewer.Camera;
import org.infd.app.viewer.ViewerModel;
import org.infd.inference.NumberText;
import org.infd.inference.ShownText;

/**
 * The boxes over the picture, with their numbers and words, and handles on the selected one. Lets
 * every click through: {@link BoxMouse} handles the mouse.
 */
public final class BoxOverlay extends Pane {
  private static final PseudoClass SELECTED = PseudoClass.getPseudoClass("selected");
  private static final PseudoClass IDLE = PseudoClass.getPseudoClass("idle");
  private static final double HANDLE = 9;

  /** Beyond the window nothing is drawn: at a deep zoom coordinates grow without end. */
  private static final double OUTSIDE = 12;

  private static final double BADGE_GAP = 4;
  private static final double SMALLEST_CAPTION = 48;

  /** A box that is smaller on the screen has its number beside it. */
  private static final double SMALL = 44;

  private final LayoutModel model;
  private final BoxScores scores;
  private final BoxDragController hand;
  private final ViewerModel viewer;

  /** Where the picture will be, while there is none. */
  private final Region paper = new Region();

  private final List<Frame> frames = new ArrayList<>();
  private final List<Rectangle2D> taken = new ArrayList<>();
  private final List<Region> handles = new ArrayList<>();
  private final List<Region> lines = new ArrayList<>();

  /** The nodes of a box. */
  private record Frame(Region edge, Label badge, Label caption) {
    static Frame make() {
      var edge = new Region();
      edge.getStyleClass().add("layout-edge");
      var badge = new Label();
      badge.getStyleClass().add("layout-badge");
      var caption = new Label();
      caption.getStyleClass().add("layout-caption");
      for (var node : List.of(edge, badge, caption)) {
        node.setManaged(false);
      }
      return new Frame(edge, badge, caption);
    }

    void show(boolean shown) {
      edge.setVisible(shown);
      badge.setVisible(shown);
      caption.setVisible(shown);
    }
  }

  /**
   * @param viewer where the user is in the picture
   */
  public BoxOverlay(
      LayoutModel model, BoxScores scores, BoxDragController hand, ViewerModel viewer) {
    this.model = model;
    this.scores = scores;
    this.hand = hand;
    this.viewer = viewer;
    setId("layout-overlay");
    setMouseTransparent(true);
    setMinSize(0, 0);
    paper.getStyleClass().add("layout-paper");
    paper.setManaged(false);
    for (var handle : Handle.values()) {
      if (handle != Handle.INSIDE) {
        var node = new Region();
        node.getStyleClass().add("layout-handle");
        node.setManaged(false);
        handles.add(node);
      }
    }
    model.boxes().subscribe(this::requestLayout);
    model.selectedProperty().subscribe(box -> requestLayout());
    model.openProperty().subscribe(open -> requestLayout());
    scores.revisionProperty().subscribe(revision -> requestLayout());
    hand.guidesProperty().subscribe(lines -> requestLayout());
    viewer.cameraProperty().subscribe(view -> requestLayout());
    viewer.fieldProperty().subscribe(field -> requestLayout());
  }

  @Override
  protected void layoutChildren() {
    boolean shown = model.openProperty().get() && getWidth() > 0;
    setVisible(shown);
    if (!shown) {
      return;
    }
    var boxes = model.boxes();
    while (frames.size() < boxes.size()) {
      frames.add(Frame.make());
    }
    var selected = model.selectedProperty().get().map(DraftBox::id).orElse(-1L);
    var children = new ArrayList<javafx.scene.Node>();
    var camera = viewer.cameraProperty().get();
    taken.clear();
    if (viewer.isEmpty()) {
      paper.resizeRelocate(
          x(camera, 0), y(camera, 0), x(camera, 1) - x(camera, 0), y(camera, 1) - y(camera, 0));
      children.add(paper);
    }
    for (int i = 0; i < boxes.size(); i++) {
      if (boxes.get(i).id() != selected) {
        children.addAll(place(i, camera, false));
      }
    }
    // the selected one lies over the others
    for (int i = 0; i < boxes.size(); i++) {
      if (boxes.get(i).id() == selected) {
        children.addAll(place(i, camera, true));
      }
    }
    children.addAll(guideLines(camera, hand.guidesProperty().get()));
    if (!children.equals(getChildren())) {
      getChildren().setAll(children);
    }
  }

  private List<javafx.scene.Node> place(int index, Camera camera, boolean selected) {
    var box = model.boxes().get(index);
    var frame = frames.get(index);
    var place = box.place();
    double left = x(camera, place.column());
    double right = x(camera, place.columnEnd());
    double top = y(camera, place.row());
    double bottom = y(camera, place.rowEnd());
    boolean seen =
        !box.hidden() && right >= 0 && bottom >= 0 && left <= getWidth() && top <= getHeight();
    frame.show(seen);
    if (!seen) {
      return List.of();
    }
    var style = BoxColour.of(box.id()).style();
    for (var node : List.of(frame.edge(), frame.badge())) {
      if (!style.equals(node.getStyle())) {
        node.setStyle(style);
      }
    }
    frame.edge().pseudoClassStateChanged(SELECTED, selected);
    frame.edge().pseudoClassStateChanged(IDLE, !box.isUsable());
    double edgeLeft = Math.max(left, -OUTSIDE);
    double edgeTop = Math.max(top, -OUTSIDE);
    frame
        .edge()
        .resizeRelocate(
            edgeLeft,
            edgeTop,
            Math.max(2, Math.min(right, getWidth() + OUTSIDE) - edgeLeft),
            Math.max(2, Math.min(bottom, getHeight() + OUTSIDE) - edgeTop));
    words(frame, box, index, left, top, right, bottom);
    var nodes = new ArrayList<javafx.scene.Node>();
    nodes.add(frame.edge());
    nodes.add(frame.badge());
    nodes.add(frame.caption());
    if (selected && !box.locked()) {
      placeHandles(left, top, right, bottom);
      nodes.addAll(handles);
    }
    return nodes;
  }

  /** Number and words stay in sight while any of their box is. */
  private void words(
      Frame frame, DraftBox box, int index, double left, double top, double right, double bottom) {
    frame.badge().setText(badge(box, index));
    double width = Math.ceil(frame.badge().prefWidth(-1));
    double height = Math.ceil(frame.badge().prefHeight(-1));
    boolean small = Math.min(right - left, bottom - top) < SMALL;
    double x = small ? right + BADGE_GAP : Math.max(left, 0) + BADGE_GAP;
    double y = small ? top : Math.max(top, 0) + BADGE_GAP;
    x = Math.max(BADGE_GAP, Math.min(x, getWidth() - width - BADGE_GAP));
    y = Math.max(BADGE_GAP, Math.min(y, getHeight() - height - BADGE_GAP));
    y = free(x, y, width, height);
    frame.badge().resizeRelocate(Math.rint(x), Math.rint(y), width, height);
    double room = Math.min(right, getWidth()) - x - width - 2 * BADGE_GAP;
    var text =
        box.prompt().isBlank()
            ? "no prompt yet"
            : ShownText.line(box.prompt()).strip().replaceAll("\\s+", " ");
    frame.caption().setText(text);
    frame.caption().setVisible(!small && room >= SMALLEST_CAPTION);
    frame
        .caption()
        .resizeRelocate(
            Math.rint(x + width + BADGE_GAP),
            Math.rint(y),
            Math.max(0, Math.min(Math.ceil(frame.caption().prefWidth(-1)), Math.floor(room))),
            height);
  }

  /** Numbers of boxes that begin at one place, or outside the window, stand below one another. */
  private double free(double x, double y, double width, double height) {
    double at = y;
    for (int i = 0; i < taken.size(); i++) {
      if (taken.get(i).intersects(x, at, width, height)) {
        at = taken.get(i).getMaxY() + 1;
        i = -1;
      }
    }
    // where there is no room left they may lie over one another
    double found = at + height > getHeight() ? y : at;
    taken.add(new Rectangle2D(x, found, width, height));
    return found;
  }

  /** The number, and how the box comes along: the way while it is made, the change afterwards. */
  private String badge(DraftBox box, int index) {
    var number = Integer.toString(index + 1);
    var way = scores.way(box);
    if (way.isPresent()) {
      return number + " " + sign(way.get());
    }
    return scores
        .score(box)
        .map(score -> NumberText.format("%s  %+.2f", number, score.guided() - score.unguided()))
        .orElse(number);
  }

  /** An arrow for a way. */
  static String sign(BoxScores.Way way) {
    return switch (way) {
      case RISING -> "▲";
      case FALLING -> "▼";
      case STILL -> "=";
    };
  }

  private void placeHandles(double left, double top, double right, double bottom) {
    int at = 0;
    for (var handle : Handle.values()) {
      if (handle != Handle.INSIDE) {
        double x = between(handle.across(), left, right);
        double y = between(handle.down(), top, bottom);
        var node = handles.get(at++);
        node.resizeRelocate(Math.rint(x - HANDLE / 2), Math.rint(y - HANDLE / 2), HANDLE, HANDLE);
        boolean crowded =
            (handle.down() == 0 && bottom - top < 4 * HANDLE)
                || (handle.across() == 0 && right - left < 4 * HANDLE);
        node.setVisible(
            !crowded
                && x > -HANDLE
                && y > -HANDLE
                && x < getWidth() + HANDLE
                && y < getHeight() + HANDLE);
      }
    }
  }

  private static double between(int side, double from, double to) {
    return side < 0 ? from : side > 0 ? to : (from + to) / 2;
  }

  private List<Region> guideLines(Camera camera, Guides guides) {
    int count = guides.rows().size() + guides.columns().size();
    while (lines.size() < count) {
      var line = new Region();
      line.getStyleClass().add("layout-guide");
      line.setManaged(false);
      lines.add(line);
    }
    int at = 0;
    for (double row : guides.rows()) {
      lines.get(at++).resizeRelocate(0, y(camera, row), getWidth(), 1);
    }
    for (double column : guides.columns()) {
      lines.get(at++).resizeRelocate(x(camera, column), 0, 1, getHeight());
    }
    return lines.subList(0, count);
  }

  private double x(Camera camera, double column) {
    return Math.rint((camera.left() + column * camera.side()) * getWidth() / camera.width());
  }

  private double y(Camera camera, double row) {
    return Math.rint((camera.top() + row * camera.side()) * getHeight() / camera.height());
  }
}
