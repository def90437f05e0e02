package org.infd.inference.photo.webp;

/**
 * Predicts blocks from what lies above them and to their left (RFC 6386, 12), and adds what their
 * coefficients say (14.4 and 14.5).
 */
final class Vp8Prediction {
  private static final int SIDE = 4;
  private static final int MACROBLOCK = 16;
  private static final int LARGEST = 255;
  private static final int GREY = 128;

  /** Where the corner and what is above stand in the edge of a block. */
  private static final int CORNER = 5;

  private static final int EDGE_ABOVE = 6;

  /** √2 · sin(π/8), and √2 · cos(π/8) − 1, in 65536ths. */
  private static final int SINE = 35_468;

  private static final int COSINE = 20_091;

  /**
   * The samples that the directed ways take from the edge of a block, row by row: the place around
   * which three are averaged, or the complement of the place where two are (12.3).
   */
  private static final int[][] DIRECTED = {
    {},
    {},
    {6, 7, 8, 9, 6, 7, 8, 9, 6, 7, 8, 9, 6, 7, 8, 9},
    {4, 4, 4, 4, 3, 3, 3, 3, 2, 2, 2, 2, 1, 1, 1, 1},
    {7, 8, 9, 10, 8, 9, 10, 11, 9, 10, 11, 12, 10, 11, 12, 13},
    {5, 6, 7, 8, 4, 5, 6, 7, 3, 4, 5, 6, 2, 3, 4, 5},
    {~5, ~6, ~7, ~8, 5, 6, 7, 8, 4, ~5, ~6, ~7, 3, 5, 6, 7},
    {~6, ~7, ~8, ~9, 7, 8, 9, 10, ~7, ~8, ~9, 11, 8, 9, 10, 12},
    {~4, 5, 6, 7, ~3, 4, ~4, 5, ~2, 3, ~3, 4, ~1, 2, ~2, 3},
    {~3, 3, ~2, 2, ~2, 2, ~1, 1, ~1, 1, ~0, ~0, ~0, ~0, ~0, ~0}
  };

  /**
   * From below on the left to above on the right: the lowest sample on the left twice, then
   * upwards, the corner, eight above, and the last of these again.
   */
  private final int[] edge = new int[15];

  private final int[] aside = new int[SIDE];
  private final int[] rows = new int[SIDE * SIDE];

  /**
   * Predicts a square of brightness or of a colour.
   *
   * @param mode one of {@link Vp8Modes}
   * @param at its first sample
   * @param side 16 or 8
   * @param hasAbove whether the picture goes on above
   * @param hasLeft whether it does to the left
   */
  void square(Plane plane, int at, int side, int mode, boolean hasAbove, boolean hasLeft) {
    var samples = plane.samples;
    int stride = plane.stride;
    int mean = mode == Vp8Modes.MEAN ? mean(plane, at, side, hasAbove, hasLeft) : 0;
    int corner = samples[at - stride - 1] & LARGEST;
    for (int y = 0; y < side; y++) {
      int row = at + y * stride;
      int before = samples[row - 1] & LARGEST;
      for (int x = 0; x < side; x++) {
        byte up = samples[at - stride + x];
        samples[row + x] =
            switch (mode) {
              case Vp8Modes.VERTICAL -> up;
              case Vp8Modes.HORIZONTAL -> (byte) before;
              case Vp8Modes.TRUE_MOTION -> clamp(before + (up & LARGEST) - corner);
              default -> (byte) mean;
            };
      }
    }
  }

  private static int mean(Plane plane, int at, int side, boolean hasAbove, boolean hasLeft) {
    int sum = 0;
    for (int i = 0; i < side; i++) {
      sum += hasAbove ? plane.samples[at - plane.stride + i] & LARGEST : 0;
      sum += hasLeft ? plane.samples[at + i * plane.stride - 1] & LARGEST : 0;
    }
    int count = (hasAbove ? side : 0) + (hasLeft ? side : 0);
    return count == 0 ? GREY : (sum + count / 2) / count;
  }

  /**
   * Remembers what lies above a macroblock on its right: its blocks of the last column take that,
   * whatever row they are in.
   */
  void enter(Plane plane, int at, boolean hasAbove, boolean isLast) {
    int up = at - plane.stride + MACROBLOCK;
    for (int i = 0; i < SIDE; i++) {
      aside[i] = plane.samples[hasAbove && isLast ? up - 1 : up + i] & LARGEST;
    }
  }

  /**
   * Predicts a block of 4 × 4 samples.
   *
   * @param mode one of {@link Vp8Modes.Blocks}
   * @param column of the block in its macroblock
   */
  void block(Plane plane, int at, int column, int mode) {
    var samples = plane.samples;
    int stride = plane.stride;
    for (int i = 0; i < SIDE; i++) {
      edge[CORNER - 1 - i] = samples[at + i * stride - 1] & LARGEST;
      edge[EDGE_ABOVE + i] = samples[at - stride + i] & LARGEST;
      edge[EDGE_ABOVE + SIDE + i] =
          column == SIDE - 1 ? aside[i] : samples[at - stride + SIDE + i] & LARGEST;
    }
    edge[0] = edge[1];
    edge[CORNER] = samples[at - stride - 1] & LARGEST;
    edge[edge.length - 1] = edge[edge.length - 2];
    int mean = SIDE;
    for (int i = 0; i < SIDE; i++) {
      mean += edge[CORNER - 1 - i] + edge[EDGE_ABOVE + i];
    }
    mean /= 2 * SIDE;
    for (int i = 0; i < SIDE * SIDE; i++) {
      int y = i / SIDE;
      int x = i % SIDE;
      samples[at + y * stride + x] =
          switch (mode) {
            case Vp8Modes.Blocks.MEAN -> (byte) mean;
            case Vp8Modes.Blocks.TRUE_MOTION ->
                clamp(edge[CORNER - 1 - y] + edge[EDGE_ABOVE + x] - edge[CORNER]);
            default -> (byte) average(DIRECTED[mode][i]);
          };
    }
  }

  private int average(int place) {
    return place >= 0
        ? (edge[place - 1] + 2 * edge[place] + edge[place + 1] + 2) >> 2
        : (edge[~place] + edge[~place + 1] + 1) >> 1;
  }

  /**
   * Adds what the coefficients of a block of 4 × 4 samples say.
   *
   * @param extent of them: 0 for none, 1 for the first alone, else more
   */
  void add(Plane plane, int at, int[] values, int first, int extent) {
    if (extent == 0) {
      return;
    }
    if (extent == 1) {
      int same = (values[first] + SIDE) >> 3;
      for (int i = 0; i < SIDE * SIDE; i++) {
        put(plane, at + i / SIDE * plane.stride + i % SIDE, same);
      }
      return;
    }
    for (int i = 0; i < SIDE; i++) {
      int from = first + i;
      int sum = values[from] + values[from + 8];
      int difference = values[from] - values[from + 8];
      int odd = sine(values[from + 4]) - cosine(values[from + 12]);
      int even = cosine(values[from + 4]) + sine(values[from + 12]);
      rows[i] = sum + even;
      rows[SIDE + i] = difference + odd;
      rows[2 * SIDE + i] = difference - odd;
      rows[3 * SIDE + i] = sum - even;
    }
    for (int y = 0; y < SIDE; y++) {
      int from = y * SIDE;
      int to = at + y * plane.stride;
      int sum = rows[from] + rows[from + 2] + SIDE;
      int difference = rows[from] - rows[from + 2] + SIDE;
      int odd = sine(rows[from + 1]) - cosine(rows[from + 3]);
      int even = cosine(rows[from + 1]) + sine(rows[from + 3]);
      put(plane, to, (sum + even) >> 3);
      put(plane, to + 1, (difference + odd) >> 3);
      put(plane, to + 2, (difference - odd) >> 3);
      put(plane, to + 3, (sum - even) >> 3);
    }
  }

  private static int sine(int value) {
    return (value * SINE) >> 16;
  }

  private static int cosine(int value) {
    return value + ((value * COSINE) >> 16);
  }

  private static void put(Plane plane, int at, int more) {
    plane.samples[at] = clamp((plane.samples[at] & LARGEST) + more);
  }

  private static byte clamp(int value) {
    return (byte) Math.clamp(value, 0, LARGEST);
  }
}
