package org.infd.inference.dive;

import static org.infd.inference.dive.SmallNetworks.LATTICE;
import static org.infd.inference.dive.SmallNetworks.ROOT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.infd.inference.Problem;
import org.infd.inference.field.FieldRenderer;
import org.infd.inference.field.Rectangle;
import org.infd.inference.runtime.Cancellation;
import org.junit.jupiter.api.Test;

/** The dive over networks of a few lines, which tell every latent cell and every place apart. */
class DiveTest {
  private final SmallNetworks networks = new SmallNetworks();

  private Dive dive(int mostOpen) {
    return new Dive(ROOT, LATTICE, DiveOptions.usual(5, LATTICE, false), networks, mostOpen);
  }

  private static final Cancellation GO = Cancellation.never();

  private static float[] pixels(Dive dive, long side, DiveRectangle at) {
    return dive.picture().render(side, at, GO).toArray();
  }

  private static float[] cut(float[] whole, DiveRectangle has, DiveRectangle wanted) {
    var result = new float[3 * wanted.height() * wanted.width()];
    for (int channel = 0; channel < 3; channel++) {
      for (int r = 0; r < wanted.height(); r++) {
        System.arraycopy(
            whole,
            (int)
                ((channel * has.height() + wanted.row() - has.row() + r) * has.width()
                    + wanted.column()
                    - has.column()),
            result,
            (channel * wanted.height() + r) * wanted.width(),
            wanted.width());
      }
    }
    return result;
  }

  @Test
  void upToTheSharpSideThePictureIsTheFieldItself() {
    try (var dive = dive(4)) {
      for (int side : new int[] {1, 33, 64}) {
        assertArrayEquals(
            ROOT.render(side, Rectangle.whole(side), GO).toArray(),
            dive.picture().render(side, Rectangle.whole(side), GO).toArray());
      }
    }
    assertEquals(0, networks.encoded.get());
  }

  /** Forms and colours never change on the way down. */
  @Test
  void theMeansOfEveryLevelAreThoseOfTheLevelAbove() {
    try (var dive = dive(40)) {
      // anchors are 4 pixels of the picture above: 8 pixels of this one
      for (int level = 1; level <= 3; level++) {
        long base = LATTICE.baseSide(level);
        var above = pixels(dive, base, new DiveRectangle(8, 16, 40, 40));
        var below = pixels(dive, 2 * base, new DiveRectangle(16, 32, 80, 80));
        int wide = 40 / 4;
        for (int i = 0; i < 3 * wide * wide; i++) {
          int channel = i / (wide * wide);
          int r = i / wide % wide;
          int c = i % wide;
          assertEquals(
              mean(above, 40, channel, 4 * r, 4 * c, 4),
              mean(below, 80, channel, 8 * r, 8 * c, 8),
              5e-5,
              "level " + level);
        }
        assertNotEquals(
            above[40 * 20 + 20], below[80 * 40 + 40], 1e-6, "and yet there is something new");
      }
    }
  }

  private static double mean(float[] rgb, int wide, int channel, int row, int column, int size) {
    double sum = 0;
    for (int r = 0; r < size; r++) {
      for (int c = 0; c < size; c++) {
        // what the encoder is shown is clamped
        sum += Math.clamp(rgb[(channel * wide + row + r) * wide + column + c], -1, 1);
      }
    }
    return sum / (size * size);
  }

  @Test
  void tilesEqualTheWholeAtWholeAndBrokenRatios() {
    try (var dive = dive(40)) {
      for (long side : new long[] {128, 256, 100, 70, 190, 333}) {
        var whole = new DiveRectangle(0, 0, 60, 60);
        var expected = pixels(dive, side, whole);
        for (var tile :
            List.of(
                new DiveRectangle(0, 0, 7, 60),
                new DiveRectangle(13, 21, 30, 17),
                new DiveRectangle(59, 59, 1, 1))) {
          assertArrayEquals(
              cut(expected, whole, tile), pixels(dive, side, tile), "side " + side + " " + tile);
        }
      }
    }
  }

  @Test
  void theOrderOfVisitsDoesNotMatterNorWhatWasForgotten() {
    var deep = new DiveRectangle(1000, 1200, 40, 40);
    var shallow = new DiveRectangle(60, 70, 40, 40);
    float[] first;
    float[] second;
    try (var dive = dive(1)) {
      first = pixels(dive, 2048, deep);
      second = pixels(dive, 128, shallow);
      assertTrue(dive.openChildren() <= 1, "memory is bounded");
      assertArrayEquals(first, pixels(dive, 2048, deep), "again");
    }
    assertEquals(0, networks.open.get(), "all are closed");
    try (var dive = dive(100)) {
      assertArrayEquals(second, pixels(dive, 128, shallow));
      pixels(dive, 4096, new DiveRectangle(0, 0, 30, 30));
      assertArrayEquals(first, pixels(dive, 2048, deep));
      var kept = dive.latents();
      int encoded = networks.encoded.get();
      try (var restored = dive(100)) {
        restored.restore(kept);
        assertArrayEquals(first, pixels(restored, 2048, deep));
      }
      assertEquals(encoded, networks.encoded.get(), "kept latents are not made again");
    }
  }

  @Test
  void fortyLevelsDownThereIsAPictureOfThePartAndItsColourIsThatOfThePixelAbove() {
    try (var dive = dive(8)) {
      int depth = 38;
      long row = (1L << depth) / 3;
      var part = dive.picture().part(depth, row, row + 1);
      // 64 << 38 lies on level 38
      var rgb = part.render(64, Rectangle.whole(64), GO);
      assertTrue(rgb.isFinite());
      assertTrue(networks.levels.contains(38), "levels " + networks.levels);
      var root = ROOT.render(64, new Rectangle(21, 21, 1, 1), GO);
      for (int channel = 0; channel < 3; channel++) {
        double sum = 0;
        for (int i = 0; i < 64 * 64; i++) {
          sum += rgb.get(channel * 64 * 64 + i);
        }
        assertEquals(root.get(channel), sum / (64 * 64), 0.5, "channel " + channel);
      }
      assertTrue(dive.openChildren() <= 8);
    }
  }

  /** A zoom has no jump: just below the sharp side there is next to nothing new. */
  @Test
  void whatIsNewComesInGradually() {
    try (var dive = dive(40)) {
      double before = 0;
      for (int side : new int[] {65, 70, 80, 96, 112, 127}) {
        double now = difference(dive.picture(), side);
        assertTrue(now > before, side + ": " + now + " after " + before);
        assertTrue(side > 65 || now < 1e-3, "a jump of " + now);
        before = now;
      }
    }
  }

  private static double difference(FieldRenderer picture, int side) {
    var rgb = picture.render(side, Rectangle.whole(side), GO);
    var plain = ROOT.render(side, Rectangle.whole(side), GO);
    double sum = 0;
    for (int i = 0; i < rgb.elements(); i++) {
      sum += Math.abs(rgb.get(i) - plain.get(i));
    }
    return sum / rgb.elements();
  }

  @Test
  void anotherSeedForOneChildChangesItAndLeavesTheOthers() {
    var key = new DiveKey(2, 0, 0);
    var options = DiveOptions.usual(5, LATTICE, false);
    try (var dive = dive(40);
        var other = new Dive(ROOT, LATTICE, options.withSeed(key, 77), networks, 40)) {
      var inside = new DiveRectangle(10, 10, 8, 8);
      var far = new DiveRectangle(180, 180, 8, 8);
      assertNotEquals(pixels(dive, 256, inside)[9], pixels(other, 256, inside)[9]);
      assertArrayEquals(pixels(dive, 256, far), pixels(other, 256, far));
    }
  }

  @Test
  void withoutStrengthAChildIsTheEncodedPicture() {
    var options = new DiveOptions(1, 0, 0.5, 8, 8, Map.of(), Map.of());
    try (var dive = new Dive(ROOT, LATTICE, options, networks, 40)) {
      pixels(dive, 128, new DiveRectangle(0, 0, 10, 10));
    }
    assertEquals(List.of(), networks.levels);
  }

  @Test
  void optionsThatNoRunCanHaveAreRefused() {
    for (double wrong : new double[] {-0.1, 1.1, Double.NaN, 0.001}) {
      assertThrows(
          Problem.class,
          () -> new DiveOptions(1, wrong, 0.5, 8, 8, Map.of(), Map.of()),
          "" + wrong);
    }
    assertThrows(Problem.class, () -> new DiveOptions(1, 0.4, 2, 8, 8, Map.of(), Map.of()));
    assertThrows(Problem.class, () -> new DiveOptions(1, 0.4, 0.5, 0, 8, Map.of(), Map.of()));
    var oddAnchor = new DiveOptions(1, 0.4, 0.5, 8, 12, Map.of(), Map.of());
    assertThrows(Problem.class, () -> new Dive(ROOT, LATTICE, oddAnchor, networks, 4));
  }

  @Test
  void aCancelledRenderingEndsAndLeavesNothingOpen() {
    var cancellation = new Cancellation();
    cancellation.cancel();
    try (var dive = dive(4)) {
      assertThrows(
          CancellationException.class,
          () -> dive.picture().render(128, Rectangle.whole(128), cancellation));
    }
    assertEquals(0, networks.open.get());
  }
}
