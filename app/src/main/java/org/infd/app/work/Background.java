package org.infd.app.work;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Where work is done that takes long, and the queues of all that is written: whoever writes a file
 * does it in one queue, so that the last version wins, and {@link #drain} waits for all of them
 * before the program ends. Thread-safe.
 */
public final class Background implements Executor {
  private static final System.Logger LOG = System.getLogger(Background.class.getName());

  private final Executor threads;
  private final List<Sequence> files = new CopyOnWriteArrayList<>();

  /**
   * @param threads where tasks run
   */
  public Background(Executor threads) {
    this.threads = threads;
  }

  /** Begins a task; one that comes when the program has ended its threads is dropped. */
  @Override
  public void execute(Runnable task) {
    try {
      threads.execute(task);
    } catch (RejectedExecutionException e) {
      // whoever hands it in is on the user interface's thread, and has no use for the failure
      LOG.log(System.Logger.Level.DEBUG, "not begun", e);
    }
  }

  /** A new queue for what may be given up at the end, for example reading. */
  public Executor queue() {
    return new Sequence(threads);
  }

  /** A new queue for what is written; {@link #drain} waits for it. */
  public Executor files() {
    var queue = new Sequence(threads);
    files.add(queue);
    return queue;
  }

  /**
   * Waits until all that was handed to the queues of {@link #files} so far is done.
   *
   * @param most the longest time to wait
   * @return whether it is done
   */
  public boolean drain(Duration most) {
    var last = new CountDownLatch(files.size());
    files.forEach(queue -> queue.execute(last::countDown));
    try {
      boolean done = last.await(most.toNanos(), TimeUnit.NANOSECONDS);
      if (!done) {
        LOG.log(System.Logger.Level.WARNING, "not all files were written in time");
      }
      return done;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
