package org.infd.inference.field;

import org.infd.inference.Problem;
import org.infd.inference.bundle.Manifest;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.tensor.Tensor;

/**
 * The picture of a model whose renderer has one resolution, at every size that a viewer asks for:
 * its own pixels, means of them below its side, and pixels enlarged by a cubic (Catmull and Rom,
 * 1974) above it, where there is no more detail. What a pixel is depends on the size and its place
 * alone, so tiles equal the whole. Thread-safe.
 */
public final class FixedPicture implements OpenField {
  private static final int CUBIC = 4;

  private final Tensor rgb;
  private final int side;

  /**
   * A picture.
   *
   * @param rgb (1, 3, S, S), −1 to 1; kept, not copied
   * @throws IllegalArgumentException if it is no square of three channels
   */
  public FixedPicture(Tensor rgb) {
    if (rgb.rank() != 4 || rgb.extent(1) != 3 || rgb.extent(2) != rgb.extent(3)) {
      throw new IllegalArgumentException(rgb + " is no square picture");
    }
    this.rgb = rgb;
    side = rgb.extent(2);
  }

  /** Whether a model renders at its own side only. */
  public static boolean isOf(Manifest manifest) {
    return manifest.renderer().kind() == Manifest.RendererKind.FIXED;
  }

  /**
   * Makes sure that a picture of a side has detail of its own in this model.
   *
   * @param imageSide of the whole image in pixels
   * @throws Problem if the model renders at one side only, which is smaller
   */
  public static void requireSide(Manifest manifest, int imageSide) {
    int own = manifest.featureMap().height();
    if (isOf(manifest) && imageSide > own) {
      throw new Problem(
          "The model '"
              + manifest.name()
              + "' has a decoder of one resolution: it draws "
              + own
              + "×"
              + own
              + " pixels, and "
              + imageSide
              + " would be no more than these enlarged. Ask for "
              + own
              + " or fewer, or give the model an INFD decoder ('infd compose').");
    }
  }

  @Override
  public Tensor render(int imageSide, Rectangle rectangle, Cancellation cancellation) {
    if (imageSide < 1 || imageSide > LARGEST_SIDE || !rectangle.fits(imageSide)) {
      throw new IllegalArgumentException(rectangle + " in an image of side " + imageSide);
    }
    cancellation.throwIfCancelled();
    var rows = Taps.of(imageSide, side, rectangle.row(), rectangle.height());
    var columns = Taps.of(imageSide, side, rectangle.column(), rectangle.width());
    int height = rectangle.height();
    int width = rectangle.width();
    var colours = new float[3 * height * width];
    var line = new float[width];
    for (int channel = 0; channel < 3; channel++) {
      for (int r = 0; r < height; r++) {
        java.util.Arrays.fill(line, 0);
        for (int i = 0; i < rows.count[r]; i++) {
          int from = (channel * side + rows.index(r, i)) * side;
          float weight = rows.weight(r, i);
          for (int c = 0; c < width; c++) {
            float mean = 0;
            for (int j = 0; j < columns.count[c]; j++) {
              mean += columns.weight(c, j) * rgb.get(from + columns.index(c, j));
            }
            line[c] += weight * mean;
          }
        }
        System.arraycopy(line, 0, colours, (channel * height + r) * width, width);
      }
    }
    return Tensor.of(colours, 1, 3, height, width);
  }

  @Override
  public void close() {
    // nothing but memory
  }

  /** Which pixels of the picture make one of the image, along one axis. */
  private static final class Taps {
    final int[] first;
    final int[] count;
    final float[][] weights;
    private final int side;

    private Taps(int length, int side) {
      first = new int[length];
      count = new int[length];
      weights = new float[length][];
      this.side = side;
    }

    static Taps of(int imageSide, int side, int from, int length) {
      var taps = new Taps(length, side);
      for (int i = 0; i < length; i++) {
        if (imageSide == side) {
          taps.put(i, from + i, new float[] {1});
        } else if (imageSide < side) {
          taps.mean(i, (double) (from + i) * side / imageSide, (double) side / imageSide);
        } else {
          taps.cubic(i, (from + i + 0.5) * side / imageSide - 0.5);
        }
      }
      return taps;
    }

    private void put(int i, int at, float[] values) {
      first[i] = at;
      count[i] = values.length;
      weights[i] = values;
    }

    private void mean(int i, double begin, double length) {
      int last = Math.min(side - 1, (int) Math.ceil(begin + length - 1e-9) - 1);
      int at = (int) begin;
      var values = new float[last - at + 1];
      for (int k = 0; k < values.length; k++) {
        double covered = Math.min(begin + length, at + k + 1) - Math.max(begin, at + k);
        values[k] = (float) (covered / length);
      }
      put(i, at, values);
    }

    private void cubic(int i, double place) {
      int at = (int) Math.floor(place) - 1;
      double t = place - Math.floor(place);
      var values = new float[CUBIC];
      values[0] = (float) (t * (-0.5 + t * (1 - 0.5 * t)));
      values[1] = (float) (1 + t * t * (-2.5 + 1.5 * t));
      values[2] = (float) (t * (0.5 + t * (2 - 1.5 * t)));
      values[3] = (float) (t * t * (-0.5 + 0.5 * t));
      put(i, at, values);
    }

    /** Beyond the border the last pixel goes on. */
    int index(int i, int k) {
      return Math.clamp(first[i] + (long) k, 0, side - 1);
    }

    float weight(int i, int k) {
      return weights[i][k];
    }
  }
}
