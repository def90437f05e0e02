package org.infd.app.cli;

import org.infd.inference.Problem;
import org.infd.inference.runtime.Device;
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
          "What to compute on (default: auto, CUDA where it works, else the CPU). tensorrt,"
              + " directml and coreml where the runtime holds them; 'infd devices' tests all.")
  private String device;

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "0",
      description = "CPU threads to use (default: all).")
  private int threads;

  Device choose(Services services) {
    if (threads < 0 || threads > MOST_THREADS) {
      throw new Problem("--threads is between 1 and " + MOST_THREADS + ", not " + threads + ".");
    }
    return services.device(device, threads);
  }
}
