package org.infd.inference.dive;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AnchorGridTest {
  private static double[] random(int count) {
    return new Random(4).doubles(count, -1, 1).toArray();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4, 8})
  void theMeansOfAnEnlargementAreTheAnchors(int scale) {
    var grid = new AnchorGrid(9, 7, scale);
    var anchors = random(63);
    var pixels = grid.enlarged(anchors);
    assertEquals(63 * scale * scale, pixels.length);
    assertArrayEquals(anchors, grid.means(pixels), 1e-12);
  }

  @Test
  void aFlatPictureStaysFlatAndASlopeStaysSmooth() {
    var grid = new AnchorGrid(16, 16, 4);
    var flat = new double[256];
    Arrays.fill(flat, 0.3);
    for (double pixel : grid.enlarged(flat)) {
      assertEquals(0.3, pixel, 1e-12);
    }
    var slope = new double[256];
    Arrays.setAll(slope, i -> (i % 16) * 0.04);
    var pixels = grid.enlarged(slope);
    // away from the rim, which is repeated
    int row = 32 * 64;
    for (int c = 28; c < 36; c++) {
      assertEquals(0.01, pixels[row + c + 1] - pixels[row + c], 1e-3, "pixel " + c);
    }
  }

  /** What lets a tile be made with a halo. */
  @Test
  void aPixelDependsOnNearAnchorsOnly() {
    var grid = new AnchorGrid(24, 24, 2);
    var anchors = random(576);
    var before = grid.enlarged(anchors);
    var changed = anchors.clone();
    changed[12 * 24 + 12] += 1;
    var after = grid.enlarged(changed);
    int reach = 0;
    for (int i = 0; i < before.length; i++) {
      if (before[i] != after[i]) {
        int away = Math.max(Math.abs(i / 48 / 2 - 12), Math.abs(i % 48 / 2 - 12));
        reach = Math.max(reach, away);
      }
    }
    assertTrue(reach <= AnchorGrid.REACH && reach >= 2, "reach " + reach);
  }
}
