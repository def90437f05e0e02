package org.infd.app.layout;

import java.util.List;
import javafx.scene.layout.Pane;
import javafx.scene.shape.Polyline;

/** The course of a score so far, as a small line chart. Its meaning stands in words beside it. */
final class Sparkline extends Pane {
  private static final double WIDTH = 56;
  private static final double HEIGHT = 16;

  /** Smaller changes would look larger than they are. */
  private static final double LEAST_RANGE = 0.05;

  private final Polyline line = new Polyline();

  Sparkline() {
    line.getStyleClass().add("sparkline");
    line.setManaged(false);
    getChildren().add(line);
    setMinSize(WIDTH, HEIGHT);
    setPrefSize(WIDTH, HEIGHT);
    setMaxSize(WIDTH, HEIGHT);
  }

  void show(List<Double> values) {
    double low = values.stream().mapToDouble(Double::doubleValue).min().orElse(0);
    double high = values.stream().mapToDouble(Double::doubleValue).max().orElse(0);
    double range = Math.max(LEAST_RANGE, high - low);
    var points = new Double[2 * values.size()];
    for (int i = 0; i < values.size(); i++) {
      points[2 * i] = WIDTH * i / Math.max(1, values.size() - 1);
      points[2 * i + 1] = HEIGHT - 1 - (HEIGHT - 2) * (values.get(i) - low) / range;
    }
    line.getPoints().setAll(points);
  }
}
