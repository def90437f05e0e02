package org.infd.inference.dive;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.infd.inference.runtime.Cancellation;

/**
 * A lock for every key, there as long as somebody wants it. Work on different keys goes on side by
 * side; who waits can be cancelled.
 */
final class KeyedLocks<K> {
  private static final long LOOK_MILLIS = 20;

  private static final class Counted {
    private final ReentrantLock lock = new ReentrantLock();
    private int users;
  }

  private final Map<K, Counted> locks = new HashMap<>();

  /**
   * Does something while nobody else does with the same key.
   *
   * @throws CancellationException if it was asked for
   */
  <T> T holding(K key, Cancellation cancellation, Supplier<T> work) {
    var counted = claimed(key);
    try {
      lock(counted.lock, cancellation);
      try {
        return work.get();
      } finally {
        counted.lock.unlock();
      }
    } finally {
      left(key, counted);
    }
  }

  private static void lock(ReentrantLock lock, Cancellation cancellation) {
    try {
      do {
        cancellation.throwIfCancelled();
      } while (!lock.tryLock(LOOK_MILLIS, TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted");
    }
  }

  private synchronized Counted claimed(K key) {
    var counted = locks.computeIfAbsent(key, _ -> new Counted());
    counted.users++;
    return counted;
  }

  private synchronized void left(K key, Counted counted) {
    counted.users--;
    if (counted.users == 0) {
      locks.remove(key);
    }
  }
}
