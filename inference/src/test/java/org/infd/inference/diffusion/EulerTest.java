package org.infd.inference.diffusion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.infd.inference.Problem;
import org.infd.inference.bundle.Manifest.Prediction;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class EulerTest {
  private static final double MEAN = 0.7;
  private static final double DEVIATION = 0.4;
  private static final long[] SHAPE = {1, 1, 16, 16};
  private final BetaSchedule schedule = BetaSchedule.linear(1000, 0.0015, 0.0195);
  private final PhiloxNoise noise = new PhiloxNoise(11);

  /** The perfect network for values that are independent draws from one Gaussian. */
  private Denoiser gaussian(Prediction prediction) {
    Denoiser.Network network =
        (z, timestep, context, cancellation) -> {
          double alpha = schedule.alphaCumprod(timestep);
          var out = Tensor.zeros(z.shape());
          for (int i = 0; i < z.elements(); i++) {
            double clean = clean(z.get(i), alpha);
            double epsilon = (z.get(i) - Math.sqrt(alpha) * clean) / Math.sqrt(1 - alpha);
            out.set(
                i,
                (float)
                    switch (prediction) {
                      case EPSILON -> epsilon;
                      case X0 -> clean;
                      case VELOCITY -> Math.sqrt(alpha) * epsilon - Math.sqrt(1 - alpha) * clean;
                    });
          }
          return out;
        };
    return Denoiser.of(network, prediction, null);
  }

  private static double clean(double x, double alpha) {
    double variance = alpha * DEVIATION * DEVIATION + 1 - alpha;
    double distance = x - Math.sqrt(alpha) * MEAN;
    return MEAN + Math.sqrt(alpha) * DEVIATION * DEVIATION / variance * distance;
  }

  /**
   * Where the exact path comes to from the noisiest step: distances from the mean fall as √(s² +
   * σ²) down to training step 0, and the final step gives the estimate from there.
   */
  private double pathEnd(double start) {
    var noisy = new NoiseLevel(999, schedule.alphaCumprod(999));
    var clear = new NoiseLevel(0, schedule.alphaCumprod(0));
    double distance = start / Math.sqrt(noisy.alphaCumprod()) - MEAN;
    double kept =
        Math.hypot(DEVIATION, clear.sigma()) / Math.hypot(DEVIATION, noisy.sigma()) * distance;
    double scale = Math.sqrt(clear.alphaCumprod());
    return clean(scale * (MEAN + kept), clear.alphaCumprod());
  }

  private Tensor sample(Sampler sampler, Denoiser denoiser, long... shape) {
    return sampler.sample(denoiser, noise, shape, step -> {}, Cancellation.never());
  }

  private static double largest(Tensor a, Tensor b) {
    double largest = 0;
    for (int i = 0; i < a.elements(); i++) {
      largest = Math.max(largest, Math.abs(a.get(i) - b.get(i)));
    }
    return largest;
  }

  @ParameterizedTest
  @EnumSource
  void convergesWithOrderOneToTheExactPath(Prediction prediction) {
    var start = noise.start(SHAPE);
    var path = Tensor.zeros(SHAPE);
    for (int i = 0; i < path.elements(); i++) {
      path.set(i, (float) pathEnd(start.get(i)));
    }
    int[] counts = {25, 50, 100, 200, 400};
    var errors = new double[counts.length];
    for (int i = 0; i < counts.length; i++) {
      errors[i] =
          largest(sample(Euler.plain(schedule, counts[i]), gaussian(prediction), SHAPE), path);
    }
    for (int i = 1; i < counts.length; i++) {
      double order = Math.log(errors[i - 1] / errors[i]) / Math.log(2);
      assertEquals(1, order, 0.25, "to " + counts[i] + " steps: " + Arrays.toString(errors));
    }
    assertTrue(errors[4] < 0.02, Arrays.toString(errors));
  }

  @ParameterizedTest
  @EnumSource
  void theAncestralMethodKeepsMeanAndDeviation(Prediction prediction) {
    // what the steps themselves lose falls with their number
    assertEquals(DEVIATION, ancestralDeviation(1000), 0.025 * DEVIATION);
    assertTrue(DEVIATION - ancestralDeviation(50) > 8 * (DEVIATION - ancestralDeviation(1000)));
    for (int steps : new int[] {10, 50, 1000}) {
      var z = sample(Euler.ancestral(schedule, steps), gaussian(prediction), 1, 1, 50, 50);
      double count = z.elements();
      double mean = 0;
      double square = 0;
      for (float value : z.toArray()) {
        mean += value / count;
        square += (value - MEAN) * (value - MEAN) / count;
      }
      double deviation = ancestralDeviation(steps);
      assertEquals(MEAN, mean, 4 * DEVIATION / Math.sqrt(count), steps + " steps");
      double ofDraws = 4 * deviation / Math.sqrt(2 * count);
      assertEquals(deviation, Math.sqrt(square), ofDraws, steps + " steps");
    }
  }

  /** The deviation that a number of steps ends with: every step is linear for a Gaussian. */
  private double ancestralDeviation(int steps) {
    int[] timesteps = Euler.ancestral(schedule, steps).timesteps();
    double before = new NoiseLevel(999, schedule.alphaCumprod(999)).sigma();
    double variance = 1 + before * before; // the start is standard normal
    for (int i = 1; i < steps; i++) {
      double after = new NoiseLevel(timesteps[i], schedule.alphaCumprod(timesteps[i])).sigma();
      double up = after * after * (before * before - after * after) / (before * before);
      variance = kept(before, Math.sqrt(after * after - up)) * variance + up;
      before = after;
    }
    return Math.sqrt(kept(before, 0) * variance);
  }

  /** What a step leaves of the variance: (x̂0 − m) = s²/(s² + σ²)·(x − m), d = (x − x̂0)/σ. */
  private static double kept(double sigma, double down) {
    double clean = DEVIATION * DEVIATION / (DEVIATION * DEVIATION + sigma * sigma);
    double factor = clean + down * (1 - clean) / sigma;
    return factor * factor;
  }

  @Test
  void overTheSameStepsItIsDdim() {
    var denoiser = Denoiser.of(new GaussianMixture(schedule, 0.4), Prediction.EPSILON, null);
    for (int count : new int[] {38, 1000}) {
      // of 38 every 27th, which is a whole distance from 999 to 0
      var respacing = TimestepRespacing.ddim(count, 1000);
      var euler = Euler.plain(schedule, count);
      var ancestral = Euler.ancestral(schedule, count);
      assertArrayEquals(new Ddim(schedule, respacing, 0).timesteps(), euler.timesteps());
      var ddim0 = sample(new Ddim(schedule, respacing, 0), denoiser, SHAPE);
      var ddim1 = sample(new Ddim(schedule, respacing, 1), denoiser, SHAPE);
      assertEquals(0, largest(ddim0, sample(euler, denoiser, SHAPE)), 2e-4, "η 0, " + count);
      assertEquals(0, largest(ddim1, sample(ancestral, denoiser, SHAPE)), 2e-4, "η 1, " + count);
      assertTrue(largest(ddim0, ddim1) > 0.1, "these two are not the same");
    }
  }

  @Test
  void timeStepsAreWholeFallingAndEquallyFar() {
    for (int count = 2; count <= 1000; count++) {
      int[] timesteps = Euler.plain(schedule, count).timesteps();
      assertEquals(count, timesteps.length);
      assertEquals(999, timesteps[0]);
      assertEquals(0, timesteps[count - 1]);
      for (int i = 1; i < count; i++) {
        assertEquals(999.0 / (count - 1), timesteps[i - 1] - timesteps[i], 1, count + " steps");
        assertTrue(timesteps[i] < timesteps[i - 1]);
      }
    }
    assertArrayEquals(new int[] {999, 749, 500, 250, 0}, Euler.ancestral(schedule, 5).timesteps());
    assertArrayEquals(new int[] {999}, Euler.plain(schedule, 1).timesteps());
    var long100k = BetaSchedule.linear(100_000, 0.0015, 0.0195);
    assertEquals(50_000, Euler.plain(long100k, 3).timesteps()[1]);
    for (int count : new int[] {0, -1, 1001}) {
      assertThrows(Problem.class, () -> Euler.plain(schedule, count));
      assertThrows(Problem.class, () -> Euler.ancestral(schedule, count));
    }
  }

  private Euler euler(boolean ancestral, int steps) {
    return ancestral ? Euler.ancestral(schedule, steps) : Euler.plain(schedule, steps);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void goingOnFromTheMiddleIsTheWholeRun(boolean ancestral) {
    var sampler = euler(ancestral, 9);
    var denoiser = gaussian(Prediction.VELOCITY);
    var seen = new ArrayList<SamplingStep>();
    var whole = sampler.sample(denoiser, noise, SHAPE, seen::add, Cancellation.never());
    assertArrayEquals(seen.getLast().x0().toArray(), whole.toArray(), "the last step goes to σ 0");
    assertEquals(
        Arrays.stream(sampler.timesteps()).boxed().toList(),
        seen.stream().map(SamplingStep::timestep).toList());
    for (int first = 1; first < 9; first++) {
      var rest = new ArrayList<SamplingStep>();
      var end =
          sampler.resume(
              denoiser,
              noise,
              seen.get(first - 1).latent(),
              first,
              rest::add,
              Cancellation.never());
      assertArrayEquals(whole.toArray(), end.toArray(), "from step " + first);
      assertEquals(first + 1, rest.getFirst().number());
      assertEquals(9, rest.getFirst().steps());
    }
  }

  @Test
  void theSeedDecidesAndOnlyTheAncestralMethodAsksForMoreNoise() {
    var denoiser = gaussian(Prediction.EPSILON);
    for (boolean ancestral : new boolean[] {false, true}) {
      var asked = new ArrayList<String>();
      NoiseSource otherSteps =
          new NoiseSource() {
            @Override
            public Tensor start(long... shape) {
              asked.add("start");
              return noise.start(shape);
            }

            @Override
            public Tensor step(int step, long... shape) {
              asked.add("step " + step);
              return new PhiloxNoise(8).step(step, shape);
            }
          };
      var sampler = euler(ancestral, 3);
      float[] once = sample(sampler, denoiser, SHAPE).toArray();
      assertArrayEquals(once, sample(sampler, denoiser, SHAPE).toArray());
      float[] other =
          sampler.sample(denoiser, otherSteps, SHAPE, step -> {}, Cancellation.never()).toArray();
      assertEquals(!ancestral, Arrays.equals(once, other));
      assertEquals(
          ancestral ? List.of("start", "step 0", "step 1", "step 2") : List.of("start"), asked);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aCancelEndsTheRunBetweenSteps(boolean ancestral) {
    var cancellation = new Cancellation();
    var seen = new ArrayList<Integer>();
    assertThrows(
        CancellationException.class,
        () ->
            euler(ancestral, 10)
                .sample(
                    gaussian(Prediction.EPSILON),
                    noise,
                    SHAPE,
                    step -> {
                      seen.add(step.number());
                      if (step.number() == 3) {
                        cancellation.cancel();
                      }
                    },
                    cancellation));
    assertEquals(List.of(1, 2, 3), seen);
  }

  @Test
  void anOverflowIsSaidWithItsStep() {
    Denoiser.Network broken =
        (z, t, context, cancellation) -> {
          var out = Tensor.zeros(z.shape());
          out.set(3, t == 500 ? Float.NaN : 0);
          return out;
        };
    var seen = new ArrayList<SamplingStep>();
    var problem =
        assertThrows(
            Problem.class,
            () ->
                Euler.plain(schedule, 5)
                    .sample(
                        Denoiser.of(broken, Prediction.EPSILON, null),
                        noise,
                        SHAPE,
                        seen::add,
                        Cancellation.never()));
    assertTrue(problem.getMessage().contains("time step 500"), problem.getMessage());
    assertFalse(seen.stream().anyMatch(step -> step.timestep() <= 500));
  }
}
