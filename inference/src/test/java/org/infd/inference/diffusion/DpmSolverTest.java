package org.infd.inference.diffusion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.stream.IntStream;
import org.infd.inference.Problem;
import org.infd.inference.bundle.Manifest.Prediction;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.tensor.Tensor;
import org.junit.jupiter.api.Test;

class DpmSolverTest {
  private static final long[] SHAPE = {1, 1, 16, 16};
  private final BetaSchedule schedule = BetaSchedule.linear(1000, 0.0015, 0.0195);
  private final GaussianMixture network = new GaussianMixture(schedule, 0.4);
  private final Denoiser denoiser = Denoiser.of(network, Prediction.EPSILON, null);
  private final PhiloxNoise noise = new PhiloxNoise(11);

  private Tensor sample(Sampler sampler) {
    return sampler.sample(denoiser, noise, SHAPE, step -> {}, Cancellation.never());
  }

  private Tensor pathEnd() {
    var start = noise.start(SHAPE);
    var end = Tensor.zeros(SHAPE);
    for (int i = 0; i < end.elements(); i++) {
      end.set(i, (float) network.pathEnd(start.get(i)));
    }
    return end;
  }

  private static double rms(Tensor a, Tensor b) {
    double sum = 0;
    for (int i = 0; i < a.elements(); i++) {
      double d = a.get(i) - b.get(i);
      sum += d * d;
    }
    return Math.sqrt(sum / a.elements());
  }

  @Test
  void convergesWithOrderTwoToTheDeterministicPath() {
    var path = pathEnd();
    var ddim1000 = sample(new Ddim(schedule, TimestepRespacing.all(1000), 0));
    double floor = rms(ddim1000, path);
    System.out.printf("1000-step DDIM, η = 0, is %.2e from the exact path%n", floor);
    int[] counts = {10, 14, 20, 28, 40, 56};
    var againstPath = new double[counts.length];
    var againstDdim = new double[counts.length];
    for (int i = 0; i < counts.length; i++) {
      var end = sample(new DpmSolver(schedule, counts[i]));
      againstPath[i] = rms(end, path);
      againstDdim[i] = rms(end, ddim1000);
      System.out.printf(
          "DPM-Solver++(2M) %3d steps: %.2e from the path, %.2e from 1000-step DDIM%n",
          counts[i], againstPath[i], againstDdim[i]);
    }
    // over a factor 2 in steps an error of order 2 falls to a quarter
    for (int i = 0; i + 2 < counts.length; i++) {
      double order = Math.log(againstPath[i] / againstPath[i + 2]) / Math.log(2);
      System.out.printf("order from %d to %d steps: %.2f%n", counts[i], counts[i + 2], order);
      assertTrue(order > 1.6, "order " + order);
    }
    double overall = Math.log(againstPath[0] / againstPath[4]) / Math.log(4);
    assertTrue(overall > 1.9, "order from 10 to 40 steps: " + overall);
    // towards the 1000-step run, as far as that run itself is right
    for (int i = 0; i < counts.length; i++) {
      assertTrue(againstDdim[i] <= againstPath[i] + floor * 1.001);
    }
    assertTrue(againstDdim[2] < againstDdim[0] / 3, "10 to 20 steps, floor and all");
    // the point of it: 25 steps beat 200 of DDIM
    double ddim200 = rms(sample(new Ddim(schedule, TimestepRespacing.ddim(200, 1000), 0)), path);
    double dpm25 = rms(sample(new DpmSolver(schedule, DpmSolver.DEFAULT_STEPS)), path);
    System.out.printf("DDIM 200 steps: %.2e, DPM-Solver++ 25 steps: %.2e%n", ddim200, dpm25);
    assertTrue(dpm25 < ddim200);
  }

  @Test
  void timeStepsAreWholeFallingAndSpanTheSchedule() {
    for (int count = 2; count <= 1000; count++) {
      int[] timesteps = new DpmSolver(schedule, count).timesteps();
      assertEquals(count, timesteps.length);
      assertEquals(999, timesteps[0]);
      assertEquals(0, timesteps[count - 1]);
      for (int i = 1; i < count; i++) {
        assertTrue(timesteps[i] < timesteps[i - 1]);
      }
    }
    // even in λ but for the rounding to whole steps
    int[] timesteps = new DpmSolver(schedule, 20).timesteps();
    double share = (lambda(0) - lambda(999)) / 19;
    for (int i = 1; i < 20; i++) {
      double growth = lambda(timesteps[i]) - lambda(timesteps[i - 1]);
      assertEquals(share, growth, 0.3 * share, "from " + timesteps[i - 1]);
    }
    assertArrayEquals(
        IntStream.range(0, 1000).map(t -> 999 - t).toArray(),
        new DpmSolver(schedule, 1000).timesteps());
    assertArrayEquals(new int[] {999}, new DpmSolver(schedule, 1).timesteps());
    for (int count : new int[] {0, -1, 1001}) {
      assertThrows(Problem.class, () -> new DpmSolver(schedule, count));
    }
  }

  private double lambda(int timestep) {
    return new NoiseLevel(timestep, schedule.alphaCumprod(timestep)).lambda();
  }

  @Test
  void startsAndEndsFirstOrder() {
    var seen = new ArrayList<SamplingStep>();
    var solver = new DpmSolver(schedule, new int[] {900, 400, 0});
    var end = solver.sample(denoiser, noise, SHAPE, seen::add, Cancellation.never());
    assertEquals(3, seen.size());
    // a first-order step is a DDIM step
    var ddim = Ddim.Coefficients.of(schedule.alphaCumprod(900), schedule.alphaCumprod(400), 0);
    var start =
        denoiser.estimate(
            noise.start(SHAPE),
            new NoiseLevel(900, schedule.alphaCumprod(900)),
            Cancellation.never());
    for (int i = 0; i < end.elements(); i++) {
      assertEquals(
          start.x0().get(i) * ddim.sqrtAlphaPrev() + ddim.direction() * start.epsilon().get(i),
          seen.get(0).latent().get(i),
          2e-6);
    }
    assertArrayEquals(seen.get(2).x0().toArray(), end.toArray());
  }
}
