package org.infd.inference.runtime;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/**
 * The memory of native code. The usual library of Linux keeps what a closed session gave back:
 * between the weights that are freed lie small pieces that are not, so that after a network of one
 * gigabyte the process holds one gigabyte for nothing.
 */
final class NativeHeap {
  private static final @Nullable MethodHandle TRIM = find();

  private NativeHeap() {}

  @SuppressWarnings("restricted") // native code is what this class is for
  private static @Nullable MethodHandle find() {
    var linker = Linker.nativeLinker();
    return linker
        .defaultLookup()
        .find("malloc_trim")
        .map(
            function -> linker.downcallHandle(function, FunctionDescriptor.of(JAVA_INT, JAVA_LONG)))
        .orElse(null);
  }

  /**
   * Gives the pages that nothing uses back to the system.
   *
   * @return false where the system has no such call: it needs none, or cannot
   */
  static boolean trim() {
    if (TRIM == null) {
      return false;
    }
    try {
      int _ = (int) TRIM.invokeExact(0L);
      return true;
    } catch (Throwable e) {
      throw new IllegalStateException("memory could not be given back", e);
    }
  }
}
