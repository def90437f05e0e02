package org.infd.inference.diffusion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import org.infd.inference.bundle.Manifest.Prediction;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.tensor.Tensor;
import org.junit.jupiter.api.Test;

class DenoiserTest {
  private static final NoiseLevel LEVEL = new NoiseLevel(300, 0.3);
  private final Tensor x0 = new PhiloxNoise(1).start(1, 3, 4, 4);
  private final Tensor epsilon = new PhiloxNoise(2).start(1, 3, 4, 4);

  private Tensor mix(double ofX0, double ofEpsilon) {
    var mixed = Tensor.zeros(x0.shape());
    for (int i = 0; i < mixed.elements(); i++) {
      mixed.set(i, (float) (ofX0 * x0.get(i) + ofEpsilon * epsilon.get(i)));
    }
    return mixed;
  }

  @Test
  void everyPredictionGivesTheSameEstimate() {
    double a = Math.sqrt(0.3);
    double s = Math.sqrt(0.7);
    for (var prediction : Prediction.values()) {
      var output =
          switch (prediction) {
            case EPSILON -> epsilon;
            case X0 -> x0;
            case VELOCITY -> mix(-s, a);
          };
      var estimate =
          Denoiser.of((z, t, context, c) -> output, prediction, null)
              .estimate(mix(a, s), LEVEL, Cancellation.never());
      assertArrayEquals(x0.toArray(), estimate.x0().toArray(), 2e-6f, prediction.name());
      assertArrayEquals(epsilon.toArray(), estimate.epsilon().toArray(), 2e-6f, prediction.name());
    }
  }

  @Test
  void guidanceMixesTwoBranches() {
    var condition = Tensor.of(new float[] {1}, 1, 1, 1);
    var empty = Tensor.of(new float[] {2}, 1, 1, 1);
    var contexts = new ArrayList<float[]>();
    Denoiser.Network network =
        (z, t, context, c) -> {
          assertEquals(300, t);
          var values = context == null ? new float[0] : context.toArray();
          contexts.add(values);
          assertEquals(values.length, z.extent(0));
          return values.length == 2 ? Tensor.joined(x0, epsilon) : x0;
        };
    var estimate =
        Denoiser.guided(network, Prediction.X0, condition, empty, 3)
            .estimate(x0, LEVEL, Cancellation.never());
    assertArrayEquals(mix(3, -2).toArray(), estimate.x0().toArray(), 1e-6f);
    // both in one run, the condition first
    assertEquals(1, contexts.size());
    assertArrayEquals(new float[] {1, 2}, contexts.getFirst());

    contexts.clear();
    var plain =
        Denoiser.guided(network, Prediction.X0, condition, empty, 1)
            .estimate(x0, LEVEL, Cancellation.never());
    assertArrayEquals(x0.toArray(), plain.x0().toArray());
    assertArrayEquals(new float[] {1}, contexts.getFirst());
  }
}
