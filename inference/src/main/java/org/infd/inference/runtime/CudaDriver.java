package org.infd.inference.runtime;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.util.Arrays;
import java.util.Optional;

/**
 * The few functions of the NVIDIA driver that say what there is. A broken driver may crash here, so
 * this runs only in the probe's own process. Functions and numbers: CUDA driver API.
 */
final class CudaDriver {
  private static final int SUCCESS = 0;
  private static final int LONGEST_NAME = 256;

  /** What a call answered, for a call that failed. */
  static final class CallFailed extends Exception {
    private static final long serialVersionUID = 1;
    private final int code;

    CallFailed(String function, int code) {
      super(function + " answered " + code);
      this.code = code;
    }

    int code() {
      return code;
    }
  }

  private final SymbolLookup functions;

  private CudaDriver(SymbolLookup functions) {
    this.functions = functions;
  }

  /** Loads the driver's library, if there is one. */
  static Optional<CudaDriver> load(boolean windows) {
    return library(windows ? "nvcuda.dll" : "libcuda.so.1").map(CudaDriver::new);
  }

  /** A library of the system by its file name, kept until the process ends. */
  @SuppressWarnings("restricted") // native code is what this class is for
  static Optional<SymbolLookup> library(String name) {
    try {
      return Optional.of(SymbolLookup.libraryLookup(name, Arena.global()));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Starts the driver. */
  void start() throws CallFailed {
    check("cuInit", call("cuInit", new MemoryLayout[] {JAVA_INT}, 0));
  }

  /** The newest CUDA that the driver knows, as 1000 · major + 10 · minor. */
  int version() throws CallFailed {
    try (var arena = Arena.ofConfined()) {
      var version = arena.allocate(JAVA_INT);
      check(
          "cuDriverGetVersion", call("cuDriverGetVersion", new MemoryLayout[] {ADDRESS}, version));
      return version.get(JAVA_INT, 0);
    }
  }

  /** How many devices there are. */
  int count() throws CallFailed {
    try (var arena = Arena.ofConfined()) {
      var count = arena.allocate(JAVA_INT);
      check("cuDeviceGetCount", call("cuDeviceGetCount", new MemoryLayout[] {ADDRESS}, count));
      return count.get(JAVA_INT, 0);
    }
  }

  /** The name of a device. */
  String name(int device) throws CallFailed {
    try (var arena = Arena.ofConfined()) {
      var name = arena.allocate(LONGEST_NAME);
      check(
          "cuDeviceGetName",
          call(
              "cuDeviceGetName",
              new MemoryLayout[] {ADDRESS, JAVA_INT, JAVA_INT},
              name,
              LONGEST_NAME - 1,
              device));
      return new String(
          name.toArray(JAVA_BYTE), 0, length(name), java.nio.charset.StandardCharsets.UTF_8);
    }
  }

  private static int length(MemorySegment text) {
    int length = 0;
    while (text.get(JAVA_BYTE, length) != 0) {
      length++;
    }
    return length;
  }

  /** The memory of a device in bytes. */
  long memory(int device) throws CallFailed {
    try (var arena = Arena.ofConfined()) {
      var bytes = arena.allocate(JAVA_LONG);
      check(
          "cuDeviceTotalMem",
          call("cuDeviceTotalMem_v2", new MemoryLayout[] {ADDRESS, JAVA_INT}, bytes, device));
      return bytes.get(JAVA_LONG, 0);
    }
  }

  @SuppressWarnings("restricted")
  private int call(String function, MemoryLayout[] parameters, Object... arguments)
      throws CallFailed {
    var address = functions.find(function);
    if (address.isEmpty()) {
      throw new CallFailed(function + " is missing from the driver, which", -1);
    }
    try {
      return (int)
          Linker.nativeLinker()
              .downcallHandle(address.get(), FunctionDescriptor.of(JAVA_INT, parameters))
              .invokeWithArguments(Arrays.asList(arguments));
    } catch (Throwable e) {
      throw new IllegalStateException(function, e);
    }
  }

  private static void check(String function, int code) throws CallFailed {
    if (code != SUCCESS) {
      throw new CallFailed(function, code);
    }
  }
}
