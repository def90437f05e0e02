package org.infd.app.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.infd.inference.export.Frame;
import org.infd.inference.export.PictureExport;
import org.infd.inference.field.Rectangle;
import org.infd.inference.tensor.Tensor;

/** Finds out what an export costs by making a few pieces of it. */
final class ExportProbe {
  /** As large as the tiles of an export. */
  private static final int SIDE = 256;

  /** Where the pieces lie, in parts of the picture's height and width. */
  private static final double[][] PLACES = {{0.5, 0.5}, {0.2, 0.3}, {0.8, 0.7}};

  private ExportProbe() {}

  /**
   * A piece of the picture.
   *
   * @param rgb its colours
   * @param nanos how long it took
   */
  record Piece(Tensor rgb, long nanos) {}

  /**
   * The cost of an export. The quickest piece counts: others may have paid for what is done once.
   *
   * @param render makes a piece
   */
  static ExportCost cost(
      Frame frame, PictureExport.Encoding encoding, Function<Rectangle, Piece> render) {
    double perPixel = Double.MAX_VALUE;
    double bytes = 0;
    double pixels = 0;
    double encodingPerPixel = Double.MAX_VALUE;
    for (var rectangle : places(frame)) {
      var piece = render.apply(rectangle);
      double size = (double) rectangle.height() * rectangle.width();
      perPixel = Math.min(perPixel, piece.nanos() / size);
      long begun = System.nanoTime();
      bytes += PictureExport.sampleBytes(encoding, piece.rgb());
      encodingPerPixel = Math.min(encodingPerPixel, (System.nanoTime() - begun) / size);
      pixels += size;
    }
    // one band is encoded while the next is rendered
    double nanos = Math.max(perPixel, encodingPerPixel) * frame.pixels();
    return new ExportCost(nanos / 1e9, Math.round(bytes / pixels * frame.pixels()));
  }

  /** Different places, at least one. */
  static List<Rectangle> places(Frame frame) {
    var whole = frame.rectangle();
    int height = Math.min(SIDE, whole.height());
    int width = Math.min(SIDE, whole.width());
    var places = new ArrayList<Rectangle>();
    for (var place : PLACES) {
      var rectangle =
          new Rectangle(
              whole.row() + (int) ((whole.height() - height) * place[0]),
              whole.column() + (int) ((whole.width() - width) * place[1]),
              height,
              width);
      if (!places.contains(rectangle)) {
        places.add(rectangle);
      }
    }
    return places;
  }
}
