package org.infd.app.generate;

import org.infd.inference.Problem;
import org.infd.inference.runtime.Device;
import org.infd.inference.runtime.Devices;
import org.infd.inference.runtime.OnnxRuntime;

/** Takes the device that the user wants, or the best that works when it cannot be had. */
public final class DeviceChoice {
  private DeviceChoice() {}

  /**
   * The device for a wish.
   *
   * @param wish "auto", "cpu" or "cuda"
   * @param threads how many threads the processor may use, 0 for all; before the first session only
   */
  public static Device choose(String wish, int threads) {
    if (threads > 0) {
      OnnxRuntime.setThreads(threads);
    }
    try {
      return Devices.choose(wish);
    } catch (Problem e) {
      var best = Devices.choose("auto");
      return new Device(best.kind(), best.index(), best.name(), String.valueOf(e.getMessage()));
    }
  }
}
