package org.infd.inference.diffusion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class WorldNoiseTest {
  @Test
  void latentsThatOverlapShareTheNoiseThere() {
    long row = (1L << 40) + 12;
    var one = new WorldNoise(7, 3, row, 100).start(1, 5, 8, 8);
    var other = new WorldNoise(7, 3, row + 2, 103).start(1, 5, 8, 8);
    for (int channel = 0; channel < 5; channel++) {
      for (int r = 0; r < 6; r++) {
        for (int c = 0; c < 5; c++) {
          assertEquals(
              one.get((channel * 8 + r + 2) * 8 + c + 3), other.get((channel * 8 + r) * 8 + c));
        }
      }
    }
  }

  @Test
  void everyPartOfThePlaceCounts() {
    var all = new ArrayList<Float>();
    all.add(new WorldNoise(7, 3, 5, 6).start(1, 1, 1, 1).get(0));
    all.add(new WorldNoise(8, 3, 5, 6).start(1, 1, 1, 1).get(0));
    all.add(new WorldNoise(7 + (1L << 32), 3, 5, 6).start(1, 1, 1, 1).get(0));
    all.add(new WorldNoise(7, 4, 5, 6).start(1, 1, 1, 1).get(0));
    all.add(new WorldNoise(7, 3, 6, 5).start(1, 1, 1, 1).get(0));
    all.add(new WorldNoise(7, 3, 5 + (1L << 40), 6).start(1, 1, 1, 1).get(0));
    all.add(new WorldNoise(7, 3, 5, 6 + (1L << 40)).start(1, 1, 1, 1).get(0));
    all.add(new WorldNoise(7, 3, 5, 6).start(1, 5, 1, 1).get(4));
    all.add(new WorldNoise(7, 3, 5, 6).step(0, 1, 1, 1, 1).get(0));
    all.add(new WorldNoise(7, 3, 5, 6).step(1, 1, 1, 1, 1).get(0));
    all.add(new PhiloxNoise(7).start(1, 1, 1, 1).get(0));
    assertEquals(all.size(), all.stream().distinct().count(), all.toString());
  }

  @Test
  void itIsStandardNormal() {
    var noise = new WorldNoise(1, 1, 0, 0).start(1, 16, 64, 64);
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < noise.elements(); i++) {
      sum += noise.get(i);
      squares += noise.get(i) * (double) noise.get(i);
    }
    assertEquals(0, sum / noise.elements(), 0.01);
    assertEquals(1, squares / noise.elements(), 0.02);
  }

  /** Saved pictures depend on these very bits. */
  @Test
  void itsBitsNeverChange() {
    var noise = new WorldNoise(42, 2, 3, 4).start(1, 4, 1, 1);
    assertEquals(
        "[-0.41281092, -1.0880213, -0.14706384, -0.5466736]", Arrays.toString(noise.toArray()));
  }

  @Test
  void placesThatCannotBeToldApartAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> new WorldNoise(1, 0, 0, 0));
    assertThrows(IllegalArgumentException.class, () -> new WorldNoise(1, 256, 0, 0));
    assertThrows(IllegalArgumentException.class, () -> new WorldNoise(1, 1, -1, 0));
    assertThrows(IllegalArgumentException.class, () -> new WorldNoise(1, 1, 0, 1L << 48));
    assertTrue(new WorldNoise(1, 255, (1L << 48) - 1, 0).start(1, 1, 1, 1).isFinite());
  }
}
