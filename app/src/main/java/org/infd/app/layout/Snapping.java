package org.infd.app.layout;

import java.util.ArrayList;
import java.util.List;
import org.infd.app.control.Handle;

/**
 * The lines that boxes snap to: the image's edges, thirds and middle, and the edges of other boxes.
 */
final class Snapping {
  private static final List<Double> OF_THE_IMAGE = List.of(0.0, 1 / 3.0, 0.5, 2 / 3.0, 1.0);

  /**
   * A place that was drawn to lines.
   *
   * @param rows the lines that it lies at now, from above
   * @param columns likewise, from the left
   */
  record Snapped(NormalizedBox place, List<Double> rows, List<Double> columns) {}

  private final List<Double> rows = new ArrayList<>(OF_THE_IMAGE);
  private final List<Double> columns = new ArrayList<>(OF_THE_IMAGE);
  private final double reach;

  /**
   * @param others boxes whose edges are lines too
   * @param reach from how far a line draws, in fractions of the image's side
   */
  Snapping(List<NormalizedBox> others, double reach) {
    this.reach = reach;
    for (var other : others) {
      rows.add(other.row());
      rows.add(other.rowEnd());
      columns.add(other.column());
      columns.add(other.columnEnd());
    }
  }

  /** No lines. */
  static Snapping none() {
    return new Snapping(List.of(), -1);
  }

  /** A row, drawn to a line if there is one. */
  double row(double at) {
    return at + nearest(rows, List.of(at));
  }

  /** A column, drawn to a line if there is one. */
  double column(double at) {
    return at + nearest(columns, List.of(at));
  }

  /** Draws those edges to lines that a hand is moving. */
  Snapped snap(NormalizedBox place, Handle handle) {
    double down;
    double right;
    if (handle == Handle.INSIDE) {
      down =
          nearest(rows, List.of(place.row(), place.rowEnd(), middle(place.row(), place.rowEnd())));
      right =
          nearest(
              columns,
              List.of(
                  place.column(), place.columnEnd(), middle(place.column(), place.columnEnd())));
    } else {
      down = edge(rows, handle.down(), place.row(), place.rowEnd());
      right = edge(columns, handle.across(), place.column(), place.columnEnd());
    }
    var snapped = place.pulled(handle, down, right);
    return new Snapped(
        snapped,
        touched(rows, handle, handle.down(), snapped.row(), snapped.rowEnd()),
        touched(columns, handle, handle.across(), snapped.column(), snapped.columnEnd()));
  }

  private static double middle(double from, double to) {
    return (from + to) / 2;
  }

  private double edge(List<Double> lines, int which, double from, double to) {
    return which == 0 ? 0 : nearest(lines, List.of(which < 0 ? from : to));
  }

  /** The way to the nearest line from any of some positions; 0 where none is in reach. */
  private double nearest(List<Double> lines, List<Double> positions) {
    double best = 0;
    double distance = reach;
    for (double line : lines) {
      for (double position : positions) {
        if (Math.abs(line - position) <= distance) {
          distance = Math.abs(line - position);
          best = line - position;
        }
      }
    }
    return best;
  }

  private List<Double> touched(
      List<Double> lines, Handle handle, int which, double from, double to) {
    if (reach < 0 || (which == 0 && handle != Handle.INSIDE)) {
      return List.of();
    }
    var ends =
        which < 0 ? List.of(from) : which > 0 ? List.of(to) : List.of(from, to, middle(from, to));
    return lines.stream().distinct().filter(line -> near(line, ends)).sorted().toList();
  }

  /** Places are rounded. */
  private static boolean near(double line, List<Double> ends) {
    return ends.stream().anyMatch(end -> Math.abs(end - line) <= 1.5e-6);
  }
}
