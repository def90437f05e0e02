package org.infd.inference.runtime;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.infd.inference.Problem;
import org.jspecify.annotations.Nullable;

/**
 * Owns a device: one piece of work runs at a time, the most urgent first, equals in the order of
 * their arrival. Long work is handed in by the piece (a tile, a sampling step), so that what is on
 * screen never waits for an export. Whoever cancels is free at once; the device is free when the
 * piece in progress notices, for a graph at its next node.
 */
public final class DeviceQueue implements AutoCloseable {
  /** How urgent work is, most urgent first. */
  public enum Priority {
    /** Tiles on screen. */
    VISIBLE,
    /** The live preview of a run. */
    PREVIEW,
    /** Sampling and decoding. */
    GENERATION,
    /** Pictures being written. */
    EXPORT,
    /** What might be wanted soon. */
    PREFETCH
  }

  /** How long there must be no work before memory is given back. */
  private static final Duration REST = Duration.ofSeconds(20);

  private record Piece<T>(
      Priority priority,
      long arrival,
      Callable<T> work,
      CompletableFuture<T> result,
      Cancellation cancellation) {
    void run(Consumer<DeviceLost> heard) {
      if (result.isDone()) {
        return;
      }
      try {
        cancellation.throwIfCancelled();
        result.complete(work.call());
      } catch (Throwable e) {
        if (e instanceof DeviceLost lost) {
          heard.accept(lost);
        }
        // whatever it is, it belongs to whoever waits for the result
        result.completeExceptionally(e);
      }
    }
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition arrived = lock.newCondition();
  private final PriorityQueue<Piece<?>> waiting =
      new PriorityQueue<>(
          (a, b) ->
              a.priority() != b.priority()
                  ? a.priority().compareTo(b.priority())
                  : Long.compare(a.arrival(), b.arrival()));
  private final Thread worker;
  private final Duration patience;
  private final Consumer<String> told;
  private final Set<Runnable> idleTasks = new LinkedHashSet<>();
  private long arrivals;
  private volatile Consumer<DeviceLost> lost = _ -> {};
  private boolean closed;

  /**
   * Starts the queue's thread, for nobody who listens.
   *
   * @param device whose work it is; names the thread
   */
  public DeviceQueue(Device device) {
    this(device, _ -> {});
  }

  /**
   * Starts the queue's thread.
   *
   * @param device whose work it is; names the thread
   * @param told hears what the user should know of the device, as sentences, on any thread
   */
  public DeviceQueue(Device device, Consumer<String> told) {
    this(device, told, REST);
  }

  DeviceQueue(Device device, Consumer<String> told, Duration patience) {
    this.told = told;
    this.patience = patience;
    worker = Thread.ofPlatform().daemon().name("device: " + device.name()).start(this::work);
  }

  /**
   * Hands in a piece of work.
   *
   * @param cancellation ends the wait at once when asked for, and keeps work that has not begun
   *     from beginning; the work itself has to watch it too
   * @return completes with the result, or exceptionally with what the work threw, or with a {@link
   *     CancellationException}
   */
  public <T> CompletableFuture<T> submit(
      Priority priority, Cancellation cancellation, Callable<T> work) {
    var result = new CompletableFuture<T>();
    lock.lock();
    try {
      if (closed) {
        result.completeExceptionally(new CancellationException("the device was given up"));
        return result;
      }
      waiting.add(new Piece<>(priority, arrivals++, work, result, cancellation));
      arrived.signal();
    } finally {
      lock.unlock();
    }
    var registration =
        cancellation.onCancel(
            () -> result.completeExceptionally(new CancellationException("cancelled")));
    // the result itself is handed out: what hangs on it may still be on its way on the other thread
    var _ = result.whenComplete((value, failure) -> registration.close());
    return result;
  }

  /**
   * Hands in a piece of work and waits for it. Called from the queue's own thread it runs the work
   * directly.
   *
   * @throws CancellationException at once when {@code cancellation} is asked for
   */
  public <T> T call(Priority priority, Cancellation cancellation, Callable<T> work) {
    if (Thread.currentThread() == worker) {
      cancellation.throwIfCancelled();
      try {
        return work.call();
      } catch (Exception e) {
        throw unchecked(e);
      }
    }
    try {
      return submit(priority, cancellation, work).join();
    } catch (CompletionException e) {
      throw unchecked(e.getCause() == null ? e : e.getCause());
    }
  }

  private static RuntimeException unchecked(Throwable e) {
    if (e instanceof Error error) {
      throw error;
    }
    return e instanceof RuntimeException runtime ? runtime : new CompletionException(e);
  }

  /** Tells whoever listens something about the device, a sentence. */
  public void tell(String sentence) {
    told.accept(sentence);
  }

  /** Says who hears, on the queue's thread, that the device stopped, before the work's owner. */
  public void onLost(Consumer<DeviceLost> listener) {
    lost = listener;
  }

  /**
   * Registers what to do, on the queue's thread, each time when there was no work for a while.
   *
   * @return closes the registration
   */
  public Cancellation.Registration whenIdle(Runnable work) {
    lock.lock();
    try {
      idleTasks.add(work);
    } finally {
      lock.unlock();
    }
    return () -> {
      lock.lock();
      try {
        idleTasks.remove(work);
      } finally {
        lock.unlock();
      }
    };
  }

  /** How many pieces wait, the one in progress not counted. */
  public int waiting() {
    lock.lock();
    try {
      return waiting.size();
    } finally {
      lock.unlock();
    }
  }

  private void work() {
    boolean rested = true;
    while (true) {
      var piece = next(rested ? null : patience);
      if (piece == null) {
        if (isClosed()) {
          return;
        }
        rest();
        rested = true;
      } else {
        piece.run(lost);
        rested = false;
      }
    }
  }

  private void rest() {
    Runnable[] all;
    lock.lock();
    try {
      all = idleTasks.toArray(Runnable[]::new);
    } finally {
      lock.unlock();
    }
    for (var work : all) {
      try {
        work.run();
      } catch (CancellationException | Problem e) {
        // nobody asked for it, and nothing depends on it
      }
    }
  }

  private boolean isClosed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  /**
   * The next piece, waited for.
   *
   * @param longest how long, or null for as long as it takes
   * @return null if there was none, or the queue is closed
   */
  private @Nullable Piece<?> next(@Nullable Duration longest) {
    long left = longest == null ? 0 : longest.toNanos();
    lock.lock();
    try {
      while (waiting.isEmpty()) {
        if (closed) {
          return null;
        }
        if (longest == null) {
          arrived.awaitUninterruptibly();
        } else {
          left = arrived.awaitNanos(left);
          if (left <= 0 && waiting.isEmpty()) {
            return null;
          }
        }
      }
      return waiting.poll();
    } catch (InterruptedException e) {
      // this thread is the queue's own and nobody may stop it but the queue
      return null;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits for the piece in progress after {@link #close()}. A process that ends while a graph runs
   * crashes in native code, so cancel what runs, close, and wait, in this order.
   *
   * @return whether it has ended
   */
  public boolean awaitEnd(Duration longest) {
    try {
      return worker.join(longest);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Drops what waits and ends the thread after the piece in progress. Does not wait for it. */
  @Override
  public void close() {
    ArrayList<Piece<?>> dropped;
    lock.lock();
    try {
      closed = true;
      dropped = new ArrayList<>(waiting);
      waiting.clear();
      arrived.signalAll();
    } finally {
      lock.unlock();
    }
    for (var piece : dropped) {
      piece.result().completeExceptionally(new CancellationException("the device was given up"));
    }
  }
}
