package org.infd.app.viewer;

import java.util.HashSet;
import java.util.Set;
import javafx.beans.property.DoubleProperty;
import javafx.beans.property.SimpleDoubleProperty;
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

  /** What of the lengths above is no button. */
  private static final double ROOM_AROUND = 49;

  /** As the style sheet has it. */
  private static final double SPACING = 2;

  /** How long they may be together, gaps included. */
  private final DoubleProperty room = new SimpleDoubleProperty(this, "room", ROOM_FOR_ALL);

  private final Set<Node> leaving = new HashSet<>();
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
   * Places the buttons: beside the whole picture or below it, wherever more of the picture is left.
   *
   * @param width of what they lie on
   * @param height of what they lie on
   * @param margin what is left free around a picture that is shown as a whole
   * @return what has to be left free around it so that they do not lie on it, at least the margin
   */
  double place(double width, double height, double margin) {
    double thickness = isColumn() ? column.prefWidth(-1) : row.prefHeight(-1);
    double needed = thickness + 2 * GAP;
    double side = Math.min(width, height);
    double beside = Math.max(margin, needed - (width - side) / 2);
    double below = Math.max(margin, needed - (height - side) / 2);
    double left = height - above - 3 * GAP;
    boolean isColumn = left >= shortest() && beside <= below;
    setColumn(isColumn);
    // a row needs its own gaps and some slack, which are taken off a column already
    room.set(isColumn ? left + ROOM_AROUND : width);
    return isColumn ? beside : below;
  }

  /** The length without those that go where there is little room. */
  private double shortest() {
    return box().getChildren().stream()
        .filter(node -> !leaving.contains(node))
        .mapToDouble(node -> SPACING + (isColumn() ? height(node) : width(node)))
        .sum();
  }

  private static double height(Node node) {
    return Math.max(node.minHeight(-1), node.prefHeight(-1));
  }

  private static double width(Node node) {
    return Math.max(node.minWidth(-1), node.prefWidth(-1));
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
  void showWhereAllFit(Node... nodes) {
    showFrom(ROOM_FOR_ALL, nodes);
  }

  /** Shows some also where there is room for fewer. */
  void showWhereMostFit(Node... nodes) {
    showFrom(ROOM_FOR_STEPS, nodes);
  }

  private void showFrom(double length, Node... nodes) {
    for (var node : nodes) {
      leaving.add(node);
      node.visibleProperty().bind(room.greaterThanOrEqualTo(length));
      node.managedProperty().bind(node.visibleProperty());
    }
  }
}
