package org.infd.inference.field;

import java.util.ArrayList;
import java.util.List;

/**
 * A tile of the grid of 256-pixel tiles over an image of side N. Tiles at the right and bottom end
 * with the image and may be smaller.
 *
 * @param imageSide N; a power-of-two level while the view moves, any side at rest
 * @param row the tile's row in the grid
 * @param column the tile's column in the grid
 */
public record TileKey(long imageSide, long row, long column) {
  /** The side of a tile in pixels. */
  public static final int SIDE = 256;

  /** Checks that the tile exists. */
  public TileKey {
    if (imageSide < 1
        || imageSide > Viewport.LARGEST_SIDE
        || row < 0
        || column < 0
        || row >= Math.ceilDiv(imageSide, SIDE)
        || column >= Math.ceilDiv(imageSide, SIDE)) {
      throw new IllegalArgumentException(
          "tile (" + row + ", " + column + ") at image side " + imageSide);
    }
  }

  /** The first row of pixels that the tile holds. */
  public long firstRow() {
    return row * SIDE;
  }

  /** The first column of pixels that the tile holds. */
  public long firstColumn() {
    return column * SIDE;
  }

  /** The rows of pixels that the tile holds. */
  public int height() {
    return (int) Math.min(SIDE, imageSide - firstRow());
  }

  /** The columns of pixels that the tile holds. */
  public int width() {
    return (int) Math.min(SIDE, imageSide - firstColumn());
  }

  /**
   * The pixels of the image that the tile holds.
   *
   * @throws ArithmeticException if a field alone does not go so deep
   */
  public Rectangle rectangle() {
    return new Rectangle(
        Math.toIntExact(firstRow()), Math.toIntExact(firstColumn()), height(), width());
  }

  /** The pixels that the tile holds as a view of their own. */
  Viewport viewport() {
    return new Viewport(imageSide, firstRow(), firstColumn(), height(), width());
  }

  /** The tiles at the viewport's own side that it shows, row by row; empty beside the image. */
  public static List<TileKey> visible(Viewport view) {
    long last = Math.ceilDiv(view.imageSide(), SIDE) - 1;
    long top = Math.max(0, Math.floorDiv(view.row(), SIDE));
    long left = Math.max(0, Math.floorDiv(view.column(), SIDE));
    long bottom = Math.min(last, Math.floorDiv(view.rowEnd() - 1, SIDE));
    long right = Math.min(last, Math.floorDiv(view.columnEnd() - 1, SIDE));
    var keys = new ArrayList<TileKey>();
    for (long r = top; r <= bottom; r++) {
      for (long c = left; c <= right; c++) {
        var key = new TileKey(view.imageSide(), r, c);
        // the last tiles end before their place in the grid does
        if (key.meets(view)) {
          keys.add(key);
        }
      }
    }
    return keys;
  }

  /** Whether any of the tile is in view, at whatever side the view is. */
  public boolean meets(Viewport view) {
    return overlaps(firstRow(), firstRow() + height(), view.row(), view.rowEnd(), view.imageSide())
        && overlaps(
            firstColumn(),
            firstColumn() + width(),
            view.column(),
            view.columnEnd(),
            view.imageSide());
  }

  private boolean overlaps(long from, long to, long viewFrom, long viewTo, long viewSide) {
    // fractions of the image, compared without division
    return isLess(from, viewSide, viewTo, imageSide) && isLess(viewFrom, imageSide, to, viewSide);
  }

  /** Whether a · b &lt; c · d, which need not fit into 64 bits. */
  private static boolean isLess(long a, long b, long c, long d) {
    int order = Long.compare(Math.multiplyHigh(a, b), Math.multiplyHigh(c, d));
    return order != 0 ? order < 0 : Long.compareUnsigned(a * b, c * d) < 0;
  }
}
