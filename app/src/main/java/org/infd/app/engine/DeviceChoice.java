package org.infd.app.engine;

import org.infd.inference.runtime.Device;
import org.infd.inference.runtime.Devices;
import org.infd.inference.runtime.OnnxRuntime;

/** Takes the device that the user wants, or the best that works when it cannot be had. */
public final class DeviceChoice {
  private DeviceChoice() {}

  /**
   * The device for a wish.
   *
   * @param wish "auto", "cpu", "cuda", "tensorrt", "directml" or "coreml"
   * @param full whether a GPU is to compute in full precision in any case
   * @param gpuMegabytes what may be taken of a GPU's memory, 0 for all
   * @param threads how many threads the processor may use, 0 for all; before the first session only
   */
  public static Device choose(String wish, boolean full, int gpuMegabytes, int threads) {
    if (threads > 0) {
      OnnxRuntime.setThreads(threads);
    }
    var device = Devices.ofSystem().chooseOrBest(wish);
    var computing = full ? device.withPrecision(Device.Precision.FULL) : device;
    return computing.withMemoryLimit((long) gpuMegabytes << 20);
  }
}
