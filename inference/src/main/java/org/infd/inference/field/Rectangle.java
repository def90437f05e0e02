package org.infd.inference.field;

/**
 * A rectangle of pixels of an image, half open: rows {@code row} to {@code row + height} exclusive.
 *
 * @param row the first row, from 0 at the top
 * @param column the first column, from 0 at the left
 * @param height the number of rows, at least 1
 * @param width the number of columns, at least 1
 */
public record Rectangle(int row, int column, int height, int width) {
  /** Checks the size. */
  public Rectangle {
    if (row < 0 || column < 0 || height < 1 || width < 1) {
      throw new IllegalArgumentException(
          "rectangle " + height + "×" + width + " at (" + row + ", " + column + ")");
    }
    Math.addExact(row, height);
    Math.addExact(column, width);
  }

  /** The whole of a square image. */
  public static Rectangle whole(int imageSide) {
    return new Rectangle(0, 0, imageSide, imageSide);
  }

  /** The row after the last. */
  public int rowEnd() {
    return row + height;
  }

  /** The column after the last. */
  public int columnEnd() {
    return column + width;
  }

  /** Whether all pixels lie in a square image of this side. */
  public boolean fits(int imageSide) {
    return rowEnd() <= imageSide && columnEnd() <= imageSide;
  }

  /**
   * This rectangle grown by {@code halo} pixels on each side, cut to a square image of this side.
   */
  public Rectangle grown(int halo, int imageSide) {
    int top = Math.max(0, row - halo);
    int left = Math.max(0, column - halo);
    return new Rectangle(
        top,
        left,
        Math.min(imageSide, rowEnd() + halo) - top,
        Math.min(imageSide, columnEnd() + halo) - left);
  }
}
