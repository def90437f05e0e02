package org.infd.app.viewer;

import java.util.function.Consumer;
import javafx.geometry.Point2D;
import javafx.scene.Cursor;
import javafx.scene.control.Label;
import javafx.scene.input.MouseEvent;
import javafx.scene.layout.Pane;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import javafx.scene.shape.Rectangle;
import javafx.util.Subscription;
import org.infd.app.control.IconButton;
import org.infd.app.control.KeyActions;
import org.infd.app.control.Shortcut;
import org.kordamp.ikonli.feather.Feather;

/**
 * A second picture over the right part of the first, at the same place and scale, with a line
 * between them that can be moved. Mouse and wheel reach the picture below.
 */
public final class CompareView extends Pane {
  private static final double GRIP = 26;
  private static final double LINE = 2;
  private static final double LABEL_TOP = 14;
  private static final double LABEL_SPACE = 12;
  private static final double KEY_STEP = 0.02;

  private final StackPane right = new StackPane();
  private final Rectangle clip = new Rectangle();
  private final Region line = new Region();
  private final StackPane grip = new StackPane();
  private final Label leftName = new Label();
  private final Label rightName = new Label();
  private final ViewerModel other;
  private final Subscription link;
  private double split = 0.5;

  /**
   * @param first what is shown below
   * @param other shows the second picture; follows the first, closed with this
   * @param names what the user calls the first and the second
   * @param close ends the comparison
   * @param failed takes a sentence when a tile could not be rendered
   */
  public CompareView(
      ViewerModel first, ViewerModel other, Names names, Runnable close, Consumer<String> failed) {
    this.other = other;
    setId("compare");
    setPickOnBounds(false);
    var canvas = new ViewerCanvas(other);
    canvas.setFocusTraversable(false);
    right.getChildren().add(canvas);
    right.getStyleClass().add("viewer");
    right.setMouseTransparent(true);
    right.setClip(clip);
    line.getStyleClass().add("compare-line");
    line.setMouseTransparent(true);
    grip.getStyleClass().add("compare-grip");
    grip.setId("compare-grip");
    grip.getChildren().add(new org.kordamp.ikonli.javafx.FontIcon(Feather.CODE));
    grip.setCursor(Cursor.H_RESIZE);
    grip.setFocusTraversable(true);
    grip.setAccessibleText("The line between the two pictures. Left and right arrows move it.");
    grip.setOnMousePressed(
        event -> {
          grip.requestFocus();
          event.consume();
        });
    grip.setOnMouseDragged(this::dragged);
    var keys =
        new KeyActions()
            .on(Shortcut.LINE_LEFT, () -> moveTo(split - KEY_STEP))
            .on(Shortcut.LINE_RIGHT, () -> moveTo(split + KEY_STEP));
    grip.setOnKeyPressed(keys::act);
    leftName.setText(names.first());
    leftName.setId("compare-first");
    rightName.setText(names.second());
    rightName.setId("compare-second");
    leftName.getStyleClass().add("compare-name");
    rightName.getStyleClass().add("compare-name");
    var end = new IconButton(Feather.X, "End the comparison", Shortcut.CANCEL, close);
    end.setId("compare-close");
    end.getStyleClass().add("compare-close");
    rightName.setGraphic(end);
    rightName.setContentDisplay(javafx.scene.control.ContentDisplay.RIGHT);
    leftName.setMouseTransparent(true);
    getChildren().addAll(right, line, leftName, rightName, grip);
    other.attach(canvas::wake, failed);
    link = first.cameraProperty().subscribe(view -> other.follow(view, System.nanoTime()));
  }

  /**
   * What the user calls two pictures.
   *
   * @param first the one at the left
   * @param second the one at the right
   */
  public record Names(String first, String second) {}

  /** Frees what the second picture holds. */
  public void end() {
    link.unsubscribe();
    other.close();
  }

  private void dragged(MouseEvent event) {
    Point2D place = sceneToLocal(event.getSceneX(), event.getSceneY());
    moveTo(place.getX() / Math.max(1, getWidth()));
    event.consume();
  }

  /** Puts the line at a part of the width. */
  private void moveTo(double part) {
    split = Math.clamp(part, 0, 1);
    requestLayout();
  }

  @Override
  protected void layoutChildren() {
    double width = getWidth();
    double height = getHeight();
    double x = Math.rint(width * split);
    right.resizeRelocate(0, 0, width, height);
    clip.setX(x);
    clip.setWidth(Math.max(0, width - x));
    clip.setHeight(height);
    line.resizeRelocate(x - LINE / 2, 0, LINE, height);
    grip.resizeRelocate(x - GRIP / 2, Math.rint((height - GRIP) / 2), GRIP, GRIP);
    place(leftName, x - LABEL_SPACE - leftName.prefWidth(-1), x - LABEL_SPACE);
    place(rightName, x + LABEL_SPACE, width - LABEL_SPACE);
  }

  private static void place(Label label, double left, double room) {
    double from = Math.max(LABEL_SPACE, left);
    double width = Math.min(label.prefWidth(-1), room - from);
    label.setVisible(width > 40);
    label.resizeRelocate(
        Math.rint(from), LABEL_TOP, Math.max(0, Math.ceil(width)), label.prefHeight(-1));
  }
}
