package org.infd.inference.runtime;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;

/**
 * Keeps ONNX Runtime from reporting its use. On Linux and macOS its official builds give the
 * machine a number, collect events in the user's cache folder, or where that cannot be written in
 * the working folder, and send them to their maker over the network. A variable of the process
 * switches all of it off, and it is read when the runtime starts. On Windows they know neither the
 * variable nor the network: they hand events to the system's own tracing, which may pass them on,
 * from the first session on; the environment has a switch for that.
 */
final class Telemetry {
  private static final String VARIABLE = "ORT_DISABLE_TELEMETRY";

  private Telemetry() {}

  /**
   * To be called before the runtime's library is loaded. Java's own view of the environment stays
   * as it was.
   */
  @SuppressWarnings("restricted") // Java has no way to change the environment of its own process
  static void switchOff() {
    var linker = Linker.nativeLinker();
    // Windows has no such function, and there the variable means nothing
    var function = linker.defaultLookup().find("setenv");
    if (function.isEmpty()) {
      return;
    }
    try (var arena = Arena.ofConfined()) {
      int _ =
          (int)
              linker
                  .downcallHandle(
                      function.get(), FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_INT))
                  .invokeExact(arena.allocateFrom(VARIABLE), arena.allocateFrom("1"), 1);
    } catch (Throwable e) {
      System.getLogger(Telemetry.class.getName())
          .log(System.Logger.Level.WARNING, "ONNX Runtime's reports could not be switched off", e);
    }
  }

  /** To be called before the first session is made, on every system. */
  static void switchOff(OrtEnvironment environment) {
    try {
      environment.setTelemetry(false);
    } catch (OrtException e) {
      System.getLogger(Telemetry.class.getName())
          .log(System.Logger.Level.WARNING, "ONNX Runtime's events could not be switched off", e);
    }
  }
}
