package org.infd.inference.runtime;

import java.util.Locale;
import java.util.stream.Stream;
import org.infd.inference.Problem;

/**
 * A GPU stopped in the middle of its work: taken away, reset by its driver, or broken by an error
 * after which its context computes nothing any more. Smaller pieces do not help.
 */
public final class DeviceLost extends Problem {
  private static final long serialVersionUID = 1;

  /**
   * @param device what stopped
   * @param cause what the runtime said
   */
  public DeviceLost(Device device, Throwable cause) {
    super(
        device.name()
            + " stopped working. Go on with the CPU, or start again; what is open stays as it is.",
        cause);
  }

  /**
   * Whether the runtime's words mean it: CUDA's errors that its documents call sticky, and those of
   * DXGI for a device that was removed, hung or reset.
   */
  static boolean isMeantBy(String words) {
    var said = words.toLowerCase(Locale.ROOT);
    return Stream.of(
            "illegal memory access",
            "cudaerrorillegaladdress",
            "unspecified launch failure",
            "cudaerrorlaunchfailure",
            "cudaerrorlaunchtimeout",
            "launch timed out",
            "cudaerrorecc",
            "uncorrectable ecc error",
            "hardware stack error",
            "cudaerrornodevice",
            "no cuda-capable device",
            "gpu is lost",
            "fallen off the bus",
            "device lost",
            "device removed",
            "device_removed",
            "device_hung",
            "device_reset",
            "887a0005",
            "887a0006",
            "887a0007")
        .anyMatch(said::contains);
  }
}
