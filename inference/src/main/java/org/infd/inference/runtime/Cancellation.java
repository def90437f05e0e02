package org.infd.inference.runtime;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.CancellationException;

/**
 * A request to stop, shared between whoever asks and whoever works. Thread-safe. Work checks it
 * between steps with {@link #throwIfCancelled()}; a running graph is told through {@link
 * #onCancel(Runnable)} and ends at its next node.
 */
public final class Cancellation {
  private final Set<Runnable> listeners = new LinkedHashSet<>();
  private boolean cancelled;

  /** A request that is never made, for callers that cannot be cancelled. */
  public static Cancellation never() {
    return new Cancellation();
  }

  /** Asks for the stop; runs the listeners on this thread, once. Later calls do nothing. */
  public void cancel() {
    Runnable[] told;
    synchronized (this) {
      if (cancelled) {
        return;
      }
      cancelled = true;
      told = listeners.toArray(Runnable[]::new);
      listeners.clear();
    }
    for (var listener : told) {
      listener.run();
    }
  }

  /** Whether the stop was asked for. */
  public synchronized boolean isCancelled() {
    return cancelled;
  }

  /**
   * Returns if no stop was asked for.
   *
   * @throws CancellationException if it was
   */
  public void throwIfCancelled() {
    if (isCancelled()) {
      throw new CancellationException("cancelled");
    }
  }

  /**
   * Registers what to do when the stop is asked for; runs it at once if it already was.
   *
   * @return closes the registration
   */
  public Registration onCancel(Runnable listener) {
    synchronized (this) {
      if (!cancelled) {
        listeners.add(listener);
        return () -> remove(listener);
      }
    }
    listener.run();
    return () -> {};
  }

  private synchronized void remove(Runnable listener) {
    listeners.remove(listener);
  }

  /** A registered listener; closing it forgets the listener. */
  @FunctionalInterface
  public interface Registration extends AutoCloseable {
    @Override
    void close();
  }
}
