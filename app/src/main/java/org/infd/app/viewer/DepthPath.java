package org.infd.app.viewer;

import java.util.ArrayList;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Region;

/**
 * The levels of invention above the view, under the overview: a click goes up to one of them, at
 * the same place. Hidden while all in sight is the picture's own.
 */
final class DepthPath extends HBox {
  /** More would be wider than the overview. */
  private static final int MOST = 3;

  private final ViewerModel model;
  private int shown;

  DepthPath(ViewerModel model) {
    this.model = model;
    setId("depth-path");
    getStyleClass().add("depth-path");
    setAlignment(Pos.CENTER_RIGHT);
    setMaxSize(Region.USE_PREF_SIZE, Region.USE_PREF_SIZE);
    setPickOnBounds(false);
    setVisible(false);
    model.cameraProperty().subscribe(view -> refresh());
    model.fieldProperty().subscribe(field -> refresh());
  }

  /** Shows the present depth. */
  void refresh() {
    int depth = model.depth();
    setVisible(depth > 0);
    if (depth == shown || depth == 0) {
      return;
    }
    shown = depth;
    var parts = new ArrayList<Node>();
    parts.add(step(0, "Whole"));
    int first = Math.max(1, depth - MOST + 1);
    if (first > 1) {
      parts.add(new Label("…"));
    }
    for (int level = first; level < depth; level++) {
      parts.add(step(level, String.valueOf(level)));
    }
    var here = new Label(String.valueOf(depth));
    here.getStyleClass().add("depth-here");
    here.setAccessibleText("Depth " + depth + ", in sight");
    parts.add(here);
    getChildren().setAll(parts);
  }

  private Button step(int depth, String text) {
    var button = new Button(text);
    button.getStyleClass().add("depth-step");
    button.setFocusTraversable(false);
    var words = depth == 0 ? "Up to the whole picture" : "Up to depth " + depth;
    button.setAccessibleText(words);
    button.setTooltip(new Tooltip(words));
    button.setOnAction(event -> climb(depth));
    return button;
  }

  /** Zooms out, around the window's middle, to where a level is the deepest in sight. */
  private void climb(int depth) {
    if (depth == 0) {
      model.fit(System.nanoTime());
      return;
    }
    model
        .fieldProperty()
        .get()
        .flatMap(Field::depths)
        .ifPresent(below -> model.zoomTo((double) below.sideOf(depth), System.nanoTime()));
  }
}
