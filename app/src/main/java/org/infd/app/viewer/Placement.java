package org.infd.app.viewer;

import java.nio.IntBuffer;

/**
 * Pixels to be drawn at a place of the window, in device pixels.
 *
 * @param pixels opaque 0xFFRRGGBB, row by row; the identity of the buffer is that of the picture
 * @param pixelWidth how many pixels are in a row
 * @param pixelHeight how many rows there are
 * @param x the first column of the window
 * @param y the first row of the window
 * @param width how many columns of the window they fill
 * @param height how many rows of the window they fill
 * @param opacity 0 to 1
 */
public record Placement(
    IntBuffer pixels,
    int pixelWidth,
    int pixelHeight,
    int x,
    int y,
    int width,
    int height,
    double opacity) {
  /** Whether every pixel is one pixel of the window. */
  public boolean isExact() {
    return width == pixelWidth && height == pixelHeight;
  }
}
