package org.infd.inference.photo;

import java.awt.image.BufferedImage;
import javax.imageio.ImageReader;
import javax.imageio.event.IIOReadUpdateListener;

/** Counts the passes of an interlaced PNG that are there (PNG 1.2, 2.6). */
final class PngPasses implements IIOReadUpdateListener {
  private static final int FINE = 5;
  private static final int MIDDLE = 3;
  private int done;

  /** The part of the rows and columns that is there: all, each second, fourth, or eighth. */
  private int step() {
    return done >= FINE ? 2 : done >= MIDDLE ? 4 : 8;
  }

  /** The part of the pixels that is there. */
  double part() {
    return done == 0 ? 0 : 1.0 / (step() * step());
  }

  /**
   * Gives the pixels that are missing the colours of those before them.
   *
   * @param thinning what was left out when they were read
   */
  void spread(int[] rgb, int width, int height, int thinning) {
    int step = Math.max(1, step() / thinning);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        rgb[y * width + x] = rgb[(y - y % step) * width + x - x % step];
      }
    }
  }

  @Override
  public void passComplete(ImageReader source, BufferedImage image) {
    done++;
  }

  @Override
  public void passStarted(
      ImageReader source,
      BufferedImage image,
      int pass,
      int minPass,
      int maxPass,
      int minX,
      int minY,
      int periodX,
      int periodY,
      int[] bands) {}

  @Override
  public void imageUpdate(
      ImageReader source,
      BufferedImage image,
      int minX,
      int minY,
      int width,
      int height,
      int periodX,
      int periodY,
      int[] bands) {}

  @Override
  public void thumbnailPassStarted(
      ImageReader source,
      BufferedImage image,
      int pass,
      int minPass,
      int maxPass,
      int minX,
      int minY,
      int periodX,
      int periodY,
      int[] bands) {}

  @Override
  public void thumbnailUpdate(
      ImageReader source,
      BufferedImage image,
      int minX,
      int minY,
      int width,
      int height,
      int periodX,
      int periodY,
      int[] bands) {}

  @Override
  public void thumbnailPassComplete(ImageReader source, BufferedImage image) {}
}
