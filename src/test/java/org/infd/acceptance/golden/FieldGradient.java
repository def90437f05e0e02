package org.infd.acceptance.golden;

import java.util.ArrayList;
import java.util.Map;
import org.infd.acceptance.golden.GoldenModel.Axis;
import org.infd.acceptance.golden.PictureChecks.Placed;
import org.infd.inference.tensor.Tensor;

/** Carries the cotangent of a picture back to φ and to the latent, through the bundle's graphs. */
final class FieldGradient {
  private final GoldenModel model;

  FieldGradient(GoldenModel model) {
    this.model = model;
  }

  /** The colours of a place, as the loss saw them. */
  Tensor colours(Tensor phi, Placed place) {
    var renders = new Renders(model);
    var rectangle = place.rectangle();
    if (rectangle == null) {
      return renders.axes(phi, place.rows(), place.columns());
    }
    return place.alone()
        ? renders.alone(phi, place.side(), rectangle)
        : renders.cut(phi, place.side(), rectangle);
  }

  /**
   * The cotangent of φ, item by item.
   *
   * @param gather whether by the graph that looks φ up itself
   */
  Tensor ofPhi(Tensor phi, Placed place, Tensor cotangent, boolean gather) {
    var rows = place.rows();
    var columns = place.columns();
    var weights = cotangent;
    var rectangle = place.rectangle();
    if (rectangle != null && !place.alone()) {
      // a part of the whole image: nothing is asked of the rest
      rows = Axis.of(place.side(), 0, place.side());
      columns = rows;
      weights = Tensor.zeros(cotangent.extent(0), 3, place.side(), place.side());
      for (int plane = 0; plane < cotangent.extent(0) * 3; plane++) {
        for (int y = 0; y < rectangle.height(); y++) {
          int to = (plane * place.side() + rectangle.row() + y) * place.side() + rectangle.column();
          int from = (plane * rectangle.height() + y) * rectangle.width();
          weights.data().put(to, cotangent.data(), from, rectangle.width());
        }
      }
    }
    var back = new ArrayList<Tensor>();
    for (int item = 0; item < phi.extent(0); item++) {
      var one = phi.slice(item, item + 1);
      var w = weights.slice(item, item + 1);
      back.add(gather ? gathered(one, rows, columns, w) : looked(one, rows, columns, w));
    }
    return GoldenModel.stack(back);
  }

  private Tensor looked(Tensor phi, Axis rows, Axis columns, Tensor w) {
    var query = GoldenModel.query(phi, rows, columns);
    var back = model.run("render_live_vjp", Map.of("query", query, "d_rgb", w));
    var sums = Tensor.zeros(phi.shape());
    int height = rows.centres().size();
    int width = columns.centres().size();
    for (int c = 0; c < phi.extent(1); c++) {
      for (int y = 0; y < height; y++) {
        int row = GoldenModel.nearest(rows.centres().get(y), phi.extent(2));
        for (int x = 0; x < width; x++) {
          int column = GoldenModel.nearest(columns.centres().get(x), phi.extent(3));
          int at = (c * phi.extent(2) + row) * phi.extent(3) + column;
          sums.set(at, sums.get(at) + back.get((c * height + y) * width + x));
        }
      }
    }
    return sums;
  }

  private Tensor gathered(Tensor phi, Axis rows, Axis columns, Tensor w) {
    return model.run(
        "render_live_gather_vjp",
        Map.of(
            "phi_window", phi,
            "row", rows.cells(phi.extent(2)),
            "column", columns.cells(phi.extent(3)),
            "relative_row", rows.relatives(phi.extent(2)),
            "relative_column", columns.relatives(phi.extent(3)),
            "cell",
                Tensor.of(
                    new float[] {rows.cell() * phi.extent(2), columns.cell() * phi.extent(3)}, 2),
            "d_rgb", w));
  }
}
