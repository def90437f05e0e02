package org.infd.inference.field;

import java.math.BigInteger;

/**
 * What of an image is on screen: N, the side of the whole image in pixels, and the rectangle shown.
 * The rectangle may reach beyond the image or lie beside it.
 *
 * @param imageSide N, 1 to {@link #LARGEST_SIDE}
 * @param row the first row shown; negative when the view begins above the image
 * @param column the first column shown; negative when the view begins left of the image
 * @param height the number of rows shown, at least 1
 * @param width the number of columns shown, at least 1
 */
public record Viewport(long imageSide, long row, long column, int height, int width) {
  /** The largest side of an image that goes on below its field, 2^52. */
  public static final long LARGEST_SIDE = 1L << 52;

  /** Checks the extents. */
  public Viewport {
    if (imageSide < 1 || imageSide > LARGEST_SIDE || height < 1 || width < 1) {
      throw new IllegalArgumentException(
          "a view of " + height + "×" + width + " pixels at image side " + imageSide);
    }
  }

  /**
   * The same part of the image at another side, grown to whole pixels. Used to show tiles of one
   * side at the scale of another.
   */
  public Viewport at(long otherSide) {
    long top = scaled(row, otherSide);
    long left = scaled(column, otherSide);
    // the ceiling is minus the floor of minus
    long bottom = -scaled(-rowEnd(), otherSide);
    long right = -scaled(-columnEnd(), otherSide);
    return new Viewport(
        otherSide,
        top,
        left,
        Math.toIntExact(Math.max(1, bottom - top)),
        Math.toIntExact(Math.max(1, right - left)));
  }

  /** The floor of pixel · otherSide / imageSide. */
  private long scaled(long pixel, long otherSide) {
    long product = pixel * otherSide;
    if (Math.multiplyHigh(pixel, otherSide) == product >> (Long.SIZE - 1)) {
      return Math.floorDiv(product, imageSide);
    }
    var divided =
        BigInteger.valueOf(pixel)
            .multiply(BigInteger.valueOf(otherSide))
            .divideAndRemainder(BigInteger.valueOf(imageSide));
    // rounded towards zero
    return divided[0].longValueExact() - (divided[1].signum() < 0 ? 1 : 0);
  }

  /** The row after the last. */
  public long rowEnd() {
    return row + height;
  }

  /** The column after the last. */
  public long columnEnd() {
    return column + width;
  }
}
