package org.infd.inference.field;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import org.infd.inference.tensor.Npz;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PixelAxisTest {
  /** Tables and axes made by the official classes. */
  private static Npz axes() throws URISyntaxException {
    return Npz.read(
        Path.of(Objects.requireNonNull(PixelAxisTest.class.getResource("axes.npz")).toURI()));
  }

  private static int[] nearest(PixelAxis axis) {
    var nearest = new int[axis.count()];
    for (int k = 0; k < nearest.length; k++) {
      nearest[k] = axis.nearest(k);
    }
    return nearest;
  }

  @ParameterizedTest
  @ValueSource(ints = {24, 32, 40, 64, 77, 96, 100, 128, 129})
  void looksUpAsTheOfficialClasses(int side) throws URISyntaxException {
    var expected =
        Arrays.stream(axes().longs("lookup_" + side + "_of_64").toArray())
            .mapToInt(Math::toIntExact)
            .toArray();
    assertArrayEquals(expected, nearest(PixelAxis.of(side, 0, side, 64)));
    assertArrayEquals(expected, nearest(PixelAxis.official(-1, 1, side, 64)));
  }

  @Test
  void tiesGoToTheEvenCell() {
    // the centre pixel of every odd side lies between two cells
    assertEquals(128, PixelAxis.of(5, 2, 1, 256).nearest(0));
    assertEquals(32, PixelAxis.of(77, 38, 1, 64).nearest(0));
    // half of φ's side: every pixel lies between two cells, and takes the even one
    assertArrayEquals(new int[] {0, 2, 4, 6, 8, 10, 12, 14}, nearest(PixelAxis.of(8, 0, 8, 16)));
  }

  @Test
  void agreesWithExactRationals() {
    var random = new Random(5);
    var precise = new MathContext(60);
    for (int trial = 0; trial < 2000; trial++) {
      int side = 1 + random.nextInt(trial % 2 == 0 ? 1200 : FieldRenderer.LARGEST_SIDE);
      int cells = 1 + random.nextInt(trial % 3 == 0 ? 20 : 1000);
      int pixel = random.nextInt(side);
      var axis = PixelAxis.of(side, pixel, 1, cells);
      var place =
          BigDecimal.valueOf((2L * pixel + 1) * cells - side)
              .divide(BigDecimal.valueOf(2L * side), precise);
      int cell = place.setScale(0, RoundingMode.HALF_EVEN).intValueExact();
      assertEquals(cell, axis.nearest(0), side + " of " + cells + " at " + pixel);
      assertTrue(cell >= 0 && cell < cells);
      float relative =
          place.subtract(BigDecimal.valueOf(cell)).multiply(BigDecimal.TWO).floatValue();
      assertEquals(relative, axis.relative(0), side + " of " + cells + " at " + pixel);
      assertTrue(Math.abs(axis.relative(0)) <= 1);
    }
  }

  @Test
  void partsAgreeWithTheWhole() {
    var whole = PixelAxis.of(1000, 0, 1000, 256);
    var part = PixelAxis.of(1000, 333, 300, 256);
    for (int k = 0; k < part.count(); k++) {
      assertEquals(whole.nearest(333 + k), part.nearest(k));
      assertEquals(whole.relative(333 + k), part.relative(k));
    }
    assertEquals(0.512f, part.relativeCell());
  }

  @Test
  void repeatsTheOfficialFloatChain() throws URISyntaxException {
    var axes = axes();
    for (int side : new int[] {96, 77}) {
      assertArrayEquals(
          axes.floats("coord" + side + "_axis").toArray(), PixelAxis.officialCentres(-1, 1, side));
    }
    assertArrayEquals(
        axes.floats("range_rows").toArray(), PixelAxis.officialCentres(-0.5, 0.25, 40));
    assertArrayEquals(
        axes.floats("range_columns").toArray(), PixelAxis.officialCentres(-0.2, 0.9, 72));
    var cell = axes.floats("range_cell").toArray();
    assertEquals(cell[0], PixelAxis.officialCell(-0.5, 0.25, 40));
    assertEquals(cell[1], PixelAxis.officialCell(-0.2, 0.9, 72));
  }

  @Test
  void theOfficialChainDiffersOnlyByRounding() {
    for (int side : new int[] {1, 2, 31, 100, 513, 1000}) {
      var exact = PixelAxis.of(side, 0, side, 256);
      var official = PixelAxis.official(-1, 1, side, 256);
      assertArrayEquals(nearest(exact), nearest(official));
      for (int k = 0; k < side; k++) {
        assertEquals(exact.relative(k), official.relative(k), 1e-4);
      }
      assertEquals(exact.relativeCell(), official.relativeCell(), 1e-6 * 512);
    }
  }

  @Test
  void refusesPixelsOutside() {
    assertThrows(IllegalArgumentException.class, () -> PixelAxis.of(10, 5, 6, 4));
    assertThrows(IllegalArgumentException.class, () -> PixelAxis.of(0, 0, 1, 4));
    assertThrows(IllegalArgumentException.class, () -> PixelAxis.official(-1, 1.01, 6, 4));
  }
}
