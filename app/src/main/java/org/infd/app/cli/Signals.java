package org.infd.app.cli;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Optional;

/**
 * Handlers of signals. The JDK offers them only as {@code sun.misc.Signal} of the module
 * jdk.unsupported. Naming that type is a warning that cannot be suppressed, so it is reached by
 * reflection; where it is missing, signals keep their usual effect.
 */
final class Signals {
  private Signals() {}

  /** A signal that is handled; closing it restores the handler of before. */
  @FunctionalInterface
  interface Hearing extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * Runs something, on a thread of the system, whenever a signal arrives.
   *
   * @param name "INT", "TERM" or "HUP"
   * @return empty where the system has no such signal (Windows has no HUP), the JVM was told to
   *     leave signals alone (-Xrs), or the parent process had it ignored (nohup, background jobs)
   */
  static Optional<Hearing> hear(String name, Runnable action) {
    try {
      var signalType = Class.forName("sun.misc.Signal");
      var handlerType = Class.forName("sun.misc.SignalHandler");
      var signal = signalType.getConstructor(String.class).newInstance(name);
      var handle = signalType.getMethod("handle", signalType, handlerType);
      var handler =
          Proxy.newProxyInstance(
              handlerType.getClassLoader(),
              new Class<?>[] {handlerType},
              (proxy, method, arguments) -> {
                action.run();
                return null;
              });
      var before = handle.invoke(null, signal, handler);
      if (handlerType.getField("SIG_IGN").get(null).equals(before)) {
        restore(handle, signal, before);
        return Optional.empty();
      }
      return Optional.of(() -> restore(handle, signal, before));
    } catch (ReflectiveOperationException e) {
      return Optional.empty();
    }
  }

  private static void restore(Method handle, Object signal, Object before) {
    try {
      handle.invoke(null, signal, before);
    } catch (ReflectiveOperationException e) {
      // the same call went through a moment ago
      throw new IllegalStateException(e);
    }
  }
}
