package org.infd.inference.photo;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * A BMP whose pixels are numbers of 16 or 32 bits with a field of bits for each colour and for
 * opacity (BI_BITFIELDS and BI_ALPHABITFIELDS): the runtime's reader knows no opacity in 16 bits,
 * and not all heads.
 */
@SuppressWarnings("ArrayRecordComponent") // the file, which nobody changes
record BmpFields(
    byte[] file, int width, int height, boolean isUpsideDown, int offset, int bytes, int[] masks) {
  private static final int OFFSET_AT = 10;
  private static final int HEAD_AT = 14;
  private static final int WIDTH_AT = 18;
  private static final int HEIGHT_AT = 22;
  private static final int BITS_AT = 28;
  private static final int COMPRESSION_AT = 30;
  private static final int MASKS_AT = 54;
  private static final int OPACITY_AT = 66;
  private static final int FIELDS = 3;
  private static final int FIELDS_WITH_OPACITY = 6;

  /** Heads from here on have a field of opacity. */
  private static final int HEAD_WITH_OPACITY = 56;

  private static final int COLOURS = 3;
  private static final int LARGEST = 255;

  /** The fields of a file; empty where it has none. */
  static Optional<BmpFields> of(byte[] file) {
    if (file.length < OPACITY_AT + Integer.BYTES) {
      return Optional.empty();
    }
    var bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    int compression = bytes.getInt(COMPRESSION_AT);
    int bits = bytes.getShort(BITS_AT);
    int width = bytes.getInt(WIDTH_AT);
    int height = bytes.getInt(HEIGHT_AT);
    int offset = bytes.getInt(OFFSET_AT);
    boolean hasFields = compression == FIELDS || compression == FIELDS_WITH_OPACITY;
    boolean isSensible = width > 0 && height != 0 && height > Integer.MIN_VALUE;
    if (!hasFields || (bits != 16 && bits != 32) || !isSensible || offset < MASKS_AT) {
      return Optional.empty();
    }
    boolean hasOpacity =
        compression == FIELDS_WITH_OPACITY || bytes.getInt(HEAD_AT) >= HEAD_WITH_OPACITY;
    var masks = new int[COLOURS + 1];
    for (int i = 0; i < (hasOpacity ? masks.length : COLOURS); i++) {
      masks[i] = bytes.getInt(MASKS_AT + i * Integer.BYTES);
    }
    return Optional.of(
        new BmpFields(file, width, Math.abs(height), height > 0, offset, bits / Byte.SIZE, masks));
  }

  private long rowBytes() {
    return Math.ceilDiv((long) width * bytes, Integer.BYTES) * Integer.BYTES;
  }

  /** The rows that are there, in the order of the file. */
  int there() {
    return Math.clamp((file.length - offset) / rowBytes(), 0, height);
  }

  /**
   * The pixels.
   *
   * @param step each so many-th row and column is kept
   * @return 0xAARRGGBB, row by row from the top; those that are not there are clear
   */
  int[] argb(int step, Runnable check) {
    int columns = Math.ceilDiv(width, step);
    int rows = Math.ceilDiv(height, step);
    var argb = new int[columns * rows];
    int seen = 0;
    int there = there();
    for (int row = 0; row < rows; row++) {
      check.run();
      int stored = isUpsideDown ? height - 1 - row * step : row * step;
      for (int column = 0; column < columns && stored < there; column++) {
        int colour = colour(number((int) (offset + stored * rowBytes()) + column * step * bytes));
        seen |= colour;
        argb[row * columns + column] = colour;
      }
    }
    if (seen >>> 24 == 0) {
      // a picture that is clear everywhere only says nothing of its opacity
      for (int i = 0; i < argb.length; i++) {
        argb[i] |= LARGEST << 24;
      }
    }
    return argb;
  }

  private int number(int at) {
    int number = 0;
    for (int i = 0; i < bytes; i++) {
      number |= (file[at + i] & 0xFF) << (i * Byte.SIZE);
    }
    return number;
  }

  private int colour(int pixel) {
    int opacity = masks[COLOURS] == 0 ? LARGEST : field(pixel, masks[COLOURS]);
    return opacity << 24
        | field(pixel, masks[0]) << 16
        | field(pixel, masks[1]) << 8
        | field(pixel, masks[2]);
  }

  /** A field as 0 to 255. */
  private static int field(int pixel, int mask) {
    if (mask == 0) {
      return 0;
    }
    int shift = Integer.numberOfTrailingZeros(mask);
    long most = Integer.toUnsignedLong(mask >>> shift);
    long value = Integer.toUnsignedLong((pixel & mask) >>> shift);
    return (int) ((value * LARGEST + most / 2) / most);
  }
}
