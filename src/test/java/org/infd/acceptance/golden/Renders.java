package org.infd.acceptance.golden;

import java.util.ArrayList;
import java.util.Map;
import org.infd.acceptance.golden.GoldenModel.Axis;
import org.infd.inference.bundle.Manifest.RendererKind;
import org.infd.inference.field.OfficialRendering;
import org.infd.inference.field.Rectangle;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.Device;
import org.infd.inference.tensor.Tensor;

/** The ways to render φ (n, features, height, width) to colours (n, 3, h, w). */
final class Renders {
  /** The most values of one layer that a picture with live norms may have. */
  private static final long LARGEST_LAYER = 1L << 27;

  private static final int STRIP = 64;

  private final GoldenModel model;

  Renders(GoldenModel model) {
    this.model = model;
  }

  boolean fixed() {
    return model.manifest().renderer().kind() == RendererKind.FIXED;
  }

  private boolean hasNorms() {
    return model.manifest().renderer().hasNorms();
  }

  /** The whole image at once. */
  Tensor whole(Tensor phi, int side) {
    if (fixed()) {
      return atOwnSize(phi, side);
    }
    if (hasNorms()) {
      long layer = Math.max(model.manifest().renderer().hiddenChannels(), 1) * (long) side * side;
      if (layer > LARGEST_LAYER) {
        throw new IllegalArgumentException(side + " pixels at once are too large here");
      }
      return model.colours(phi, side, Rectangle.whole(side));
    }
    return cut(phi, side, Rectangle.whole(side));
  }

  private Tensor atOwnSize(Tensor phi, int side) {
    if (side != phi.extent(2)) {
      throw new IllegalArgumentException("the fixed tail renders " + phi.extent(2) + " pixels");
    }
    return model.run("render_fixed", Map.of("phi", phi));
  }

  /** A rectangle as a picture of its own. */
  Tensor alone(Tensor phi, int side, Rectangle rectangle) {
    if (fixed()) {
      return part(atOwnSize(phi, side), rectangle);
    }
    return model.colours(phi, side, rectangle);
  }

  /** A rectangle of the whole image. */
  Tensor cut(Tensor phi, int side, Rectangle rectangle) {
    if (fixed() || hasNorms()) {
      return part(whole(phi, side), rectangle);
    }
    // without norms a pixel depends on its neighbourhood only
    var strips = new ArrayList<Tensor>();
    for (int row = rectangle.row(); row < rectangle.rowEnd(); row += STRIP) {
      int height = Math.min(STRIP, rectangle.rowEnd() - row);
      var strip = new Rectangle(row, rectangle.column(), height, rectangle.width());
      var grown = strip.grown(model.manifest().renderer().receptiveRadius(), side);
      var inner =
          new Rectangle(
              strip.row() - grown.row(),
              strip.column() - grown.column(),
              strip.height(),
              strip.width());
      strips.add(part(model.colours(phi, side, grown), inner));
    }
    var whole = Tensor.zeros(phi.extent(0), 3, rectangle.height(), rectangle.width());
    int width = rectangle.width();
    for (int plane = 0; plane < whole.extent(0) * 3; plane++) {
      int row = 0;
      for (var strip : strips) {
        int count = strip.extent(2) * width;
        whole
            .data()
            .put((plane * rectangle.height() + row) * width, strip.data(), plane * count, count);
        row += strip.extent(2);
      }
    }
    return whole;
  }

  /** The official patchwise rendering. */
  Tensor patchwise(Tensor phi, int side, int patch, int padding) {
    var items = new ArrayList<Tensor>();
    for (int item = 0; item < phi.extent(0); item++) {
      try (var official =
          OfficialRendering.open(model.bundle(), Device.cpu(), phi.slice(item, item + 1))) {
        items.add(official.patchwise(side, patch, padding, Cancellation.never()));
      }
    }
    return GoldenModel.stack(items);
  }

  /** Any axes. */
  Tensor axes(Tensor phi, Axis rows, Axis columns) {
    return model.colours(phi, rows, columns);
  }

  /** Rows and columns of pictures (n, 3, h, w). */
  static Tensor part(Tensor picture, Rectangle rectangle) {
    int height = rectangle.height();
    int width = rectangle.width();
    if (rectangle.rowEnd() > picture.extent(2) || rectangle.columnEnd() > picture.extent(3)) {
      throw new IllegalArgumentException(rectangle + " is not inside " + picture);
    }
    var inner = Tensor.zeros(picture.extent(0), picture.extent(1), height, width);
    for (int plane = 0; plane < picture.extent(0) * picture.extent(1); plane++) {
      for (int y = 0; y < height; y++) {
        int from =
            (plane * picture.extent(2) + y + rectangle.row()) * picture.extent(3)
                + rectangle.column();
        inner.data().put((plane * height + y) * width, picture.data(), from, width);
      }
    }
    return inner;
  }
}
