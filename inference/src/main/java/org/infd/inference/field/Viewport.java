package org.infd.inference.field;

/**
 * What of an image is on screen: N, the side of the whole image in pixels, and the rectangle shown.
 * The rectangle may reach beyond the image or lie beside it.
 *
 * @param imageSide N, 1 to {@link FieldRenderer#LARGEST_SIDE}
 * @param row the first row shown; negative when the view begins above the image
 * @param column the first column shown; negative when the view begins left of the image
 * @param height the number of rows shown, at least 1
 * @param width the number of columns shown, at least 1
 */
public record Viewport(int imageSide, int row, int column, int height, int width) {
  /** Checks the extents. */
  public Viewport {
    if (imageSide < 1 || imageSide > FieldRenderer.LARGEST_SIDE || height < 1 || width < 1) {
      throw new IllegalArgumentException(
          "a view of " + height + "×" + width + " pixels at image side " + imageSide);
    }
  }

  /**
   * The same part of the image at another side, grown to whole pixels. Used to show tiles of one
   * side at the scale of another.
   */
  public Viewport at(int otherSide) {
    int top = floor(row, otherSide);
    int left = floor(column, otherSide);
    return new Viewport(
        otherSide,
        top,
        left,
        Math.max(1, ceiling((long) row + height, otherSide) - top),
        Math.max(1, ceiling((long) column + width, otherSide) - left));
  }

  private int floor(long pixel, int otherSide) {
    return Math.toIntExact(Math.floorDiv(pixel * otherSide, imageSide));
  }

  private int ceiling(long pixel, int otherSide) {
    return Math.toIntExact(Math.ceilDiv(pixel * otherSide, imageSide));
  }

  /** The row after the last. */
  public long rowEnd() {
    return (long) row + height;
  }

  /** The column after the last. */
  public long columnEnd() {
    return (long) column + width;
  }
}
