package org.infd.inference.photo;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Finds the raw values of a camera's sensor in a TIFF (DNG 1.4 and the like): the picture before
 * them is only a small preview.
 */
final class CameraRaw {
  private static final int PHOTOMETRIC = 262;
  private static final int SUB_DIRECTORIES = 330;
  private static final int COLOUR_FILTER = 32_803;
  private static final int LINEAR = 34_892;
  private static final int SHORT = 3;
  private static final int HEAD = 8;
  private static final int ENTRY = 12;
  private static final int CLASSIC = 42;

  /** Directories that are looked at, in all. */
  private static final int MOST_DIRECTORIES = 16;

  private final ByteBuffer bytes;
  private int left = MOST_DIRECTORIES;

  private CameraRaw(byte[] file) {
    bytes = ByteBuffer.wrap(file);
    bytes.order(file[0] == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
  }

  /** Whether a TIFF has such values. */
  static boolean isIn(byte[] file) {
    if (file.length < HEAD) {
      return false;
    }
    var found = new CameraRaw(file);
    return found.bytes.getShort(Short.BYTES) == CLASSIC
        && found.isAt(Integer.toUnsignedLong(found.bytes.getInt(Integer.BYTES)));
  }

  private boolean isAt(long directory) {
    long at = directory;
    while (at >= HEAD && at + Short.BYTES <= bytes.limit() && left > 0) {
      left--;
      int count = Short.toUnsignedInt(bytes.getShort((int) at));
      long end = at + Short.BYTES + (long) count * ENTRY;
      if (end > bytes.limit()) {
        return false;
      }
      for (int i = 0; i < count; i++) {
        if (isEntry((int) at + Short.BYTES + i * ENTRY)) {
          return true;
        }
      }
      at = end + Integer.BYTES <= bytes.limit() ? unsigned((int) end) : 0;
    }
    return false;
  }

  private boolean isEntry(int entry) {
    int tag = Short.toUnsignedInt(bytes.getShort(entry));
    int value = entry + HEAD;
    if (tag == PHOTOMETRIC) {
      boolean isShort = bytes.getShort(entry + Short.BYTES) == SHORT;
      long kind = isShort ? Short.toUnsignedInt(bytes.getShort(value)) : unsigned(value);
      return kind == COLOUR_FILTER || kind == LINEAR;
    }
    if (tag != SUB_DIRECTORIES) {
      return false;
    }
    long count = Math.min(unsigned(entry + Integer.BYTES), MOST_DIRECTORIES);
    long first = count == 1 ? value : unsigned(value);
    for (long at = first; at < first + count * Integer.BYTES; at += Integer.BYTES) {
      if (at + Integer.BYTES <= bytes.limit() && isAt(unsigned((int) at))) {
        return true;
      }
    }
    return false;
  }

  private long unsigned(int at) {
    return Integer.toUnsignedLong(bytes.getInt(at));
  }
}
