package org.infd.inference.photo;

import java.awt.image.BufferedImage;
import java.util.Optional;

/**
 * A picture as it is to be seen: upright, in sRGB, transparency over white.
 *
 * @param width columns
 * @param height rows
 * @param rgb 0xRRGGBB, row by row; not copied
 * @param reduction how many rows and columns of the file one of these stands for
 * @param note what is not as the file means it, as a sentence for people
 */
@SuppressWarnings("ArrayRecordComponent") // as large as memory allows, so it has one owner
public record DecodedPicture(
    int width, int height, int[] rgb, int reduction, Optional<String> note) {
  /** Checks the sizes. */
  public DecodedPicture {
    if (width < 1 || height < 1 || rgb.length != width * height || reduction < 1) {
      throw new IllegalArgumentException(width + "×" + height + ", " + rgb.length + " pixels");
    }
  }

  /** The colours of a picture in memory; grey values are display values, as in files. */
  public static DecodedPicture of(BufferedImage picture) {
    return new DecodedPicture(
        picture.getWidth(),
        picture.getHeight(),
        new DisplayPixels(Profiles.of(picture), DisplayPixels.Inks.DARK_IS_ONE, false, () -> {})
            .of(picture),
        1,
        Optional.empty());
  }

  /** The same picture as it was seen when it was taken. */
  DecodedPicture turned(Orientation orientation) {
    if (orientation.code() == 1) {
      return this;
    }
    boolean across = orientation.isAcross();
    return new DecodedPicture(
        across ? height : width,
        across ? width : height,
        orientation.upright(rgb, width, height),
        reduction,
        note);
  }
}
