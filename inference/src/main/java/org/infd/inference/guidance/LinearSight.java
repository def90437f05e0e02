package org.infd.inference.guidance;

import org.infd.inference.guidance.BoxCrops.Square;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.tensor.Tensor;

/**
 * Crops of the small picture that a linear map makes of the latent, each pixel of CLIP's the mean
 * of those around its middle, weighted by their nearness within one pixel of the coarser of both.
 */
final class LinearSight implements Sight {
  private static final int COLOURS = 3;

  /** The least pixels of a small picture for each that CLIP takes of a box. */
  private static final double LEAST_SHOWN = 0.25;

  private final LinearPicture map;
  private final Tensor z;
  private final int height;
  private final int width;
  private final float[] picture;
  private final int side;

  LinearSight(LinearPicture map, Tensor z, int side) {
    this.map = map;
    this.z = z;
    this.side = side;
    var shown = map.picture(z);
    this.height = shown.extent(2);
    this.width = shown.extent(3);
    this.picture = shown.toArray();
  }

  /**
   * Whether a small picture shows so much of a box that CLIP can tell what it is.
   *
   * @param pictureSide the side of the small picture in pixels
   * @param side the side of CLIP's input
   */
  static boolean shows(LayoutBox box, int pictureSide, int side) {
    return BoxCrops.of(box).getFirst().size() * pictureSide >= LEAST_SHOWN * side;
  }

  /** Where the pixels of one axis of a crop come from. */
  private static final class Axis {
    /** Per pixel the first place. */
    final int[] first;

    /** Per pixel the weights of the places from there on, of sum 1. */
    final float[][] weights;

    Axis(double from, double size, int side, int places) {
      first = new int[side];
      weights = new float[side][];
      double step = size * places / side;
      double reach = Math.max(1, step);
      for (int i = 0; i < side; i++) {
        double middle = from * places + (i + 0.5) * step;
        int low = Math.clamp((int) Math.ceil(middle - reach - 0.5), 0, places - 1);
        int high = Math.clamp((int) Math.floor(middle + reach - 0.5), low, places - 1);
        first[i] = low;
        weights[i] = near(middle, reach, low, high);
      }
    }

    private static float[] near(double middle, double reach, int low, int high) {
      var near = new float[high - low + 1];
      double sum = 0;
      for (int k = 0; k < near.length; k++) {
        near[k] = (float) Math.max(1e-6, 1 - Math.abs(low + k + 0.5 - middle) / reach);
        sum += near[k];
      }
      for (int k = 0; k < near.length; k++) {
        near[k] /= (float) sum;
      }
      return near;
    }
  }

  @Override
  public int elements() {
    return picture.length;
  }

  @Override
  public void show(Square square, Tensor crops, int item, Cancellation cancellation) {
    var rows = new Axis(square.row(), square.size(), side, height);
    var columns = new Axis(square.column(), square.size(), side, width);
    int position = item * COLOURS * side * side;
    for (int colour = 0; colour < COLOURS; colour++) {
      for (int r = 0; r < side; r++) {
        var down = rows.weights[r];
        for (int c = 0; c < side; c++) {
          var along = columns.weights[c];
          float sum = 0;
          for (int i = 0; i < down.length; i++) {
            int at = (colour * height + rows.first[r] + i) * width + columns.first[c];
            float line = 0;
            for (int j = 0; j < along.length; j++) {
              line += along[j] * picture[at + j];
            }
            sum += down[i] * line;
          }
          crops.set(position++, sum);
        }
      }
    }
  }

  @Override
  public void back(Square square, Tensor crops, int item, float[] sum, Cancellation cancellation) {
    var rows = new Axis(square.row(), square.size(), side, height);
    var columns = new Axis(square.column(), square.size(), side, width);
    int position = item * COLOURS * side * side;
    for (int colour = 0; colour < COLOURS; colour++) {
      for (int r = 0; r < side; r++) {
        var down = rows.weights[r];
        for (int c = 0; c < side; c++) {
          var along = columns.weights[c];
          float value = crops.get(position++);
          for (int i = 0; i < down.length; i++) {
            int at = (colour * height + rows.first[r] + i) * width + columns.first[c];
            for (int j = 0; j < along.length; j++) {
              sum[at + j] += down[i] * along[j] * value;
            }
          }
        }
      }
    }
  }

  @Override
  public Tensor toLatent(float[] sum, Cancellation cancellation) {
    return map.back(sum, z.shape());
  }
}
