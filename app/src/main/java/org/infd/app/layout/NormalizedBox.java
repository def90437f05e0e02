package org.infd.app.layout;

import org.infd.app.control.Handle;
import org.infd.inference.guidance.LayoutBox;

/**
 * Where a box lies, in fractions of the image's side. Every value is legal: the constructor brings
 * it into the image, keeps it as large as a box has to be, and rounds it to what layout files keep.
 *
 * @param row the upper edge
 * @param column the left edge
 * @param height at least {@link LayoutBox#SMALLEST}
 * @param width likewise
 */
public record NormalizedBox(double row, double column, double height, double width) {
  /** A tenth of a pixel of the largest image would not be seen. */
  private static final double PRECISION = 1e6;

  /** Brings everything into its limits. */
  public NormalizedBox {
    height = extent(height);
    width = extent(width);
    row = rounded(Math.clamp(finite(row), 0, 1 - height));
    column = rounded(Math.clamp(finite(column), 0, 1 - width));
  }

  private static double extent(double wanted) {
    return rounded(Math.clamp(finite(wanted), LayoutBox.SMALLEST, 1));
  }

  private static double finite(double value) {
    return Double.isFinite(value) ? value : 0;
  }

  private static double rounded(double value) {
    return Math.rint(value * PRECISION) / PRECISION;
  }

  /** The place between two corners, whichever way they lie; corners outside are brought inside. */
  public static NormalizedBox between(
      double row, double column, double otherRow, double otherColumn) {
    double top = Math.clamp(Math.min(row, otherRow), 0, 1);
    double left = Math.clamp(Math.min(column, otherColumn), 0, 1);
    return new NormalizedBox(
        top,
        left,
        Math.clamp(Math.max(row, otherRow), 0, 1) - top,
        Math.clamp(Math.max(column, otherColumn), 0, 1) - left);
  }

  /** The lower edge, at most 1. */
  public double rowEnd() {
    return Math.min(1, row + height);
  }

  /** The right edge, at most 1. */
  public double columnEnd() {
    return Math.min(1, column + width);
  }

  /** This place further down and to the right, as far as the image goes. */
  public NormalizedBox moved(double down, double right) {
    return new NormalizedBox(row + down, column + right, height, width);
  }

  /**
   * This place with a handle pulled; {@link Handle#INSIDE} moves the whole. An edge goes no further
   * than the image, and pulled over the opposite edge it goes on beyond it.
   */
  public NormalizedBox pulled(Handle handle, double down, double right) {
    if (handle == Handle.INSIDE) {
      return moved(down, right);
    }
    return between(
        row + (handle.down() < 0 ? down : 0),
        column + (handle.across() < 0 ? right : 0),
        rowEnd() + (handle.down() > 0 ? down : 0),
        columnEnd() + (handle.across() > 0 ? right : 0));
  }

  /** Whether a point lies in it. */
  public boolean contains(double atRow, double atColumn) {
    return atRow >= row && atRow <= rowEnd() && atColumn >= column && atColumn <= columnEnd();
  }

  /** Whether another place lies in it as a whole. */
  public boolean covers(NormalizedBox other) {
    return row <= other.row
        && column <= other.column
        && rowEnd() >= other.rowEnd()
        && columnEnd() >= other.columnEnd();
  }

  /** The share of the image that it takes. */
  public double area() {
    return height * width;
  }

  /** The share of the smaller of two places that both take, 0 to 1. */
  public double overlap(NormalizedBox other) {
    double down = Math.min(rowEnd(), other.rowEnd()) - Math.max(row, other.row);
    double right = Math.min(columnEnd(), other.columnEnd()) - Math.max(column, other.column);
    return down <= 0 || right <= 0 ? 0 : Math.min(1, down * right / Math.min(area(), other.area()));
  }
}
