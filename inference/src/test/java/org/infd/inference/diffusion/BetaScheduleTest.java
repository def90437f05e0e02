package org.infd.inference.diffusion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.infd.inference.Problem;
import org.infd.inference.bundle.Manifest.LastAlpha;
import org.junit.jupiter.api.Test;

class BetaScheduleTest {
  private final BetaSchedule released = BetaSchedule.linear(1000, 0.0015, 0.0195);

  @Test
  void hasThePublishedProducts() {
    assertEquals(0.9985, released.alphaCumprod(0), 1e-15);
    assertEquals(0.9969842590, released.alphaCumprod(1), 1e-10);
    assertEquals(0.3891453986, released.alphaCumprod(250), 1e-10);
    assertEquals(0.04884778316, released.alphaCumprod(500), 1e-11);
    assertEquals(0.001964748734, released.alphaCumprod(750), 1e-12);
    assertEquals(2.779457674e-5, released.alphaCumprod(995), 1e-14);
    assertEquals(2.569202526e-5, released.alphaCumprod(999), 1e-14);
  }

  @Test
  void endsAreExact() {
    assertEquals(0.0015, released.betas()[0]);
    assertEquals(0.0195, released.betas()[999]);
  }

  @Test
  void anotherCountScalesTheEnds() {
    var short250 = BetaSchedule.linear(250, 0.0015, 0.0195);
    assertEquals(0.006, short250.betas()[0], 1e-15);
    assertEquals(0.078, short250.betas()[249], 1e-15);
    // the whole amount of noise stays about the same
    assertEquals(Math.log(released.alphaCumprod(999)), Math.log(short250.alphaCumprod(249)), 0.5);
  }

  @Test
  void cosineFallsFromOneToNothingAndIsCapped() {
    var cosine = BetaSchedule.cosine(1000);
    assertEquals(0.999, cosine.betas()[999]);
    assertTrue(cosine.betas()[998] < 0.999);
    double half = Math.pow(Math.cos((0.5 + 0.008) / 1.008 * Math.PI / 2), 2);
    double start = Math.pow(Math.cos(0.008 / 1.008 * Math.PI / 2), 2);
    assertEquals(half / start, cosine.alphaCumprod(499), 1e-12);
  }

  @Test
  void impossibleNumbersAreRefused() {
    assertThrows(Problem.class, () -> BetaSchedule.linear(0, 0.0015, 0.0195));
    assertThrows(Problem.class, () -> BetaSchedule.linear(-5, 0.0015, 0.0195));
    assertThrows(Problem.class, () -> BetaSchedule.linear(Integer.MAX_VALUE, 0.0015, 0.0195));
    assertThrows(Problem.class, () -> BetaSchedule.linear(1000, 0.0015, 1.5));
    assertThrows(Problem.class, () -> BetaSchedule.linear(1000, Double.NaN, 0.0195));
    assertThrows(Problem.class, () -> BetaSchedule.linear(1000, -0.1, 0.0195));
    assertThrows(Problem.class, () -> BetaSchedule.cosine(0));
  }

  @Test
  void theRootsOfTheEndsAreJoinedByALine() {
    var schedule = BetaSchedule.sqrtLinear(1000, 0.00085, 0.012);
    var betas = schedule.betas();
    assertEquals(0.00085, betas[0], 1e-18);
    assertEquals(0.012, betas[999], 1e-16);
    double middle = (Math.sqrt(0.00085) + Math.sqrt(0.012)) / 2;
    assertEquals(middle * middle, (betas[499] + betas[500]) / 2, 1e-7);
    // as published with Stable Diffusion
    assertEquals(0.99915, schedule.alphaCumprod(0), 1e-12);
    assertEquals(0.00466, schedule.alphaCumprod(999), 1e-5);
    // the ends are those of any count
    assertEquals(0.012, BetaSchedule.sqrtLinear(500, 0.00085, 0.012).betas()[499], 1e-16);
  }

  @Test
  void theLastStepMayLeaveSomeNoise() {
    var schedule = BetaSchedule.sqrtLinear(1000, 0.00085, 0.012);
    var kept = TimestepRespacing.parse("leading10+1", 1000);
    var usual = new RespacedSchedule(schedule, kept);
    var first = new RespacedSchedule(schedule, kept, LastAlpha.FIRST);
    assertEquals(1, usual.alphaCumprodPrev(0));
    assertEquals(schedule.alphaCumprod(0), first.alphaCumprodPrev(0));
    assertEquals(usual.alphaCumprodPrev(3), first.alphaCumprodPrev(3));
    assertEquals(0, new Ddim(usual, 1).coefficients(0).sigma());
    assertTrue(new Ddim(first, 1).coefficients(0).sigma() > 0);
  }

  @Test
  void respacingKeepsTheProducts() {
    var respaced =
        new RespacedSchedule(released, TimestepRespacing.parse("ddim10", released.steps()));
    assertArrayEquals(
        new int[] {0, 100, 200, 300, 400, 500, 600, 700, 800, 900}, respaced.timesteps());
    for (int k = 0; k < respaced.count(); k++) {
      assertEquals(released.alphaCumprod(100 * k), respaced.alphasCumprod()[k], 1e-15);
    }
    assertEquals(1, respaced.alphaCumprodPrev(0));
    assertEquals(respaced.alphasCumprod()[3], respaced.alphaCumprodPrev(4));
  }
}
