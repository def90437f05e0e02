package org.infd.app.viewer;

import javafx.geometry.Orientation;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Separator;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Pane;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;

/**
 * The buttons on the picture: in a row below, or in a column at the right where that is beside the
 * whole picture and not on it. In small windows some go, each of which has a key as well.
 */
final class ViewerControls extends StackPane {
  /** The widths that all buttons need, and those that do without the views before and after. */
  private static final double ROOM_FOR_ALL = 420;

  private static final double ROOM_FOR_STEPS = 330;

  /** From the edge of the window, and from what is next. */
  private static final double GAP = 14;

  private final HBox row = new HBox();
  private final VBox column = new VBox();
  private double above;

  ViewerControls() {
    getStyleClass().add("viewer-controls");
    row.setAlignment(Pos.CENTER);
    column.setAlignment(Pos.CENTER);
    getChildren().setAll(row);
    setMaxSize(Region.USE_PREF_SIZE, Region.USE_PREF_SIZE);
  }

  /** Adds a button, or a line between buttons. */
  void add(Node control) {
    box().getChildren().add(control);
  }

  private Pane box() {
    return isColumn() ? column : row;
  }

  /** Whether they stand in a column. */
  boolean isColumn() {
    return getChildren().contains(column);
  }

  /** What is shown above a column, which must have room for it. */
  void setAbove(double height) {
    above = height;
  }

  /**
   * Places the buttons.
   *
   * @param width of what they lie on
   * @param height of what they lie on
   * @param margin what is left free around a picture that is shown as a whole
   */
  void place(double width, double height, double margin) {
    // in either arrangement they are as many and as large
    double length = isColumn() ? column.prefHeight(-1) : row.prefWidth(-1);
    double thickness = isColumn() ? column.prefWidth(-1) : row.prefHeight(-1);
    double beside = (width - height) / 2 + margin;
    boolean fits = height >= ROOM_FOR_ALL && height >= length + above + 4 * GAP;
    setColumn(fits && beside >= thickness + 2 * GAP);
  }

  private void setColumn(boolean isColumn) {
    if (isColumn == isColumn()) {
      return;
    }
    var from = box();
    var to = isColumn ? column : row;
    var controls = from.getChildren().toArray(Node[]::new);
    from.getChildren().clear();
    to.getChildren().setAll(controls);
    for (var control : controls) {
      if (control instanceof Separator line) {
        line.setOrientation(isColumn ? Orientation.HORIZONTAL : Orientation.VERTICAL);
      }
    }
    getChildren().setAll(to);
  }

  /** Shows some only where there is room for all. */
  void showWhereAllFit(Region picture, Node... nodes) {
    showFrom(picture, ROOM_FOR_ALL, nodes);
  }

  /** Shows some also where there is room for fewer. */
  void showWhereMostFit(Region picture, Node... nodes) {
    showFrom(picture, ROOM_FOR_STEPS, nodes);
  }

  private static void showFrom(Region picture, double width, Node... nodes) {
    for (var node : nodes) {
      node.visibleProperty().bind(picture.widthProperty().greaterThanOrEqualTo(width));
      node.managedProperty().bind(node.visibleProperty());
    }
  }
}
