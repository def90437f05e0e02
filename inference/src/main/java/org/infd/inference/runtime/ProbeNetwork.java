package org.infd.inference.runtime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.FloatBuffer;
import java.util.Base64;
import java.util.Map;
import org.infd.inference.Problem;

/**
 * A network of one convolution, (1, 8, 16, 16) by (8, 8, 3, 3) without padding, whose result is
 * known: small enough to be run at every start, and enough to need the device's own libraries.
 */
final class ProbeNetwork {
  /** x, w → Conv → y, opset 17. */
  static final String FULL =
      "CAg6bhIEdGlueVobCgF4EhYKFAgBEhAKAggBCgIICAoCCBAKAggQWhsKAXcSFgoUCAESEAoCCAgKAggI"
          + "CgIIAwoCCANiGwoBeRIWChQIARIQCgIIAQoCCAgKAggOCgIIDgoPCgF4CgF3EgF5IgRDb252QgIQEQ==";

  /** The same between casts to float16 and back. */
  static final String HALF =
      "CAg6vwESBHRpbnlaGwoBeBIWChQIARIQCgIIAQoCCAgKAggQCgIIEFobCgF3EhYKFAgBEhAKAggICgII"
          + "CAoCCAMKAggDYhsKAXkSFgoUCAESEAoCCAEKAggICgIIDgoCCA4KGAoBeBICeGgiBENhc3QqCQoCdG8Y"
          + "CqABAgoYCgF3EgJ3aCIEQ2FzdCoJCgJ0bxgKoAECChIKAnhoCgJ3aBICeWgiBENvbnYKGAoCeWgSAXki"
          + "BENhc3QqCQoCdG8YAaABAkICEBE=";

  private static final int CHANNELS = 8;
  private static final int SIDE = 16;
  private static final int KERNEL = 3;
  private static final int OUT = SIDE - KERNEL + 1;

  private ProbeNetwork() {}

  /**
   * Whether a device computes the network right.
   *
   * @param half in float16
   * @throws Problem if the device refuses it
   */
  static boolean isRight(Device device, boolean half) {
    var environment = OnnxRuntime.environment();
    float[] x = values(CHANNELS * SIDE * SIDE, 13);
    float[] w = values(CHANNELS * CHANNELS * KERNEL * KERNEL, 7);
    try (var _ = OnnxRuntime.WORK.begin(() -> {});
        var options = new OrtSession.SessionOptions()) {
      options.disablePerSessionThreads();
      Providers.add(options, device, false);
      var model = Base64.getDecoder().decode(half ? HALF : FULL);
      try (var session = environment.createSession(model, options);
          var image =
              OnnxTensor.createTensor(
                  environment, FloatBuffer.wrap(x), new long[] {1, CHANNELS, SIDE, SIDE});
          var kernel =
              OnnxTensor.createTensor(
                  environment,
                  FloatBuffer.wrap(w),
                  new long[] {CHANNELS, CHANNELS, KERNEL, KERNEL});
          var result = session.run(Map.of("x", image, "w", kernel))) {
        var y = ((OnnxTensor) result.get(0)).getFloatBuffer();
        return isNear(y, convolution(x, w), half ? 2e-2f : 1e-4f);
      }
    } catch (OrtException e) {
      throw new Problem(OnnxRuntime.firstLine(e), e);
    }
  }

  /** Numbers between −1 and 1 that float16 holds exactly. */
  private static float[] values(int count, int step) {
    var values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (i * step % 33 - 16) / 16f;
    }
    return values;
  }

  private static double[] convolution(float[] x, float[] w) {
    var y = new double[CHANNELS * OUT * OUT];
    for (int i = 0; i < y.length; i++) {
      int channel = i / (OUT * OUT);
      int row = i / OUT % OUT;
      int column = i % OUT;
      for (int k = 0; k < CHANNELS * KERNEL * KERNEL; k++) {
        int from = k / (KERNEL * KERNEL);
        int r = row + k / KERNEL % KERNEL;
        int c = column + k % KERNEL;
        y[i] += x[(from * SIDE + r) * SIDE + c] * w[channel * CHANNELS * KERNEL * KERNEL + k];
      }
    }
    return y;
  }

  private static boolean isNear(FloatBuffer found, double[] expected, float tolerance) {
    if (found.remaining() != expected.length) {
      return false;
    }
    for (double value : expected) {
      // also false for what is not a number
      if (!(Math.abs(found.get() - value) <= tolerance * Math.max(1, Math.abs(value)))) {
        return false;
      }
    }
    return true;
  }
}
