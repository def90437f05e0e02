package org.infd.inference.photo;

import java.nio.ByteBuffer;

/** A Huffman code of a JPEG (ITU-T T.81, C.2 and F.2.2.3). */
final class JpegCode {
  static final int LONGEST = 16;

  /** Codes of so many bits are looked up at once. */
  private static final int QUICK = 9;

  private final int[] last = new int[LONGEST + 1];
  private final int[] offset = new int[LONGEST + 1];
  private final int[] symbols;

  /** A symbol with the length of its code above it; 0 for a code that is longer. */
  private final short[] quick = new short[1 << QUICK];

  private JpegCode(int[] counts, int[] symbols) {
    this.symbols = symbols;
    int code = 0;
    int index = 0;
    for (int length = 1; length <= LONGEST; length++) {
      offset[length] = index - code;
      last[length] = counts[length] == 0 ? -1 : code + counts[length] - 1;
      if (code + counts[length] > 1 << length) {
        throw new IllegalArgumentException("more codes than there are");
      }
      for (int i = 0; i < counts[length] && length <= QUICK; i++) {
        int first = (code + i) << (QUICK - length);
        short entry = (short) (length << Byte.SIZE | symbols[index + i]);
        java.util.Arrays.fill(quick, first, first + (1 << (QUICK - length)), entry);
      }
      code = (code + counts[length]) << 1;
      index += counts[length];
    }
  }

  /**
   * Reads the lengths and symbols of a code.
   *
   * @throws IllegalArgumentException if they make none
   */
  static JpegCode read(ByteBuffer bytes) {
    var counts = new int[LONGEST + 1];
    int total = 0;
    for (int length = 1; length <= LONGEST; length++) {
      counts[length] = bytes.get() & 0xFF;
      total += counts[length];
    }
    var symbols = new int[total];
    for (int i = 0; i < total; i++) {
      symbols[i] = bytes.get() & 0xFF;
    }
    return new JpegCode(counts, symbols);
  }

  /**
   * Finds a symbol.
   *
   * @param bits the next 16
   * @return the symbol with the length of its code above it; 0 if there is no such code
   */
  int find(int bits) {
    int found = quick[bits >> (LONGEST - QUICK)];
    if (found != 0) {
      return found;
    }
    for (int length = QUICK + 1; length <= LONGEST; length++) {
      int code = bits >> (LONGEST - length);
      if (code <= last[length]) {
        return length << Byte.SIZE | symbols[offset[length] + code];
      }
    }
    return 0;
  }
}
