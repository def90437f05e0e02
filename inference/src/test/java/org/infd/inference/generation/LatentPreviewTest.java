package org.infd.inference.generation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.infd.inference.diffusion.PhiloxNoise;
import org.infd.inference.tensor.Tensor;
import org.junit.jupiter.api.Test;

class LatentPreviewTest {
  private static int channel(int pixel, int which) {
    return pixel >> (16 - 8 * which) & 0xFF;
  }

  @Test
  void isOpaqueBeforeTheFirstFitWhateverTheChannels() {
    for (int channels = 1; channels <= 5; channels++) {
      var z = new PhiloxNoise(1).start(1, channels, 3, 2);
      z.set(0, Float.NaN);
      z.set(1, Float.POSITIVE_INFINITY);
      int[] pixels = LatentPreview.unfitted(channels).argb(z);
      assertEquals(6, pixels.length);
      for (int pixel : pixels) {
        assertEquals(0xFF, pixel >>> 24);
      }
      assertEquals(127, channel(pixels[0], 0));
      assertEquals(255, channel(pixels[1], 0));
    }
  }

  @Test
  void findsALinearMap() {
    var z = new PhiloxNoise(3).start(1, 4, 8, 8);
    int side = 16;
    var rgb = Tensor.zeros(1, 3, side, side);
    double[][] map = {
      {0.1, -0.05, 0.02, 0.1, 0.2}, {0, 0.1, 0.1, -0.1, -0.3}, {-0.1, 0, 0.05, 0.1, 0}
    };
    for (int colour = 0; colour < 3; colour++) {
      for (int row = 0; row < side; row++) {
        for (int column = 0; column < side; column++) {
          int cell = row / 2 * 8 + column / 2;
          double value = map[colour][4];
          for (int c = 0; c < 4; c++) {
            value += map[colour][c] * z.get(c * 64 + cell);
          }
          // texture inside a cell averages out
          double texture = (row + column) % 2 == 0 ? 0.2 : -0.2;
          rgb.set((colour * side + row) * side + column, (float) (value + texture));
        }
      }
    }
    var preview = LatentPreview.fit(z, rgb);
    double[] found = preview.coefficients();
    for (int colour = 0; colour < 3; colour++) {
      for (int c = 0; c < 5; c++) {
        assertEquals(map[colour][c], found[colour * 5 + c], 2e-3);
      }
    }
    var kept = LatentPreview.of(found);
    assertArrayEquals(preview.argb(z), kept.argb(z));
    double expected = map[1][4];
    for (int c = 0; c < 4; c++) {
      expected += map[1][c] * z.get(c * 64 + 5);
    }
    assertEquals(255 * (0.5 * expected + 0.5), channel(preview.argb(z)[5], 1), 1.5);
  }

  @Test
  void aFlatPictureDoesNotBreakTheFit() {
    var preview = LatentPreview.fit(Tensor.zeros(1, 3, 4, 4), Tensor.zeros(1, 3, 8, 8));
    for (double number : preview.coefficients()) {
      assertEquals(0, number, 1e-9);
    }
    assertTrue(preview.argb(Tensor.zeros(1, 3, 4, 4))[0] == 0xFF7F7F7F);
  }

  @Test
  void nonsenseIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> LatentPreview.of(new double[4]));
    assertThrows(IllegalArgumentException.class, () -> LatentPreview.of(new double[0]));
    assertThrows(
        IllegalArgumentException.class,
        () -> LatentPreview.of(new double[] {1, 2, 3, 4, 5, Double.NaN}));
    assertThrows(
        IllegalArgumentException.class,
        () -> LatentPreview.unfitted(3).argb(Tensor.zeros(1, 4, 2, 2)));
    assertThrows(
        IllegalArgumentException.class,
        () -> LatentPreview.fit(Tensor.zeros(1, 3, 4, 4), Tensor.zeros(1, 3, 9, 8)));
  }
}
