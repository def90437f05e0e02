package org.infd.inference.export;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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

  /** Where the pieces lie, in parts of the picture's height and width. The first warms up. */
  private static final double[][] PLACES = {{0.5, 0.5}, {0.2, 0.3}, {0.5, 0.5}, {0.8, 0.7}};

  /** Differences from the left alone are a little larger than those of PNG's filters. */
  private static final double PREDICTOR = 1.15;

  /**
   * A piece of a picture.
   *
   * @param rgb (1, 3, height, width) in [−1, 1]
   * @param seconds how long it took to render
   */
  public record Piece(Tensor rgb, double seconds) {}

  /** Makes pieces and says how long each takes. */
  @FunctionalInterface
  public interface Maker {
    /** Makes a rectangle of the whole image of a side. */
    Piece make(int imageSide, Rectangle rectangle);
  }

  /** Renders the pieces and encodes them. */
  public static ExportEstimate of(
      ExportSettings settings,
      Frame frame,
      PyramidPlan plan,
      FieldRenderer renderer,
      Cancellation cancellation) {
    return of(
        settings,
        frame,
        plan,
        (side, place) -> {
          long begun = System.nanoTime();
          var rgb = renderer.render(side, place, cancellation);
          return new Piece(rgb, (System.nanoTime() - begun) / 1e9);
        });
  }

  /**
   * Encodes pieces.
   *
   * @param maker renders them, with a clock that knows what of the time was the work itself
   */
  public static ExportEstimate of(
      ExportSettings settings, Frame frame, PyramidPlan plan, Maker maker) {
    double least = Double.MAX_VALUE;
    double most = 0;
    double bytes = 0;
    double pixels = 0;
    var whole = frame.rectangle();
    int height = Math.min(SIDE, whole.height());
    int width = Math.min(SIDE, whole.width());
    for (int i = 0; i < PLACES.length; i++) {
      var place =
          new Rectangle(
              whole.row() + (int) ((whole.height() - height) * PLACES[i][0]),
              whole.column() + (int) ((whole.width() - width) * PLACES[i][1]),
              height,
              width);
      var piece = maker.make(frame.imageSide(), place);
      if (i > 0) {
        least = Math.min(least, piece.seconds());
        most = Math.max(most, piece.seconds());
        bytes += PictureExport.sampleBytes(settings.sample(), piece.rgb());
        pixels += (double) height * width;
      }
    }
    double tiles = (double) plan.pixels() / ((double) height * width);
    double share = settings.format() == ExportFormat.BIGTIFF ? PREDICTOR : 1;
    return new ExportEstimate(
        least * tiles,
        most * tiles,
        Math.round(share * bytes / pixels * plan.pixels()) + ReducedLevels.bytes(plan));
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
