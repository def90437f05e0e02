package org.infd.inference.generation;

import java.awt.image.BufferedImage;
import java.util.Optional;
import org.infd.inference.field.FieldRenderer;
import org.infd.inference.field.Rectangle;
import org.infd.inference.photo.DecodedPicture;
import org.infd.inference.tensor.Tensor;

/**
 * A picture of pixels, upright and opaque. Squares of it are taken at any size: made smaller, every
 * pixel is the mean of the light of the area that it covers (in linear light, not in display
 * values, so that fine bright detail does not darken); made larger, it is interpolated linearly.
 * Transparency lies over white. Immutable.
 */
public final class Photo {
  private static final int CHANNELS = 3;

  /** The screen cuts values off: half a step more is rounding. */
  private static final double HALF_STEP = 0.5 / 255;

  /** Linear light of each display value (IEC 61966-2-1). */
  private static final float[] LIGHT = light();

  private final String name;
  private final String sha256;
  private final int width;
  private final int height;

  /** 0xRRGGBB, row by row. */
  private final int[] pixels;

  private final int reduction;
  private final Optional<String> note;

  private Photo(String name, String sha256, DecodedPicture picture) {
    this.name = name;
    this.sha256 = sha256;
    width = picture.width();
    height = picture.height();
    pixels = picture.rgb();
    reduction = picture.reduction();
    note = picture.note();
  }

  /**
   * A photo.
   *
   * @param name the name of its file, without folders
   * @param sha256 the hash of its file
   */
  public static Photo of(String name, String sha256, DecodedPicture picture) {
    return new Photo(name, sha256, picture);
  }

  /**
   * A photo that is in memory.
   *
   * @param name what it is called
   * @param sha256 the hash of what it was made from
   */
  public static Photo of(String name, String sha256, BufferedImage picture) {
    return new Photo(name, sha256, DecodedPicture.of(picture));
  }

  /**
   * The same pixels under the name and hash of the file that they were first.
   *
   * @param newName the name of that file, without folders
   * @param newSha256 the hash of that file
   */
  public Photo as(String newName, String newSha256) {
    return new Photo(
        newName, newSha256, new DecodedPicture(width, height, pixels, reduction, note));
  }

  private static float[] light() {
    var light = new float[256];
    for (int i = 0; i < light.length; i++) {
      double v = i / 255.0;
      light[i] = (float) (v <= 0.04045 ? v / 12.92 : Math.pow((v + 0.055) / 1.055, 2.4));
    }
    return light;
  }

  private static double display(double light) {
    return light <= 0.0031308 ? 12.92 * light : 1.055 * Math.pow(light, 1 / 2.4) - 0.055;
  }

  /** The name of its file. */
  public String name() {
    return name;
  }

  /** The hash of its file. */
  public String sha256() {
    return sha256;
  }

  /** The columns of the upright photo. */
  public int width() {
    return width;
  }

  /** The rows of the upright photo. */
  public int height() {
    return height;
  }

  /** How many rows and columns of the file one of this stands for; 1 unless it is very large. */
  public int reduction() {
    return reduction;
  }

  /** What people should know of it, as a sentence: that it is cut, or was thinned out. */
  public Optional<String> note() {
    return note;
  }

  /** A pixel, 0xFFRRGGBB. */
  public int argb(int row, int column) {
    return 0xFF000000 | pixels[row * width + column];
  }

  /**
   * How a recipe names a square of it.
   *
   * @throws IllegalArgumentException if the square is empty or not inside
   */
  public Recipe.Photo square(int top, int left, int side) {
    if (side < 1 || top < 0 || left < 0 || top + side > height || left + side > width) {
      throw new IllegalArgumentException(
          "square of " + side + " at (" + top + ", " + left + ") of " + width + "×" + height);
    }
    return new Recipe.Photo(name, sha256, top, left, side);
  }

  /**
   * A square at another size.
   *
   * @param size the side of the result in pixels
   * @return (1, 3, size, size) in [−1, 1]
   */
  public Tensor resampled(Recipe.Photo square, int size) {
    return part(square, size, Rectangle.whole(size), 0);
  }

  /** A square as a field that can be put beside others; detail ends at the photo's own pixels. */
  public FieldRenderer field(Recipe.Photo square) {
    return (imageSide, rectangle, cancellation) -> {
      cancellation.throwIfCancelled();
      return part(square, imageSide, rectangle, HALF_STEP);
    };
  }

  private Tensor part(Recipe.Photo square, int size, Rectangle wanted, double offset) {
    var rgb = Tensor.zeros(1, CHANNELS, wanted.height(), wanted.width());
    double step = (double) square.side() / size;
    var rows = axis(square.top(), square.side(), step, wanted.row(), wanted.height());
    var columns = axis(square.left(), square.side(), step, wanted.column(), wanted.width());
    int plane = wanted.height() * wanted.width();
    var sum = new double[CHANNELS];
    for (int r = 0; r < wanted.height(); r++) {
      for (int c = 0; c < wanted.width(); c++) {
        mean(rows[r], columns[c], sum);
        for (int channel = 0; channel < CHANNELS; channel++) {
          double value = Math.clamp(display(sum[channel]) + offset, 0, 1);
          rgb.set(channel * plane + r * wanted.width() + c, (float) (2 * value - 1));
        }
      }
    }
    return rgb;
  }

  /**
   * Which rows or columns of the photo make one of the result.
   *
   * @param first the first of them
   * @param weights how much each counts, together 1
   */
  @SuppressWarnings("ArrayRecordComponent") // made and read here only
  private record Share(int first, double[] weights) {}

  private static Share[] axis(int start, int side, double step, int from, int count) {
    var shares = new Share[count];
    for (int i = 0; i < count; i++) {
      shares[i] =
          step >= 1 ? area(start, side, step, from + i) : linear(start, side, step, from + i);
    }
    return shares;
  }

  private static Share area(int start, int side, double step, int index) {
    double low = index * step;
    double high = Math.min(side, low + step);
    int first = (int) low;
    int last = Math.min(side - 1, (int) Math.ceil(high) - 1);
    var weights = new double[last - first + 1];
    for (int i = first; i <= last; i++) {
      weights[i - first] = (Math.min(high, i + 1.0) - Math.max(low, i)) / (high - low);
    }
    return new Share(start + first, weights);
  }

  private static Share linear(int start, int side, double step, int index) {
    double place = Math.clamp((index + 0.5) * step - 0.5, 0, side - 1.0);
    int first = Math.min((int) place, Math.max(0, side - 2));
    double second = place - first;
    return new Share(
        start + first, side == 1 ? new double[] {1} : new double[] {1 - second, second});
  }

  private void mean(Share rows, Share columns, double[] sum) {
    java.util.Arrays.fill(sum, 0);
    for (int r = 0; r < rows.weights.length; r++) {
      int at = (rows.first + r) * width + columns.first;
      for (int c = 0; c < columns.weights.length; c++) {
        double weight = rows.weights[r] * columns.weights[c];
        int pixel = pixels[at + c];
        sum[0] += weight * LIGHT[pixel >> 16 & 0xFF];
        sum[1] += weight * LIGHT[pixel >> 8 & 0xFF];
        sum[2] += weight * LIGHT[pixel & 0xFF];
      }
    }
  }
}
