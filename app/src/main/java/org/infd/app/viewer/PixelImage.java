package org.infd.app.viewer;

import java.nio.IntBuffer;

/**
 * Colours ready for the screen. Immutable by convention.
 *
 * @param pixels opaque 0xFFRRGGBB, row by row from the top
 */
public record PixelImage(int width, int height, IntBuffer pixels) {
  /** Checks the number of pixels. */
  public PixelImage {
    if (width < 1 || height < 1 || pixels.capacity() != width * height) {
      throw new IllegalArgumentException(pixels.capacity() + " pixels for " + width + "×" + height);
    }
  }

  /**
   * This image, each pixel made {@code factor} pixels wide and tall, with colours going over into
   * one another. Toolkits do not agree on what lies beyond an image's edge; here it is the edge.
   */
  public PixelImage enlarged(int factor) {
    int newWidth = width * factor;
    int newHeight = height * factor;
    var enlarged = new int[newWidth * newHeight];
    for (int y = 0; y < newHeight; y++) {
      double row = Math.clamp((y + 0.5) / factor - 0.5, 0, height - 1.0);
      int top = (int) row;
      int below = Math.min(top + 1, height - 1);
      for (int x = 0; x < newWidth; x++) {
        double column = Math.clamp((x + 0.5) / factor - 0.5, 0, width - 1.0);
        int left = (int) column;
        int right = Math.min(left + 1, width - 1);
        enlarged[y * newWidth + x] =
            mix(
                mix(pixel(top, left), pixel(top, right), column - left),
                mix(pixel(below, left), pixel(below, right), column - left),
                row - top);
      }
    }
    return new PixelImage(newWidth, newHeight, IntBuffer.wrap(enlarged));
  }

  private int pixel(int row, int column) {
    return pixels.get(row * width + column);
  }

  private static int mix(int a, int b, double share) {
    int mixed = 0xFF;
    for (int shift = 16; shift >= 0; shift -= 8) {
      double from = a >> shift & 0xFF;
      double to = b >> shift & 0xFF;
      mixed = mixed << 8 | (int) Math.rint(from + (to - from) * share);
    }
    return mixed;
  }
}
