package org.infd.inference.export;

import java.awt.Point;
import java.awt.Rectangle;
import java.awt.image.Raster;
import java.awt.image.SampleModel;
import org.jspecify.annotations.Nullable;

/**
 * The pixels of a {@link BandedImage} as one raster that is never in memory: for writers that ask
 * for all of a picture and then take it line by line, downwards.
 */
final class OneTile extends Raster {
  private final BandedImage image;

  /**
   * @param line the layout of one line
   */
  OneTile(BandedImage image, SampleModel line) {
    super(
        line,
        line.createDataBuffer(),
        new Rectangle(0, 0, image.getWidth(), image.getHeight()),
        new Point(0, 0),
        null);
    this.image = image;
  }

  @Override
  public Raster createChild(
      int x, int y, int width, int height, int childX, int childY, int @Nullable [] bands) {
    return image
        .getData(new Rectangle(x, y, width, height))
        .createChild(x, y, width, height, childX, childY, bands);
  }
}
