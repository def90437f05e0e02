package org.infd.inference.runtime;

import org.infd.inference.Problem;
import org.jspecify.annotations.Nullable;

/**
 * What graphs run on, and why.
 *
 * @param kind the kind of device
 * @param index the device's number among its kind, 0 for the CPU
 * @param name what the user is shown, for example "CPU, 8 threads"
 * @param reason why this device was chosen, as a sentence; where a better one cannot be had, the
 *     next step too
 * @param precision in what arithmetic networks are computed
 * @param memoryLimit what the runtime may take of the device's memory, in bytes; 0 for no limit
 * @param finding what the test of the GPU said, or null where none was made
 */
public record Device(
    Kind kind,
    int index,
    String name,
    String reason,
    Precision precision,
    long memoryLimit,
    @Nullable ProbeResult finding) {
  /** The execution providers that the engine knows. */
  public enum Kind {
    CPU("CPU"),
    CUDA("CUDA"),
    TENSORRT("TensorRT"),
    DIRECTML("DirectML"),
    COREML("CoreML");

    private final String title;

    Kind(String title) {
      this.title = title;
    }

    /** What people call it; in lower case it is the word of the settings. */
    public String title() {
      return title;
    }
  }

  /** In what arithmetic networks are computed. */
  public enum Precision {
    /** float32 everywhere, TF32 off: the same image every time. */
    FULL,
    /** float16 where a check found it good enough, else float32. */
    HALF
  }

  /** A device that computes in float32 and takes what memory it needs. */
  public Device(Kind kind, int index, String name, String reason) {
    this(kind, index, name, reason, Precision.FULL, 0, null);
  }

  /** The CPU, for callers that have nothing to choose. */
  public static Device cpu() {
    return cpu("asked for.");
  }

  static Device cpu(String reason) {
    int threads = OnnxRuntime.threads();
    return new Device(
        Kind.CPU, 0, "CPU, " + threads + (threads == 1 ? " thread" : " threads"), reason);
  }

  /** Whether it has memory of its own and wants work in fixed shapes. */
  public boolean isGpu() {
    return kind != Kind.CPU;
  }

  /**
   * The same device, computing otherwise.
   *
   * @throws Problem if it is a CPU, which computes in full precision only, or its test found half
   *     precision wrong
   */
  public Device withPrecision(Precision other) {
    if (other == Precision.HALF
        && (!isGpu() || (finding instanceof ProbeResult.Works works && !works.half()))) {
      throw new Problem(name + " computes in full precision only. Use --precision full.");
    }
    return new Device(kind, index, name, reason, other, memoryLimit, finding);
  }

  /**
   * The same device with a bound on its memory.
   *
   * @param bytes 0 for no limit
   * @throws Problem if it is below what a runtime needs to start at all
   */
  public Device withMemoryLimit(long bytes) {
    if (bytes != 0 && bytes < SMALLEST_LIMIT) {
      throw new Problem(
          "A GPU needs at least "
              + (SMALLEST_LIMIT >> 20)
              + " MB for its work; leave the limit out or give more.");
    }
    return new Device(kind, index, name, reason, precision, bytes, finding);
  }

  private static final long SMALLEST_LIMIT = 256L << 20;

  /** The same device, chosen for another reason. */
  public Device because(String other) {
    return new Device(kind, index, name, other, precision, memoryLimit, finding);
  }

  /**
   * A line for a status bar: the name, then the precision of a GPU, or in a few words why no GPU is
   * used.
   */
  public String summary() {
    if (isGpu()) {
      return name + (precision == Precision.HALF ? ", half precision" : ", full precision");
    }
    return finding instanceof ProbeResult.Fails fails
        ? name + " (" + fails.cause().title() + ")"
        : name;
  }
}
