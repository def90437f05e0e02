package org.infd.inference.export;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.infd.inference.field.Rectangle;

/**
 * The pixels of those sizes of a picture that are the 2×2 means of the size before, in a scratch
 * file: each tile leaves the means of its core there, from which the tiles of the next size are put
 * together. So odd sides need disk, not memory. Thread-safe for different tiles.
 */
final class ReducedLevels implements Closeable {
  private static final int CHANNELS = 3;

  private final PyramidPlan plan;
  private final FileChannel file;

  /** The size whose tiles are the first to leave their means. */
  private final PyramidPlan.Level source;

  private final long slotBytes;

  ReducedLevels(PyramidPlan plan, Path scratch) throws IOException {
    this.plan = plan;
    source = plan.levels().get(plan.firstReduced() - 1);
    slotBytes = slotBytes(plan);
    file =
        FileChannel.open(
            scratch, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  /** Whether a plan has sizes that need this. */
  static boolean areNeeded(PyramidPlan plan) {
    return plan.firstReduced() < plan.levels().size();
  }

  /** How many bytes the scratch file takes in the end. */
  static long bytes(PyramidPlan plan) {
    if (!areNeeded(plan)) {
      return 0;
    }
    int tiles = plan.count() - plan.levels().get(plan.firstReduced() - 1).first();
    return tiles * slotBytes(plan);
  }

  private static long slotBytes(PyramidPlan plan) {
    return CHANNELS * (plan.tileHeight() / 2L) * (plan.tileWidth() / 2L);
  }

  private boolean isSource(PyramidPlan.Tile tile) {
    return tile.level().step() >= source.step()
        && tile.level().step() < plan.levels().getLast().step();
  }

  private long slot(int tile) {
    return (tile - source.first()) * slotBytes;
  }

  /**
   * Keeps the means of a tile's core, if a size is made of them.
   *
   * @param rgb the pixels of its area
   * @return a sum over what was kept, 0 if nothing was
   */
  int reduce(PyramidPlan.Tile tile, byte[] rgb) throws IOException {
    if (!isSource(tile)) {
      return 0;
    }
    var core = tile.core();
    var area = tile.area();
    int height = Math.ceilDiv(core.height(), 2);
    int width = Math.ceilDiv(core.width(), 2);
    var means = new byte[height * width * CHANNELS];
    int at = 0;
    for (int row = 0; row < height; row++) {
      int above = core.row() - area.row() + 2 * row;
      // at an odd edge there is nothing beyond to average with
      int below = Math.min(above + 1, core.rowEnd() - area.row() - 1);
      for (int column = 0; column < width; column++) {
        int left = core.column() - area.column() + 2 * column;
        int right = Math.min(left + 1, core.columnEnd() - area.column() - 1);
        for (int channel = 0; channel < CHANNELS; channel++) {
          int sum =
              value(rgb, area, above, left, channel)
                  + value(rgb, area, above, right, channel)
                  + value(rgb, area, below, left, channel)
                  + value(rgb, area, below, right, channel);
          means[at++] = (byte) ((sum + 2) / 4);
        }
      }
    }
    var bytes = ByteBuffer.wrap(means);
    for (long to = slot(tile.index()); bytes.hasRemaining(); ) {
      to += file.write(bytes, to);
    }
    return FileBytes.sum(means);
  }

  private static int value(byte[] rgb, Rectangle area, int row, int column, int channel) {
    return rgb[(row * area.width() + column) * CHANNELS + channel] & 0xFF;
  }

  /** Whether the means of a tile are there as they were kept. */
  boolean isWhole(PyramidPlan.Tile tile, int sum) {
    if (!isSource(tile)) {
      return true;
    }
    try {
      return FileBytes.sum(slotOf(tile)) == sum;
    } catch (IOException e) {
      return false;
    }
  }

  private byte[] slotOf(PyramidPlan.Tile tile) throws IOException {
    int height = Math.ceilDiv(tile.core().height(), 2);
    int width = Math.ceilDiv(tile.core().width(), 2);
    return FileBytes.read(file, slot(tile.index()), height * width * CHANNELS).array();
  }

  /**
   * The pixels of a reduced size.
   *
   * @param area which, in that size
   * @param rgb receives rows × columns × RGB
   */
  void read(PyramidPlan.Level level, Rectangle area, byte[] rgb) {
    var before = plan.levels().get(level.step() - 1);
    int slotHeight = plan.tileHeight() / 2;
    int slotWidth = plan.tileWidth() / 2;
    try {
      for (int row = area.row() / slotHeight; row * slotHeight < area.rowEnd(); row++) {
        for (int column = area.column() / slotWidth;
            column * slotWidth < area.columnEnd();
            column++) {
          var tile = plan.tile(before, row, column);
          copy(slotOf(tile), tile, area, rgb);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void copy(byte[] means, PyramidPlan.Tile tile, Rectangle area, byte[] rgb) {
    int top = tile.core().row() / 2;
    int left = tile.core().column() / 2;
    int height = Math.ceilDiv(tile.core().height(), 2);
    int width = Math.ceilDiv(tile.core().width(), 2);
    int firstColumn = Math.max(left, area.column());
    int columns = Math.min(left + width, area.columnEnd()) - firstColumn;
    for (int row = Math.max(top, area.row()); row < Math.min(top + height, area.rowEnd()); row++) {
      System.arraycopy(
          means,
          ((row - top) * width + firstColumn - left) * CHANNELS,
          rgb,
          ((row - area.row()) * area.width() + firstColumn - area.column()) * CHANNELS,
          columns * CHANNELS);
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
