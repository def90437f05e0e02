package org.infd.inference.runtime;

import org.infd.inference.NumberText;

/** What a test run on a device said. */
public sealed interface ProbeResult {
  /** The kind of device that was tested. */
  Device.Kind kind();

  /**
   * The device answered, and its numbers were right.
   *
   * @param name the device's own name
   * @param memory its memory in bytes, 0 where that is not known
   * @param half whether float16 gave right numbers too
   */
  record Works(Device.Kind kind, String name, long memory, boolean half) implements ProbeResult {
    /** A line for people: name, memory, precisions. */
    public String text() {
      return name
          + (memory == 0 ? "" : NumberText.format(", %.0f GB", memory / (double) (1 << 30)))
          + (half ? ", float32 and float16" : ", float32");
    }
  }

  /**
   * The device cannot be used.
   *
   * @param cause what it is, for programs
   * @param reason what it is, exactly, as a sentence
   * @param nextStep what to do about it, as a sentence
   */
  record Fails(Device.Kind kind, Cause cause, String reason, String nextStep)
      implements ProbeResult {
    /** Reason and next step. */
    public String text() {
      return reason + " " + nextStep;
    }
  }

  /** Why a device cannot be used. */
  enum Cause {
    NOT_IN_RUNTIME("build for the CPU"),
    NO_DRIVER("no GPU driver"),
    NO_DEVICE("no GPU found"),
    CRASHED("the GPU driver crashes"),
    WRONG_CUDA("another CUDA version"),
    NO_CUDA("CUDA is missing"),
    NO_CUDNN("cuDNN is missing"),
    TIMED_OUT("the GPU did not answer"),
    FAILED("the GPU failed its test");

    private final String title;

    Cause(String title) {
      this.title = title;
    }

    /** A few words for a status line. */
    public String title() {
      return title;
    }
  }
}
