package org.infd.inference.dive;

import java.util.Random;
import org.infd.inference.tensor.Tensor;

/**
 * A made-up picture that is exact at every scale: discs of one colour each, laid over one another
 * until nothing shows between them. Like photographs it has edges of all lengths and directions;
 * unlike them it says what is right between the pixels. The smallest discs are a few pixels across
 * at the side that the encoder sees, so all of them can be known from there.
 */
final class LeafPicture {
  /** Radii, in parts of the side: the density of a radius r falls with r³. */
  private static final double SMALLEST = 1 / 64.0;

  private static final double LARGEST = 1 / 4.0;
  private static final int LEAVES = 4000;
  private static final int SAMPLES = 4;

  private final double[] row = new double[LEAVES];
  private final double[] column = new double[LEAVES];
  private final double[] radius = new double[LEAVES];
  private final float[] colour = new float[3 * LEAVES];

  LeafPicture(long seed) {
    var random = new Random(seed);
    double near = 1 / (SMALLEST * SMALLEST);
    double far = 1 / (LARGEST * LARGEST);
    for (int i = 0; i < LEAVES; i++) {
      radius[i] = 1 / Math.sqrt(near - random.nextDouble() * (near - far));
      row[i] = random.nextDouble() * (1 + 2 * LARGEST) - LARGEST;
      column[i] = random.nextDouble() * (1 + 2 * LARGEST) - LARGEST;
      float light = 1.6f * random.nextFloat() - 0.8f;
      for (int c = 0; c < 3; c++) {
        colour[3 * i + c] = Math.clamp(light + 0.4f * (random.nextFloat() - 0.5f), -0.9f, 0.9f);
      }
    }
  }

  /**
   * A rectangle of the picture, pixels being means by area.
   *
   * @param side N, the pixels across the whole picture
   * @return RGB (1, 3, height, width), −1 to 1
   */
  Tensor render(int side, int top, int left, int height, int width) {
    var seen = new int[LEAVES];
    int count = 0;
    for (int i = 0; i < LEAVES; i++) {
      double r = radius[i] * side + 1;
      double y = row[i] * side;
      double x = column[i] * side;
      if (y + r > top && y - r < top + height && x + r > left && x - r < left + width) {
        seen[count++] = i;
      }
    }
    var rgb = Tensor.zeros(1, 3, height, width);
    int plane = height * width;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        for (int s = 0; s < SAMPLES * SAMPLES; s++) {
          int down = s / SAMPLES;
          int right = s % SAMPLES;
          double py = (top + y + (down + 0.5) / SAMPLES) / side;
          double px = (left + x + (right + 0.5) / SAMPLES) / side;
          int leaf = topmost(seen, count, py, px);
          for (int c = 0; c < 3 && leaf >= 0; c++) {
            int at = c * plane + y * width + x;
            rgb.set(at, rgb.get(at) + colour[3 * leaf + c] / (SAMPLES * SAMPLES));
          }
        }
      }
    }
    return rgb;
  }

  private int topmost(int[] seen, int count, double y, double x) {
    for (int k = 0; k < count; k++) {
      int i = seen[k];
      double dy = y - row[i];
      double dx = x - column[i];
      if (dy * dy + dx * dx < radius[i] * radius[i]) {
        return i;
      }
    }
    return -1;
  }
}
