package org.infd.inference.field;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TilePlanTest {
  @Test
  void everyPixelOnceWithItsWholeSurroundings() {
    var random = new Random(11);
    for (int trial = 0; trial < 500; trial++) {
      int n = 1 + random.nextInt(700);
      int halo = 2 * random.nextInt(7);
      int side = 32 << random.nextInt(4);
      int row = random.nextInt(n);
      int column = random.nextInt(n);
      var wanted =
          new Rectangle(row, column, 1 + random.nextInt(n - row), 1 + random.nextInt(n - column));
      boolean oneShape = random.nextBoolean();
      var seen = new int[wanted.height()][wanted.width()];
      for (var part : TilePlan.of(n, wanted, halo, side, oneShape)) {
        var in = part.input();
        var out = part.output();
        assertTrue(in.fits(n));
        // all that the output depends on is in the input
        var needed = out.grown(halo, n);
        assertTrue(needed.row() >= in.row() && needed.rowEnd() <= in.rowEnd());
        assertTrue(needed.column() >= in.column() && needed.columnEnd() <= in.columnEnd());
        // one of few shapes: the whole image, or a multiple of four
        assertTrue(in.height() == n || in.height() % 4 == 0);
        assertTrue(!oneShape || in.height() == Math.min(n, side + 2 * halo));
        for (int r = out.row(); r < out.rowEnd(); r++) {
          for (int c = out.column(); c < out.columnEnd(); c++) {
            seen[r - wanted.row()][c - wanted.column()]++;
          }
        }
      }
      for (var line : seen) {
        for (int count : line) {
          assertEquals(1, count);
        }
      }
    }
  }

  @Test
  void aLargeImageHasOneShape() {
    var shapes = new HashSet<String>();
    for (var part : TilePlan.of(1000, Rectangle.whole(1000), 6, 256, true)) {
      shapes.add(part.input().height() + "×" + part.input().width());
    }
    assertEquals(1, shapes.size());
  }

  @Test
  void refusesWhatLiesOutside() {
    assertThrows(
        IllegalArgumentException.class,
        () -> TilePlan.of(10, new Rectangle(5, 5, 6, 1), 6, 256, false));
  }
}
