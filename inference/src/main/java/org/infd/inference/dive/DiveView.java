package org.infd.inference.dive;

import org.infd.inference.Problem;

/**
 * What is on screen of a picture, and where the user looks.
 *
 * @param side N, the whole picture's side in pixels
 * @param shown the pixels on screen
 * @param row the row of the pointer, from the picture's top
 * @param column the column of the pointer, from the picture's left
 */
public record DiveView(long side, DiveRectangle shown, long row, long column) {
  /**
   * The view around a place of a depth: pixel by pixel what the children there are made for.
   *
   * @param row where its middle is, 0 (top) to 1; views at the border are moved inside
   * @param column the same from the left
   * @param depth 0 for the field itself, else the level of the children
   * @param height of the view, in pixels
   * @param width of the view, in pixels
   * @throws Problem if the depth or the place is not in the picture
   */
  public static DiveView around(
      DiveLattice lattice, double row, double column, int depth, int height, int width) {
    if (depth < 0 || depth > lattice.deepest()) {
      throw new Problem(
          "A depth is 0 to " + lattice.deepest() + " for this model, and " + depth + " is not.");
    }
    if (!(row >= 0 && row <= 1 && column >= 0 && column <= 1)) {
      throw new Problem("A place in the picture is a row and a column from 0 to 1.");
    }
    long side = Math.max(lattice.finestSide(depth), Math.max(height, width));
    return of(
        side,
        new DiveRectangle(first(row, side, height), first(column, side, width), height, width));
  }

  /** The first row or column of a view of some pixels around a place. */
  static long first(double place, long side, int pixels) {
    return Math.clamp(Math.round(place * side - pixels / 2.0), 0, side - pixels);
  }

  /** A view whose middle is looked at. */
  public static DiveView of(long side, DiveRectangle shown) {
    return new DiveView(
        side, shown, shown.row() + shown.height() / 2, shown.column() + shown.width() / 2);
  }
}
