package org.infd.inference.guidance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** The distance that guidance makes small, against its definition and its differences. */
class SphericalDistanceTest {
  private static float[] random(long seed, int length) {
    var random = new Random(seed);
    var values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  @Test
  void isHalfTheSquareOfTheAngle() {
    var distance = new SphericalDistance(new float[] {0, 3});
    assertEquals(Math.PI * Math.PI / 8, distance.loss(new float[] {5, 0}, 0), 1e-12);
    assertEquals(0, distance.loss(new float[] {0, 0.1f}, 0), 1e-12);
    assertEquals(Math.PI * Math.PI / 2, distance.loss(new float[] {0, -1}, 0), 1e-12);
    assertEquals(
        0.25 * 0.25 * Math.PI * Math.PI / 2, distance.loss(new float[] {9, 1, 1}, 1), 1e-6);
    assertEquals(Math.sqrt(0.5), distance.cosine(new float[] {1, 1}, 0), 1e-12);
  }

  @Test
  void theGradientIsItsSlope() {
    int length = 32;
    for (int seed = 0; seed < 20; seed++) {
      var distance = new SphericalDistance(random(seed, length));
      var at = random(100 + seed, length);
      var gradient = new float[length];
      distance.addGradient(at, 0, 1, gradient);
      for (int i = 0; i < length; i++) {
        var above = at.clone();
        var below = at.clone();
        above[i] += 1e-2f;
        below[i] -= 1e-2f;
        double slope = (distance.loss(above, 0) - distance.loss(below, 0)) / (above[i] - below[i]);
        assertEquals(slope, gradient[i], 1e-4);
      }
    }
  }

  @Test
  void theGradientIsFiniteWhereTheFormulaIsNot() {
    var target = random(1, 8);
    var distance = new SphericalDistance(target);
    for (float factor : new float[] {1, -1, 1e-3f, -1e6f}) {
      var at = target.clone();
      for (int i = 0; i < at.length; i++) {
        at[i] *= factor;
      }
      var gradient = new float[8];
      distance.addGradient(at, 0, 1, gradient);
      for (float g : gradient) {
        assertTrue(Float.isFinite(g) && Math.abs(g) < 1e-3, "" + g);
      }
    }
  }
}
