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

class DdimTest {
  private static final long[] SHAPE = {1, 2, 4, 4};
  private final BetaSchedule schedule = BetaSchedule.linear(1000, 0.0015, 0.0195);
  private final GaussianMixture network = new GaussianMixture(schedule, 0.4);
  private final Denoiser denoiser = Denoiser.of(network, Prediction.EPSILON, null);

  private Ddim ddim(String respacing, double eta) {
    return new Ddim(schedule, TimestepRespacing.parse(respacing, 1000), eta);
  }

  /** Writes down what is asked for. */
  private static final class Recorder implements NoiseSource {
    final List<String> asked = new ArrayList<>();
    final PhiloxNoise noise = new PhiloxNoise(5);

    @Override
    public Tensor start(long... shape) {
      asked.add("start");
      return noise.start(shape);
    }

    @Override
    public Tensor step(int step, long... shape) {
      asked.add("step " + step);
      return noise.step(step, shape);
    }
  }

  @Test
  void drawsTheStartAndThenOneNoisePerStepWhateverEta() {
    for (double eta : new double[] {0, 0.5, 1}) {
      var recorder = new Recorder();
      ddim("ddim4", eta).sample(denoiser, recorder, SHAPE, step -> {}, Cancellation.never());
      assertEquals(List.of("start", "step 0", "step 1", "step 2", "step 3"), recorder.asked);
    }
  }

  @Test
  void onlyEtaZeroIgnoresTheStepNoise() {
    for (double eta : new double[] {0, 1}) {
      var sampler = ddim("ddim10", eta);
      var seven = new PhiloxNoise(7);
      NoiseSource otherSteps =
          new NoiseSource() {
            @Override
            public Tensor start(long... shape) {
              return seven.start(shape);
            }

            @Override
            public Tensor step(int step, long... shape) {
              return new PhiloxNoise(8).step(step, shape);
            }
          };
      float[] a = sampler.sample(denoiser, seven, SHAPE, s -> {}, Cancellation.never()).toArray();
      float[] b =
          sampler.sample(denoiser, otherSteps, SHAPE, s -> {}, Cancellation.never()).toArray();
      assertEquals(eta == 0, Arrays.equals(a, b));
    }
  }

  @Test
  void theLastStepGivesTheCleanEstimate() {
    var seen = new ArrayList<SamplingStep>();
    var z =
        ddim("ddim5", 1)
            .sample(denoiser, new PhiloxNoise(1), SHAPE, seen::add, Cancellation.never());
    assertEquals(5, seen.size());
    assertArrayEquals(seen.getLast().x0().toArray(), z.toArray());
    assertEquals(List.of(800, 600, 400, 200, 0), seen.stream().map(s -> s.timestep()).toList());
    assertEquals(List.of(1, 2, 3, 4, 5), seen.stream().map(s -> s.number()).toList());
    assertArrayEquals(new int[] {800, 600, 400, 200, 0}, ddim("ddim5", 1).timesteps());
  }

  @Test
  void samplesFollowTheData() {
    for (double eta : new double[] {0, 1}) {
      var z =
          ddim("ddim250", eta)
              .sample(
                  denoiser,
                  new PhiloxNoise(2),
                  new long[] {1, 1, 100, 100},
                  s -> {},
                  Cancellation.never());
      double mean = 0;
      double square = 0;
      for (float v : z.toArray()) {
        mean += v / 1e4;
        square += v * v / 1e4;
      }
      // the mixture's own moments; the sampler's steps shrink the spread by up to 0.035
      assertEquals(-0.09, mean, 0.04);
      assertEquals(0.3 * 1.44 + 0.3 * 0.09 + 0.4 * 0.81 + 0.16, square, 0.06);
    }
  }

  @Test
  void aCancelEndsTheRunBetweenSteps() {
    var cancellation = new Cancellation();
    var seen = new ArrayList<Integer>();
    assertThrows(
        CancellationException.class,
        () ->
            ddim("ddim10", 1)
                .sample(
                    denoiser,
                    new PhiloxNoise(1),
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
          var out = network.predict(z, t, context, cancellation);
          if (t == 400) {
            out.set(3, Float.NaN);
          }
          return out;
        };
    for (var sampler :
        List.of(ddim("ddim5", 1), new DpmSolver(schedule, new int[] {999, 400, 0}))) {
      var seen = new ArrayList<SamplingStep>();
      var problem =
          assertThrows(
              Problem.class,
              () ->
                  sampler.sample(
                      Denoiser.of(broken, Prediction.EPSILON, null),
                      new PhiloxNoise(1),
                      SHAPE,
                      seen::add,
                      Cancellation.never()));
      assertTrue(problem.getMessage().contains("time step 400"), problem.getMessage());
      assertFalse(seen.stream().anyMatch(s -> s.timestep() <= 400));
    }
  }

  @Test
  void etaHasLimits() {
    for (double eta : new double[] {-0.1, Double.NaN, Double.POSITIVE_INFINITY, 50}) {
      assertThrows(Problem.class, () -> ddim("ddim10", eta));
    }
    for (double eta : new double[] {0, 0.3, 1}) {
      for (int count : TimestepRespacing.ddimCounts(1000)) {
        var sampler = ddim("ddim" + count, eta);
        for (int k = 0; k < count; k++) {
          var c = sampler.coefficients(k);
          assertTrue(c.direction() >= 0 && c.sigma() >= 0);
        }
        assertEquals(new Ddim.Coefficients(1, 0, 0), sampler.coefficients(0));
      }
    }
  }
}
