package org.infd.inference.runtime;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;
import org.infd.inference.Problem;
import org.jspecify.annotations.Nullable;

/**
 * The one ONNX Runtime environment of the process, with one thread pool for all sessions. The
 * pool's size is fixed when the first session is made. When the process ends, by itself or by a
 * signal, runs in progress stop at their next node and later ones do not begin.
 */
public final class OnnxRuntime {
  // one MiB overflowed at a class path of 4,000 characters; only the pages touched are used
  private static final long DEEP_STACK = 256L << 20;
  // how long the process waits at its end for what runs; a node of a graph takes less
  private static final long PATIENCE_MILLIS = 10_000;

  private static @Nullable OrtEnvironment environment;
  private static int threads = Runtime.getRuntime().availableProcessors();

  /** What is inside native code of this process. */
  static final NativeWork WORK = new NativeWork();

  private OnnxRuntime() {}

  /**
   * Sets how many threads all sessions share; the default is one per processor.
   *
   * @param count at least 1
   * @throws IllegalStateException if a session was made before
   */
  public static synchronized void setThreads(int count) {
    if (count < 1) {
      throw new IllegalArgumentException("threads: " + count);
    }
    if (environment != null && count != threads) {
      throw new IllegalStateException("the thread pool is already running");
    }
    threads = count;
  }

  /** How many threads all sessions share. */
  public static synchronized int threads() {
    return threads;
  }

  /** The version of ONNX Runtime in use. */
  public static String version() {
    return environment().getVersion();
  }

  static synchronized OrtEnvironment environment() {
    if (environment == null) {
      environment = onDeepStack(OnnxRuntime::create);
    }
    return environment;
  }

  private static OrtEnvironment create() {
    RuntimeLibraries.load();
    try (var threading = new OrtEnvironment.ThreadingOptions()) {
      threading.setGlobalIntraOpNumThreads(threads);
      threading.setGlobalInterOpNumThreads(1);
      threading.setGlobalSpinControl(false);
      var made =
          OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR, "infd", threading);
      Telemetry.switchOff(made);
      if (!EnvironmentReference.take()) {
        throw new Problem("ONNX Runtime of this machine is of an unknown kind. Update it.");
      }
      Runtime.getRuntime()
          .addShutdownHook(new Thread(() -> WORK.end(PATIENCE_MILLIS), "end all runs"));
      return made;
    } catch (OrtException | LinkageError e) {
      throw LibraryFailure.explain(e, System.getProperty("os.name", ""));
    }
  }

  /**
   * Runs native code that recurses as deeply as the process's command line is long: with a class
   * path of some thousand characters ONNX Runtime's start overflows the stack of an ordinary
   * thread, which ends the process without a word.
   */
  private static <T> T onDeepStack(Supplier<T> work) {
    var task = new FutureTask<>(work::get);
    Thread.ofPlatform().daemon().name("onnxruntime start").stackSize(DEEP_STACK).start(task);
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return task.get();
        } catch (InterruptedException e) {
          interrupted = true;
        } catch (ExecutionException e) {
          if (e.getCause() instanceof Problem problem) {
            throw problem;
          }
          throw new IllegalStateException(e.getCause());
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** The first line of what the runtime says; the others are its own addresses. */
  static String firstLine(Exception e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }
}
