package org.infd.app;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Stands for the user interface's thread: what is handed in runs when the test says so. */
public final class UiQueue implements Executor {
  private static final long LONGEST_WAIT_NANOS = TimeUnit.SECONDS.toNanos(120);

  private final LinkedBlockingQueue<Runnable> waiting = new LinkedBlockingQueue<>();

  @Override
  public void execute(Runnable command) {
    waiting.add(command);
  }

  /** Runs what has been handed in. */
  public void drain() {
    for (var next = waiting.poll(); next != null; next = waiting.poll()) {
      next.run();
    }
  }

  /** Runs what is handed in until something holds. */
  public void runUntil(BooleanSupplier condition) {
    long end = System.nanoTime() + LONGEST_WAIT_NANOS;
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("it did not come true in time");
      }
      try {
        var next = waiting.poll(10, TimeUnit.MILLISECONDS);
        if (next != null) {
          next.run();
        }
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }
}
