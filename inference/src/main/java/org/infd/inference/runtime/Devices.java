package org.infd.inference.runtime;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtProvider;
import ai.onnxruntime.OrtSession;
import java.util.Base64;
import java.util.Locale;
import org.infd.inference.Problem;

/**
 * Chooses the device: CUDA when the runtime offers it and a real run on it succeeds, else the CPU
 * with the reason.
 */
public final class Devices {
  /** A graph of one Relu on one float (opset 17), run to see whether a provider works. */
  private static final String PROBE =
      "CAg6NwoMCgF4EgF5IgRSZWx1EgVwcm9iZVoPCgF4EgoKCAgBEgQKAggBYg8KAXkSCgoICAESBAoCCAFCBAoAEBE=";

  private Devices() {}

  /**
   * The device for a wish of the user.
   *
   * @param wish "auto", "cpu" or "cuda"
   * @throws Problem if the wish is unknown, or "cuda" was asked for and cannot be had
   */
  public static Device choose(String wish) {
    return switch (wish.toLowerCase(Locale.ROOT)) {
      case "auto" -> best();
      case "cpu" -> cpu("asked for.");
      case "cuda" -> {
        var device = best();
        if (device.kind() != Device.Kind.CUDA) {
          throw new Problem("CUDA cannot be used: " + device.reason());
        }
        yield device;
      }
      default -> throw new Problem("There is no device '" + wish + "'. Use auto, cpu or cuda.");
    };
  }

  /** The best device that works here. The probe creates a session and runs it once. */
  public static Device best() {
    if (!OrtEnvironment.getAvailableProviders().contains(OrtProvider.CUDA)) {
      return cpu("this build holds the CPU runtime only; the 'cuda' build uses an NVIDIA GPU.");
    }
    try (var _ = OnnxRuntime.WORK.begin(() -> {});
        var options = new OrtSession.SessionOptions()) {
      options.addCUDA(0);
      try (var session =
              OnnxRuntime.environment().createSession(Base64.getDecoder().decode(PROBE), options);
          var input =
              ai.onnxruntime.OnnxTensor.createTensor(OnnxRuntime.environment(), new float[] {1});
          var result = session.run(java.util.Map.of("x", input))) {
        if (result.size() != 1) {
          return cpu("the CUDA device gave no result.");
        }
      }
      return new Device(
          Device.Kind.CUDA, 0, "CUDA device 0", "an NVIDIA device answered a test run.");
    } catch (OrtException e) {
      return cpu("CUDA did not start (" + e.getMessage() + ").");
    }
  }

  static Device cpu(String reason) {
    int threads = OnnxRuntime.threads();
    return new Device(
        Device.Kind.CPU, 0, "CPU, " + threads + (threads == 1 ? " thread" : " threads"), reason);
  }
}
