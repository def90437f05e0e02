package org.infd.inference.generation;

import java.util.Arrays;
import org.infd.inference.tensor.LeastSquares;
import org.infd.inference.tensor.Tensor;

/**
 * A cheap preview of a latent: each of its cells becomes one pixel by a linear map of its values to
 * colour, fitted to a finished picture. Costs next to nothing beside a sampling step, and shows
 * where things are and in which colours, not what they are made of. Immutable.
 */
public final class LatentPreview {
  private static final int COLOURS = 3;

  /** Keeps the fit calm where a picture says little about a channel, in units of a cell. */
  private static final double RIDGE = 1e-3;

  private final int channels;

  /** Per colour: one weight for each channel, then the constant. */
  private final double[][] weights;

  private LatentPreview(int channels, double[][] weights) {
    this.channels = channels;
    this.weights = weights;
  }

  /**
   * The map to use before the first fit: the first three channels as red, green and blue, one unit
   * being a quarter of the range. A latent of fewer channels repeats its last.
   *
   * @param channels the channels of the latent, at least 1
   */
  public static LatentPreview unfitted(int channels) {
    if (channels < 1) {
      throw new IllegalArgumentException("channels: " + channels);
    }
    var weights = new double[COLOURS][channels + 1];
    for (int colour = 0; colour < COLOURS; colour++) {
      weights[colour][Math.min(colour, channels - 1)] = 0.5;
    }
    return new LatentPreview(channels, weights);
  }

  /**
   * The map fitted by least squares to a finished picture.
   *
   * @param z its latent, (1, C, h, w)
   * @param rgb the picture, (1, 3, H, W) in [−1, 1], H and W multiples of h and w
   */
  public static LatentPreview fit(Tensor z, Tensor rgb) {
    int channels = z.extent(1);
    int cells = z.extent(2) * z.extent(3);
    double[] colours = cellColours(z, rgb);
    var fit = new LeastSquares(channels + 1, COLOURS);
    var row = new double[channels + 1];
    var values = new double[COLOURS];
    row[channels] = 1;
    for (int cell = 0; cell < cells; cell++) {
      for (int c = 0; c < channels; c++) {
        row[c] = z.get(c * cells + cell);
      }
      for (int colour = 0; colour < COLOURS; colour++) {
        values[colour] = colours[colour * cells + cell];
      }
      fit.add(row, values);
    }
    var weights = fit.solve(RIDGE);
    return new LatentPreview(channels, weights);
  }

  /**
   * A map from the numbers of {@link #coefficients}.
   *
   * @throws IllegalArgumentException if they are not those of a map, or not finite
   */
  public static LatentPreview of(double[] coefficients) {
    int unknowns = coefficients.length / COLOURS;
    if (unknowns < 2
        || unknowns * COLOURS != coefficients.length
        || !Arrays.stream(coefficients).allMatch(Double::isFinite)) {
      throw new IllegalArgumentException("no colour map: " + coefficients.length + " numbers");
    }
    var weights = new double[COLOURS][];
    for (int colour = 0; colour < COLOURS; colour++) {
      weights[colour] =
          Arrays.copyOfRange(coefficients, colour * unknowns, (colour + 1) * unknowns);
    }
    return new LatentPreview(unknowns - 1, weights);
  }

  /** The numbers of the map, to be kept for the next start: 3·(C + 1), colour by colour. A copy. */
  public double[] coefficients() {
    return Arrays.stream(weights).flatMapToDouble(Arrays::stream).toArray();
  }

  /** The channels of the latents that this map takes. */
  public int channels() {
    return channels;
  }

  /**
   * The picture of a latent, one pixel per cell.
   *
   * @param z (1, C, h, w); values that are not finite show as mid-grey
   * @return h·w opaque pixels 0xFFRRGGBB, row by row
   */
  public int[] argb(Tensor z) {
    if (z.extent(1) != channels) {
      throw new IllegalArgumentException(z + " for a map of " + channels + " channels");
    }
    int cells = z.extent(2) * z.extent(3);
    var pixels = new int[cells];
    for (int cell = 0; cell < cells; cell++) {
      int pixel = 0xFF;
      for (double[] weight : weights) {
        double value = weight[channels];
        for (int c = 0; c < channels; c++) {
          value += weight[c] * z.get(c * cells + cell);
        }
        pixel = pixel << 8 | toByte(value);
      }
      pixels[cell] = pixel;
    }
    return pixels;
  }

  /** The official conversion: clamp, then truncate (docs/spec/infd-model.md 4). */
  private static int toByte(double value) {
    double clamped = Double.isNaN(value) ? 0.5 : Math.clamp(0.5 * value + 0.5, 0, 1);
    return (int) (255 * clamped);
  }

  /** The mean colour of the pixels of each cell, (3, h, w). */
  private static double[] cellColours(Tensor z, Tensor rgb) {
    int h = z.extent(2);
    int w = z.extent(3);
    int height = rgb.extent(2);
    int width = rgb.extent(3);
    if (rgb.extent(1) != COLOURS || height % h != 0 || width % w != 0 || z.extent(0) != 1) {
      throw new IllegalArgumentException("the picture " + rgb + " does not lie over " + z);
    }
    int tall = height / h;
    int wide = width / w;
    var colours = new double[COLOURS * h * w];
    for (int colour = 0; colour < COLOURS; colour++) {
      for (int row = 0; row < height; row++) {
        for (int column = 0; column < width; column++) {
          colours[(colour * h + row / tall) * w + column / wide] +=
              rgb.get((colour * height + row) * width + column) / (double) (tall * wide);
        }
      }
    }
    return colours;
  }
}
