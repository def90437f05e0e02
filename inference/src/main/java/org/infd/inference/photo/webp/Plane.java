package org.infd.inference.photo.webp;

import java.util.Arrays;

/**
 * The samples of one channel of a picture, 0 to 255, with the row above and the column to the left
 * that prediction takes for granted (RFC 6386, 12.2 and 12.3).
 */
final class Plane {
  private static final byte ABOVE = 127;
  private static final byte LEFT = (byte) 129;

  /** The column to the left, and four to the right of what is above. */
  private static final int MARGIN = 8;

  final byte[] samples;
  final int stride;

  /** Of whole macroblocks. */
  Plane(int width, int height) {
    stride = width + 2 * MARGIN;
    samples = new byte[stride * (height + 1)];
    Arrays.fill(samples, 0, stride, ABOVE);
    for (int row = 0; row < height; row++) {
      samples[at(row, -1)] = LEFT;
    }
  }

  /** Where a sample stands; row and column may be −1. */
  int at(int row, int column) {
    return (row + 1) * stride + MARGIN + column;
  }
}
