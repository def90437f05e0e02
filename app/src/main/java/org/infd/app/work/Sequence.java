package org.infd.app.work;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Runs tasks one after the other on another executor, in the order in which they came; on the
 * calling thread where the executor takes no more. Thread-safe.
 */
final class Sequence implements Executor {
  private static final System.Logger LOG = System.getLogger(Sequence.class.getName());

  private final Executor executor;
  private final Deque<Runnable> waiting = new ArrayDeque<>();
  private @Nullable Runnable running;

  /**
   * @param executor where the tasks run
   */
  Sequence(Executor executor) {
    this.executor = executor;
  }

  @Override
  public void execute(Runnable task) {
    boolean idle;
    synchronized (this) {
      waiting.add(task);
      idle = running == null;
      if (idle) {
        running = waiting.poll();
      }
    }
    if (idle) {
      try {
        executor.execute(this::run);
      } catch (RejectedExecutionException e) {
        run();
      }
    }
  }

  private void run() {
    var task = current();
    while (task != null) {
      try {
        task.run();
      } catch (Throwable e) {
        // the tasks after it have nothing to do with it
        LOG.log(System.Logger.Level.ERROR, "unexpected failure", e);
      }
      task = next();
    }
  }

  private synchronized @Nullable Runnable current() {
    return running;
  }

  private synchronized @Nullable Runnable next() {
    running = waiting.poll();
    return running;
  }
}
