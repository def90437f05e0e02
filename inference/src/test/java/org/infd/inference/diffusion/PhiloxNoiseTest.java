package org.infd.inference.diffusion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import org.infd.inference.diffusion.PhiloxNoise.Stream;
import org.junit.jupiter.api.Test;

class PhiloxNoiseTest {
  @Test
  void aValueDependsOnItsPlaceAlone() {
    var noise = new PhiloxNoise(42);
    var all = noise.normal(Stream.STEP, 7, 1, 3, 5, 7);
    for (int i = all.elements() - 1; i >= 0; i--) {
      assertEquals(all.get(i), noise.at(Stream.STEP, 7, i));
    }
    assertArrayEquals(noise.normal(Stream.STEP, 7, 105).toArray(), all.toArray());
    assertArrayEquals(noise.step(7, 1, 3, 5, 7).toArray(), all.toArray());
  }

  @Test
  void seedStreamAndStepAllMatter() {
    var values = new HashSet<Float>();
    long[] seeds = {0, 1, -1, 1L << 32, Long.MIN_VALUE, 7};
    for (long seed : seeds) {
      for (var stream : Stream.values()) {
        for (int step = 0; step < 50; step++) {
          for (int i = 0; i < 8; i++) {
            values.add(new PhiloxNoise(seed).at(stream, step, i));
          }
        }
      }
    }
    // 7,200 draws of about 2^31 values: a few may meet by chance, whole streams may not
    assertTrue(values.size() > 7190, "different values: " + values.size());
  }

  @Test
  void isStandardNormal() {
    var sample = new PhiloxNoise(3).start(1, 1, 1000, 1000).toArray();
    double sum = 0;
    double squares = 0;
    double cubes = 0;
    double fourth = 0;
    double neighbours = 0;
    int beyondTwo = 0;
    for (int i = 0; i < sample.length; i++) {
      double v = sample[i];
      sum += v;
      squares += v * v;
      cubes += v * v * v;
      fourth += v * v * v * v;
      neighbours += i == 0 ? 0 : v * sample[i - 1];
      beyondTwo += Math.abs(v) > 2 ? 1 : 0;
    }
    int n = sample.length;
    // four standard errors each
    assertEquals(0, sum / n, 4e-3);
    assertEquals(1, squares / n, 4 * Math.sqrt(2.0 / n));
    assertEquals(0, cubes / n, 4 * Math.sqrt(15.0 / n));
    assertEquals(3, fourth / n, 4 * Math.sqrt(96.0 / n));
    assertEquals(0, neighbours / n, 4e-3);
    assertEquals(0.0455003, (double) beyondTwo / n, 4 * Math.sqrt(0.0455 * 0.9545 / n));
  }

  @Test
  void theBitsNeverChange() {
    // saved recipes rely on them: a failure here means every saved seed gives another picture
    var start = new PhiloxNoise(7).start(1, 4, 32, 32);
    int hash = 1;
    for (int i = 0; i < start.elements(); i++) {
      hash = 31 * hash + Float.floatToRawIntBits(start.get(i));
    }
    assertEquals(EXPECTED_HASH, hash, "hash of the start of seed 7");
    assertNotEquals(start.get(0), start.get(1));
  }

  private static final int EXPECTED_HASH = -158715619;
}
