package org.infd.inference.runtime;

import java.util.Locale;
import org.infd.inference.FileReason;
import org.infd.inference.Problem;

/** Says in words why the system would not load a native library, and what to do about it. */
final class LibraryFailure {
  private static final String VISUAL_C =
      "Install the newest 'Microsoft Visual C++ Redistributable' (x64) of Microsoft, and use a JDK"
          + " of this year: an older one brings a msvcp140.dll of its own, which is loaded in place"
          + " of the system's.";

  private LibraryFailure() {}

  /** A clause that follows a colon, without a full stop. */
  static String inShort(UnsatisfiedLinkError failure) {
    var said = words(failure);
    if (said.contains("failed to map segment") || said.contains("operation not permitted")) {
      return "programs may not run there";
    }
    if (said.contains("permission denied")) {
      return "permission is missing";
    }
    if (said.contains("file too short")
        || said.contains("invalid elf header")
        || said.contains("not a valid win32 application")) {
      return "the library there is damaged";
    }
    return reason(failure);
  }

  /**
   * Whether another folder may do better: the library was damaged, or may not be run where it lies.
   */
  static boolean isOfPlace(UnsatisfiedLinkError failure) {
    var said = words(failure);
    return said.contains("failed to map segment")
        || said.contains("operation not permitted")
        || said.contains("permission denied")
        || said.contains("file too short")
        || said.contains("invalid elf header")
        || said.contains("not a valid win32 application");
  }

  /**
   * What the user is told where no folder would help.
   *
   * @param system the name of the system, as Java says it
   */
  static Problem explain(Throwable failure, String system) {
    var said = words(failure);
    var start = "ONNX Runtime, which computes the pictures, could not be loaded: ";
    if (system.toLowerCase(Locale.ROOT).startsWith("windows")) {
      // the words are in the system's language, so the usual cause is named in any case
      if (said.contains("initialization routine")) {
        return new Problem(
            start + "it needs a newer Visual C++ runtime than was loaded. " + VISUAL_C, failure);
      }
      if (said.contains("dependent librar")) {
        return new Problem(start + "the Visual C++ runtime is missing. " + VISUAL_C, failure);
      }
      return new Problem(
          start
              + "Windows says '"
              + reason(failure)
              + "'. The usual cause is a Visual C++ runtime that is missing or too old. "
              + VISUAL_C,
          failure);
    }
    if (said.contains("glibc") || said.contains("glibcxx") || said.contains("cxxabi")) {
      return new Problem(
          start
              + "this system's C library is too old for it ("
              + reason(failure)
              + "). Use a newer release of the system.",
          failure);
    }
    if (said.contains("cannot open shared object file") || said.contains("image not found")) {
      return new Problem(
          start
              + "a library that it needs is missing ("
              + reason(failure)
              + "). Install it; with Alpine Linux, use a system with glibc.",
          failure);
    }
    return new Problem(
        start
            + reason(failure)
            + ". It needs a 64-bit system whose libraries are complete; 'infd devices' says what"
            + " this one is.",
        failure);
  }

  private static String words(Throwable failure) {
    return String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
  }

  private static String reason(Throwable failure) {
    return FileReason.of(new java.io.IOException(String.valueOf(failure.getMessage())));
  }
}
