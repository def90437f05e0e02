package org.infd.inference.runtime;

/**
 * What graphs run on, and why.
 *
 * @param kind the kind of device
 * @param index the device's number among its kind, 0 for the CPU
 * @param name what the user is shown, for example "CPU, 8 threads"
 * @param reason why this device was chosen, as a sentence
 */
public record Device(Kind kind, int index, String name, String reason) {
  /** The execution providers that the engine knows. */
  public enum Kind {
    CPU,
    CUDA
  }

  /** The CPU, for callers that have nothing to choose. */
  public static Device cpu() {
    return Devices.cpu("asked for.");
  }
}
