package org.infd.inference.photo;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;

/**
 * The runs of a compressed BMP (BI_RLE8 and BI_RLE4), which the runtime's reader reads only if all
 * of them are there.
 *
 * @param isEnded whether their end is there
 * @param isSound whether all of them lie inside the picture
 * @param part of the rows that they hold, 0 to 1
 * @param readable the file as far as it is sound, with an end
 */
@SuppressWarnings("ArrayRecordComponent") // made and used up by one reader
record BmpRuns(boolean isEnded, boolean isSound, double part, byte[] readable) {
  private static final int LENGTH_AT = 2;
  private static final int OFFSET_AT = 10;
  private static final int WIDTH_AT = 18;
  private static final int HEIGHT_AT = 22;
  private static final int COMPRESSION_AT = 30;
  private static final int PIXELS_LENGTH_AT = 34;
  private static final int OLDEST_HEAD = 40;
  private static final int HEAD = 54;
  private static final int RLE8 = 1;
  private static final int RLE4 = 2;
  private static final byte[] END = {0, 1};

  /** The runs of a file; empty where it has none. */
  static Optional<BmpRuns> of(byte[] file) {
    var bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    if (file.length < HEAD || bytes.getInt(OFFSET_AT + Integer.BYTES) < OLDEST_HEAD) {
      return Optional.empty();
    }
    int compression = bytes.getInt(COMPRESSION_AT);
    int width = bytes.getInt(WIDTH_AT);
    int height = bytes.getInt(HEIGHT_AT);
    int offset = bytes.getInt(OFFSET_AT);
    boolean hasRuns = compression == RLE8 || compression == RLE4;
    if (!hasRuns || width <= 0 || height <= 0 || offset < HEAD || offset > file.length) {
      return Optional.empty();
    }
    return Optional.of(read(file, offset, width, height, compression));
  }

  private static BmpRuns read(byte[] file, int offset, int width, int height, int compression) {
    int at = offset;
    long x = 0;
    long y = 0;
    boolean isEnded = false;
    boolean isSound = true;
    while (at + 2 <= file.length && isSound) {
      int count = file[at] & 0xFF;
      int value = file[at + 1] & 0xFF;
      int length = 2;
      if (count == 0 && value == 1) {
        isEnded = true;
        break;
      }
      if (count > 0) {
        x += count;
      } else if (value == 0) {
        y++;
        x = 0;
      } else if (value == 2) {
        length = 4;
        x += at + 2 < file.length ? file[at + 2] & 0xFF : 0;
        y += at + 3 < file.length ? file[at + 3] & 0xFF : 0;
      } else {
        // so many samples as they are, filled up to an even number of bytes
        x += value;
        length = 2 + (compression == RLE8 ? value + 1 : (value + 1) / 2 + 1) / 2 * 2;
      }
      if (at + length > file.length) {
        break;
      }
      isSound = x <= width && y <= height && (x == 0 || y < height);
      at += isSound ? length : 0;
    }
    double part = isEnded ? 1 : Math.clamp((double) y / height, 0, 1);
    return new BmpRuns(isEnded, isSound, part, isEnded ? file : ended(file, offset, at));
  }

  private static byte[] ended(byte[] file, int offset, int at) {
    var readable = Arrays.copyOf(file, at + END.length);
    System.arraycopy(END, 0, readable, at, END.length);
    ByteBuffer.wrap(readable)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(LENGTH_AT, readable.length)
        .putInt(PIXELS_LENGTH_AT, readable.length - offset);
    return readable;
  }
}
