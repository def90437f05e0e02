package org.infd.inference.field;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.List;
import java.util.Objects;
import org.infd.inference.bundle.Manifest;
import org.junit.jupiter.api.Test;

class NormStatisticsTest {
  private static NormStatistics one(double mean, double variance) {
    return NormStatistics.of(List.of(List.of(new NormStatistics.Group(mean, variance))));
  }

  @Test
  void interpolatesMeanAndLogVariance() {
    var a = one(1, 1);
    var b = one(3, 4);
    var half = a.towards(b, 0.5).norm(0).getFirst();
    assertEquals(2, half.mean(), 1e-12);
    assertEquals(2, half.variance(), 1e-5, "the geometric mean");
    assertSame(a, a.towards(b, 0));
    assertSame(b, a.towards(b, 1));
  }

  @Test
  void aConstantGroupStaysFinite() {
    var group = one(0, 0).towards(one(0, 0), 0.3).norm(0).getFirst();
    assertEquals(0, group.variance(), 1e-12);
  }

  @Test
  void repeatsGroupsOverChannels() {
    var statistics =
        NormStatistics.of(
            List.of(List.of(new NormStatistics.Group(1, 2), new NormStatistics.Group(3, 4))));
    var initializers = statistics.initializers(List.of(new Manifest.Norm("norm", 4, 2)));
    assertArrayEquals(
        new float[] {1, 1, 3, 3},
        Objects.requireNonNull(initializers.get("norm_0_mean")).toArray());
    assertArrayEquals(
        new float[] {2, 2, 4, 4},
        Objects.requireNonNull(initializers.get("norm_0_variance")).toArray());
  }
}
