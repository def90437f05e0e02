package org.infd.acceptance.golden;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.infd.inference.field.Rectangle;
import org.infd.inference.tensor.Tensor;

/**
 * Finds where in a whole image a crop lies, by the correlation of their pixels. A crop that was
 * rendered alone has other norm statistics than the whole, so its pixels are only alike.
 */
final class RectangleFinder {
  private static final int PIXELS = 800;
  private static final int ROUGH_PIXELS = 48;
  private static final int ROUGH_PLACES = 60;
  private static final double GOLDEN_SECTION = 0.6180339887498949;

  private RectangleFinder() {}

  /**
   * A place.
   *
   * @param likeness the correlation, at most 1
   */
  record Place(Rectangle rectangle, double likeness) {}

  /**
   * The likeliest places of {@code crop} (1, 3, h, w) in {@code whole} (1, 3, N, N).
   *
   * @param most how many
   */
  static List<Place> find(Tensor crop, Tensor whole, int most) {
    int height = crop.extent(2);
    int width = crop.extent(3);
    int side = whole.extent(2);
    var places = new ArrayList<Place>();
    if (height > side || width > side) {
      return places;
    }
    var seen = whole.toArray();
    var rough = new Sample(crop, ROUGH_PIXELS, side);
    for (int row = 0; row + height <= side; row++) {
      for (int column = 0; column + width <= side; column++) {
        double likeness = rough.likeness(seen, row, column);
        places.add(new Place(new Rectangle(row, column, height, width), likeness));
      }
    }
    var best = likest(places, ROUGH_PLACES);
    var fine = new Sample(crop, PIXELS, side);
    best.replaceAll(
        place ->
            new Place(
                place.rectangle(),
                fine.likeness(seen, place.rectangle().row(), place.rectangle().column())));
    return List.copyOf(likest(best, most));
  }

  private static List<Place> likest(List<Place> places, int most) {
    return new ArrayList<>(
        places.stream()
            .sorted(Comparator.comparingDouble((Place place) -> -place.likeness()))
            .limit(most)
            .toList());
  }

  /** Some pixels of a crop, spread over it without a common raster. */
  private static final class Sample {
    private final int side;
    private final int[] offsets;
    private final double[] wanted;
    private final double[] found;

    Sample(Tensor crop, int most, int side) {
      this.side = side;
      int height = crop.extent(2);
      int width = crop.extent(3);
      int count = Math.min(most, height * width);
      offsets = new int[count];
      wanted = new double[3 * count];
      found = new double[3 * count];
      for (int i = 0; i < count; i++) {
        int at =
            count == height * width
                ? i
                : (int) (i * GOLDEN_SECTION % 1 * ((double) height * width));
        offsets[i] = at / width * side + at % width;
        for (int c = 0; c < 3; c++) {
          wanted[c * count + i] = crop.get(c * height * width + at);
        }
      }
    }

    double likeness(float[] whole, int row, int column) {
      int count = offsets.length;
      for (int c = 0; c < 3; c++) {
        int base = (c * side + row) * side + column;
        for (int i = 0; i < count; i++) {
          found[c * count + i] = whole[base + offsets[i]];
        }
      }
      return correlation(wanted, found, count);
    }
  }

  /** The correlation of two pictures' pixels, each channel about its own mean. */
  private static double correlation(double[] a, double[] b, int count) {
    double products = 0;
    double squaresA = 0;
    double squaresB = 0;
    for (int c = 0; c < 3; c++) {
      double sumA = 0;
      double sumB = 0;
      for (int i = c * count; i < (c + 1) * count; i++) {
        sumA += a[i];
        sumB += b[i];
      }
      for (int i = c * count; i < (c + 1) * count; i++) {
        double x = a[i] - sumA / count;
        double y = b[i] - sumB / count;
        products += x * y;
        squaresA += x * x;
        squaresB += y * y;
      }
    }
    return products / Math.max(1e-30, Math.sqrt(squaresA * squaresB));
  }
}
