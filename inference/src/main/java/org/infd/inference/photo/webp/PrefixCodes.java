package org.infd.inference.photo.webp;

/**
 * The five codes of a part of a lossless picture (RFC 9649, 3.7.2): greens with lengths and places
 * of the cache, reds, blues, opacities, and distances.
 */
record PrefixCodes(
    PrefixCode green, PrefixCode red, PrefixCode blue, PrefixCode opacity, PrefixCode distance) {
  static final int VALUES = 256;
  static final int LENGTHS = 24;
  private static final int DISTANCES = 40;
  private static final int LENGTH_CODES = 19;
  private static final int[] ORDER = {
    17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
  };
  private static final int USUAL_LENGTH = 8;

  /**
   * Reads a group.
   *
   * @param cached how many colours are cached
   */
  static PrefixCodes read(BitReader from, int cached) {
    return new PrefixCodes(
        code(from, VALUES + LENGTHS + cached),
        code(from, VALUES),
        code(from, VALUES),
        code(from, VALUES),
        code(from, DISTANCES));
  }

  private static PrefixCode code(BitReader from, int count) {
    var lengths = new int[count];
    if (from.flag()) {
      boolean isPair = from.flag();
      put(lengths, from.number(from.flag() ? Byte.SIZE : 1));
      if (isPair) {
        put(lengths, from.number(Byte.SIZE));
      }
      return new PrefixCode(lengths);
    }
    var ofLengths = new int[LENGTH_CODES];
    int said = 4 + from.number(4);
    for (int i = 0; i < said; i++) {
      ofLengths[ORDER[i]] = from.number(3);
    }
    readLengths(from, new PrefixCode(ofLengths), lengths);
    return new PrefixCode(lengths);
  }

  private static void put(int[] lengths, int symbol) {
    if (symbol >= lengths.length) {
      throw new Damage("a symbol that does not exist");
    }
    lengths[symbol] = 1;
  }

  private static void readLengths(BitReader from, PrefixCode code, int[] lengths) {
    int most = lengths.length;
    if (from.flag()) {
      most = 2 + from.number(2 + 2 * from.number(3));
      if (most > lengths.length) {
        throw new Damage("more lengths than symbols");
      }
    }
    int before = USUAL_LENGTH;
    int at = 0;
    for (int i = 0; i < most && at < lengths.length; i++) {
      int symbol = code.next(from);
      if (symbol <= PrefixCode.LONGEST) {
        lengths[at] = symbol;
        at++;
        before = symbol > 0 ? symbol : before;
        continue;
      }
      int count =
          switch (symbol) {
            case 16 -> 3 + from.number(2);
            case 17 -> 3 + from.number(3);
            default -> 11 + from.number(7);
          };
      if (at + count > lengths.length) {
        throw new Damage("lengths of more symbols than there are");
      }
      java.util.Arrays.fill(lengths, at, at + count, symbol == 16 ? before : 0);
      at += count;
    }
  }
}
