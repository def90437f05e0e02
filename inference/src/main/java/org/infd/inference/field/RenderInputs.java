package org.infd.inference.field;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.infd.inference.tensor.AnyTensor;
import org.infd.inference.tensor.LongTensor;
import org.infd.inference.tensor.Tensor;

/**
 * Makes the inputs of the render graphs from a feature map and two pixel axes. Two forms give the
 * same numbers: the <em>query</em>, made here by copying rows (in-graph gathers cost up to a
 * quarter of a tile on a CPU), and the <em>gather</em> form, which hands a GPU the few cells that a
 * tile sees and lets it pick. Thread-safe.
 */
final class RenderInputs {
  /** What a query holds beside φ: relative row and column, relative cell row and column. */
  static final int COORDINATE_CHANNELS = 4;

  private final Tensor phi;

  /**
   * @param phi the feature map (1, F, H, W)
   */
  RenderInputs(Tensor phi) {
    if (phi.rank() != 4 || phi.extent(0) != 1) {
      throw new IllegalArgumentException("a feature map is (1, F, H, W), not " + phi);
    }
    this.phi = phi;
  }

  int cellRows() {
    return phi.extent(2);
  }

  int cellColumns() {
    return phi.extent(3);
  }

  /** The extents of a query for a rectangle of this size. */
  long[] queryShape(int height, int width) {
    return new long[] {1, phi.extent(1) + COORDINATE_CHANNELS, height, width};
  }

  /** A new query of its own memory. */
  Tensor query(PixelAxis rows, PixelAxis columns) {
    var query = Tensor.zeros(queryShape(rows.count(), columns.count()));
    fill(query, rows, columns);
    return query;
  }

  /**
   * Fills a query (1, F + 4, height, width): φ at the nearest cell, relative row, relative column,
   * relative cell row, relative cell column (docs/spec/infd-model.md 4).
   */
  void fill(Tensor query, PixelAxis rows, PixelAxis columns) {
    int height = rows.count();
    int width = columns.count();
    if (!Arrays.equals(query.shape(), queryShape(height, width))) {
      throw new IllegalArgumentException(query + " for " + height + "×" + width);
    }
    var from = phi.data();
    var to = query.data();
    int span = columns.cellSpan();
    var cells = new float[span];
    var line = new float[width];
    var pick = new int[width];
    for (int c = 0; c < width; c++) {
      pick[c] = columns.nearest(c) - columns.firstCell();
    }
    int position = 0;
    for (int channel = 0; channel < phi.extent(1); channel++) {
      int plane = channel * cellRows() * cellColumns() + columns.firstCell();
      for (int r = 0; r < height; r++) {
        // under magnification many rows of pixels see the same row of cells
        if (r == 0 || rows.nearest(r) != rows.nearest(r - 1)) {
          from.get(plane + rows.nearest(r) * cellColumns(), cells, 0, span);
          for (int c = 0; c < width; c++) {
            line[c] = cells[pick[c]];
          }
        }
        to.put(position, line);
        position += width;
      }
    }
    fillPlaces(to, position, rows, columns);
  }

  /** Fills the places of a query and leaves its features as they are. */
  void fillPlaces(Tensor query, PixelAxis rows, PixelAxis columns) {
    fillPlaces(query.data(), phi.extent(1) * rows.count() * columns.count(), rows, columns);
  }

  private static void fillPlaces(FloatBuffer to, int first, PixelAxis rows, PixelAxis columns) {
    int height = rows.count();
    int width = columns.count();
    var line = new float[width];
    int position = first;
    for (int r = 0; r < height; r++) {
      Arrays.fill(line, rows.relative(r));
      to.put(position, line);
      position += width;
    }
    for (int c = 0; c < width; c++) {
      line[c] = columns.relative(c);
    }
    for (int r = 0; r < height; r++) {
      to.put(position, line);
      position += width;
    }
    for (float cell : new float[] {rows.relativeCell(), columns.relativeCell()}) {
      Arrays.fill(line, cell);
      for (int r = 0; r < height; r++) {
        to.put(position, line);
        position += width;
      }
    }
  }

  /**
   * The inputs of a gather graph. The window's extents depend on the rectangle's extents and the
   * scale alone, not on where it lies, so that a GPU sees one shape per scale.
   */
  Map<String, AnyTensor> gather(PixelAxis rows, PixelAxis columns) {
    int height = Math.min(cellRows(), largestSpan(rows));
    int width = Math.min(cellColumns(), largestSpan(columns));
    int top = Math.min(rows.firstCell(), cellRows() - height);
    int left = Math.min(columns.firstCell(), cellColumns() - width);
    var inputs = new HashMap<String, AnyTensor>();
    inputs.put("phi_window", window(top, left, height, width));
    inputs.put("row", cellsFrom(rows, top));
    inputs.put("column", cellsFrom(columns, left));
    inputs.put("relative_row", relative(rows));
    inputs.put("relative_column", relative(columns));
    inputs.put("cell", Tensor.of(new float[] {rows.relativeCell(), columns.relativeCell()}, 2));
    return inputs;
  }

  /** The most cells that so many pixels of this size can see, wherever they lie. */
  private static int largestSpan(PixelAxis axis) {
    int cells = (int) Math.ceil((axis.count() - 1) * (axis.relativeCell() / 2.0)) + 2;
    return Math.max(cells, axis.cellSpan());
  }

  private Tensor window(int top, int left, int height, int width) {
    var window = Tensor.zeros(1, phi.extent(1), height, width);
    var from = phi.data();
    var to = window.data();
    int position = 0;
    for (int channel = 0; channel < phi.extent(1); channel++) {
      for (int r = 0; r < height; r++) {
        int row = (channel * cellRows() + top + r) * cellColumns() + left;
        to.put(position, from, row, width);
        position += width;
      }
    }
    return window;
  }

  private static LongTensor cellsFrom(PixelAxis axis, int first) {
    var cells = new long[axis.count()];
    for (int k = 0; k < cells.length; k++) {
      cells[k] = (long) axis.nearest(k) - first;
    }
    return LongTensor.of(cells, cells.length);
  }

  private static Tensor relative(PixelAxis axis) {
    var values = new float[axis.count()];
    for (int k = 0; k < values.length; k++) {
      values[k] = axis.relative(k);
    }
    return Tensor.of(values, values.length);
  }
}
