package org.infd.inference.generation;

import org.infd.inference.field.Rectangle;
import org.infd.inference.tensor.Tensor;

/**
 * How a redone region lies over a picture. A layer covers a box of latent cells and a margin around
 * it: outside the margin the feature map is the old one bit for bit, inside the box the new one,
 * and in the margin one becomes the other.
 */
final class FieldLayers {
  /** The margin in latent cells. */
  static final int MARGIN = 2;

  private FieldLayers() {}

  /**
   * The latent cells that a layer covers.
   *
   * @param row the upper edge of the box, 0 to 1
   * @param column its left edge
   * @param rowEnd its lower edge
   * @param columnEnd its right edge
   */
  static Rectangle mask(
      double row, double column, double rowEnd, double columnEnd, int height, int width) {
    int top = (int) Math.floor(row * height);
    int left = (int) Math.floor(column * width);
    int bottom = (int) Math.ceil(rowEnd * height);
    int right = (int) Math.ceil(columnEnd * width);
    top = Math.max(0, top - MARGIN);
    left = Math.max(0, left - MARGIN);
    return new Rectangle(
        top, left, Math.min(height, bottom + MARGIN) - top, Math.min(width, right + MARGIN) - left);
  }

  /** Whether a mask lies in a latent of these extents. */
  static boolean fits(Rectangle mask, int height, int width) {
    return mask.rowEnd() <= height && mask.columnEnd() <= width;
  }

  /**
   * Lays a feature map over another.
   *
   * @param below (1, F, H, W), changed
   * @param above the same extents
   * @param mask the covered latent cells
   * @param rows the height of the latent
   * @param columns its width
   */
  static void lay(Tensor below, Tensor above, Rectangle mask, int rows, int columns) {
    int height = below.extent(2);
    int width = below.extent(3);
    var down = weights(mask.row(), mask.rowEnd(), rows, height);
    var across = weights(mask.column(), mask.columnEnd(), columns, width);
    for (int channel = 0; channel < below.extent(1); channel++) {
      for (int r = 0; r < height; r++) {
        for (int c = 0; c < width; c++) {
          float weight = down[r] * across[c];
          if (weight > 0) {
            int at = (channel * height + r) * width + c;
            float old = below.get(at);
            below.set(at, weight == 1 ? above.get(at) : old + weight * (above.get(at) - old));
          }
        }
      }
    }
  }

  /** Along one axis: 0 outside, 1 inside, a smooth step over the margin; none at the border. */
  private static float[] weights(int from, int to, int latent, int cells) {
    int scale = Math.max(1, cells / latent);
    float ramp = (float) MARGIN * scale;
    var weights = new float[cells];
    for (int i = from * scale; i < Math.min(cells, to * scale); i++) {
      float before = from == 0 ? 1 : (i + 0.5f - from * scale) / ramp;
      float after = to == latent ? 1 : (to * scale - i - 0.5f) / ramp;
      float t = Math.min(1, Math.min(before, after));
      weights[i] = t * t * (3 - 2 * t);
    }
    return weights;
  }

  /**
   * The latent of a picture with all of its layers.
   *
   * @return (1, C, H, W), a copy
   */
  static Tensor latent(FieldImage image) {
    var base = image.base().z();
    var values = base.toArray();
    int height = base.extent(2);
    int width = base.extent(3);
    for (var layer : image.layers()) {
      var mask = layer.mask();
      for (int i = 0; mask != null && i < values.length; i++) {
        if (covers(mask, i / width % height, i % width)) {
          values[i] = layer.z().get(i);
        }
      }
    }
    return Tensor.of(values, base.shape());
  }

  private static boolean covers(Rectangle mask, int row, int column) {
    return row >= mask.row()
        && row < mask.rowEnd()
        && column >= mask.column()
        && column < mask.columnEnd();
  }

  /** Which values of a latent lie outside a mask, row-major. */
  static boolean[] outside(Rectangle mask, Tensor latent) {
    int height = latent.extent(2);
    int width = latent.extent(3);
    var outside = new boolean[latent.elements()];
    for (int i = 0; i < outside.length; i++) {
      outside[i] = !covers(mask, i / width % height, i % width);
    }
    return outside;
  }
}
