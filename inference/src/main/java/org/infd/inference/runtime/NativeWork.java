package org.infd.inference.runtime;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;

/**
 * Tracks the threads inside native code. At the end of the process ONNX Runtime destroys its thread
 * pool, and a graph that still runs would crash; so work is cancelled and waited for first.
 * Thread-safe.
 */
final class NativeWork {
  private final Map<Use, Runnable> uses = new HashMap<>();
  private boolean ended;

  /** Work in native code, from its creation until it is closed. */
  final class Use implements AutoCloseable {
    @Override
    public void close() {
      synchronized (NativeWork.this) {
        uses.remove(this);
        NativeWork.this.notifyAll();
      }
    }
  }

  /**
   * Registers work that begins now.
   *
   * @param stop asks it to end soon; called at most once, from another thread
   * @throws CancellationException if the process is ending
   */
  synchronized Use begin(Runnable stop) {
    if (ended) {
      throw new CancellationException("the program is ending");
    }
    var use = new Use();
    uses.put(use, stop);
    return use;
  }

  /**
   * Lets no work begin any more, asks what runs to stop, and waits for it.
   *
   * @return whether nothing runs any more
   */
  boolean end(long patienceMillis) {
    Runnable[] stops;
    synchronized (this) {
      ended = true;
      stops = uses.values().toArray(Runnable[]::new);
    }
    for (var stop : stops) {
      stop.run();
    }
    return awaitNone(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(patienceMillis));
  }

  private synchronized boolean awaitNone(long deadline) {
    while (!uses.isEmpty()) {
      long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      if (left <= 0) {
        return false;
      }
      try {
        wait(left);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
    return true;
  }
}
