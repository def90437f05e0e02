package org.infd.inference.photo;

import java.util.Arrays;

/**
 * A white sheet that is larger than a picture that lies on it.
 *
 * @param width columns of the sheet
 * @param height rows of the sheet
 * @param top where the first row of the picture lies
 * @param left where its first column lies
 */
record Sheet(int width, int height, int top, int left) {
  private static final int WHITE = 0xFFFFFF;

  /** What the readers of a sheet may hold at most, in pixels. */
  private static final long LARGEST = 80_000_000;

  /** The sheet with a picture; the picture alone where it does not lie on it. */
  DecodedPicture with(DecodedPicture picture) {
    boolean isInside =
        picture.reduction() == 1
            && top + picture.height() <= height
            && left + picture.width() <= width
            && (long) width * height <= LARGEST;
    boolean isAll = picture.width() == width && picture.height() == height;
    if (!isInside || isAll) {
      return picture;
    }
    var rgb = new int[width * height];
    Arrays.fill(rgb, WHITE);
    for (int y = 0; y < picture.height(); y++) {
      System.arraycopy(
          picture.rgb(), y * picture.width(), rgb, (top + y) * width + left, picture.width());
    }
    return new DecodedPicture(width, height, rgb, 1, picture.note());
  }
}
