package org.infd.inference.guidance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.infd.inference.diffusion.PhiloxNoise;
import org.infd.inference.diffusion.PhiloxNoise.Stream;
import org.infd.inference.guidance.BoxCrops.Square;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LinearPictureTest {
  private static final long[] SHAPE = {1, 3, 10, 12};
  private static final int FACTOR = 2;
  private static final PhiloxNoise NOISE = new PhiloxNoise(4);

  private static Tensor noise(int number, long... shape) {
    return NOISE.normal(Stream.TRAVEL, number, shape);
  }

  /** A cell's square: its channels, those of the cell to the right on the right, and a constant. */
  private static Tensor picture(Tensor z) {
    int rows = z.extent(2);
    int columns = z.extent(3);
    var rgb = Tensor.zeros(1, 3, (long) rows * FACTOR, (long) columns * FACTOR);
    for (int i = 0; i < rgb.elements(); i++) {
      int colour = i / (rows * columns * FACTOR * FACTOR);
      int r = i / (columns * FACTOR) % (rows * FACTOR);
      int c = i % (columns * FACTOR);
      int next = Math.min(columns - 1, c / FACTOR + c % FACTOR);
      rgb.set(i, 0.5f * z.get((colour * rows + r / FACTOR) * columns + next) + 0.1f * colour);
    }
    return rgb;
  }

  private static LinearPicture fitted() {
    var z = noise(0, SHAPE);
    return LinearPicture.fit(z, picture(z));
  }

  @Test
  void whatIsLinearIsFittedAndShownOfAnotherLatent() {
    var z = noise(1, SHAPE);
    var shown = fitted().picture(z);
    var expected = picture(z);
    for (int i = 0; i < shown.elements(); i++) {
      assertEquals(expected.get(i), shown.get(i), 0.05f);
    }
  }

  @Test
  void aPictureThatDoesNotLieOverTheCellsIsRefused() {
    var z = noise(0, SHAPE);
    assertThrows(
        IllegalArgumentException.class, () -> LinearPicture.fit(z, Tensor.zeros(1, 3, 15, 24)));
  }

  private static double dot(Tensor a, float[] b) {
    double sum = 0;
    for (int i = 0; i < b.length; i++) {
      sum += (double) a.get(i) * b[i];
    }
    return sum;
  }

  /** For a linear map the dot products with any cotangent agree on both sides. */
  @ParameterizedTest
  @CsvSource({"0, 0, 1", "0.2, 0.5, 0.3", "0.7, 0.1, 0.1"})
  void theWayBackIsTheTransposeOfTheWayThere(double row, double column, double size) {
    int side = 7;
    var map = fitted();
    var square = new Square(row, column, size);
    var never = Cancellation.never();
    var zero = Tensor.zeros(SHAPE);
    var z = noise(1, SHAPE);
    var seen = Tensor.zeros(2, 3, side, side);
    new LinearSight(map, z, side).show(square, seen, 1, never);
    var constant = Tensor.zeros(2, 3, side, side);
    new LinearSight(map, zero, side).show(square, constant, 1, never);
    var cotangent = noise(2, 2, 3, side, side);
    var sight = new LinearSight(map, z, side);
    var sum = new float[sight.elements()];
    sight.back(square, cotangent, 1, sum, never);
    var back = sight.toLatent(sum, never);
    double there = dot(cotangent, seen.toArray()) - dot(cotangent, constant.toArray());
    assertEquals(there, dot(z, back.toArray()), 1e-3 * Math.max(1, Math.abs(there)));
  }

  @Test
  void aCropOfOneColourHasThatColour() {
    var z = Tensor.zeros(SHAPE);
    var crops = Tensor.zeros(1, 3, 5, 5);
    new LinearSight(fitted(), z, 5).show(new Square(0.1, 0.6, 0.4), crops, 0, Cancellation.never());
    for (int i = 0; i < crops.elements(); i++) {
      assertEquals(0.1f * (i / 25), crops.get(i), 0.02f);
    }
  }
}
