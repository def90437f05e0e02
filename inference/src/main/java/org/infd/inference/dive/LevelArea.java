package org.infd.inference.dive;

import java.util.Arrays;
import org.infd.inference.field.Rectangle;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.tensor.Tensor;

/**
 * A part of the picture of a level, in whole anchor pixels, while it is put together: children are
 * added one after the other, then what they give is brought to agree with the picture above.
 */
final class LevelArea {
  private final DiveLattice lattice;
  private final int level;
  private final int ratio;
  private final int anchor;
  private final int scale;
  private final DiveRectangle anchors;
  private final AnchorGrid grid;
  private final double[][] colours;
  private final double[] weights;
  private final double[][] above;

  /**
   * @param ratio how many times finer than the picture of side N(ℓ−1), a power of two
   * @param anchor M, the anchor pixels across a square
   * @param anchors the part, in anchor pixels of the whole picture
   */
  LevelArea(DiveLattice lattice, int level, int ratio, int anchor, DiveRectangle anchors) {
    this.lattice = lattice;
    this.level = level;
    this.ratio = ratio;
    this.anchor = anchor;
    this.anchors = anchors;
    scale = ratio * (lattice.encoderSide() / anchor);
    grid = new AnchorGrid(anchors.height(), anchors.width(), scale);
    colours = new double[3][grid.height() * grid.width()];
    weights = new double[grid.height() * grid.width()];
    above = new double[3][anchors.height() * anchors.width()];
  }

  /**
   * What a rectangle depends on.
   *
   * @param side N(ℓ−1) times a power of two
   * @param rectangle pixels of the picture of that side
   */
  static LevelArea around(
      DiveLattice lattice, int anchor, int level, long side, DiveRectangle rectangle) {
    int ratio = Math.toIntExact(side / lattice.baseSide(level));
    int scale = ratio * (lattice.encoderSide() / anchor);
    long anchors = side / scale;
    long row = Math.max(0, rectangle.row() / scale - AnchorGrid.REACH);
    long column = Math.max(0, rectangle.column() / scale - AnchorGrid.REACH);
    long rowEnd = Math.min(anchors, Math.ceilDiv(rectangle.rowEnd(), scale) + AnchorGrid.REACH);
    long columnEnd =
        Math.min(anchors, Math.ceilDiv(rectangle.columnEnd(), scale) + AnchorGrid.REACH);
    return new LevelArea(
        lattice,
        level,
        ratio,
        anchor,
        new DiveRectangle(row, column, (int) (rowEnd - row), (int) (columnEnd - column)));
  }

  private int pixelsPerAnchor() {
    return lattice.encoderSide() / anchor;
  }

  /** The part in pixels of the picture of side N(ℓ−1). */
  DiveRectangle onBase() {
    return new DiveRectangle(
        anchors.row() * pixelsPerAnchor(),
        anchors.column() * pixelsPerAnchor(),
        anchors.height() * pixelsPerAnchor(),
        anchors.width() * pixelsPerAnchor());
  }

  /** Adds what a child shows here; children come in the order of {@link DiveLattice#meeting}. */
  void add(DiveChild child, Cancellation cancellation) {
    var square = lattice.square(child.key());
    var base = onBase();
    long row = Math.max(square.row(), base.row());
    long column = Math.max(square.column(), base.column());
    int height = (int) (Math.min(square.rowEnd(), base.rowEnd()) - row);
    int width = (int) (Math.min(square.columnEnd(), base.columnEnd()) - column);
    if (height <= 0 || width <= 0) {
      return;
    }
    var local =
        new Rectangle(
            (int) (row - square.row()) * ratio,
            (int) (column - square.column()) * ratio,
            height * ratio,
            width * ratio);
    var rgb = child.field().render(lattice.encoderSide() * ratio, local, cancellation);
    int toRow = (int) (row - base.row()) * ratio;
    int toColumn = (int) (column - base.column()) * ratio;
    var across = new double[local.width()];
    Arrays.setAll(across, c -> weight(child.key().column(), local.column() + c));
    for (int r = 0; r < local.height(); r++) {
      double down = weight(child.key().row(), local.row() + r);
      for (int c = 0; c < local.width(); c++) {
        double weight = down * across[c];
        int to = (toRow + r) * grid.width() + toColumn + c;
        weights[to] += weight;
        for (int channel = 0; channel < 3; channel++) {
          int from = (channel * local.height() + r) * local.width() + c;
          colours[channel][to] += weight * rgb.get(from);
        }
      }
    }
    keepAbove(child, square);
  }

  private double weight(long cell, int pixel) {
    return lattice.weight(level, cell, (pixel + 0.5) / ratio);
  }

  /** The anchors of the cells that this child owns; all children that see one agree on it. */
  private void keepAbove(DiveChild child, DiveRectangle square) {
    int size = pixelsPerAnchor();
    for (int r = 0; r < anchors.height(); r++) {
      long baseRow = (anchors.row() + r) * size;
      if (lattice.owner(level, baseRow) != child.key().row()) {
        continue;
      }
      int fromRow = (int) ((baseRow - square.row()) / size);
      for (int c = 0; c < anchors.width(); c++) {
        long baseColumn = (anchors.column() + c) * size;
        if (lattice.owner(level, baseColumn) != child.key().column()) {
          continue;
        }
        int fromColumn = (int) ((baseColumn - square.column()) / size);
        for (int channel = 0; channel < 3; channel++) {
          above[channel][r * anchors.width() + c] =
              child.anchors().get((channel * anchor + fromRow) * anchor + fromColumn);
        }
      }
    }
  }

  /**
   * What the children show, with the means of the picture above.
   *
   * @param wanted a rectangle of the whole picture, at least {@link AnchorGrid#REACH} anchor pixels
   *     within this area but at the picture's borders
   * @return RGB (1, 3, height, width)
   */
  Tensor agreed(DiveRectangle wanted) {
    var result = Tensor.zeros(1, 3, wanted.height(), wanted.width());
    int top = (int) (wanted.row() - anchors.row() * scale);
    int left = (int) (wanted.column() - anchors.column() * scale);
    for (int channel = 0; channel < 3; channel++) {
      var plane = colours[channel];
      for (int i = 0; i < plane.length; i++) {
        plane[i] /= weights[i];
      }
      agree(plane, above[channel]);
      for (int r = 0; r < wanted.height(); r++) {
        for (int c = 0; c < wanted.width(); c++) {
          result.set(
              (channel * wanted.height() + r) * wanted.width() + c,
              (float) plane[(top + r) * grid.width() + left + c]);
        }
      }
    }
    return result;
  }

  private void agree(double[] plane, double[] above) {
    var means = grid.means(plane);
    for (int i = 0; i < means.length; i++) {
      means[i] = above[i] - means[i];
    }
    var correction = grid.enlarged(means);
    boolean outside = false;
    for (int i = 0; i < plane.length; i++) {
      plane[i] += correction[i];
      outside |= Math.abs(plane[i]) > 1;
    }
    if (outside) {
      keepInside(plane, grid.enlarged(above));
    }
  }

  /**
   * Where a pixel would leave the range of colours, its whole anchor pixel goes back towards the
   * enlarged picture above by one factor, so that the mean stays and nothing is clipped.
   */
  private void keepInside(double[] plane, double[] smooth) {
    for (int r = 0; r < anchors.height(); r++) {
      for (int c = 0; c < anchors.width(); c++) {
        double gain = 1;
        for (int i = 0; i < scale * scale; i++) {
          int at = (r * scale + i / scale) * grid.width() + c * scale + i % scale;
          gain = Math.min(gain, gain(smooth[at], plane[at]));
        }
        if (gain < 1) {
          for (int i = 0; i < scale * scale; i++) {
            int at = (r * scale + i / scale) * grid.width() + c * scale + i % scale;
            plane[at] = smooth[at] + gain * (plane[at] - smooth[at]);
          }
        }
      }
    }
  }

  private static double gain(double smooth, double value) {
    double limit = value > 1 ? 1 : -1;
    if (Math.abs(value) <= 1) {
      return 1;
    }
    return Math.abs(smooth) >= 1 ? 0 : (limit - smooth) / (value - smooth);
  }
}
