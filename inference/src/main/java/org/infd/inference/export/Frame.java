package org.infd.inference.export;

import org.infd.inference.NumberText;
import org.infd.inference.Problem;
import org.infd.inference.field.FieldRenderer;
import org.infd.inference.field.Rectangle;

/**
 * What a picture shows: a rectangle of pixels of the square image of side N. Both are integers, so
 * a picture of a region equals the same pixels of the whole image at that N.
 *
 * @param imageSide N, the side in pixels of the whole image, 1 to {@link
 *     FieldRenderer#LARGEST_SIDE}
 * @param rectangle the pixels that the picture holds
 */
public record Frame(int imageSide, Rectangle rectangle) {
  private static final int LARGEST = FieldRenderer.LARGEST_SIDE;

  /** Checks that the rectangle lies in the image. */
  public Frame {
    if (imageSide < 1 || imageSide > LARGEST || !rectangle.fits(imageSide)) {
      throw new IllegalArgumentException(rectangle + " of an image of side " + imageSide);
    }
  }

  /**
   * A part of the image, in fractions of its side.
   *
   * @param top the first row, 0 at the top edge
   * @param left the first column, 0 at the left edge
   * @param height more than 0; top + height at most 1
   * @param width more than 0; left + width at most 1
   */
  public record Region(double top, double left, double height, double width) {
    /** The whole image. */
    public static final Region WHOLE = new Region(0, 0, 1, 1);

    /** A written 0.1 + 0.9 may come out a little over 1. */
    private static final double ROUNDING = 1e-9;

    /**
     * Checks the place.
     *
     * @throws Problem if any of it lies outside the image, or nothing is left
     */
    public Region {
      boolean inside =
          top >= 0
              && left >= 0
              && height > 0
              && width > 0
              && top + height <= 1 + ROUNDING
              && left + width <= 1 + ROUNDING;
      if (!inside) {
        throw new Problem(
            NumberText.format(
                    "The region %s,%s,%s,%s does not lie in the image. Give top,left,height,width as",
                    top, left, height, width)
                + " fractions of the image, for example 0.25,0.25,0.5,0.5.");
      }
    }
  }

  /**
   * The whole image.
   *
   * @throws Problem if the side is not between 1 and {@link FieldRenderer#LARGEST_SIDE}
   */
  public static Frame square(long side) {
    checkSize(side, side);
    return new Frame((int) side, Rectangle.whole((int) side));
  }

  /**
   * A picture that is a part of nothing: it lies in the upper left corner of a square.
   *
   * @throws Problem if a side is not between 1 and {@link FieldRenderer#LARGEST_SIDE}
   */
  public static Frame alone(long height, long width) {
    checkSize(height, width);
    return new Frame((int) Math.max(height, width), new Rectangle(0, 0, (int) height, (int) width));
  }

  /**
   * A picture of {@code height}×{@code width} pixels that shows a region. Nothing is stretched: N
   * is the smallest integer at which the region covers the picture in both directions, and what the
   * region has too much in one direction is cut off evenly on both sides. The first row and column
   * are rounded to whole pixels and kept inside the image.
   *
   * @throws Problem if the size is absurd, or the region is so small that N would exceed {@link
   *     FieldRenderer#LARGEST_SIDE}
   */
  public static Frame of(long height, long width, Region region) {
    checkSize(height, width);
    double exact = Math.max(height / region.height(), width / region.width());
    // 512 / 0.1 is a hair over 5120 in floating point: do not let that add a row
    double side = Math.max(Math.ceil(exact * (1 - 1e-12)), (double) Math.max(height, width));
    if (side > LARGEST) {
      throw new Problem(
          NumberText.format(
                  "At %d×%d pixels this region would need a whole image of %.0f pixels a side; the limit",
                  width, height, side)
              + " is "
              + LARGEST
              + ". Take a smaller size or a larger region.");
    }
    int n = (int) side;
    return new Frame(
        n,
        new Rectangle(
            first(region.top(), region.height(), (int) height, n),
            first(region.left(), region.width(), (int) width, n),
            (int) height,
            (int) width));
  }

  private static int first(double start, double extent, int pixels, int imageSide) {
    long first = Math.round((start + extent / 2) * imageSide - pixels / 2.0);
    return Math.clamp(first, 0, imageSide - pixels);
  }

  /** The part of the image that the picture shows. */
  public Region region() {
    double side = imageSide;
    return new Region(
        rectangle.row() / side,
        rectangle.column() / side,
        rectangle.height() / side,
        rectangle.width() / side);
  }

  /** The number of pixels of the picture. */
  public long pixels() {
    return (long) rectangle.height() * rectangle.width();
  }

  private static void checkSize(long height, long width) {
    if (height < 1 || width < 1) {
      throw new Problem(
          "A picture of "
              + width
              + "×"
              + height
              + " pixels has nothing in it. Ask for at least 1.");
    }
    if (height > LARGEST || width > LARGEST) {
      throw new Problem(
          NumberText.format(
              "A picture of %d×%d pixels is too large; the limit is %d a side.",
              width, height, LARGEST));
    }
  }
}
