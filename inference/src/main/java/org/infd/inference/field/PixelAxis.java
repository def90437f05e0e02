package org.infd.inference.field;

import java.util.Arrays;

/**
 * One axis of the pixels being rendered against the cells of the feature map: for each pixel the
 * nearest cell and the coordinate relative to that cell's centre, and the size of a pixel in units
 * of half a cell (docs/spec/infd-model.md 4.1). Rows and columns are separable, so two of these
 * describe a rectangle. Immutable.
 *
 * <p>{@link #of} takes everything from exact integers, so that no two tiles can disagree about a
 * pixel; {@link #official} repeats the float32 chain of the published code, for comparison with it.
 */
public final class PixelAxis {
  private final int[] nearest;
  private final float[] relative;
  private final float relativeCell;

  private PixelAxis(int[] nearest, float[] relative, float relativeCell) {
    this.nearest = nearest;
    this.relative = relative;
    this.relativeCell = relativeCell;
  }

  /**
   * Pixels of a whole image.
   *
   * @param imageSide N, 1 to {@link FieldRenderer#LARGEST_SIDE}
   * @param first the first pixel
   * @param count the number of pixels
   * @param cells W, the number of cells of the feature map along this axis
   */
  public static PixelAxis of(int imageSide, int first, int count, int cells) {
    if (imageSide < 1 || imageSide > FieldRenderer.LARGEST_SIDE || cells < 1) {
      throw new IllegalArgumentException("image side " + imageSide + ", cells " + cells);
    }
    if (first < 0 || count < 1 || count > imageSide - first) {
      throw new IllegalArgumentException(
          "pixels " + first + " to " + ((long) first + count) + " of " + imageSide);
    }
    var nearest = new int[count];
    var relative = new float[count];
    for (int k = 0; k < count; k++) {
      int j = nearestCell(imageSide, first + k, cells);
      nearest[k] = j;
      // at most N in magnitude, so both sides are exact floats and the quotient is rounded once
      long offset = (2L * (first + k) + 1) * cells - (2L * j + 1) * imageSide;
      relative[k] = (float) offset / imageSide;
    }
    return new PixelAxis(nearest, relative, relativeCell(imageSide, cells));
  }

  /**
   * The cell whose centre is nearest to the centre of pixel i: ((2i+1)·W − N) / 2N rounded half to
   * even. Always within 0 to W − 1.
   */
  private static int nearestCell(int imageSide, int pixel, int cells) {
    long numerator = (2L * pixel + 1) * cells - imageSide;
    long denominator = 2L * imageSide;
    long cell = Math.floorDiv(numerator, denominator);
    long remainder = numerator - cell * denominator;
    if (remainder > imageSide || (remainder == imageSide && (cell & 1) != 0)) {
      cell++;
    }
    return Math.toIntExact(cell);
  }

  /** The size of a pixel of an image of side N in units of half a cell, 2W/N. */
  private static float relativeCell(double imageSide, int cells) {
    return (float) (2.0 * cells / imageSide);
  }

  /**
   * A whole axis sampled at {@code pixels} places that pretend to be pixels of a larger image: how
   * the statistics of that image are estimated (docs/spec/infd-model.md 8).
   *
   * @param targetSide the side of the larger image; may be fractional
   */
  static PixelAxis sampled(int pixels, double targetSide, int cells) {
    var axis = of(pixels, 0, pixels, cells);
    return new PixelAxis(axis.nearest, axis.relative, relativeCell(targetSide, cells));
  }

  /**
   * Pixels of an arbitrary range by the published float32 chain: centre {@code low + (high −
   * low)·((0.5 + i)/pixels)}, index by rounding half to even, relative coordinate against the
   * float32 centre of the cell (docs/spec/infd-model.md 4.1).
   *
   * @param low where the first pixel begins, from −1
   * @param high where the last pixel ends, to 1
   * @param cells W, the number of cells of the feature map along this axis
   */
  public static PixelAxis official(double low, double high, int pixels, int cells) {
    if (!(low >= -1 && low < high && high <= 1) || pixels < 1 || cells < 1) {
      throw new IllegalArgumentException(
          pixels + " pixels on " + low + " to " + high + " against " + cells + " cells");
    }
    var centres = officialCentres(low, high, pixels);
    var cellCentres = officialCentres(-1, 1, cells);
    var nearest = new int[pixels];
    var relative = new float[pixels];
    for (int i = 0; i < pixels; i++) {
      float index = ((centres[i] + 1) * cells - 1) / 2;
      nearest[i] = Math.clamp((int) Math.rint(index), 0, cells - 1);
      relative[i] = (centres[i] - cellCentres[nearest[i]]) * cells;
    }
    return new PixelAxis(nearest, relative, officialCell(low, high, pixels) * cells);
  }

  /** The pixel centres of a range, by the published float32 chain. */
  static float[] officialCentres(double low, double high, int pixels) {
    var centres = new float[pixels];
    for (int i = 0; i < pixels; i++) {
      centres[i] = (float) low + (float) (high - low) * ((0.5f + i) / pixels);
    }
    return centres;
  }

  /** The size of a pixel of a range, as the published code has it. */
  static float officialCell(double low, double high, int pixels) {
    return (float) ((high - low) / pixels);
  }

  /** Pixels {@code first} to {@code first + count} of this axis; their values stay as they are. */
  public PixelAxis slice(int first, int count) {
    if (first < 0 || count < 1 || count > count() - first) {
      throw new IllegalArgumentException(
          "pixels " + first + " to " + ((long) first + count) + " of " + count());
    }
    return new PixelAxis(
        Arrays.copyOfRange(nearest, first, first + count),
        Arrays.copyOfRange(relative, first, first + count),
        relativeCell);
  }

  /**
   * The cells of this axis, each {@code pixels} wide, with zeros for places and size: the encodings
   * of zeros are exact wherever they stand.
   */
  PixelAxis ofCells(int pixels) {
    var cells = new int[cellSpan() * pixels];
    for (int k = 0; k < cells.length; k++) {
      cells[k] = firstCell() + k / pixels;
    }
    return new PixelAxis(cells, new float[cells.length], 0);
  }

  /** Pixels at the centre of the first cell. */
  static PixelAxis centres(int count, float relativeCell) {
    return new PixelAxis(new int[count], new float[count], relativeCell);
  }

  /** The number of pixels. */
  public int count() {
    return nearest.length;
  }

  /** The nearest cell of pixel {@code k}; never decreases with k. */
  public int nearest(int k) {
    return nearest[k];
  }

  /** The coordinate of pixel {@code k} relative to its cell's centre, −1 to 1 across the cell. */
  public float relative(int k) {
    return relative[k];
  }

  /** The size of a pixel in units of half a cell: 2 where N = W, 0.5 at N = 4W. */
  public float relativeCell() {
    return relativeCell;
  }

  /** The cell of the first pixel, the lowest of all. */
  int firstCell() {
    return nearest[0];
  }

  /** The number of cells from the first pixel's to the last pixel's. */
  int cellSpan() {
    return nearest[nearest.length - 1] - nearest[0] + 1;
  }
}
