package org.infd.inference.photo.webp;

import java.io.IOException;

/** Decodes a key frame of VP8 (RFC 6386). */
final class LossyPicture {
  private static final int MACROBLOCK = 16;
  private static final int BLOCK = 4;

  /** Coders never come behind the end in all pictures that were tried, but zeros may be cut off. */
  private static final int MOST_BEYOND = 2;

  /** Coders come within three bytes to the end in all pictures that were tried. */
  private static final int MOST_LEFT = 4;

  private final Vp8Header header;
  private final Runnable check;
  private final int columns;
  private final int rows;
  private final Plane luma;
  private final Plane[] colours;
  private final byte[] levels;
  private final boolean[] hasInner;
  private final Vp8Coefficients coefficients;
  private final Vp8Prediction prediction = new Vp8Prediction();
  private int done;

  /**
   * @param check is run now and then, and may throw
   * @throws IOException if it is none, or ends before its macroblocks
   */
  LossyPicture(byte[] file, int start, int end, Runnable check) throws IOException {
    header = new Vp8Header(file, start, end);
    this.check = check;
    columns = Math.ceilDiv(header.width, MACROBLOCK);
    rows = Math.ceilDiv(header.height, MACROBLOCK);
    luma = new Plane(columns * MACROBLOCK, rows * MACROBLOCK);
    colours = new Plane[] {half(), half()};
    levels = new byte[columns * rows];
    hasInner = new boolean[levels.length];
    coefficients = new Vp8Coefficients(header.probabilities, columns);
    decode();
    smooth();
  }

  private Plane half() {
    return new Plane(columns * MACROBLOCK / 2, rows * MACROBLOCK / 2);
  }

  private void decode() {
    var modes = new Vp8Modes(header, columns);
    for (int row = 0; row < rows; row++) {
      check.run();
      var part = header.parts[row % header.parts.length];
      modes.beginRow();
      coefficients.beginRow();
      for (int column = 0; column < columns; column++) {
        modes.read(column);
        macroblock(part, modes, row, column);
      }
      if (part.beyond() > MOST_BEYOND || header.first.beyond() > MOST_BEYOND) {
        return;
      }
      done = row + 1;
    }
  }

  private void macroblock(BoolDecoder part, Vp8Modes modes, int row, int column) {
    boolean isInBlocks = modes.luma == Vp8Modes.IN_BLOCKS;
    boolean has = modes.hasCoefficients;
    if (has) {
      has = coefficients.read(part, column, isInBlocks, header.steps[modes.segment]);
    } else {
      coefficients.skip(column, isInBlocks);
    }
    int index = row * columns + column;
    levels[index] = (byte) header.filterLevel(modes.segment, isInBlocks);
    hasInner[index] = has || isInBlocks;
    int at = luma.at(row * MACROBLOCK, column * MACROBLOCK);
    boolean hasAbove = row > 0;
    boolean hasLeft = column > 0;
    if (isInBlocks) {
      prediction.enter(luma, at, hasAbove, column == columns - 1);
    } else {
      prediction.square(luma, at, MACROBLOCK, modes.luma, hasAbove, hasLeft);
    }
    for (int i = 0; i < Vp8Coefficients.LUMA_BLOCKS; i++) {
      int place = at + i / BLOCK * BLOCK * luma.stride + i % BLOCK * BLOCK;
      if (isInBlocks) {
        prediction.block(luma, place, i % BLOCK, modes.blocks[i]);
      }
      add(luma, place, i);
    }
    int first = Vp8Coefficients.LUMA_BLOCKS;
    for (var colour : colours) {
      int from = colour.at(row * MACROBLOCK / 2, column * MACROBLOCK / 2);
      prediction.square(colour, from, MACROBLOCK / 2, modes.colour, hasAbove, hasLeft);
      for (int i = 0; i < BLOCK; i++) {
        add(colour, from + i / 2 * BLOCK * colour.stride + i % 2 * BLOCK, first + i);
      }
      first += BLOCK;
    }
  }

  private void add(Plane plane, int at, int block) {
    prediction.add(
        plane, at, coefficients.values, block * Vp8Coefficients.BLOCK, coefficients.extents[block]);
  }

  private void smooth() {
    var filter = new Vp8LoopFilter(header.isFilterSimple, header.sharpness);
    for (int row = 0; row < done; row++) {
      check.run();
      for (int column = 0; column < columns; column++) {
        int index = row * columns + column;
        if (levels[index] > 0) {
          filter.macroblock(luma, colours, row, column, levels[index], hasInner[index]);
        }
      }
    }
  }

  /** The rows that were there. */
  int there() {
    return Math.min(header.height, done * MACROBLOCK);
  }

  /** Whether all that was there makes sense, and was needed. */
  boolean isSound() {
    boolean isSound = !coefficients.isDoubtful() && header.first.left() <= MOST_LEFT;
    if (there() < header.height) {
      return isSound;
    }
    for (var part : header.parts) {
      isSound &= part.left() <= MOST_LEFT;
    }
    return isSound;
  }

  YuvColours colours() {
    return new YuvColours(luma, colours[0], colours[1], header.width, header.height);
  }
}
