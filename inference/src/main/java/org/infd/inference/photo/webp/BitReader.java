package org.infd.inference.photo.webp;

/** Reads bits of a part of a file, the lowest of a byte first (RFC 9649, 3.3). */
final class BitReader {
  /** Says that the part has ended; never leaves this package. */
  static final class Ended extends RuntimeException {
    Ended() {
      super("the picture ends early");
    }
  }

  private final byte[] bytes;
  private final int end;
  private int at;
  private long value;
  private int count;

  BitReader(byte[] bytes, int start, int end) {
    this.bytes = bytes;
    this.end = end;
    at = start;
  }

  private void fill() {
    while (count <= Long.SIZE - 2 * Byte.SIZE && at < end) {
      value |= (bytes[at] & 0xFFL) << count;
      count += Byte.SIZE;
      at++;
    }
  }

  /**
   * The next bits as a number, at most 32.
   *
   * @throws Ended if there are not so many
   */
  int number(int bits) {
    int number = peek(bits);
    skip(bits);
    return number;
  }

  boolean flag() {
    return number(1) != 0;
  }

  /** The bits that come next; zeros behind the end. */
  int peek(int bits) {
    if (count < bits) {
      fill();
    }
    return (int) (value & ((1L << bits) - 1));
  }

  /** Goes on behind bits that were looked at. */
  void skip(int bits) {
    if (count < bits) {
      throw new Ended();
    }
    value >>>= bits;
    count -= bits;
  }

  /** Whether nothing comes any more but the bits that fill up the last byte, which are 0. */
  boolean isAtEnd() {
    return end - at + count / Byte.SIZE == 0 && value == 0;
  }
}
