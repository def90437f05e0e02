package org.infd.inference.export;

import java.util.ArrayList;
import java.util.List;
import org.infd.inference.field.Rectangle;
import org.jspecify.annotations.Nullable;

/**
 * Which pieces a picture is cut into, at how many sizes. Step 0 is the picture itself; step j has
 * ⌈height / 2^j⌉ × ⌈width / 2^j⌉ pixels. As long as the side of the whole image and the place of
 * the picture in it can be halved without a remainder, a step is rendered at its own side; the ones
 * below are the 2×2 means of the step before. Pieces are numbered step by step from 0, each step
 * row by row from the top. Plain arithmetic: no pixel is touched.
 */
public final class PyramidPlan {
  private final List<Level> levels;
  private final int tileHeight;
  private final int tileWidth;
  private final int overlap;

  private PyramidPlan(List<Level> levels, int tileHeight, int tileWidth, int overlap) {
    this.levels = List.copyOf(levels);
    this.tileHeight = tileHeight;
    this.tileWidth = tileWidth;
    this.overlap = overlap;
  }

  /**
   * One size of the picture.
   *
   * @param step how often it was halved
   * @param height its rows
   * @param width its columns
   * @param imageSide the side of the whole image that it is a part of, or 0 when it is not rendered
   *     but the means of the step before
   * @param row its first row in that image
   * @param column its first column in that image
   * @param firstRow the first row of tiles that it has: 0, except around a spot
   * @param firstColumn the first column of tiles that it has
   * @param rows how many rows of tiles it has
   * @param columns how many columns of tiles it has
   * @param first the number of its first tile
   */
  public record Level(
      int step,
      int height,
      int width,
      int imageSide,
      int row,
      int column,
      int firstRow,
      int firstColumn,
      int rows,
      int columns,
      int first) {
    /** Whether its pixels come from the field, not from the step before. */
    public boolean isRendered() {
      return imageSide > 0;
    }

    /** How many tiles it has. */
    public int tiles() {
      return rows * columns;
    }
  }

  /**
   * A piece.
   *
   * @param index its number in the plan
   * @param level the size that it belongs to
   * @param row its place among the tiles of that size, from 0 at the top
   * @param column from 0 at the left
   * @param area the pixels that it holds, in the picture of that size, with what it shares with its
   *     neighbours
   * @param core the pixels that are its own: cores lie side by side and cover the picture
   */
  public record Tile(int index, Level level, int row, int column, Rectangle area, Rectangle core) {}

  /**
   * All sizes down to a single pixel, as Deep Zoom has them.
   *
   * @param tile the side of a tile without its overlap, even
   * @param overlap how many pixels tiles reach into their neighbours
   */
  public static PyramidPlan toOnePixel(Frame frame, int tile, int overlap) {
    return of(frame, tile, tile, overlap, 1, null);
  }

  /**
   * The same, with larger sizes of which only the tiles around a spot are there.
   *
   * @param frame the largest size that is whole
   */
  static PyramidPlan around(Spot spot, Frame frame, int tile, int overlap) {
    return of(spot.largest(frame), tile, tile, overlap, 1, spot);
  }

  /**
   * The sizes down to the one that is a single tile.
   *
   * @param tile the side of a tile, even
   */
  public static PyramidPlan toOneTile(Frame frame, int tile) {
    return of(frame, tile, tile, 0, tile, null);
  }

  /** The picture alone, in bands of full rows. */
  public static PyramidPlan bands(Frame frame, int rows) {
    return of(frame, rows, frame.rectangle().width(), 0, Integer.MAX_VALUE, null);
  }

  private static PyramidPlan of(
      Frame frame, int tileHeight, int tileWidth, int overlap, int smallest, @Nullable Spot spot) {
    var place = frame.rectangle();
    var levels = new ArrayList<Level>();
    int height = place.height();
    int width = place.width();
    int side = frame.imageSide();
    int first = 0;
    for (int step = 0; ; step++) {
      // a bit that is left over ends the exact sizes
      boolean exact = ((side | place.row() | place.column()) & ((1 << step) - 1)) == 0;
      var around = spot != null && step < spot.sizes() ? spot : null;
      int[] down = present(around == null ? -1 : around.row(), height, tileHeight);
      int[] across = present(around == null ? -1 : around.column(), width, tileWidth);
      levels.add(
          new Level(
              step,
              height,
              width,
              exact ? side >> step : 0,
              place.row() >> step,
              place.column() >> step,
              down[0],
              across[0],
              down[1],
              across[1],
              first));
      if (Math.max(height, width) <= smallest) {
        return new PyramidPlan(levels, tileHeight, tileWidth, overlap);
      }
      first = Math.addExact(first, Math.multiplyExact(down[1], across[1]));
      height = Math.ceilDiv(height, 2);
      width = Math.ceilDiv(width, 2);
    }
  }

  /** The first tile along an axis and how many there are; all of them where the place is none. */
  private static int[] present(double place, int extent, int tile) {
    return place < 0 ? new int[] {0, Math.ceilDiv(extent, tile)} : Spot.tiles(place, extent, tile);
  }

  /** The sizes, the largest first. */
  public List<Level> levels() {
    return levels;
  }

  /** The columns of a tile without what it shares with neighbours. */
  int tileWidth() {
    return tileWidth;
  }

  /** The rows of a tile without what it shares with neighbours. */
  int tileHeight() {
    return tileHeight;
  }

  /** How many pixels tiles reach into their neighbours. */
  int overlap() {
    return overlap;
  }

  /** How many pieces there are. */
  public int count() {
    return levels.getLast().first() + levels.getLast().tiles();
  }

  /** How many pixels the pieces hold, shared ones as often as they are held. */
  public long pixels() {
    long sum = 0;
    for (var level : levels) {
      sum += pixels(level);
    }
    return sum;
  }

  /** Whether all tiles of a size are there. */
  boolean isWhole(Level level) {
    return level.rows() == Math.ceilDiv(level.height(), tileHeight)
        && level.columns() == Math.ceilDiv(level.width(), tileWidth);
  }

  /** How many pixels the pieces of a size hold. */
  long pixels(Level level) {
    return held(level.height(), tileHeight, level.firstRow(), level.rows())
        * held(level.width(), tileWidth, level.firstColumn(), level.columns());
  }

  private long held(int extent, int tile, int first, int tiles) {
    long start = Math.max(0, (long) first * tile - overlap);
    long end = Math.min(extent, ((long) first + tiles) * tile + overlap);
    return end - start + 2L * overlap * (tiles - 1);
  }

  /** The first size that is the means of the one before, or the number of sizes. */
  int firstReduced() {
    int step = 0;
    while (step < levels.size() && levels.get(step).isRendered()) {
      step++;
    }
    return step;
  }

  /** The size that a piece belongs to. */
  private Level levelOf(int index) {
    for (int step = levels.size() - 1; ; step--) {
      if (index >= levels.get(step).first()) {
        return levels.get(step);
      }
    }
  }

  /**
   * A piece.
   *
   * @param index from 0, below {@link #count}
   */
  public Tile tile(int index) {
    if (index < 0 || index >= count()) {
      throw new IndexOutOfBoundsException(index);
    }
    var level = levelOf(index);
    int at = index - level.first();
    return tile(
        level, level.firstRow() + at / level.columns(), level.firstColumn() + at % level.columns());
  }

  /** A piece by its place. */
  Tile tile(Level level, int row, int column) {
    int top = row * tileHeight;
    int left = column * tileWidth;
    int bottom = (int) Math.min(level.height(), (long) top + tileHeight);
    int right = (int) Math.min(level.width(), (long) left + tileWidth);
    int areaTop = Math.max(0, top - overlap);
    int areaLeft = Math.max(0, left - overlap);
    return new Tile(
        level.first() + (row - level.firstRow()) * level.columns() + column - level.firstColumn(),
        level,
        row,
        column,
        new Rectangle(
            areaTop,
            areaLeft,
            Math.min(level.height(), bottom + overlap) - areaTop,
            Math.min(level.width(), right + overlap) - areaLeft),
        new Rectangle(top, left, bottom - top, right - left));
  }
}
