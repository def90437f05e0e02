package org.infd.inference.runtime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.FloatBuffer;
import java.util.Map;
import org.infd.inference.Problem;

/**
 * A small network with the operations that models are made of (convolutions, a group norm, SiLU,
 * nearest upsampling, attention, a lookup), whose result on a device is compared with the CPU's.
 * Its weights are constants of the graph, as in models: some providers take a convolution only so.
 * Left to itself the runtime computes on the CPU what a provider does not take, and the test would
 * pass without the device; that is forbidden here, so that it says which nodes were not taken.
 */
final class ProbeNetwork {
  private static final int CHANNELS = 8;
  private static final int SIDE = 16;
  private static final int GROUPS = 4;
  private static final int CELLS = SIDE * SIDE;
  private static final int KERNEL = 3;
  private static final int PICKED = 5;

  /** Full precision has its own rounding and order of additions, float16 ten bits. */
  private static final double FULL_TOLERANCE = 1e-3;

  private static final double HALF_TOLERANCE = 4e-2;

  private ProbeNetwork() {}

  /** Lets a session run on the device that is tested. */
  @FunctionalInterface
  interface Provider {
    void add(OrtSession.SessionOptions options) throws OrtException;
  }

  /**
   * Whether a device computes the network right.
   *
   * @param half in float16
   * @throws Problem if the device refuses it, or leaves a part of it to the CPU
   */
  static boolean isRight(Device device, boolean half) {
    return isRight(options -> Providers.add(options, device, false), half);
  }

  static boolean isRight(Provider provider, boolean half) {
    var expected = run(options -> {}, false, false);
    return isNear(run(provider, half, true), expected, half ? HALF_TOLERANCE : FULL_TOLERANCE);
  }

  private static FloatBuffer run(Provider provider, boolean half, boolean alone) {
    var environment = OnnxRuntime.environment();
    try (var _ = OnnxRuntime.WORK.begin(() -> {});
        var options = new OrtSession.SessionOptions()) {
      options.disablePerSessionThreads();
      options.setMemoryPatternOptimization(false);
      if (alone) {
        options.addConfigEntry("session.disable_cpu_ep_fallback", "1");
      }
      provider.add(options);
      try (var session = environment.createSession(model(half), options);
          var image =
              OnnxTensor.createTensor(
                  environment,
                  FloatBuffer.wrap(values(CHANNELS * CELLS, 13)),
                  new long[] {1, CHANNELS, SIDE, SIDE});
          var result = session.run(Map.of("x", image))) {
        return ((OnnxTensor) result.get(0)).getFloatBuffer();
      }
    } catch (OrtException e) {
      throw new Problem(OnnxRuntime.firstLine(e), e);
    }
  }

  /**
   * The network as ONNX: x (1, 8, 16, 16) → y (1, 5, 8), both float32.
   *
   * @param half in float16 between casts
   */
  static byte[] model(boolean half) {
    var graph = new SmallGraph("probe", half);
    graph.input("x", 1, CHANNELS, SIDE, SIDE);
    graph.output("y", 1, PICKED, CHANNELS);
    graph.fromFloat("x", "x0");
    graph.weights("w1", values(CHANNELS * CHANNELS * KERNEL * KERNEL, 7), CHANNELS, CHANNELS, 3, 3);
    graph.weights("b1", values(CHANNELS, 5), CHANNELS);
    graph.node("Conv", "c1", "x0", "w1", "b1").ints("pads", 1, 1, 1, 1);
    // a group norm, and SiLU
    graph.shape("grouped", 1, GROUPS, (long) CHANNELS / GROUPS * CELLS);
    graph.shape("image", 1, CHANNELS, SIDE, SIDE);
    graph.weights("one", ones(GROUPS), GROUPS);
    graph.weights("zero", new float[GROUPS], GROUPS);
    graph.weights("scale", values(CHANNELS, 3), 1, CHANNELS, 1, 1);
    graph.weights("shift", values(CHANNELS, 11), 1, CHANNELS, 1, 1);
    graph.node("Reshape", "g1", "c1", "grouped");
    graph.node("InstanceNormalization", "g2", "g1", "one", "zero");
    graph.node("Reshape", "g3", "g2", "image");
    graph.node("Mul", "g4", "g3", "scale");
    graph.node("Add", "g5", "g4", "shift");
    graph.node("Sigmoid", "s1", "g5");
    graph.node("Mul", "s2", "g5", "s1");
    // up, beside itself, and down again
    graph.floats("scales", 1, 1, 2, 2);
    graph
        .node("Resize", "u1", "s2", "", "scales")
        .text("mode", "nearest")
        .text("coordinate_transformation_mode", "asymmetric")
        .text("nearest_mode", "floor");
    graph.node("Concat", "u2", "u1", "u1").number("axis", 1);
    graph.weights(
        "w2", values(2 * CHANNELS * CHANNELS * KERNEL * KERNEL, 9), CHANNELS, 2 * CHANNELS, 3, 3);
    graph.node("Conv", "d1", "u2", "w2").ints("pads", 1, 1, 1, 1).ints("strides", 2, 2);
    // attention of every cell to every other
    graph.shape("cells", 1, CHANNELS, CELLS);
    graph.weights("root", new float[] {0.125f}, 1);
    graph.node("Reshape", "a1", "d1", "cells");
    graph.node("Transpose", "a2", "a1").ints("perm", 0, 2, 1);
    graph.node("MatMul", "a3", "a2", "a1");
    graph.node("Mul", "a4", "a3", "root");
    graph.node("Softmax", "a5", "a4").number("axis", 2);
    graph.node("MatMul", "a6", "a5", "a2");
    // what a few cells found
    graph.shape("picked", 0, 17, 100, 200, 255);
    graph.node("Gather", "p1", "a6", "picked").number("axis", 1);
    graph.toFloat("p1", "y");
    return graph.toBytes();
  }

  private static float[] ones(int count) {
    var values = new float[count];
    java.util.Arrays.fill(values, 1);
    return values;
  }

  /** Numbers between −1/4 and 1/4 that float16 holds exactly. */
  private static float[] values(int count, int step) {
    var values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (i * step % 33 - 16) / 64f;
    }
    return values;
  }

  private static boolean isNear(FloatBuffer found, FloatBuffer expected, double tolerance) {
    if (found.remaining() != expected.remaining()) {
      return false;
    }
    double largest = 0;
    for (int i = 0; i < expected.limit(); i++) {
      largest = Math.max(largest, Math.abs(expected.get(i)));
    }
    for (int i = 0; i < expected.limit(); i++) {
      // also false for what is not a number
      if (!(Math.abs(found.get(i) - expected.get(i)) <= tolerance * largest)) {
        return false;
      }
    }
    return largest > 0;
  }
}
