package org.infd.inference.photo;

import org.jspecify.annotations.Nullable;

/** Reads the entropy-coded data of a scan of a JPEG, up to the next marker (T.81, F.2.2.5). */
final class JpegBits {
  /** The data make no sense, or end before their blocks do. */
  static final class EndOfScan extends RuntimeException {
    private final boolean isDamage;

    EndOfScan(boolean isDamage) {
      super("the scan ends early");
      this.isDamage = isDamage;
    }

    /** Whether the data make no sense; else the file has ended. */
    boolean isDamage() {
      return isDamage;
    }
  }

  private static final byte MARK = (byte) 0xFF;
  private static final int FIRST_RESTART = 0xD0;
  private static final int RESTARTS = 8;

  private final byte[] bytes;
  private int at;
  private long value;
  private int count;

  JpegBits(byte[] bytes, int start) {
    this.bytes = bytes;
    at = start;
  }

  /** Where the data go on that were not looked at; at the latest at a marker. */
  int position() {
    return at;
  }

  private void fill() {
    while (count <= Long.SIZE - 2 * Byte.SIZE && at < bytes.length) {
      byte next = bytes[at];
      if (next == MARK && (at + 1 >= bytes.length || bytes[at + 1] != 0)) {
        return;
      }
      at += next == MARK ? 2 : 1;
      value = value << Byte.SIZE | (next & 0xFF);
      count += Byte.SIZE;
    }
  }

  private EndOfScan ended() {
    return new EndOfScan(at < bytes.length - 1);
  }

  /** The next bits as a number, at most 16. */
  int number(int bits) {
    if (count < bits) {
      fill();
      if (count < bits) {
        throw ended();
      }
    }
    count -= bits;
    return (int) (value >>> count) & ((1 << bits) - 1);
  }

  /** The next symbol of a code. */
  int symbol(@Nullable JpegCode code) {
    if (code == null) {
      throw new EndOfScan(true);
    }
    if (count < JpegCode.LONGEST) {
      fill();
    }
    int next =
        count >= JpegCode.LONGEST
            ? (int) (value >>> (count - JpegCode.LONGEST)) & 0xFFFF
            : (int) (value << (JpegCode.LONGEST - count)) & 0xFFFF;
    int found = code.find(next);
    int length = found >> Byte.SIZE;
    if (length > count) {
      throw ended();
    }
    if (length == 0) {
      throw count < JpegCode.LONGEST ? ended() : new EndOfScan(true);
    }
    count -= length;
    return found & 0xFF;
  }

  /** A value of so many bits (F.2.2.1): those that begin with 0 are below 0. */
  int signed(int size) {
    if (size == 0) {
      return 0;
    }
    int number = number(size);
    return number < 1 << (size - 1) ? number - (1 << size) + 1 : number;
  }

  /**
   * Leaves the bits that fill up the last byte.
   *
   * @return whether nothing else is left before the next marker but zeros, or ones, that fill up
   */
  boolean leave() {
    fill();
    int bits = count % Byte.SIZE;
    int ones = (1 << bits) - 1;
    int last = (int) (value >>> (count - bits)) & ones;
    boolean isNothing = last == 0 || last == ones;
    for (count -= bits; count > 0; count -= Byte.SIZE) {
      isNothing &= isFilling((byte) (value >>> (count - Byte.SIZE)));
    }
    while (at + 1 < bytes.length && !(bytes[at] == MARK && bytes[at + 1] != 0)) {
      isNothing &= isFilling(bytes[at]);
      at++;
    }
    return isNothing;
  }

  private static boolean isFilling(byte left) {
    return left == 0 || left == MARK;
  }

  /**
   * Goes on behind the marker of a restart.
   *
   * @return which of the eight it is
   */
  int passRestart() {
    while (at + 1 < bytes.length && bytes[at] == MARK && bytes[at + 1] == MARK) {
      at++;
    }
    if (at + 1 >= bytes.length) {
      throw ended();
    }
    int number = (bytes[at + 1] & 0xFF) - FIRST_RESTART;
    if (bytes[at] != MARK || number < 0 || number >= RESTARTS) {
      throw new EndOfScan(true);
    }
    at += 2;
    return number;
  }
}
