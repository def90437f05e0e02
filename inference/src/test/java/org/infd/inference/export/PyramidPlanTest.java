package org.infd.inference.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.infd.inference.Problem;
import org.infd.inference.field.Rectangle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PyramidPlanTest {
  /** Cores lie side by side, cover each size once, and areas are cores with their overlap. */
  private static void assertCovers(PyramidPlan plan, int tile, int overlap) {
    int first = 0;
    for (var level : plan.levels()) {
      assertEquals(first, level.first());
      int rowEnd = 0;
      for (int row = 0; row < level.rows(); row++) {
        var line = plan.tile(level, row, 0);
        assertEquals(rowEnd, line.core().row());
        assertTrue(line.core().height() <= tile);
        rowEnd = line.core().rowEnd();
      }
      int columnEnd = 0;
      for (int column = 0; column < level.columns(); column++) {
        var line = plan.tile(level, 0, column);
        assertEquals(columnEnd, line.core().column());
        assertTrue(line.core().width() <= tile);
        columnEnd = line.core().columnEnd();
      }
      assertEquals(level.height(), rowEnd);
      assertEquals(level.width(), columnEnd);
      first += level.tiles();
    }
    assertEquals(first, plan.count());
  }

  private static void assertTile(PyramidPlan plan, int index, int overlap) {
    var tile = plan.tile(index);
    var level = tile.level();
    assertEquals(index, tile.index());
    assertEquals(index, level.first() + tile.row() * level.columns() + tile.column());
    assertEquals(tile, plan.tile(level, tile.row(), tile.column()));
    // a core depends on its row and its column alone, so rows × columns cover the size
    assertEquals(plan.tile(level, tile.row(), 0).core().row(), tile.core().row());
    assertEquals(plan.tile(level, 0, tile.column()).core().column(), tile.core().column());
    assertEquals(Math.max(0, tile.core().row() - overlap), tile.area().row());
    assertEquals(Math.max(0, tile.core().column() - overlap), tile.area().column());
    assertEquals(Math.min(level.height(), tile.core().rowEnd() + overlap), tile.area().rowEnd());
    assertEquals(
        Math.min(level.width(), tile.core().columnEnd() + overlap), tile.area().columnEnd());
  }

  @Test
  void aDeepZoomPlanOfTheLargestImageCoversEverySize() {
    var plan = PyramidPlan.toOnePixel(Frame.square(1 << 20), 510, 1);
    assertEquals(21, plan.levels().size());
    assertEquals(2057 * 2057, plan.levels().getFirst().tiles());
    assertCovers(plan, 510, 1);
    var random = new Random(1);
    for (int i = 0; i < 20_000; i++) {
      assertTile(plan, random.nextInt(plan.count()), 1);
    }
    assertTile(plan, plan.count() - 1, 1);
    for (var level : plan.levels()) {
      assertTrue(level.isRendered(), "2^20 can be halved to the end");
      assertEquals((1 << 20) >> level.step(), level.imageSide());
    }
    assertEquals(1, plan.levels().getLast().height());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void anyPictureIsCovered(long seed) {
    var random = new Random(seed);
    for (int i = 0; i < 200; i++) {
      int side = 1 + random.nextInt(1 << (1 + random.nextInt(20)));
      int height = 1 + random.nextInt(side);
      int width = 1 + random.nextInt(side);
      var frame =
          new Frame(
              side,
              new Rectangle(
                  random.nextInt(side - height + 1),
                  random.nextInt(side - width + 1),
                  height,
                  width));
      int tile = 2 * (1 + side / 40_000 + random.nextInt(300));
      var deep = PyramidPlan.toOnePixel(frame, tile, 1);
      assertCovers(deep, tile, 1);
      assertEquals(1, Math.max(deep.levels().getLast().height(), deep.levels().getLast().width()));
      var shallow = PyramidPlan.toOneTile(frame, tile);
      assertCovers(shallow, tile, 0);
      assertEquals(1, shallow.levels().getLast().tiles());
      long pixels = 0;
      for (int index = 0; index < Math.min(deep.count(), 2000); index++) {
        assertTile(deep, index, 1);
        var area = deep.tile(index).area();
        pixels += (long) area.height() * area.width();
      }
      if (deep.count() <= 2000) {
        assertEquals(pixels, deep.pixels());
      }
      requireLevels(frame, deep);
    }
  }

  private static void requireLevels(Frame frame, PyramidPlan plan) {
    var place = frame.rectangle();
    for (var level : plan.levels()) {
      long scale = 1L << level.step();
      assertEquals(Math.ceilDiv(place.height(), scale), level.height());
      assertEquals(Math.ceilDiv(place.width(), scale), level.width());
      boolean whole =
          frame.imageSide() % scale == 0 && place.row() % scale == 0 && place.column() % scale == 0;
      assertEquals(whole, level.isRendered());
      if (whole) {
        var there = new Rectangle(level.row(), level.column(), level.height(), level.width());
        assertTrue(there.fits(level.imageSide()), there + " in " + level.imageSide());
        assertEquals(place.row(), level.row() * scale);
      }
    }
  }

  @Test
  void whatIsReducedFollowsTheLastExactSize() {
    var plan = PyramidPlan.toOnePixel(Frame.square(24), 8, 1);
    assertEquals(4, plan.firstReduced(), "24, 12, 6, 3");
    assertFalse(plan.levels().get(4).isRendered());
    assertEquals(6, plan.levels().size());
  }

  @Test
  void noPieceLiesBeyondTheLast() {
    var plan = PyramidPlan.bands(Frame.square(100), 30);
    assertEquals(4, plan.count());
    assertThrows(IndexOutOfBoundsException.class, () -> plan.tile(4));
    assertThrows(IndexOutOfBoundsException.class, () -> plan.tile(-1));
  }

  /** Around a spot: what is whole stays as it is, what is deeper lies around the place. */
  @Test
  void aroundASpotAFewTilesGoOn() {
    var frame = new Frame(3000, new Rectangle(100, 0, 2400, 3000));
    var spot = Spot.upTo(frame, 0.42, 0.99, 1 << 20);
    assertEquals(8, spot.sizes());
    var plain = PyramidPlan.toOnePixel(frame, 510, 1);
    var plan = PyramidPlan.around(spot, frame, 510, 1);
    assertEquals(plain.levels().size() + 8, plan.levels().size());
    long pixels = 0;
    int tiles = 0;
    for (var level : plan.levels()) {
      if (level.step() < 8) {
        assertTrue(!plan.isWhole(level) && level.rows() <= 5 && level.columns() <= 5, "" + level);
        assertTrue(level.isRendered() && level.imageSide() == 3000 << (8 - level.step()));
        int row = (int) (0.42 * level.height()) / 510 - level.firstRow();
        int column = (int) (0.99 * level.width()) / 510 - level.firstColumn();
        assertTrue(row >= 0 && row < level.rows() && column >= 0 && column < level.columns());
      } else {
        var same = plain.levels().get(level.step() - 8);
        assertTrue(plan.isWhole(level) || level.tiles() < 9);
        assertEquals(same.height(), level.height());
        assertEquals(same.imageSide(), level.imageSide());
        assertEquals(same.tiles(), level.tiles());
      }
      for (int i = 0; i < level.tiles(); i++) {
        var tile = plan.tile(level.first() + i);
        assertEquals(tiles++, tile.index());
        assertEquals(tile, plan.tile(level, tile.row(), tile.column()));
        pixels += (long) tile.area().height() * tile.area().width();
      }
    }
    assertEquals(tiles, plan.count());
    assertEquals(pixels, plan.pixels());
  }

  @Test
  void aSpotThatGoesNowhereIsRefused() {
    var frame = Frame.square(1000);
    assertThrows(Problem.class, () -> Spot.upTo(frame, 0.5, 0.5, 1999));
    assertThrows(Problem.class, () -> Spot.upTo(frame, 0.5, 0.5, 1 << 21));
    assertEquals(1, Spot.upTo(frame, 0.5, 0.5, 2000).sizes());
    assertEquals(10, Spot.upTo(frame, 1, 1, 1 << 20).sizes());
  }
}
