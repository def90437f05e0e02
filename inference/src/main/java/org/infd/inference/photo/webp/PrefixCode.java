package org.infd.inference.photo.webp;

/** A canonical prefix code, the first bit of a code first (RFC 9649, 3.7.2). */
final class PrefixCode {
  static final int LONGEST = 15;

  /** Codes of so many bits are looked up at once. */
  private static final int QUICK = 8;

  private static final int LENGTH_BITS = 4;

  /** A symbol with the length of its code below it; length 0 for a code that is longer. */
  private final char[] quick;

  private final int quickBits;
  private final int[] counts = new int[LONGEST + 1];
  private final char[] symbols;
  private final boolean isOfOne;

  /**
   * @param lengths of the codes of all symbols; 0 for those that never come
   * @throws Damage if they make no code
   */
  PrefixCode(int[] lengths) {
    int used = 0;
    int longest = 0;
    for (int length : lengths) {
      if (length > 0) {
        used++;
        counts[length]++;
        longest = Math.max(longest, length);
      }
    }
    isOfOne = used == 1;
    symbols = new char[used];
    requireComplete(used);
    var next = new int[LONGEST + 1];
    for (int length = 1; length < LONGEST; length++) {
      next[length + 1] = next[length] + counts[length];
    }
    for (int symbol = 0; symbol < lengths.length; symbol++) {
      if (lengths[symbol] > 0) {
        symbols[next[lengths[symbol]]++] = (char) symbol;
      }
    }
    quickBits = isOfOne ? 0 : Math.min(QUICK, longest);
    quick = new char[1 << quickBits];
    fillQuick();
  }

  private void requireComplete(int used) {
    if (used == 0) {
      throw new Damage("a code without symbols");
    }
    int open = 1;
    for (int length = 1; length <= LONGEST; length++) {
      open = 2 * open - counts[length];
      if (open < 0 && !isOfOne) {
        throw new Damage("a code with too many symbols");
      }
    }
    if (open != 0 && !isOfOne) {
      throw new Damage("a code that is not complete");
    }
  }

  private void fillQuick() {
    int code = 0;
    int index = 0;
    for (int length = 1; length <= quickBits; length++) {
      for (int i = 0; i < counts[length]; i++) {
        int first = Integer.reverse(code) >>> (Integer.SIZE - length);
        for (int at = first; at < quick.length; at += 1 << length) {
          quick[at] = (char) (symbols[index] << LENGTH_BITS | length);
        }
        code++;
        index++;
      }
      code <<= 1;
    }
  }

  /** The next symbol. */
  int next(BitReader from) {
    if (isOfOne) {
      return symbols[0];
    }
    int found = quick[from.peek(quickBits)];
    int length = found & ((1 << LENGTH_BITS) - 1);
    if (length > 0) {
      from.skip(length);
      return found >> LENGTH_BITS;
    }
    return slow(from);
  }

  private int slow(BitReader from) {
    int bits = from.peek(LONGEST);
    int code = 0;
    int first = 0;
    int index = 0;
    for (int length = 1; length <= LONGEST; length++) {
      code = code << 1 | (bits >> (length - 1) & 1);
      if (code - first < counts[length]) {
        from.skip(length);
        return symbols[index + code - first];
      }
      index += counts[length];
      first = (first + counts[length]) << 1;
    }
    throw new Damage("a code that does not exist");
  }
}
