package org.infd.inference.field;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.tensor.AnyTensor;
import org.infd.inference.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * How a field's renderer is given its pixels: a query built here; or what the first convolution
 * makes of it, where cells are large ({@link CellLayer}); or a window of φ of which the graph
 * gathers. Which of them depends on the device and on N alone, so that tiles stay equal. Keeps a
 * few buffers. Thread-safe.
 */
final class RenderForm {
  private static final int SPARE_BUFFERS = 2;

  /**
   * Memory of a run.
   *
   * @param input of the query or the first convolution's result; unused where the graph gathers
   * @param colours RGB (1, 3, height, width)
   */
  record Buffers(Tensor input, Tensor colours) {}

  private record Cells(RendererLayers layers, CellLayer layer) {}

  private final ModelBundle bundle;
  private final RenderInputs inputs;
  private final boolean gather;
  private final Deque<Buffers> spare = new ArrayDeque<>();
  private boolean sought;
  private @Nullable Cells cells;

  /**
   * @param gather whether the graph gathers
   * @param byCells whether there may be large cells
   */
  RenderForm(ModelBundle bundle, RenderInputs inputs, boolean gather, boolean byCells) {
    this.bundle = bundle;
    this.inputs = inputs;
    this.gather = gather;
    this.sought = !byCells;
  }

  /** The name of the graph that renders. */
  String graph() {
    return gather ? "render_gather" : RendererLayers.GRAPH;
  }

  /** The layers of which the first is computed by cells at this side; empty if it is not. */
  Optional<RendererLayers> byCells(int imageSide) {
    var large = cells();
    return large != null && large.layer.serves(imageSide)
        ? Optional.of(large.layers)
        : Optional.empty();
  }

  private synchronized @Nullable Cells cells() {
    if (!sought) {
      cells =
          RendererLayers.of(bundle)
              .map(
                  layers ->
                      new Cells(
                          layers,
                          new CellLayer(
                              inputs,
                              layers.reach(),
                              bundle.manifest().renderer().hiddenChannels())))
              .orElse(null);
      sought = true;
    }
    return cells;
  }

  /**
   * Renders a rectangle.
   *
   * @return its colours, to be given back
   */
  Buffers render(FieldScale scale, int imageSide, Rectangle in, Cancellation cancellation) {
    var rows = PixelAxis.of(imageSide, in.row(), in.height(), inputs.cellRows());
    var columns = PixelAxis.of(imageSide, in.column(), in.width(), inputs.cellColumns());
    var shape = gather ? new long[] {0} : inputs.queryShape(in.height(), in.width());
    var first = scale.first();
    if (first != null) {
      shape[1] = bundle.manifest().renderer().hiddenChannels();
    }
    var buffers = take(shape, in);
    Map<String, ? extends AnyTensor> given;
    if (gather) {
      given = inputs.gather(rows, columns);
    } else if (first != null) {
      var large = Objects.requireNonNull(cells());
      large.layer.fill(first, buffers.input, rows, columns, cancellation);
      given = Map.of(large.layers.values().getFirst(), buffers.input);
    } else {
      inputs.fill(buffers.input, rows, columns);
      given = Map.of(RendererLayers.QUERY, buffers.input);
    }
    scale.graph().runInto(given, Map.of(RendererLayers.COLOURS, buffers.colours), cancellation);
    return buffers;
  }

  private Buffers take(long[] shape, Rectangle size) {
    synchronized (spare) {
      for (var iterator = spare.iterator(); iterator.hasNext(); ) {
        var buffers = iterator.next();
        if (buffers.colours.extent(2) == size.height()
            && buffers.colours.extent(3) == size.width()
            && Arrays.equals(buffers.input.shape(), shape)) {
          iterator.remove();
          return buffers;
        }
      }
    }
    return new Buffers(Tensor.zeros(shape), Tensor.zeros(1, 3, size.height(), size.width()));
  }

  /** Not called after a failure: a run that was given up may still write. */
  void giveBack(Buffers buffers) {
    synchronized (spare) {
      spare.addFirst(buffers);
      if (spare.size() > SPARE_BUFFERS) {
        spare.removeLast();
      }
    }
  }

  /** How many spare buffers are held. */
  int held() {
    synchronized (spare) {
      return spare.size();
    }
  }

  /** Lets the spare buffers go. */
  void clear() {
    synchronized (spare) {
      spare.clear();
    }
  }
}
