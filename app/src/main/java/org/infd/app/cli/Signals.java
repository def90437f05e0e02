package org.infd.app.cli;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleProxies;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Optional;

/**
 * Hears of signals. The JDK offers this only as {@code sun.misc.Signal} (module jdk.unsupported),
 * which the compiler does not let us name without a warning; where it is missing, signals do what
 * they always do.
 */
final class Signals {
  private Signals() {}

  /** A signal that is being heard; closing it restores what was before. */
  @FunctionalInterface
  interface Hearing extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * Runs something, on a thread of the system, whenever a signal arrives.
   *
   * @param name "INT", "TERM" or "HUP"
   * @return empty where the system has no such signal, or whoever started the process had it
   *     ignored (nohup, background jobs)
   */
  static Optional<Hearing> hear(String name, Runnable action) {
    try {
      var lookup = MethodHandles.lookup();
      var signalType = Class.forName("sun.misc.Signal");
      var handlerType = Class.forName("sun.misc.SignalHandler");
      var signal =
          lookup
              .findConstructor(signalType, MethodType.methodType(void.class, String.class))
              .invoke(name);
      var handle =
          lookup.findStatic(
              signalType, "handle", MethodType.methodType(handlerType, signalType, handlerType));
      var run =
          MethodHandles.dropArguments(
              lookup
                  .findVirtual(Runnable.class, "run", MethodType.methodType(void.class))
                  .bindTo(action),
              0,
              signalType);
      var handler = MethodHandleProxies.asInterfaceInstance(handlerType, run);
      var before = handle.invoke(signal, handler);
      var ignored = lookup.findStaticGetter(handlerType, "SIG_IGN", handlerType).invoke();
      if (ignored.equals(before)) {
        set(handle, signal, before);
        return Optional.empty();
      }
      return Optional.of(() -> set(handle, signal, before));
    } catch (Error e) {
      throw e;
    } catch (Throwable e) {
      // Windows has no HUP; with -Xrs the JVM leaves signals to the system
      return Optional.empty();
    }
  }

  private static void set(MethodHandle handle, Object signal, Object handler) {
    try {
      handle.invoke(signal, handler);
    } catch (Error e) {
      throw e;
    } catch (Throwable e) {
      // it worked a moment ago
      throw new IllegalStateException(e);
    }
  }
}
