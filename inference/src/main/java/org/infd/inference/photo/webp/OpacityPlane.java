package org.infd.inference.photo.webp;

import java.io.IOException;

/** How opaque each pixel of a lossy picture is (RFC 9649, 2.7.1.2). */
final class OpacityPlane {
  private static final int LARGEST = 255;

  private final byte[] values;
  private final int width;
  private final boolean isSound;

  private OpacityPlane(byte[] values, int width, boolean isSound) {
    this.values = values;
    this.width = width;
    this.isSound = isSound;
  }

  /**
   * Reads it. What is not there is opaque.
   *
   * @throws IOException if nothing of it is there
   */
  static OpacityPlane read(byte[] file, int start, int end, int width, int height, Runnable check)
      throws IOException {
    if (start >= end) {
      throw new IOException("no opacity");
    }
    int head = file[start];
    var values = new byte[width * height];
    java.util.Arrays.fill(values, (byte) LARGEST);
    int there;
    boolean isSound;
    switch (head & 3) {
      case 0 -> {
        int count = Math.min(values.length, end - start - 1);
        System.arraycopy(file, start + 1, values, 0, count);
        there = count / width;
        isSound = end - start - 1 == values.length;
      }
      case 1 -> {
        var greens = LosslessPicture.colours(file, start + 1, end, width, height, check);
        there = greens.there();
        isSound = greens.isSound() && there == height;
        for (int i = 0; i < there * width; i++) {
          values[i] = (byte) (greens.pixels()[i] >> Byte.SIZE);
        }
      }
      default -> throw new IOException("opacity that is packed in an unknown way");
    }
    unfilter(values, width, there, head >> 2 & 3);
    return new OpacityPlane(values, width, isSound);
  }

  /** Values are differences to the one to the left, above, or what both and the corner foretell. */
  private static void unfilter(byte[] values, int width, int rows, int filter) {
    for (int y = 0; y < rows && filter != 0; y++) {
      for (int x = 0; x < width; x++) {
        int at = y * width + x;
        int left = x > 0 ? values[at - 1] & LARGEST : 0;
        int up = y > 0 ? values[at - width] & LARGEST : 0;
        int foretold;
        if (x == 0) {
          foretold = up;
        } else if (y == 0 || filter == 1) {
          foretold = left;
        } else if (filter == 2) {
          foretold = up;
        } else {
          foretold = Math.clamp(left + up - (values[at - width - 1] & LARGEST), 0, LARGEST);
        }
        values[at] += (byte) foretold;
      }
    }
  }

  /** 0 (clear) to 255. */
  int at(int row, int column) {
    return values[row * width + column] & LARGEST;
  }

  boolean isSound() {
    return isSound;
  }
}
