package org.infd.inference.photo.webp;

import java.io.IOException;

/** What a key frame of VP8 says before its macroblocks (RFC 6386, 9.1 to 9.11 and 19.2). */
final class Vp8Header {
  private static final int TAG = 10;
  private static final int SEGMENTS = 4;
  private static final int MOST_LEVEL = 63;
  private static final int ALWAYS = 255;
  private static final int DELTAS = 4;

  /** The smallest step of other coefficients of the means of a macroblock (14.1). */
  private static final int LEAST_MEANS_STEP = 8;

  /** The largest step of the first coefficient of colours (14.1). */
  private static final int MOST_COLOUR_STEP = 132;

  /**
   * The steps of coefficients, each of the first and of the others.
   *
   * @param luma of brightness
   * @param means of the means of brightness of a macroblock
   * @param colour of the two differences of colour
   */
  record Steps(Step luma, Step means, Step colour) {}

  /** The steps of a block: of its first coefficient, and of the others. */
  record Step(int first, int other) {}

  final int width;
  final int height;

  /** The first partition, which goes on with the modes of the macroblocks. */
  final BoolDecoder first;

  /** The partitions with the coefficients: rows of macroblocks take turns. */
  final BoolDecoder[] parts;

  /** The tree of segments; empty where all macroblocks are of the first. */
  final int[] segmentProbabilities;

  final Steps[] steps = new Steps[SEGMENTS];

  /** Whether edges are smoothed by the simple filter. */
  final boolean isFilterSimple;

  final int sharpness;

  /** How likely a macroblock has coefficients; −1 where all have. */
  final int coefficientsProbability;

  /** By kind, band, context and node. */
  final int[] probabilities = Vp8Tables.usual();

  private final int[] segmentQuantiser = new int[SEGMENTS];
  private final int[] segmentLevel = new int[SEGMENTS];
  private final boolean isSegmented;
  private final boolean isAbsolute;
  private final int level;
  private final boolean hasDeltas;
  private final int[] frameDeltas = new int[DELTAS];
  private final int[] modeDeltas = new int[DELTAS];

  /** Columns and rows. */
  record Size(int width, int height) {}

  /**
   * The size of a picture.
   *
   * @throws IOException if it is no key frame
   */
  static Size size(byte[] file, int start, int end) throws IOException {
    if (end - start < TAG) {
      throw new IOException("ends within its head");
    }
    boolean isKey = (file[start] & 1) == 0;
    boolean isMarked =
        (file[start + 3] & 0xFF) == 0x9D && file[start + 4] == 1 && file[start + 5] == 0x2A;
    int width = (file[start + 6] & 0xFF) | (file[start + 7] & 0x3F) << Byte.SIZE;
    int height = (file[start + 8] & 0xFF) | (file[start + 9] & 0x3F) << Byte.SIZE;
    if (!isKey || !isMarked || width == 0 || height == 0) {
      throw new IOException("no picture that stands for itself");
    }
    return new Size(width, height);
  }

  Vp8Header(byte[] file, int start, int end) throws IOException {
    var size = size(file, start, end);
    width = size.width();
    height = size.height();
    int tag = number(file, start);
    long firstEnd = (long) start + TAG + (tag >> 5);
    if (firstEnd > end) {
      throw new IOException("ends within its first partition");
    }
    first = new BoolDecoder(file, start + TAG, (int) firstEnd);
    // how colours are meant, and whether values may be too large; always taken care of
    first.number(2);
    isSegmented = first.flag();
    boolean hasMap = isSegmented && first.flag();
    isAbsolute = isSegmented && readSegments();
    segmentProbabilities = hasMap ? new int[SEGMENTS - 1] : new int[0];
    for (int i = 0; i < segmentProbabilities.length; i++) {
      segmentProbabilities[i] = first.flag() ? first.number(Byte.SIZE) : ALWAYS;
    }
    isFilterSimple = first.flag();
    level = first.number(6);
    sharpness = first.number(3);
    hasDeltas = first.flag();
    if (hasDeltas && first.flag()) {
      readDeltas(frameDeltas);
      readDeltas(modeDeltas);
    }
    parts = partitions(file, (int) firstEnd, end, 1 << first.number(2));
    readSteps();
    // whether later frames go on with these probabilities
    first.flag();
    for (int i = 0; i < probabilities.length; i++) {
      if (first.bit(Vp8Tables.kept(i)) != 0) {
        probabilities[i] = first.number(Byte.SIZE);
      }
    }
    coefficientsProbability = first.flag() ? first.number(Byte.SIZE) : -1;
  }

  /**
   * Reads what is particular to segments.
   *
   * @return whether their numbers stand for themselves, instead of being added
   */
  private boolean readSegments() {
    if (!first.flag()) {
      return false;
    }
    boolean isWhole = first.flag();
    for (int i = 0; i < SEGMENTS; i++) {
      segmentQuantiser[i] = first.optional(7);
    }
    for (int i = 0; i < SEGMENTS; i++) {
      segmentLevel[i] = first.optional(6);
    }
    return isWhole;
  }

  private void readDeltas(int[] deltas) {
    for (int i = 0; i < deltas.length; i++) {
      deltas[i] = first.optional(6);
    }
  }

  /** Sizes of all but the last come first; what lies behind the end of the file is left away. */
  private static BoolDecoder[] partitions(byte[] file, int start, int end, int count) {
    var found = new BoolDecoder[count];
    long at = start + 3L * (count - 1);
    for (int i = 0; i < count; i++) {
      int size = start + 3 * i;
      long next = i < count - 1 && size + 3 <= end ? at + number(file, size) : end;
      int from = (int) Math.min(at, end);
      found[i] = new BoolDecoder(file, from, Math.clamp(next, from, end));
      at = Math.max(at, next);
    }
    return found;
  }

  /** Three bytes, the lowest first. */
  private static int number(byte[] file, int at) {
    return (file[at] & 0xFF) | (file[at + 1] & 0xFF) << 8 | (file[at + 2] & 0xFF) << 16;
  }

  private void readSteps() {
    int quantiser = first.number(7);
    int lumaFirst = first.optional(4);
    int meansFirst = first.optional(4);
    int meansOther = first.optional(4);
    int colourFirst = first.optional(4);
    int colourOther = first.optional(4);
    for (int i = 0; i < SEGMENTS; i++) {
      int base = isAbsolute ? 0 : quantiser;
      int q = isSegmented ? base + segmentQuantiser[i] : quantiser;
      steps[i] =
          new Steps(
              new Step(Vp8Tables.firstStep(q + lumaFirst), Vp8Tables.otherStep(q)),
              new Step(
                  2 * Vp8Tables.firstStep(q + meansFirst),
                  Math.max(LEAST_MEANS_STEP, Vp8Tables.otherStep(q + meansOther) * 155 / 100)),
              new Step(
                  Math.min(MOST_COLOUR_STEP, Vp8Tables.firstStep(q + colourFirst)),
                  Vp8Tables.otherStep(q + colourOther)));
    }
  }

  /**
   * How strongly the edges of a macroblock are smoothed (9.6, 15.1).
   *
   * @return 0 (not at all) to 63
   */
  int filterLevel(int segment, boolean isInBlocks) {
    if (level == 0) {
      return 0;
    }
    int base = isAbsolute ? 0 : level;
    int found = isSegmented ? base + segmentLevel[segment] : level;
    if (hasDeltas) {
      found += frameDeltas[0] + (isInBlocks ? modeDeltas[0] : 0);
    }
    return Math.clamp(found, 0, MOST_LEVEL);
  }
}
