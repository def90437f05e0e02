package org.infd.inference.generation;

import java.awt.image.BufferedImage;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The Exif orientation of a picture (Exif 2.3, tag 0x0112), which the JDK's readers ignore.
 *
 * @param code 1 (upright) to 8
 */
record Orientation(int code) {
  private static final int TAG = 0x0112;
  private static final int APPLICATION_1 = 0xFFE1;
  private static final int START_OF_SCAN = 0xFFDA;
  private static final int EXIF = 0x45786966;

  /** What a file says; upright if it says nothing or is damaged. */
  static Orientation of(byte[] file) {
    try {
      var bytes = ByteBuffer.wrap(file);
      if (bytes.getShort() != (short) 0xFFD8) {
        return new Orientation(1);
      }
      while (true) {
        int marker = Short.toUnsignedInt(bytes.getShort());
        int length = Short.toUnsignedInt(bytes.getShort());
        if (marker < 0xFFC0 || marker == START_OF_SCAN || length < 2) {
          return new Orientation(1);
        }
        if (marker == APPLICATION_1 && length >= 16 && bytes.getInt(bytes.position()) == EXIF) {
          return inExif(bytes.slice(bytes.position() + 6, length - 8));
        }
        bytes.position(bytes.position() + length - 2);
      }
    } catch (BufferUnderflowException | IllegalArgumentException | IndexOutOfBoundsException e) {
      return new Orientation(1);
    }
  }

  private static Orientation inExif(ByteBuffer exif) {
    exif.order(exif.get(0) == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    int folder = exif.getInt(4);
    int count = Short.toUnsignedInt(exif.getShort(folder));
    for (int i = 0; i < count; i++) {
      int entry = folder + 2 + 12 * i;
      if (Short.toUnsignedInt(exif.getShort(entry)) == TAG) {
        int code = Short.toUnsignedInt(exif.getShort(entry + 8));
        return new Orientation(code >= 1 && code <= 8 ? code : 1);
      }
    }
    return new Orientation(1);
  }

  /** The picture as it was seen. */
  BufferedImage upright(BufferedImage picture) {
    if (code == 1) {
      return picture;
    }
    int width = picture.getWidth();
    int height = picture.getHeight();
    boolean turned = code >= 5;
    var upright =
        new BufferedImage(
            turned ? height : width, turned ? width : height, BufferedImage.TYPE_INT_ARGB);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int right = width - 1 - x;
        int below = height - 1 - y;
        int rgb = picture.getRGB(x, y);
        switch (code) {
          case 2 -> upright.setRGB(right, y, rgb);
          case 3 -> upright.setRGB(right, below, rgb);
          case 4 -> upright.setRGB(x, below, rgb);
          case 5 -> upright.setRGB(y, x, rgb);
          case 6 -> upright.setRGB(below, x, rgb);
          case 7 -> upright.setRGB(below, right, rgb);
          default -> upright.setRGB(y, right, rgb);
        }
      }
    }
    return upright;
  }
}
