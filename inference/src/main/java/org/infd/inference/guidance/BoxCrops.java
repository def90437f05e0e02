package org.infd.inference.guidance;

import java.util.ArrayList;
import java.util.List;
import org.infd.inference.diffusion.PhiloxNoise;

/**
 * The squares by which a box is scored. CLIP takes squares and nothing is stretched: a square box
 * is one crop, a long one a row of crops along its length.
 */
final class BoxCrops {
  /** Longer boxes are judged by this many squares, spread evenly. */
  private static final int MOST_SQUARES = 4;

  /** The least share of a square that a jittered copy shows. */
  private static final double SMALLEST_COPY = 0.7;

  /** Random numbers of one copy: size, row, column. */
  private static final int NUMBERS = 3;

  private static final int NUMBERS_OF_A_BOX = 1 << 10;

  /**
   * A square of the image, in units of its side.
   *
   * @param row the upper edge
   * @param column the left edge
   */
  record Square(double row, double column, double size) {}

  private BoxCrops() {}

  /** The squares themselves. */
  static List<Square> of(LayoutBox box) {
    double height = box.rowEnd() - box.row();
    double width = box.columnEnd() - box.column();
    double size = Math.min(height, width);
    double length = Math.max(height, width);
    int count = (int) Math.min(MOST_SQUARES, Math.ceil(length / size - 1e-6));
    var squares = new ArrayList<Square>();
    for (int i = 0; i < count; i++) {
      double along = count == 1 ? (length - size) / 2 : (length - size) * i / (count - 1);
      squares.add(
          height > width
              ? new Square(box.row() + along, box.column(), size)
              : new Square(box.row(), box.column() + along, size));
    }
    return squares;
  }

  /**
   * The squares and smaller ones inside them, at places that depend on seed, evaluation and box
   * alone.
   *
   * @param copies how many smaller ones per square
   * @param evaluation the number of the evaluation in the run
   * @param number the number of the box in the layout
   */
  static List<Square> jittered(
      LayoutBox box, int copies, PhiloxNoise noise, int evaluation, int number) {
    var squares = new ArrayList<Square>();
    int index = number * NUMBERS_OF_A_BOX;
    for (var square : of(box)) {
      squares.add(square);
      for (int i = 0; i < copies; i++) {
        double size =
            square.size()
                * (SMALLEST_COPY + (1 - SMALLEST_COPY) * uniform(noise, evaluation, index));
        double room = square.size() - size;
        squares.add(
            new Square(
                square.row() + room * uniform(noise, evaluation, index + 1),
                square.column() + room * uniform(noise, evaluation, index + 2),
                size));
        index += NUMBERS;
      }
    }
    return squares;
  }

  private static double uniform(PhiloxNoise noise, int evaluation, int index) {
    return noise.uniform(PhiloxNoise.Stream.JITTER, evaluation, index);
  }
}
