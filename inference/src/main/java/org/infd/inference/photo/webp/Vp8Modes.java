package org.infd.inference.photo.webp;

import java.util.Arrays;

/**
 * How each macroblock is predicted, as the first partition of a key frame says it (RFC 6386, 11.2
 * to 11.4 and 19.3).
 */
final class Vp8Modes {
  static final int MEAN = 0;
  static final int VERTICAL = 1;
  static final int HORIZONTAL = 2;
  static final int TRUE_MOTION = 3;

  /** Each block of 4 × 4 in its own way. */
  static final int IN_BLOCKS = 4;

  private static final int SIDE = 4;

  /** Nodes of the tree of modes of blocks: what follows 0 and 1; a mode is its complement. */
  private static final int[][] BLOCK_TREE = {
    {~Blocks.MEAN, 1},
    {~Blocks.TRUE_MOTION, 2},
    {~Blocks.VERTICAL, 3},
    {4, 6},
    {~Blocks.HORIZONTAL, 5},
    {~Blocks.RIGHT_DOWN, ~Blocks.VERTICAL_RIGHT},
    {~Blocks.LEFT_DOWN, 7},
    {~Blocks.VERTICAL_LEFT, 8},
    {~Blocks.HORIZONTAL_DOWN, ~Blocks.HORIZONTAL_UP}
  };

  /** The ways of predicting a block of 4 × 4, by their numbers. */
  static final class Blocks {
    static final int MEAN = 0;
    static final int TRUE_MOTION = 1;
    static final int VERTICAL = 2;
    static final int HORIZONTAL = 3;
    static final int LEFT_DOWN = 4;
    static final int RIGHT_DOWN = 5;
    static final int VERTICAL_RIGHT = 6;
    static final int VERTICAL_LEFT = 7;
    static final int HORIZONTAL_DOWN = 8;
    static final int HORIZONTAL_UP = 9;

    private Blocks() {}
  }

  private final Vp8Header header;
  private final BoolDecoder from;

  /** Modes of the blocks above, and of those to the left. */
  private final int[] above;

  private final int[] left = new int[SIDE];

  /** Of the macroblock that was read last. */
  int segment;

  boolean hasCoefficients;
  int luma;
  int colour;
  final int[] blocks = new int[SIDE * SIDE];

  Vp8Modes(Vp8Header header, int columns) {
    this.header = header;
    from = header.first;
    above = new int[SIDE * columns];
  }

  /** Begins a row of macroblocks. */
  void beginRow() {
    Arrays.fill(left, Blocks.MEAN);
  }

  /** Reads the next macroblock. */
  void read(int column) {
    var tree = header.segmentProbabilities;
    segment = 0;
    if (tree.length > 0) {
      segment = from.bit(tree[0]) == 0 ? from.bit(tree[1]) : 2 + from.bit(tree[2]);
    }
    hasCoefficients =
        header.coefficientsProbability < 0 || from.bit(header.coefficientsProbability) == 0;
    luma = luma();
    if (luma == IN_BLOCKS) {
      readBlocks(SIDE * column);
    } else {
      int same =
          switch (luma) {
            case VERTICAL -> Blocks.VERTICAL;
            case HORIZONTAL -> Blocks.HORIZONTAL;
            case TRUE_MOTION -> Blocks.TRUE_MOTION;
            default -> Blocks.MEAN;
          };
      Arrays.fill(above, SIDE * column, SIDE * (column + 1), same);
      Arrays.fill(left, same);
    }
    colour = colour();
  }

  private int luma() {
    if (from.bit(145) == 0) {
      return IN_BLOCKS;
    }
    if (from.bit(156) == 0) {
      return from.bit(163) == 0 ? MEAN : VERTICAL;
    }
    return from.bit(128) == 0 ? HORIZONTAL : TRUE_MOTION;
  }

  private int colour() {
    if (from.bit(142) == 0) {
      return MEAN;
    }
    if (from.bit(114) == 0) {
      return VERTICAL;
    }
    return from.bit(183) == 0 ? HORIZONTAL : TRUE_MOTION;
  }

  private void readBlocks(int first) {
    for (int i = 0; i < blocks.length; i++) {
      int row = i / SIDE;
      int column = i % SIDE;
      int node = 0;
      while (node >= 0) {
        int probability = Vp8Tables.blockMode(above[first + column], left[row], node);
        node = BLOCK_TREE[node][from.bit(probability)];
      }
      blocks[i] = ~node;
      above[first + column] = ~node;
      left[row] = ~node;
    }
  }
}
