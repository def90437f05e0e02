package org.infd.inference.export;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.infd.inference.field.DisplayColours;
import org.infd.inference.field.FieldRenderer;
import org.infd.inference.field.Rectangle;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.tensor.Tensor;

/**
 * What an export costs, from a few of its pieces.
 *
 * @param least seconds, by the quickest piece
 * @param most seconds, by the slowest
 * @param bytes on the disk, scratch files with them
 */
public record ExportEstimate(double least, double most, long bytes) {
  /** Pictures of fewer pixels are done before an estimate would be. */
  public static final long WORTH_ESTIMATING = 64_000_000;

  private static final int SIDE = 256;

  /** Where the pieces lie, in parts of the picture's height and width. */
  private static final double[][] PLACES = {{0.2, 0.3}, {0.5, 0.5}, {0.8, 0.7}};

  /** Smaller sizes hold more in a pixel; from here on what they weigh no longer matters. */
  private static final int SIZES = 4;

  /**
   * A piece of a picture.
   *
   * @param rgb (1, 3, height, width) in [−1, 1]
   * @param seconds how long it took to render
   */
  public record Piece(Tensor rgb, double seconds) {
    /** Renders a piece and takes the time. */
    public static Piece timed(Supplier<Tensor> rendering) {
      long begun = System.nanoTime();
      var rgb = rendering.get();
      return new Piece(rgb, (System.nanoTime() - begun) / 1e9);
    }
  }

  /** Makes pieces and says how long each takes. */
  @FunctionalInterface
  public interface Maker {
    /** Makes a rectangle of the whole image of a side. */
    Piece make(int imageSide, Rectangle rectangle);
  }

  /** Renders the pieces and encodes them. */
  public static ExportEstimate of(
      ExportSettings settings,
      PyramidPlan plan,
      FieldRenderer renderer,
      Cancellation cancellation) {
    return of(
        settings,
        plan,
        (side, place) -> Piece.timed(() -> renderer.render(side, place, cancellation)));
  }

  /**
   * Encodes pieces.
   *
   * @param maker renders them, with a clock that knows what of the time was the work itself
   */
  public static ExportEstimate of(ExportSettings settings, PyramidPlan plan, Maker maker) {
    var whole = plan.levels().getFirst();
    maker.make(whole.imageSide(), place(plan, whole, PLACES[1]));
    double least = Double.MAX_VALUE;
    double most = 0;
    double bytes = 0;
    double bytesOfPixel = 0;
    for (var level : plan.levels()) {
      if (level.isRendered() && level.step() < SIZES) {
        long encoded = 0;
        long pixels = 0;
        for (var at : PLACES) {
          var place = place(plan, level, at);
          var piece = maker.make(level.imageSide(), place);
          long area = (long) place.height() * place.width();
          least = Math.min(least, piece.seconds() / area);
          most = Math.max(most, piece.seconds() / area);
          encoded += encoded(settings, piece.rgb());
          pixels += area;
        }
        bytesOfPixel = (double) encoded / pixels;
      }
      bytes += bytesOfPixel * plan.pixels(level);
    }
    return new ExportEstimate(
        least * plan.pixels(), most * plan.pixels(), Math.round(bytes) + ReducedLevels.bytes(plan));
  }

  /** How many bytes a piece becomes, without what stands around it in a file. */
  private static long encoded(ExportSettings settings, Tensor rgb) {
    int height = rgb.extent(2);
    int width = rgb.extent(3);
    var layout = settings.layout(Frame.alone(height, width), Path.of("piece"), PngText.NONE);
    long bytes = 0;
    for (int i = 0; i < layout.plan().levels().getFirst().tiles(); i++) {
      var tile = layout.plan().tile(i);
      var area = tile.area();
      var pixels = new byte[area.height() * area.width() * 3];
      var line = new byte[width * 3];
      for (int row = 0; row < area.height(); row++) {
        DisplayColours.toRgbRow(rgb, area.row() + row, line, 0);
        System.arraycopy(line, area.column() * 3, pixels, row * area.width() * 3, area.width() * 3);
      }
      try {
        bytes += layout.encode(tile, pixels).bytes().length;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return bytes;
  }

  /** A piece of what is there of a size. */
  private static Rectangle place(PyramidPlan plan, PyramidPlan.Level level, double[] at) {
    int top = level.firstRow() * plan.tileHeight();
    int left = level.firstColumn() * plan.tileWidth();
    int rows = (int) Math.min(level.height() - top, (long) level.rows() * plan.tileHeight());
    int columns = (int) Math.min(level.width() - left, (long) level.columns() * plan.tileWidth());
    int height = Math.min(SIDE, rows);
    int width = Math.min(SIDE, columns);
    return new Rectangle(
        level.row() + top + (int) ((rows - height) * at[0]),
        level.column() + left + (int) ((columns - width) * at[1]),
        height,
        width);
  }

  /**
   * How many bytes are free where a file or folder is to be.
   *
   * @return {@link Long#MAX_VALUE} where the system does not say
   */
  public static long free(Path target) {
    var parent = target.toAbsolutePath().normalize().getParent();
    try {
      return parent == null ? Long.MAX_VALUE : Files.getFileStore(parent).getUsableSpace();
    } catch (IOException | SecurityException e) {
      return Long.MAX_VALUE;
    }
  }
}
