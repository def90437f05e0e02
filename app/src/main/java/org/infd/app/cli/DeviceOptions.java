package org.infd.app.cli;

import org.infd.inference.Problem;
import org.infd.inference.runtime.Device;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a command computes. */
final class DeviceOptions {
  /** More threads than any machine has would only cost memory. */
  private static final int MOST_THREADS = 1024;

  @Option(
      names = "--device",
      paramLabel = "auto|cpu|cuda|…",
      defaultValue = "auto",
      description =
          "What to compute on (default: auto, CUDA where it works, else the CPU). tensorrt"
              + " and coreml where the runtime holds them; 'infd devices' tests all.")
  private String device;

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "0",
      description = "CPU threads to use (default: all).")
  private int threads;

  @Option(
      names = "--precision",
      paramLabel = "full|half",
      description =
          "How a GPU computes: full is float32 and gives the same picture every time; half is"
              + " float16 where a check finds it good enough (default: half where the GPU passes"
              + " its test).")
  private Device.@Nullable Precision precision;

  @Option(
      names = "--gpu-memory",
      paramLabel = "MB",
      defaultValue = "0",
      description =
          "What all networks together may take of a GPU's memory (default: all). What does not fit"
              + " is computed on the CPU.")
  private long gpuMegabytes;

  Device choose(Services services) {
    if (threads < 0 || threads > MOST_THREADS) {
      throw new Problem("--threads is between 1 and " + MOST_THREADS + ", not " + threads + ".");
    }
    var chosen = services.device(device, threads);
    if (precision != null) {
      chosen = chosen.withPrecision(precision);
    }
    return gpuMegabytes == 0 ? chosen : chosen.withMemoryLimit(gpuMegabytes << 20);
  }
}
