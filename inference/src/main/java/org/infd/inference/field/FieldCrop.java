package org.infd.inference.field;

import org.infd.inference.tensor.Tensor;

/**
 * A square part of the field rendered as a picture of its own, and the VJP from the colours to the
 * feature map. Below the scale that the renderer was trained on it would alias: there it is
 * rendered larger by a power of two and averaged, as in finished pictures. Immutable.
 */
public final class FieldCrop {
  private final PixelAxis rows;
  private final PixelAxis columns;
  private final int side;
  private final int factor;

  private FieldCrop(PixelAxis rows, PixelAxis columns, int side, int factor) {
    this.rows = rows;
    this.columns = columns;
    this.side = side;
    this.factor = factor;
  }

  /**
   * A crop.
   *
   * @param row the upper edge, from 0, in units of the image's side
   * @param column the left edge
   * @param size the side in the same units; the crop ends inside the image
   * @param side the side of the picture in pixels
   * @param smallestSide the least side of a whole image at which the renderer does not alias
   * @param phi the feature map (1, F, H, W), for its extents
   */
  public static FieldCrop of(
      double row, double column, double size, int side, int smallestSide, Tensor phi) {
    int pixels = renderedSide(size, side, smallestSide);
    return new FieldCrop(
        axis(row, size, pixels, phi.extent(2)),
        axis(column, size, pixels, phi.extent(3)),
        side,
        pixels / side);
  }

  /**
   * The side in pixels at which a crop is rendered, which is what it costs.
   *
   * @param size the side of the crop in units of the image's side
   * @param side the side of the picture in pixels
   * @param smallestSide the least side of a whole image at which the renderer does not alias
   */
  public static int renderedSide(double size, int side, int smallestSide) {
    int factor = 1;
    while (side / size * factor < smallestSide) {
      factor *= 2;
    }
    return side * factor;
  }

  private static PixelAxis axis(double from, double size, int pixels, int cells) {
    double low = Math.max(-1, 2 * from - 1);
    return PixelAxis.official(low, Math.min(1, 2 * (from + size) - 1), pixels, cells);
  }

  /** The input of {@code render_live}, (1, F + 4, h, h), h being a multiple of the side. */
  public Tensor query(Tensor phi) {
    return new RenderInputs(phi).query(rows, columns);
  }

  /**
   * The picture from the rendered colours.
   *
   * @param rgb (1, 3, h, h)
   * @param crops takes it, (n, 3, side, side)
   * @param item which one of n
   */
  public void average(Tensor rgb, Tensor crops, int item) {
    int wide = side * factor;
    float share = 1f / ((float) factor * factor);
    var from = rgb.toArray();
    int position = item * 3 * side * side;
    for (int channel = 0; channel < 3; channel++) {
      for (int r = 0; r < side; r++) {
        for (int c = 0; c < side; c++) {
          float sum = 0;
          for (int i = 0; i < factor; i++) {
            int at = (channel * wide + r * factor + i) * wide + c * factor;
            for (int j = 0; j < factor; j++) {
              sum += from[at + j];
            }
          }
          crops.set(position++, sum * share);
        }
      }
    }
  }

  /**
   * The cotangent of the rendered colours from that of the picture.
   *
   * @param crops cotangents of pictures, (n, 3, side, side)
   * @param item which one of n
   * @return (1, 3, h, h)
   */
  public Tensor spread(Tensor crops, int item) {
    int wide = side * factor;
    float share = 1f / ((float) factor * factor);
    var rgb = new float[3 * wide * wide];
    int first = item * 3 * side * side;
    for (int i = 0; i < rgb.length; i++) {
      int channel = i / (wide * wide);
      int r = i / wide % wide / factor;
      int c = i % wide / factor;
      rgb[i] = share * crops.get(first + (channel * side + r) * side + c);
    }
    return Tensor.of(rgb, 1, 3, wide, wide);
  }

  /**
   * Adds the cotangent of a query's features to that of the feature map, pixel by pixel in a fixed
   * order, so that the sum is the same in every run.
   *
   * @param query (1, F, h, h)
   * @param phi takes the sums, row-major (1, F, H, W)
   * @param cellRows H
   * @param cellColumns W
   */
  public void scatter(Tensor query, float[] phi, int cellRows, int cellColumns) {
    int height = rows.count();
    int width = columns.count();
    var line = new float[width];
    var from = query.data();
    int position = 0;
    for (int channel = 0; channel < query.extent(1); channel++) {
      for (int r = 0; r < height; r++) {
        from.get(position, line);
        position += width;
        int row = (channel * cellRows + rows.nearest(r)) * cellColumns;
        for (int c = 0; c < width; c++) {
          phi[row + columns.nearest(c)] += line[c];
        }
      }
    }
  }
}
