package org.infd.inference.runtime;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;

/**
 * Keeps ONNX Runtime's environment, and with it the thread pool, until the process is gone. The
 * Java binding gives up its own reference in a shutdown hook, at a time that no other hook can
 * choose; were it the last one, the pool would go from under whatever still runs, and the process
 * would crash or hang. The environment counts its references, so one more is enough.
 */
final class EnvironmentReference {
  // the API is a table of functions that only grows; these places are fixed since version 1
  private static final int API_VERSION = 1;
  private static final int CREATE_ENV = 3;
  private static final int FUNCTIONS = CREATE_ENV + 1;
  private static final int LOG_LEVEL_ERROR = 3;

  private EnvironmentReference() {}

  /**
   * Takes a reference that is never given back. To be called when the environment exists, so that
   * no second one is made.
   *
   * @return whether it was taken; if not, the process may end badly in the middle of a run
   */
  @SuppressWarnings("restricted") // native code is what this class is for
  static boolean take() {
    var base = SymbolLookup.loaderLookup().find("OrtGetApiBase");
    if (base.isEmpty()) {
      return false;
    }
    var linker = Linker.nativeLinker();
    try (var arena = Arena.ofConfined()) {
      var table =
          (MemorySegment)
              linker.downcallHandle(base.get(), FunctionDescriptor.of(ADDRESS)).invokeExact();
      var getApi = table.reinterpret(ADDRESS.byteSize()).get(ADDRESS, 0);
      var api =
          (MemorySegment)
              linker
                  .downcallHandle(getApi, FunctionDescriptor.of(ADDRESS, JAVA_INT))
                  .invokeExact(API_VERSION);
      if (api.equals(MemorySegment.NULL)) {
        return false;
      }
      var createEnv =
          api.reinterpret(FUNCTIONS * ADDRESS.byteSize()).getAtIndex(ADDRESS, CREATE_ENV);
      var status =
          (MemorySegment)
              linker
                  .downcallHandle(
                      createEnv, FunctionDescriptor.of(ADDRESS, JAVA_INT, ADDRESS, ADDRESS))
                  .invokeExact(
                      LOG_LEVEL_ERROR,
                      Arena.global().allocateFrom("infd"),
                      arena.allocate(ADDRESS));
      return status.equals(MemorySegment.NULL);
    } catch (Throwable e) {
      throw new IllegalStateException("ONNX Runtime's environment could not be kept", e);
    }
  }
}
