package org.infd.inference.photo.webp;

import java.util.Arrays;

/**
 * Reads the coefficients of macroblocks (RFC 6386, 13), times their steps, and brings the means of
 * brightness to their blocks (14.3).
 */
final class Vp8Coefficients {
  static final int BLOCK = 16;

  /** Blocks of brightness, and behind them four of each difference of colour. */
  static final int LUMA_BLOCKS = 16;

  static final int BLOCKS = 24;

  private static final int AFTER_MEANS = 0;
  private static final int MEANS = 1;
  private static final int COLOUR = 2;
  private static final int WHOLE = 3;

  private static final int[] BAND_OF_PLACE = {0, 1, 2, 3, 6, 4, 5, 6, 6, 6, 6, 6, 6, 6, 6, 7, 0};
  private static final int[] ZIGZAG = {0, 1, 4, 8, 5, 2, 3, 6, 9, 12, 13, 10, 7, 11, 14, 15};

  /** Probabilities of the further bits of large values, from the highest. */
  private static final int[][] FURTHER = {
    {173, 148, 140},
    {176, 155, 140, 135},
    {180, 157, 141, 134, 130},
    {254, 254, 243, 230, 196, 177, 153, 140, 133, 130, 129}
  };

  private static final int EVEN = 128;

  /**
   * No writer comes beyond these with samples of 8 bits, but for rounding: what the transforms make
   * of differences of 255.
   */
  private static final int MOST = 2100;

  private static final int MOST_MEANS = 8 * MOST;

  private final int[] probabilities;

  /** Whether the blocks above had coefficients: four of brightness, 2 + 2 of colours, the means. */
  private final boolean[] above;

  private final boolean[] left = new boolean[9];

  /** Block by block, in rows. */
  final int[] values = new int[BLOCKS * BLOCK];

  private final int[] means = new int[BLOCK];

  /** For each block 0 where it is empty, 1 where only its first coefficient counts, else more. */
  final int[] extents = new int[BLOCKS];

  private boolean isDoubtful;

  Vp8Coefficients(int[] probabilities, int columns) {
    this.probabilities = probabilities;
    above = new boolean[left.length * columns];
  }

  /** Whether there was a value that no writer makes. */
  boolean isDoubtful() {
    return isDoubtful;
  }

  void beginRow() {
    Arrays.fill(left, false);
  }

  /** A macroblock that has none. */
  void skip(int column, boolean isInBlocks) {
    int first = column * left.length;
    int count = isInBlocks ? left.length - 1 : left.length;
    Arrays.fill(above, first, first + count, false);
    Arrays.fill(left, 0, count, false);
    Arrays.fill(extents, 0);
  }

  /**
   * Reads a macroblock.
   *
   * @return whether it has any
   */
  boolean read(BoolDecoder from, int column, boolean isInBlocks, Vp8Header.Steps steps) {
    Arrays.fill(values, 0);
    int first = column * left.length;
    boolean any = false;
    int kind = WHOLE;
    if (!isInBlocks) {
      int at = left.length - 1;
      Arrays.fill(means, 0);
      int end = block(from, MEANS, 0, count(first + at, at), steps.means(), means, 0);
      above[first + at] = end > 0;
      left[at] = end > 0;
      any = end > 0;
      spreadMeans();
      kind = AFTER_MEANS;
    }
    int skipped = kind == AFTER_MEANS ? 1 : 0;
    for (int i = 0; i < LUMA_BLOCKS; i++) {
      any |= place(from, kind, skipped, i, first + i % 4, i / 4, steps.luma());
    }
    for (int i = 0; i < BLOCKS - LUMA_BLOCKS; i++) {
      int plane = 4 + i / 4 * 2;
      any |=
          place(
              from,
              COLOUR,
              0,
              LUMA_BLOCKS + i,
              first + plane + i % 2,
              plane + i % 4 / 2,
              steps.colour());
    }
    return any;
  }

  private boolean place(
      BoolDecoder from, int kind, int skipped, int block, int up, int aside, Vp8Header.Step step) {
    int end = block(from, kind, skipped, count(up, aside), step, values, block * BLOCK);
    boolean has = end > skipped;
    above[up] = has;
    left[aside] = has;
    extents[block] = end > 1 ? end : values[block * BLOCK] != 0 ? 1 : 0;
    return has;
  }

  private int count(int up, int aside) {
    return (above[up] ? 1 : 0) + (left[aside] ? 1 : 0);
  }

  /**
   * Reads a block.
   *
   * @return the place behind its last coefficient
   */
  private int block(
      BoolDecoder from,
      int kind,
      int skipped,
      int context,
      Vp8Header.Step step,
      int[] target,
      int offset) {
    int most = kind == MEANS ? MOST_MEANS : MOST;
    int place = skipped;
    int at = node(kind, place, context);
    while (place < BLOCK) {
      if (from.bit(probabilities[at]) == 0) {
        return place;
      }
      // no end comes behind a zero
      while (from.bit(probabilities[at + 1]) == 0) {
        place++;
        if (place == BLOCK) {
          return place;
        }
        at = node(kind, place, 0);
      }
      int size = size(from, at);
      int scaled = size * (place == 0 ? step.first() : step.other());
      isDoubtful |= scaled > most + (place == 0 ? step.first() : step.other());
      target[offset + ZIGZAG[place]] = from.bit(EVEN) == 0 ? scaled : -scaled;
      place++;
      at = node(kind, place, size == 1 ? 1 : 2);
    }
    return place;
  }

  private static int node(int kind, int place, int context) {
    return ((kind * Vp8Tables.BANDS + BAND_OF_PLACE[place]) * Vp8Tables.CONTEXTS + context)
        * Vp8Tables.NODES;
  }

  /** The size of a coefficient that is not 0 (13.2). */
  private int size(BoolDecoder from, int at) {
    if (from.bit(probabilities[at + 2]) == 0) {
      return 1;
    }
    if (from.bit(probabilities[at + 3]) == 0) {
      return from.bit(probabilities[at + 4]) == 0 ? 2 : 3 + from.bit(probabilities[at + 5]);
    }
    if (from.bit(probabilities[at + 6]) == 0) {
      return from.bit(probabilities[at + 7]) == 0
          ? 5 + from.bit(159)
          : 7 + 2 * from.bit(165) + from.bit(145);
    }
    int high = from.bit(probabilities[at + 8]);
    int range = 2 * high + from.bit(probabilities[at + 9 + high]);
    int more = 0;
    for (int probability : FURTHER[range]) {
      more = more << 1 | from.bit(probability);
    }
    return 3 + (8 << range) + more;
  }

  /** Brings the means to the first coefficients of the blocks (14.3). */
  private void spreadMeans() {
    for (int i = 0; i < 4; i++) {
      int a = means[i] + means[12 + i];
      int b = means[4 + i] + means[8 + i];
      int c = means[4 + i] - means[8 + i];
      int d = means[i] - means[12 + i];
      means[i] = a + b;
      means[4 + i] = c + d;
      means[8 + i] = a - b;
      means[12 + i] = d - c;
    }
    for (int i = 0; i < BLOCK; i += 4) {
      int a = means[i] + means[i + 3];
      int b = means[i + 1] + means[i + 2];
      int c = means[i + 1] - means[i + 2];
      int d = means[i] - means[i + 3];
      values[i * BLOCK] = (a + b + 3) >> 3;
      values[(i + 1) * BLOCK] = (c + d + 3) >> 3;
      values[(i + 2) * BLOCK] = (a - b + 3) >> 3;
      values[(i + 3) * BLOCK] = (d - c + 3) >> 3;
    }
  }
}
