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
public record TileKey(int imageSide, int row, int column) {
  /** The side of a tile in pixels. */
  public static final int SIDE = 256;

  /** Checks that the tile exists. */
  public TileKey {
    if (imageSide < 1
        || imageSide > FieldRenderer.LARGEST_SIDE
        || row < 0
        || column < 0
        || row >= Math.ceilDiv(imageSide, SIDE)
        || column >= Math.ceilDiv(imageSide, SIDE)) {
      throw new IllegalArgumentException(
          "tile (" + row + ", " + column + ") at image side " + imageSide);
    }
  }

  /** The pixels of the image that the tile holds. */
  public Rectangle rectangle() {
    return new Rectangle(
        row * SIDE,
        column * SIDE,
        Math.min(SIDE, imageSide - row * SIDE),
        Math.min(SIDE, imageSide - column * SIDE));
  }

  /** The tiles at the viewport's own side that it shows, row by row; empty beside the image. */
  public static List<TileKey> visible(Viewport view) {
    int last = Math.ceilDiv(view.imageSide(), SIDE) - 1;
    int top = Math.max(0, Math.floorDiv(view.row(), SIDE));
    int left = Math.max(0, Math.floorDiv(view.column(), SIDE));
    int bottom = (int) Math.min(last, Math.floorDiv(view.rowEnd() - 1, SIDE));
    int right = (int) Math.min(last, Math.floorDiv(view.columnEnd() - 1, SIDE));
    var keys = new ArrayList<TileKey>();
    for (int r = top; r <= bottom; r++) {
      for (int c = left; c <= right; c++) {
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
    var mine = rectangle();
    return overlaps(mine.row(), mine.rowEnd(), view.row(), view.rowEnd(), view.imageSide())
        && overlaps(
            mine.column(), mine.columnEnd(), view.column(), view.columnEnd(), view.imageSide());
  }

  private boolean overlaps(long from, long to, long viewFrom, long viewTo, long viewSide) {
    // fractions of the image, compared without division
    return from * viewSide < viewTo * imageSide && viewFrom * imageSide < to * viewSide;
  }
}
