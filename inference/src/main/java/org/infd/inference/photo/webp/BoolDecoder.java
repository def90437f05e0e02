package org.infd.inference.photo.webp;

/**
 * Reads decisions of known probability from a part of a file (RFC 6386, 7.3). Behind the end come
 * zeros, which are counted.
 */
final class BoolDecoder {
  private static final int EVEN = 128;
  private static final int WORD = Integer.SIZE;

  private final byte[] bytes;
  private final int end;
  private int at;

  /** What is compared, {@code bits + 8} bits of it. */
  private long value;

  private int bits = -Byte.SIZE;
  private int range = 255;
  private int beyond;

  BoolDecoder(byte[] bytes, int start, int end) {
    this.bytes = bytes;
    this.end = end;
    at = start;
  }

  /** How many bytes behind the end were wanted. */
  int beyond() {
    return beyond;
  }

  /** How many bytes before the end were never looked at. */
  int left() {
    return end - at + Math.max(0, bits) / Byte.SIZE;
  }

  /**
   * The next decision.
   *
   * @param probability of 0, in 256ths
   * @return 0 or 1
   */
  int bit(int probability) {
    if (bits < 0) {
      load();
    }
    int split = 1 + (((range - 1) * probability) >> Byte.SIZE);
    int decision;
    if ((int) (value >>> bits) >= split) {
      value -= (long) split << bits;
      range -= split;
      decision = 1;
    } else {
      range = split;
      decision = 0;
    }
    int shift = Integer.numberOfLeadingZeros(range) - (Integer.SIZE - Byte.SIZE);
    range <<= shift;
    bits -= shift;
    return decision;
  }

  private void load() {
    if (at + Integer.BYTES <= end) {
      long word =
          (bytes[at] & 0xFFL) << 24
              | (bytes[at + 1] & 0xFF) << 16
              | (bytes[at + 2] & 0xFF) << 8
              | (bytes[at + 3] & 0xFF);
      value = value << WORD | word;
      at += Integer.BYTES;
      bits += WORD;
      return;
    }
    value <<= Byte.SIZE;
    bits += Byte.SIZE;
    if (at < end) {
      value |= bytes[at] & 0xFF;
      at++;
    } else {
      beyond++;
    }
  }

  boolean flag() {
    return bit(EVEN) != 0;
  }

  /** A number of so many bits, the highest first. */
  int number(int count) {
    int number = 0;
    for (int i = 0; i < count; i++) {
      number = number << 1 | bit(EVEN);
    }
    return number;
  }

  /** A number of so many bits with its sign behind it. */
  int signed(int count) {
    int number = number(count);
    return flag() ? -number : number;
  }

  /** A signed number that is there only if a flag before it says so; else 0. */
  int optional(int count) {
    return flag() ? signed(count) : 0;
  }
}
