package org.infd.inference.photo.webp;

import java.util.Arrays;

/** Colours as they are stored in a lossless picture: one by one, or as others before (RFC 9649). */
final class EntropyImage {
  /** The nearest places are numbered by distance (3.6.2.2): how far left, how far up. */
  private static final String NEAR =
      """
      0 1 1 0 1 1 -1 1 0 2 2 0 1 2 -1 2 2 1 -2 1 2 2 -2 2 0 3 3 0 1 3 -1 3 3 1 -3 1 2 3 -2 3 3 2
      -3 2 0 4 4 0 1 4 -1 4 4 1 -4 1 3 3 -3 3 2 4 -2 4 4 2 -4 2 0 5 3 4 -3 4 4 3 -4 3 5 0 1 5 -1 5
      5 1 -5 1 2 5 -2 5 5 2 -5 2 4 4 -4 4 3 5 -3 5 5 3 -5 3 0 6 6 0 1 6 -1 6 6 1 -6 1 2 6 -2 6 6 2
      -6 2 4 5 -4 5 5 4 -5 4 3 6 -3 6 6 3 -6 3 0 7 7 0 1 7 -1 7 5 5 -5 5 7 1 -7 1 4 6 -4 6 6 4 -6 4
      2 7 -2 7 7 2 -7 2 3 7 -3 7 7 3 -7 3 5 6 -5 6 6 5 -6 5 8 0 4 7 -4 7 7 4 -7 4 8 1 8 2 6 6 -6 6
      8 3 5 7 -5 7 7 5 -7 5 8 4 6 7 -6 7 7 6 -7 6 8 5 7 7 -7 7 8 6 8 7
      """;

  private static final int[] NEAR_PLACES =
      Arrays.stream(NEAR.strip().split("\\s+")).mapToInt(Integer::parseInt).toArray();
  private static final int HASH = 0x1E35A7BD;
  private static final int MOST_CACHE_BITS = 11;

  /** How many pixels are read between two questions whether anybody still waits. */
  private static final int INTERVAL = 1 << 16;

  private final BitReader from;
  private final Runnable check;
  private final int width;
  private final int[] pixels;
  private final int[] cache;
  private final int cacheShift;
  private final PrefixCodes[] groups;
  private final int[] groupOfPart;
  private final int partBits;
  private final int partsAcross;
  private int done;

  /**
   * Reads the head of colours.
   *
   * @param isMain whether parts of it may have codes of their own
   */
  EntropyImage(BitReader from, int width, int height, boolean isMain, Runnable check) {
    this.from = from;
    this.width = width;
    this.check = check;
    pixels = new int[width * height];
    int cacheBits = from.flag() ? from.number(4) : 0;
    if (cacheBits > MOST_CACHE_BITS) {
      throw new Damage("a cache that is too large");
    }
    cache = new int[cacheBits == 0 ? 0 : 1 << cacheBits];
    cacheShift = Integer.SIZE - cacheBits;
    int count = 1;
    if (isMain && from.flag()) {
      partBits = 2 + from.number(3);
      partsAcross = Math.ceilDiv(width, 1 << partBits);
      groupOfPart = read(from, partsAcross, Math.ceilDiv(height, 1 << partBits), check);
      for (int i = 0; i < groupOfPart.length; i++) {
        groupOfPart[i] = groupOfPart[i] >> Byte.SIZE & 0xFFFF;
        count = Math.max(count, groupOfPart[i] + 1);
      }
    } else {
      partBits = 0;
      partsAcross = 0;
      groupOfPart = new int[0];
    }
    groups = new PrefixCodes[count];
    for (int i = 0; i < count; i++) {
      groups[i] = PrefixCodes.read(from, cache.length);
    }
  }

  /** All colours of an image that belongs to another. */
  static int[] read(BitReader from, int width, int height, Runnable check) {
    var image = new EntropyImage(from, width, height, false, check);
    image.read();
    return image.pixels;
  }

  /** 0xAARRGGBB, row by row, as far as they were read. */
  int[] pixels() {
    return pixels;
  }

  /** How many pixels were read. */
  int done() {
    return done;
  }

  /**
   * Reads the colours.
   *
   * @throws Damage if they make no sense
   * @throws BitReader.Ended if they end early
   */
  void read() {
    int cached = 0;
    int ask = 0;
    var codes = groups[0];
    int mask = groupOfPart.length == 0 ? -1 : (1 << partBits) - 1;
    int column = 0;
    int row = 0;
    boolean isEntered = true;
    while (done < pixels.length) {
      if (done >= ask) {
        check.run();
        ask = done + INTERVAL;
      }
      if (groupOfPart.length > 0 && (isEntered || (column & mask) == 0)) {
        codes = groups[groupOfPart[(row >> partBits) * partsAcross + (column >> partBits)]];
        isEntered = false;
      }
      int symbol = codes.green().next(from);
      int count = 1;
      if (symbol < PrefixCodes.VALUES) {
        pixels[done] = literal(codes, symbol);
      } else if (symbol < PrefixCodes.VALUES + PrefixCodes.LENGTHS) {
        count = repeat(codes, symbol - PrefixCodes.VALUES);
      } else {
        cached = remember(cached);
        pixels[done] = cache[symbol - PrefixCodes.VALUES - PrefixCodes.LENGTHS];
      }
      done += count;
      column += count;
      if (column >= width) {
        row += column / width;
        column %= width;
        isEntered = true;
      }
      isEntered |= count > 1;
    }
  }

  private int literal(PrefixCodes codes, int green) {
    int red = codes.red().next(from);
    int blue = codes.blue().next(from);
    int opacity = codes.opacity().next(from);
    return opacity << 24 | red << 16 | green << 8 | blue;
  }

  private int repeat(PrefixCodes codes, int lengthSymbol) {
    int length = number(lengthSymbol);
    int distance = distance(number(codes.distance().next(from)));
    if (distance > done || length > pixels.length - done) {
      throw new Damage("a repetition of what is not there");
    }
    if (distance >= length) {
      System.arraycopy(pixels, done - distance, pixels, done, length);
    } else {
      for (int i = done; i < done + length; i++) {
        pixels[i] = pixels[i - distance];
      }
    }
    return length;
  }

  private int number(int symbol) {
    if (symbol < 4) {
      return symbol + 1;
    }
    int bits = (symbol - 2) >> 1;
    return ((2 + (symbol & 1)) << bits) + from.number(bits) + 1;
  }

  private int distance(int number) {
    if (number > NEAR_PLACES.length / 2) {
      return number - NEAR_PLACES.length / 2;
    }
    int left = NEAR_PLACES[2 * number - 2];
    int up = NEAR_PLACES[2 * number - 1];
    return Math.max(1, left + up * width);
  }

  /** Puts what was read since into the cache, which nothing else asks. */
  private int remember(int since) {
    for (int i = since; i < done; i++) {
      cache[(HASH * pixels[i]) >>> cacheShift] = pixels[i];
    }
    return done;
  }
}
