package org.infd.inference.field;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.Device;
import org.infd.inference.tensor.AnyTensor;
import org.infd.inference.tensor.Tensor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Norm statistics are a function of the field and its scale: continuous, and right where known. */
class ScaleStatisticsTest {
  private static final Cancellation NEVER = Cancellation.never();
  private static final int NORMS = 5;
  private static final RandomRenderer RENDERER = RandomRenderer.of(32, 64, 32);

  @TempDir static Path folder;
  private static ModelBundle bundle;
  private static Tensor phi;

  @BeforeAll
  static void write() throws IOException {
    bundle = RENDERER.write(folder, null);
    phi = RENDERER.phi(5);
  }

  private static NeuralField field(StatisticsMode mode) {
    return NeuralField.open(bundle, Device.cpu(), phi, mode);
  }

  /** What the live graph says of some axes. */
  private static Map<String, AnyTensor> live(PixelAxis rows, PixelAxis columns) {
    var wanted = new LinkedHashSet<String>();
    for (int k = 0; k < NORMS; k++) {
      wanted.add("mean_" + k);
      wanted.add("variance_" + k);
    }
    try (var graph = bundle.load("render_live", Device.cpu())) {
      return graph.run(Map.of("query", new RenderInputs(phi).query(rows, columns)), wanted, NEVER);
    }
  }

  private static void assertNear(
      Map<String, AnyTensor> expected, NormStatistics actual, double tolerance) {
    assertEquals(NORMS, actual.norms());
    for (int k = 0; k < NORMS; k++) {
      var mean = (Tensor) Objects.requireNonNull(expected.get("mean_" + k));
      var variance = (Tensor) Objects.requireNonNull(expected.get("variance_" + k));
      for (int g = 0; g < 32; g++) {
        var group = actual.norm(k).get(g);
        double deviation = Math.sqrt(variance.get(g));
        assertEquals(mean.get(g), group.mean(), tolerance * deviation);
        assertEquals(1, group.variance() / variance.get(g), tolerance);
      }
    }
  }

  /** The largest difference, in units of the deviation. */
  private static double distance(NormStatistics a, NormStatistics b) {
    double largest = 0;
    for (int k = 0; k < NORMS; k++) {
      for (int g = 0; g < 32; g++) {
        var one = a.norm(k).get(g);
        var other = b.norm(k).get(g);
        largest =
            Math.max(largest, Math.abs(one.mean() - other.mean()) / Math.sqrt(one.variance()));
        largest = Math.max(largest, Math.abs(Math.log(one.variance() / other.variance())));
      }
    }
    return largest;
  }

  @Test
  void smallScalesAreExact() {
    try (var field = field(StatisticsMode.INTERPOLATED)) {
      for (int side : new int[] {64, 300}) {
        var axis = PixelAxis.of(side, 0, side, 64);
        assertNear(live(axis, axis), field.statistics(side, NEVER), 0);
      }
    }
  }

  @Test
  void largeScalesMeetTheirKnots() {
    try (var field = field(StatisticsMode.INTERPOLATED)) {
      for (int side : new int[] {1024, 2048, FieldRenderer.LARGEST_SIDE}) {
        var axis = PixelAxis.sampled(256, side, 64);
        assertNear(live(axis, axis), field.statistics(side, NEVER), 0);
      }
    }
  }

  @Test
  void belowTheFirstKnotAScaleHasAPassOfItsOwn() {
    try (var field = field(StatisticsMode.INTERPOLATED)) {
      for (int side : new int[] {725, 800, 1023}) {
        var axis = PixelAxis.sampled(256, side, 64);
        assertNear(live(axis, axis), field.statistics(side, NEVER), 0);
      }
    }
  }

  /** Cells of which no power of two makes 1024. */
  @Test
  void theFirstKnotMayLieHigher() throws IOException {
    var renderer = RandomRenderer.of(32, 40, 32);
    var odd = renderer.write(Files.createDirectory(folder.resolve("odd")), null);
    try (var field =
        NeuralField.open(odd, Device.cpu(), renderer.phi(5), StatisticsMode.INTERPOLATED)) {
      for (int side : new int[] {724, 1024, 1280, 2560}) {
        double change = distance(field.statistics(side, NEVER), field.statistics(side + 1, NEVER));
        assertTrue(change > 0 && change < 0.005, side + ": " + change);
      }
    }
  }

  @Test
  void nothingJumpsFromScaleToScale() {
    try (var field = field(StatisticsMode.INTERPOLATED)) {
      // a step of a pixel may change little where an octave changes more
      double octave = distance(field.statistics(1024, NEVER), field.statistics(2048, NEVER));
      assertTrue(octave > 1e-4, "the statistics do depend on the scale: " + octave);
      for (int[] step :
          new int[][] {
            {512, 513},
            {640, 641},
            {723, 724},
            {724, 725},
            {725, 726},
            {1023, 1024},
            {1024, 1025},
            {1500, 1501},
            {2047, 2048},
            {2048, 2049}
          }) {
        double change =
            distance(field.statistics(step[0], NEVER), field.statistics(step[1], NEVER));
        assertTrue(change < 0.005, step[0] + " to " + step[1] + ": " + change);
        assertTrue(change > 0, "each scale has its own");
      }
      // an odd side between two knots lies between them
      double toLower = distance(field.statistics(1024, NEVER), field.statistics(1448, NEVER));
      assertEquals(octave / 2, toLower, octave / 50);
    }
  }

  @Test
  void theOrderOfQuestionsDoesNotMatter() {
    try (var up = field(StatisticsMode.INTERPOLATED);
        var down = field(StatisticsMode.INTERPOLATED)) {
      int[] sides = {600, 1024, 1500};
      for (int side : sides) {
        up.statistics(side, NEVER);
      }
      for (int i = sides.length - 1; i >= 0; i--) {
        assertEquals(0, distance(down.statistics(sides[i], NEVER), up.statistics(sides[i], NEVER)));
      }
    }
  }

  @Test
  void streamingEqualsTheWholeAtOnce() {
    try (var exact = field(StatisticsMode.EXACT)) {
      int side = 530;
      var axis = PixelAxis.of(side, 0, side, 64);
      assertNear(live(axis, axis), exact.statistics(side, NEVER), 1e-5);
    }
  }
}
