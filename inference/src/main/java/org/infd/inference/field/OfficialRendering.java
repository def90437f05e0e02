package org.infd.inference.field;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import org.infd.inference.Problem;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.Device;
import org.infd.inference.runtime.Graph;
import org.infd.inference.tensor.Tensor;

/**
 * Rendering as the published code does it, for comparison with published numbers: group norms are
 * live over each rectangle, so a pixel depends on the rectangle it is rendered in and patches show
 * seams (docs/spec/infd-model.md 4.2, 8). Coordinates follow the published float32 chain. Memory
 * grows with the rectangle. Thread-safe. For pictures use {@link NeuralField}.
 */
public final class OfficialRendering implements AutoCloseable {
  /** The published patch side in pixels. */
  public static final int PATCH = 256;

  /** The published padding of a patch in pixels. */
  public static final int PADDING = 8;

  private final RenderInputs inputs;
  private final Graph live;

  private OfficialRendering(RenderInputs inputs, Graph live) {
    this.inputs = inputs;
    this.live = live;
  }

  /**
   * Loads the live renderer for a feature map.
   *
   * @param phi φ (1, F, H, W) with the extents of the bundle's manifest; kept, not copied
   * @throws Problem if the model renders only at its own size
   */
  public static OfficialRendering open(ModelBundle bundle, Device device, Tensor phi) {
    NeuralField.requireField(bundle, phi);
    return new OfficialRendering(new RenderInputs(phi), bundle.load("render_live", device));
  }

  /**
   * The whole image at once.
   *
   * @param imageSide N in pixels
   * @return RGB (1, 3, N, N), unclamped
   * @throws CancellationException if it was asked for
   */
  public Tensor whole(int imageSide, Cancellation cancellation) {
    return rectangle(imageSide, Rectangle.whole(imageSide), cancellation);
  }

  /**
   * A rectangle of the image of side N as a picture of its own: norms live over it, zero padding at
   * its borders.
   *
   * @return RGB (1, 3, height, width), unclamped
   * @throws CancellationException if it was asked for
   */
  public Tensor rectangle(int imageSide, Rectangle rectangle, Cancellation cancellation) {
    var rows = PixelAxis.official(-1, 1, imageSide, inputs.cellRows());
    var columns = PixelAxis.official(-1, 1, imageSide, inputs.cellColumns());
    return run(
        rows.slice(rectangle.row(), rectangle.height()),
        columns.slice(rectangle.column(), rectangle.width()),
        cancellation);
  }

  /**
   * Any range of the field as a picture of its own.
   *
   * @param rowLow the top, from −1
   * @param rowHigh the bottom, to 1
   * @param columnLow the left, from −1
   * @param columnHigh the right, to 1
   * @return RGB (1, 3, height, width), unclamped
   * @throws CancellationException if it was asked for
   */
  public Tensor range(
      double rowLow,
      double rowHigh,
      double columnLow,
      double columnHigh,
      int height,
      int width,
      Cancellation cancellation) {
    return run(
        PixelAxis.official(rowLow, rowHigh, height, inputs.cellRows()),
        PixelAxis.official(columnLow, columnHigh, width, inputs.cellColumns()),
        cancellation);
  }

  /**
   * The published tiling: patches at multiples of the patch side, each grown by the padding, cut to
   * the image, rendered as a picture of its own, and its centre kept (docs/spec/infd-model.md 4.2).
   *
   * @param patch the side of a patch, published {@link #PATCH}
   * @param padding the padding on each side, published {@link #PADDING}
   * @return RGB (1, 3, N, N), unclamped
   * @throws CancellationException if it was asked for
   */
  public Tensor patchwise(int imageSide, int patch, int padding, Cancellation cancellation) {
    return patchwise(imageSide, Rectangle.whole(imageSide), patch, padding, cancellation);
  }

  /**
   * A rectangle of the published tiling: the same pixels as in {@link #patchwise(int, int, int,
   * Cancellation)}, of which only the patches are rendered that it touches.
   *
   * @return RGB (1, 3, height, width), unclamped
   * @throws CancellationException if it was asked for
   */
  public Tensor patchwise(
      int imageSide, Rectangle wanted, int patch, int padding, Cancellation cancellation) {
    if (patch < 1 || padding < 0) {
      throw new IllegalArgumentException("patch " + patch + ", padding " + padding);
    }
    var image = Tensor.zeros(1, 3, wanted.height(), wanted.width());
    for (int row = wanted.row() / patch * patch; row < wanted.rowEnd(); row += patch) {
      for (int column = wanted.column() / patch * patch;
          column < wanted.columnEnd();
          column += patch) {
        var centre =
            new Rectangle(
                row, column, Math.min(patch, imageSide - row), Math.min(patch, imageSide - column));
        var grown = centre.grown(padding, imageSide);
        NeuralField.copy(
            rectangle(imageSide, grown, cancellation),
            new TilePlan.Part(grown, common(centre, wanted)),
            wanted,
            image);
      }
    }
    return image;
  }

  private static Rectangle common(Rectangle a, Rectangle b) {
    int row = Math.max(a.row(), b.row());
    int column = Math.max(a.column(), b.column());
    return new Rectangle(
        row,
        column,
        Math.min(a.rowEnd(), b.rowEnd()) - row,
        Math.min(a.columnEnd(), b.columnEnd()) - column);
  }

  private Tensor run(PixelAxis rows, PixelAxis columns, Cancellation cancellation) {
    var result =
        live.run(Map.of("query", inputs.query(rows, columns)), Set.of("rgb"), cancellation);
    return (Tensor) result.values().iterator().next();
  }

  @Override
  public void close() {
    live.close();
  }
}
