package org.infd.inference.field;

/**
 * The image sides that are rendered while a view moves: φ side · 2^k, from the root, which fits
 * into one tile, to a largest.
 *
 * @param fieldSide the side of φ in cells
 * @param largestSide no level is larger
 */
public record ViewLevels(int fieldSide, long largestSide) {
  /** Checks the sides. */
  public ViewLevels {
    if (fieldSide < 1 || largestSide < TileKey.SIDE || largestSide > Viewport.LARGEST_SIDE) {
      throw new IllegalArgumentException("φ side " + fieldSide + ", up to " + largestSide);
    }
  }

  /** The levels of a field. */
  public ViewLevels(int fieldSide) {
    this(fieldSide, FieldRenderer.LARGEST_SIDE);
  }

  /** The level that is a single tile: the whole image in at most 256 pixels. */
  public int root() {
    int side = fieldSide;
    while (side > TileKey.SIDE) {
      side = (side + 1) / 2;
    }
    while (side * 2 <= TileKey.SIDE) {
      side *= 2;
    }
    return side;
  }

  /** The key of the root tile. */
  public TileKey rootTile() {
    return new TileKey(root(), 0, 0);
  }

  /**
   * The level that shows an image of this side best: the nearest in octaves, at least the root.
   *
   * @param shownSide the side that the whole image has on screen; any positive number
   */
  public long nearest(double shownSide) {
    long level = root();
    while (level * Math.sqrt(2) < shownSide && level * 2 <= largestSide) {
      level *= 2;
    }
    return level;
  }
}
