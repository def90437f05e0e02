package org.infd.inference.photo.webp;

/**
 * Smooths the edges of blocks of a picture that is decoded (RFC 6386, 15). Prediction takes samples
 * as they were before, so this comes when all macroblocks are there, in their order.
 */
final class Vp8LoopFilter {
  private static final int MACROBLOCK = 16;
  private static final int BLOCK = 4;
  private static final int LARGEST = 255;
  private static final int MIDDLE = 128;

  private final boolean isSimple;
  private final int sharpness;
  private int edgeLimit;
  private int innerLimit;
  private int steep;

  Vp8LoopFilter(boolean isSimple, int sharpness) {
    this.isSimple = isSimple;
    this.sharpness = sharpness;
  }

  /**
   * Smooths a macroblock's edges to those before it, and the edges inside.
   *
   * @param level 1 to 63
   * @param hasInner whether the edges inside are smoothed
   */
  void macroblock(Plane luma, Plane[] colours, int row, int column, int level, boolean hasInner) {
    innerLimit = innerLimit(level);
    // thresholds of key frames
    steep = level >= 40 ? 2 : level >= 15 ? 1 : 0;
    int inner = 2 * level + innerLimit;
    int outer = inner + 4;
    plane(luma, row, column, MACROBLOCK, outer, inner, hasInner);
    if (!isSimple) {
      for (var colour : colours) {
        plane(colour, row, column, MACROBLOCK / 2, outer, inner, hasInner);
      }
    }
  }

  private int innerLimit(int level) {
    int limit = level;
    if (sharpness > 0) {
      limit = Math.min(limit >> (sharpness > 4 ? 2 : 1), 9 - sharpness);
    }
    return Math.max(1, limit);
  }

  private void plane(
      Plane plane, int row, int column, int side, int outer, int inner, boolean hasInner) {
    int at = plane.at(row * side, column * side);
    int stride = plane.stride;
    if (column > 0) {
      edge(plane.samples, at, 1, stride, side, outer, true);
    }
    for (int x = BLOCK; hasInner && x < side; x += BLOCK) {
      edge(plane.samples, at + x, 1, stride, side, inner, false);
    }
    if (row > 0) {
      edge(plane.samples, at, stride, 1, side, outer, true);
    }
    for (int y = BLOCK; hasInner && y < side; y += BLOCK) {
      edge(plane.samples, at + y * stride, stride, 1, side, inner, false);
    }
  }

  /**
   * Smooths across an edge.
   *
   * @param at the first sample behind it
   * @param across from one sample to the next, away from the edge
   * @param along from one sample to the next, on the edge
   */
  private void edge(
      byte[] samples, int at, int across, int along, int length, int limit, boolean isOuter) {
    edgeLimit = limit;
    for (int i = 0, place = at; i < length; i++, place += along) {
      if (isSimple) {
        if (isWithinEdge(samples, place, across)) {
          adjust(samples, place, across, true);
        }
      } else if (isWithinEdge(samples, place, across) && isWithinSides(samples, place, across)) {
        boolean isSteep = isSteep(samples, place, across);
        if (isOuter && !isSteep) {
          spread(samples, place, across);
        } else if (isOuter) {
          adjust(samples, place, across, true);
        } else {
          inner(samples, place, across, isSteep);
        }
      }
    }
  }

  private static int apart(byte[] samples, int one, int other) {
    return Math.abs((samples[one] & LARGEST) - (samples[other] & LARGEST));
  }

  private boolean isWithinEdge(byte[] samples, int at, int across) {
    return 2 * apart(samples, at - across, at) + apart(samples, at - 2 * across, at + across) / 2
        <= edgeLimit;
  }

  private boolean isWithinSides(byte[] samples, int at, int across) {
    return apart(samples, at - 4 * across, at - 3 * across) <= innerLimit
        && apart(samples, at - 3 * across, at - 2 * across) <= innerLimit
        && apart(samples, at - 2 * across, at - across) <= innerLimit
        && apart(samples, at, at + across) <= innerLimit
        && apart(samples, at + across, at + 2 * across) <= innerLimit
        && apart(samples, at + 2 * across, at + 3 * across) <= innerLimit;
  }

  private boolean isSteep(byte[] samples, int at, int across) {
    return apart(samples, at - 2 * across, at - across) > steep
        || apart(samples, at, at + across) > steep;
  }

  /** A sample around 0. */
  private static int signed(byte[] samples, int at) {
    return (samples[at] & LARGEST) - MIDDLE;
  }

  private static int clamp(int value) {
    return Math.clamp(value, -MIDDLE, MIDDLE - 1);
  }

  private static void put(byte[] samples, int at, int signed) {
    samples[at] = (byte) (clamp(signed) + MIDDLE);
  }

  /**
   * Brings the two samples at an edge nearer to each other.
   *
   * @param isWide whether the samples beside them count
   * @return by how much
   */
  private static int adjust(byte[] samples, int at, int across, boolean isWide) {
    int before = signed(samples, at - across);
    int behind = signed(samples, at);
    int wide = isWide ? clamp(signed(samples, at - 2 * across) - signed(samples, at + across)) : 0;
    int step = clamp(wide + 3 * (behind - before));
    int down = clamp(step + 4) >> 3;
    int up = clamp(step + 3) >> 3;
    put(samples, at, behind - down);
    put(samples, at - across, before + up);
    return down;
  }

  /** An edge inside a macroblock. */
  private static void inner(byte[] samples, int at, int across, boolean isSteep) {
    int before = signed(samples, at - 2 * across);
    int behind = signed(samples, at + across);
    int half = (adjust(samples, at, across, isSteep) + 1) >> 1;
    if (!isSteep) {
      put(samples, at + across, behind - half);
      put(samples, at - 2 * across, before + half);
    }
  }

  /** An edge of a macroblock: three samples on either side, by 3, 2 and 1 sevenths. */
  private static void spread(byte[] samples, int at, int across) {
    int before = signed(samples, at - across);
    int behind = signed(samples, at);
    int wide = clamp(signed(samples, at - 2 * across) - signed(samples, at + across));
    int step = clamp(wide + 3 * (behind - before));
    for (int i = 0; i < 3; i++) {
      int part = ((27 - 9 * i) * step + 63) >> 7;
      int one = at - (i + 1) * across;
      int other = at + i * across;
      put(samples, one, signed(samples, one) + part);
      put(samples, other, signed(samples, other) - part);
    }
  }
}
