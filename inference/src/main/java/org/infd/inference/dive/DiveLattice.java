package org.infd.inference.dive;

import java.util.ArrayList;
import java.util.List;
import org.infd.inference.Problem;

/**
 * Where children lie. Level ℓ stands on the picture of side N(ℓ−1) = g^(ℓ−1)·N*, in whole pixels.
 * Its cells are squares of ¾ e of these pixels, in rows and columns from the upper left corner. The
 * square of a child is its cell with a margin of e/8 on each side, so that it is e×e pixels, which
 * is what the encoder takes; at the picture's border it is shifted inside. All are whole latent
 * cells, so that the latents of neighbours share the cells of their overlap.
 *
 * @param encoderSide e, the pixels across that the encoder takes
 * @param latentSide L, the cells across of a latent
 * @param sharpSide N*, the side up to which the model's pictures are sharp: e times a power of two
 *     from 2
 */
public record DiveLattice(int encoderSide, int latentSide, int sharpSide) {
  /** The rows and columns of latent cells that noise can tell apart, as a power of two. */
  private static final int CELL_BITS = 48;

  /**
   * Checks that squares are whole latent cells.
   *
   * @throws Problem if a model with these sides cannot be dived into
   */
  public DiveLattice {
    if (encoderSide < 8 || latentSide % 8 != 0 || encoderSide % latentSide != 0) {
      throw new Problem(
          "A model whose encoder takes "
              + encoderSide
              + " pixels for "
              + latentSide
              + " latent cells has no deeper pictures: the cells must divide the pixels, and eight"
              + " the cells.");
    }
    if (sharpSide % encoderSide != 0
        || sharpSide < 2 * encoderSide
        || Integer.bitCount(sharpSide / encoderSide) != 1) {
      throw new Problem(
          "The side up to which a model is sharp must be "
              + encoderSide
              + " pixels times 2, 4, 8 and so on, and "
              + sharpSide
              + " is not.");
    }
  }

  /** g, how many times a level is finer than the one above it. */
  public int gain() {
    return sharpSide / encoderSide;
  }

  /** How often the gain is 2. */
  private int doublings() {
    return Integer.numberOfTrailingZeros(gain());
  }

  /** The deepest level. */
  public int deepest() {
    long finest = ((long) pixelsPerCell() << CELL_BITS) / sharpSide;
    return (Long.SIZE - 1 - Long.numberOfLeadingZeros(finest)) / doublings();
  }

  /** The largest side of a picture, that of the deepest level. */
  public long largestSide() {
    return finestSide(deepest());
  }

  /**
   * N(ℓ), the largest side at which no deeper level is seen.
   *
   * @param level from 0, the picture's own, to {@link #deepest}
   */
  public long finestSide(int level) {
    return level == 0 ? sharpSide : baseSide(level) * gain();
  }

  /**
   * The lattice of the same model with another N*.
   *
   * @throws Problem if none has it
   */
  public DiveLattice withSharpSide(int side) {
    return new DiveLattice(encoderSide, latentSide, side);
  }

  /**
   * N(ℓ−1), the side of the picture that the squares of a level are cut from.
   *
   * @param level from 1 to {@link #deepest}
   */
  public long baseSide(int level) {
    if (level < 1 || level > deepest()) {
      throw new IllegalArgumentException("level " + level);
    }
    return (long) sharpSide << ((level - 1) * doublings());
  }

  /**
   * The level whose children are seen in a picture of a side: the one with N(ℓ−1) &lt; N ≤ N(ℓ), 0
   * up to N*.
   */
  public int levelOf(long side) {
    int level = 0;
    for (long finest = sharpSide; finest < side; finest *= gain()) {
      level++;
    }
    return level;
  }

  /**
   * The side at which a level's children are rendered for a picture: N(ℓ−1) times a power of two.
   *
   * @param side N, above N(ℓ−1)
   * @return the next such side from N on
   */
  long renderedSide(int level, long side) {
    long base = baseSide(level);
    return base * Long.highestOneBit(Math.max(1, (side - 1) / base)) * 2;
  }

  private int cell() {
    return encoderSide / 4 * 3;
  }

  private int margin() {
    return encoderSide / 8;
  }

  /** How many cells a level has along each axis. */
  public long cells(int level) {
    return Math.ceilDiv(baseSide(level), cell());
  }

  /** The cell that a row or column of the picture of side N(ℓ−1) lies in. */
  long owner(int level, long pixel) {
    return Math.min(pixel / cell(), cells(level) - 1);
  }

  /** The child in whose cell a place lies. */
  public DiveKey at(int level, double row, double column) {
    long side = baseSide(level);
    return new DiveKey(
        level, owner(level, (long) (row * side)), owner(level, (long) (column * side)));
  }

  /** The first row or column of the square of the cells in a row or column of the lattice. */
  long first(int level, long cell) {
    return Math.clamp(cell * cell() - margin(), 0, baseSide(level) - encoderSide);
  }

  /** The square of a child, in pixels of the picture of side N(ℓ−1). */
  public DiveRectangle square(DiveKey key) {
    return new DiveRectangle(
        first(key.level(), key.row()), first(key.level(), key.column()), encoderSide, encoderSide);
  }

  /**
   * The children whose squares meet a rectangle, row by row.
   *
   * @param rectangle pixels of the picture of side N(ℓ−1)
   */
  public List<DiveKey> meeting(int level, DiveRectangle rectangle) {
    var keys = new ArrayList<DiveKey>();
    for (long row = firstMeeting(level, rectangle.row());
        row <= lastMeeting(level, rectangle.rowEnd() - 1);
        row++) {
      for (long column = firstMeeting(level, rectangle.column());
          column <= lastMeeting(level, rectangle.columnEnd() - 1);
          column++) {
        keys.add(new DiveKey(level, row, column));
      }
    }
    return keys;
  }

  private long firstMeeting(int level, long pixel) {
    long cell = owner(level, pixel);
    while (cell > 0 && first(level, cell - 1) + encoderSide > pixel) {
      cell--;
    }
    return cell;
  }

  private long lastMeeting(int level, long pixel) {
    long cell = owner(level, pixel);
    while (cell < cells(level) - 1 && first(level, cell + 1) <= pixel) {
      cell++;
    }
    return cell;
  }

  /**
   * How much a child counts at a row or column among those that meet there: 0 at the rim of its
   * square, 1 where it is alone, a cubic between over the whole overlap. At the border of the
   * picture nothing fades.
   *
   * @param cell the row or column of the lattice
   * @param position within the square in pixels of the picture of side N(ℓ−1), 0 to e
   */
  double weight(int level, long cell, double position) {
    double overlap = 2.0 * margin();
    boolean atStart = first(level, cell) == 0;
    boolean atEnd = first(level, cell) + encoderSide == baseSide(level);
    double fromStart = atStart ? 1 : smooth(position / overlap);
    double fromEnd = atEnd ? 1 : smooth((encoderSide - position) / overlap);
    return Math.min(fromStart, fromEnd);
  }

  /** 0 up to 0, 1 from 1, with level ends. */
  static double smooth(double x) {
    double t = Math.clamp(x, 0, 1);
    return t * t * (3 - 2 * t);
  }

  /** How many pixels across a latent cell is. */
  public int pixelsPerCell() {
    return encoderSide / latentSide;
  }
}
