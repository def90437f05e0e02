package org.infd.inference.dive;

/**
 * A rectangle of pixels of a picture whose side may be far beyond 2^31.
 *
 * @param row the first row, from 0 at the top
 * @param column the first column, from 0 at the left
 * @param height the number of rows, at least 1
 * @param width the number of columns, at least 1
 */
public record DiveRectangle(long row, long column, int height, int width) {
  /** Checks the size. */
  public DiveRectangle {
    if (row < 0 || column < 0 || height < 1 || width < 1) {
      throw new IllegalArgumentException(
          "rectangle " + height + "×" + width + " at (" + row + ", " + column + ")");
    }
  }

  /** The row after the last. */
  public long rowEnd() {
    return row + height;
  }

  /** The column after the last. */
  public long columnEnd() {
    return column + width;
  }

  /** Whether all pixels lie in a square picture of this side. */
  public boolean fits(long side) {
    return rowEnd() <= side && columnEnd() <= side;
  }
}
