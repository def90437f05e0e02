package org.infd.inference.guidance;

import java.util.Arrays;
import org.infd.inference.tensor.LeastSquares;
import org.infd.inference.tensor.Tensor;

/**
 * A small picture of a latent by a linear map, fitted to one that decoder and renderer made: each
 * cell and the eight around it give a square of pixels. A decoder is nearly linear at the size of
 * its cells, so this shows what is where and its gradient points where the true one does, at a
 * hundredth of its cost. Cells beyond the edge repeat the edge. Immutable.
 */
public final class LinearPicture {
  private static final int COLOURS = 3;
  private static final int REACH = 1;
  private static final int AROUND = (2 * REACH + 1) * (2 * REACH + 1);
  private static final double RIDGE = 1e-3;

  private final int channels;
  private final int factor;

  /** [colour, row and column in the square] of [channel, row and column around the cell], 1. */
  private final float[][] weights;

  private LinearPicture(int channels, int factor, float[][] weights) {
    this.channels = channels;
    this.factor = factor;
    this.weights = weights;
  }

  /**
   * The map fitted to a finished picture.
   *
   * @param z its latent (1, C, h, w)
   * @param rgb the picture (1, 3, f·h, f·w), f being the pixels of a cell
   */
  public static LinearPicture fit(Tensor z, Tensor rgb) {
    int rows = z.extent(2);
    int columns = z.extent(3);
    int factor = rgb.extent(2) / rows;
    if (factor < 1
        || rgb.extent(1) != COLOURS
        || rgb.extent(2) != factor * rows
        || rgb.extent(3) != factor * columns) {
      throw new IllegalArgumentException("the picture " + rgb + " does not lie over " + z);
    }
    int channels = z.extent(1);
    var fit = new LeastSquares(channels * AROUND + 1, COLOURS * factor * factor);
    var latent = z.toArray();
    var colours = rgb.toArray();
    var around = new double[channels * AROUND + 1];
    around[channels * AROUND] = 1;
    var values = new double[COLOURS * factor * factor];
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        for (int i = 0; i < channels * AROUND; i++) {
          around[i] = latent[at(i, row, column, rows, columns)];
        }
        for (int i = 0; i < values.length; i++) {
          values[i] = colours[pixel(i, row, column, rows, columns, factor)];
        }
        fit.add(around, values);
      }
    }
    var solved = fit.solve(RIDGE);
    var weights = new float[solved.length][solved[0].length];
    for (int i = 0; i < weights.length; i++) {
      for (int j = 0; j < weights[i].length; j++) {
        weights[i][j] = (float) solved[i][j];
      }
    }
    return new LinearPicture(channels, factor, weights);
  }

  /** The pixels of a cell. */
  int factor() {
    return factor;
  }

  /** Where the latent has the i-th number around a cell. */
  private static int at(int i, int row, int column, int rows, int columns) {
    int place = i % AROUND;
    int r = Math.clamp(row + place / (2 * REACH + 1) - REACH, 0, rows - 1);
    int c = Math.clamp(column + place % (2 * REACH + 1) - REACH, 0, columns - 1);
    return (i / AROUND * rows + r) * columns + c;
  }

  /** Where the picture has the i-th value of a cell's square. */
  private static int pixel(int i, int row, int column, int rows, int columns, int factor) {
    int place = i % (factor * factor);
    int r = row * factor + place / factor;
    int c = column * factor + place % factor;
    return (i / (factor * factor) * rows * factor + r) * columns * factor + c;
  }

  /**
   * The picture of a latent.
   *
   * @param z (1, C, h, w)
   * @return (1, 3, f·h, f·w), not clamped
   */
  public Tensor picture(Tensor z) {
    int rows = z.extent(2);
    int columns = z.extent(3);
    var latent = z.toArray();
    var rgb = new float[COLOURS * factor * factor * rows * columns];
    var around = new float[channels * AROUND];
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        for (int i = 0; i < around.length; i++) {
          around[i] = latent[at(i, row, column, rows, columns)];
        }
        for (int i = 0; i < weights.length; i++) {
          var weight = weights[i];
          float sum = weight[around.length];
          for (int j = 0; j < around.length; j++) {
            sum += weight[j] * around[j];
          }
          rgb[pixel(i, row, column, rows, columns, factor)] = sum;
        }
      }
    }
    return Tensor.of(rgb, 1, COLOURS, (long) rows * factor, (long) columns * factor);
  }

  /**
   * The cotangent of the latent from that of its picture.
   *
   * @param cotangent of the picture, row-major (3, f·h, f·w)
   * @param shape (1, C, h, w)
   */
  public Tensor back(float[] cotangent, long[] shape) {
    int rows = (int) shape[2];
    int columns = (int) shape[3];
    var latent = new float[channels * rows * columns];
    var around = new float[channels * AROUND];
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        Arrays.fill(around, 0);
        for (int i = 0; i < weights.length; i++) {
          float value = cotangent[pixel(i, row, column, rows, columns, factor)];
          if (value != 0) {
            var weight = weights[i];
            for (int j = 0; j < around.length; j++) {
              around[j] += value * weight[j];
            }
          }
        }
        for (int i = 0; i < around.length; i++) {
          latent[at(i, row, column, rows, columns)] += around[i];
        }
      }
    }
    return Tensor.of(latent, shape);
  }
}
