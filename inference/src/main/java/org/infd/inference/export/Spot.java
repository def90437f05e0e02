package org.infd.inference.export;

import org.infd.inference.NumberText;
import org.infd.inference.Problem;
import org.infd.inference.field.FieldRenderer;
import org.infd.inference.field.Rectangle;

/**
 * A place of a picture around which a folder of tiles goes on to larger sizes than it has as a
 * whole. There is no more of them than a screen shows, so a very deep zoom stays a small folder.
 *
 * @param row 0 (top) to 1 (bottom) of the picture
 * @param column 0 (left) to 1 (right) of the picture
 * @param sizes how many more sizes there are, each with twice the side of the one before
 */
public record Spot(double row, double column, int sizes) {
  /** Tiles around that of the place, on each side: five across fill a screen at full size. */
  private static final int AROUND = 2;

  /** Checks the place. */
  public Spot {
    if (!(row >= 0 && row <= 1 && column >= 0 && column <= 1) || sizes < 1 || sizes > 30) {
      throw new IllegalArgumentException(row + ", " + column + ", " + sizes);
    }
  }

  /**
   * A spot that ends where the whole image is at most so many pixels a side.
   *
   * @param frame the picture that is there as a whole
   * @param side the largest side of the image, at most {@link FieldRenderer#LARGEST_SIDE}
   * @throws Problem if it is not at least twice that of the picture's image, or too large
   */
  public static Spot upTo(Frame frame, double row, double column, long side) {
    int sizes = 0;
    while ((long) frame.imageSide() << (sizes + 1) <= side) {
      sizes++;
    }
    if (sizes < 1 || side > FieldRenderer.LARGEST_SIDE) {
      throw new Problem(
          NumberText.format(
              "Around a spot an image of %d pixels a side goes on to twice as many and more, up to"
                  + " %d; %d is not possible.",
              frame.imageSide(), FieldRenderer.LARGEST_SIDE, side));
    }
    return new Spot(row, column, sizes);
  }

  /** The picture at its largest size, of which most is not there. */
  public Frame largest(Frame frame) {
    var place = frame.rectangle();
    return new Frame(
        Math.multiplyExact(frame.imageSide(), 1 << sizes),
        new Rectangle(
            place.row() << sizes,
            place.column() << sizes,
            place.height() << sizes,
            place.width() << sizes));
  }

  /**
   * The tiles along one axis of a size.
   *
   * @param at the place, 0 to 1
   * @param extent the pixels of that size
   * @param tile the pixels of a tile
   * @return the first tile and how many there are
   */
  static int[] tiles(double at, int extent, int tile) {
    int count = Math.ceilDiv(extent, tile);
    int middle = Math.min((int) (at * extent) / tile, count - 1);
    int first = Math.max(0, middle - AROUND);
    return new int[] {first, Math.min(count, middle + AROUND + 1) - first};
  }
}
