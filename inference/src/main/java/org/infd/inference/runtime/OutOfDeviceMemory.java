package org.infd.inference.runtime;

import java.util.Locale;
import java.util.stream.Stream;
import org.infd.inference.Problem;
import org.jspecify.annotations.Nullable;

/** The memory of a GPU does not suffice for what was asked of it. */
public final class OutOfDeviceMemory extends Problem {
  private static final long serialVersionUID = 1;

  /**
   * @param message what did not fit, and what to do, as sentences
   * @param cause what the runtime said
   */
  public OutOfDeviceMemory(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /** Whether the runtime's words mean it: its arena's, CUDA's, cuDNN's, cuBLAS's and DirectML's. */
  static boolean isMeantBy(String words) {
    var said = words.toLowerCase(Locale.ROOT);
    return Stream.of(
            "out of memory",
            "failed to allocate memory",
            "available memory of",
            "cudaerrormemoryallocation",
            "cudnn_status_alloc_failed",
            "cublas_status_alloc_failed",
            "bad allocation",
            "e_outofmemory",
            "8007000e")
        .anyMatch(said::contains);
  }
}
