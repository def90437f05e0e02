package org.infd.inference.field;

import java.nio.FloatBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.Network;
import org.infd.inference.runtime.OnnxRuntime;
import org.infd.inference.tensor.Tensor;

/**
 * The first convolution of the renderer where cells are large: of the features only what differs
 * within a cell is computed. A pixel sees its own cell and, near the cell's edge, the neighbours;
 * so with a kernel of K a cell has K · K different results, whatever its size: those of an image in
 * which every cell is K pixels wide. The places add a part of the row and a part of the column,
 * which come from an image a few pixels wide and another a few pixels high; the padding at their
 * borders is that at the border of the whole image.
 *
 * <p>What a pixel gets depends on the pixel alone, not on the rectangle, except for pixels as near
 * to the rectangle's border as the kernel reaches, as it is with a convolution. Thread-safe.
 */
final class CellLayer {
  /** How many kernels wide a cell has to be: with less there is little to gain. */
  private static final int WORTHWHILE = 2;

  private static final int SPARE_MEMORIES = 2;

  /** What the convolution is asked for. */
  private enum Image {
    FEATURES,
    FEATURELESS,
    BY_ROW,
    BY_COLUMN,
    MIDDLE
  }

  private final RenderInputs inputs;
  private final int reach;
  private final int channels;
  private final Deque<Memory> spare = new ArrayDeque<>();

  /** The queries and results of a run, used again where their sizes stay. */
  private final class Memory {
    private final Map<Image, Tensor> queries = new EnumMap<>(Image.class);
    private final Map<Image, Tensor> results = new EnumMap<>(Image.class);

    Tensor run(
        Image image, Network layer, PixelAxis rows, PixelAxis columns, Cancellation cancellation) {
      var query = sized(queries, image, inputs.queryShape(rows.count(), columns.count()));
      if (image == Image.FEATURES) {
        inputs.fill(query, rows, columns);
      } else {
        inputs.fillPlaces(query, rows, columns);
      }
      var result = sized(results, image, 1, channels, rows.count(), columns.count());
      layer.runInto(
          Map.of(RendererLayers.QUERY, query),
          Map.of(layer.outputNames().getFirst(), result),
          cancellation);
      return result;
    }

    private static Tensor sized(Map<Image, Tensor> tensors, Image image, long... shape) {
      var known = tensors.get(image);
      if (known != null && Arrays.equals(known.shape(), shape)) {
        return known;
      }
      var tensor = Tensor.zeros(shape);
      tensors.put(image, tensor);
      return tensor;
    }
  }

  /**
   * @param inputs of the feature map
   * @param reach how far the convolution sees, (K − 1) / 2
   * @param channels what it gives
   */
  CellLayer(RenderInputs inputs, int reach, int channels) {
    this.inputs = inputs;
    this.channels = channels;
    this.reach = reach;
  }

  /** Whether an image of side N has cells that are large enough. */
  boolean serves(int imageSide) {
    int cells = Math.max(inputs.cellRows(), inputs.cellColumns());
    return reach > 0 && imageSide / cells >= WORTHWHILE * kernel();
  }

  private int kernel() {
    return 2 * reach + 1;
  }

  /**
   * How wide an image is that stands for all widths: as wide as the kernel, and a multiple of four,
   * so that no kernel of the runtime sees a rest of elements which it would treat differently.
   */
  private int strip() {
    return (kernel() + 3) / 4 * 4;
  }

  /**
   * What the convolution gives for a rectangle.
   *
   * @param layer from {@code query} to the convolution's result, its only output
   * @param output takes it, (1, C, height, width)
   */
  void fill(
      Network layer, Tensor output, PixelAxis rows, PixelAxis columns, Cancellation cancellation) {
    var middleRow = PixelAxis.centres(strip(), rows.relativeCell());
    var middleColumn = PixelAxis.centres(strip(), columns.relativeCell());
    var bare = PixelAxis.centres(strip(), 0);
    var memory = takeMemory();
    var features =
        memory.run(
            Image.FEATURES, layer, rows.ofCells(kernel()), columns.ofCells(kernel()), cancellation);
    var featureless = memory.run(Image.FEATURELESS, layer, bare, bare, cancellation);
    var byRow = memory.run(Image.BY_ROW, layer, rows, middleColumn, cancellation);
    var byColumn = memory.run(Image.BY_COLUMN, layer, middleRow, columns, cancellation);
    var middle = memory.run(Image.MIDDLE, layer, middleRow, middleColumn, cancellation);
    var gathering =
        new Gathering(output, rows, columns, features, featureless, byRow, byColumn, middle);
    // as many at a time as the runtime has threads
    int parts = Math.min(OnnxRuntime.threads(), channels);
    IntStream.range(0, parts)
        .parallel()
        .forEach(p -> gathering.fill(channels * p / parts, channels * (p + 1) / parts));
    giveBack(memory);
  }

  /** Puts the results of a cell's pixels where they belong, and adds what the places add. */
  private final class Gathering {
    private final Tensor output;
    private final Tensor features;
    private final Tensor featureless;
    private final Tensor byRow;
    private final Tensor byColumn;
    private final Tensor middle;
    private final int height;
    private final int width;
    private final int[] rowOf;
    private final int[] columnOf;
    private final int[] rowSide;
    private final int[] columnSide;

    Gathering(
        Tensor output,
        PixelAxis rows,
        PixelAxis columns,
        Tensor features,
        Tensor featureless,
        Tensor byRow,
        Tensor byColumn,
        Tensor middle) {
      this.output = output;
      this.features = features;
      this.featureless = featureless;
      this.byRow = byRow;
      this.byColumn = byColumn;
      this.middle = middle;
      height = rows.count();
      width = columns.count();
      rowOf = placesInCells(rows);
      columnOf = placesInCells(columns);
      rowSide = sides(height);
      columnSide = sides(width);
    }

    void fill(int firstChannel, int lastChannel) {
      int cellWidth = features.extent(3);
      var cells = new float[cellWidth];
      var picked = new float[width];
      var line = new float[width];
      var across = new float[strip()][width];
      var down = new float[height * strip()];
      FloatBuffer to = output.data();
      FloatBuffer from = features.data();
      for (int channel = firstChannel; channel < lastChannel; channel++) {
        byRow.data().get(channel * height * strip(), down);
        for (int side = 0; side < strip(); side++) {
          across(channel * strip() + side, across[side]);
        }
        for (int r = 0; r < height; r++) {
          if (r == 0 || rowOf[r] != rowOf[r - 1]) {
            from.get((channel * features.extent(2) + rowOf[r]) * cellWidth, cells);
            for (int c = 0; c < width; c++) {
              picked[c] = cells[columnOf[c]];
            }
          }
          add(picked, across[rowSide[r]], down, r * strip(), line);
          to.put((channel * height + r) * width, line);
        }
      }
    }

    /** Both strips hold the places' middle, and the features hold what no feature adds. */
    private void across(int row, float[] line) {
      byColumn.data().get(row * width, line);
      for (int c = 0; c < width; c++) {
        int place = row * strip() + columnSide[c];
        line[c] -= middle.get(place) + featureless.get(place);
      }
    }
  }

  private Memory takeMemory() {
    synchronized (spare) {
      return spare.isEmpty() ? new Memory() : spare.removeFirst();
    }
  }

  /** Not called after a failure: a run that was given up may still write. */
  private void giveBack(Memory memory) {
    synchronized (spare) {
      spare.addFirst(memory);
      if (spare.size() > SPARE_MEMORIES) {
        spare.removeLast();
      }
    }
  }

  /** Sums a line; at its ends the part of the row is another one. */
  private void add(float[] picked, float[] across, float[] down, int row, float[] line) {
    int width = line.length;
    float inside = down[row + reach];
    for (int c = 0; c < width; c++) {
      line[c] = picked[c] + (across[c] + inside);
    }
    for (int c = 0; c < Math.min(reach, width); c++) {
      line[c] = picked[c] + (across[c] + down[row + c]);
      int end = width - 1 - c;
      line[end] = picked[end] + (across[end] + down[row + strip() - 1 - c]);
    }
  }

  /** For each pixel its place among the pixels of {@link PixelAxis#ofCells}. */
  private int[] placesInCells(PixelAxis axis) {
    int count = axis.count();
    var places = new int[count];
    int from = 0;
    for (int k = 0; k < count; k++) {
      if (k > 0 && axis.nearest(k) != axis.nearest(k - 1)) {
        from = k;
      }
      places[k] = Math.min(k - from, reach);
    }
    int to = count - 1;
    for (int k = count - 1; k >= 0; k--) {
      if (k < count - 1 && axis.nearest(k) != axis.nearest(k + 1)) {
        to = k;
      }
      int first = (axis.nearest(k) - axis.firstCell()) * kernel();
      places[k] = first + (to - k < reach ? kernel() - 1 - (to - k) : places[k]);
    }
    return places;
  }

  /** For each pixel of a line its place in a line that stands for all lengths. */
  private int[] sides(int count) {
    var sides = new int[count];
    for (int k = 0; k < count; k++) {
      int behind = count - 1 - k;
      sides[k] = k < reach ? k : behind < reach ? strip() - 1 - behind : reach;
    }
    return sides;
  }
}
