package org.infd.inference.dive;

import java.util.List;
import java.util.concurrent.CancellationException;
import org.infd.inference.Problem;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.DeviceQueue.Priority;
import org.infd.inference.runtime.Urgency;
import org.jspecify.annotations.Nullable;

/**
 * Makes the children that a view lacks, on a thread of its own, one after the other: see {@link
 * DivePlan} for the order. Each change of the view makes the plan anew; the child in progress
 * finishes if it is still planned and is cancelled otherwise. Thread-safe.
 */
public final class DiveRefiner implements AutoCloseable {
  /** Hears of children, on the refiner's thread. */
  public interface Listener {
    /** A child has come to a stage: what shows it ({@link DiveRefiner#shows}) has changed. */
    void ready(DiveKey key, DiveStage stage);

    /** A child could not be made; nothing more is made until the view changes. */
    void failed(RuntimeException cause);
  }

  private static final DivePlan NOTHING = new DivePlan(List.of(), List.of());

  private final Dive dive;
  private final Listener listener;
  private @Nullable DiveView view;
  private DivePlan plan = NOTHING;
  private DivePlan.@Nullable Step running;
  private @Nullable Cancellation stop;
  private boolean closed;

  /** Starts the thread. The dive stays open when this is closed. */
  public DiveRefiner(Dive dive, Listener listener) {
    this.dive = dive;
    this.listener = listener;
    var _ = Thread.ofPlatform().daemon().name("dive").start(this::work);
  }

  /** Says what is on screen. Returns at once. */
  public void look(DiveView now) {
    Cancellation stale = null;
    synchronized (this) {
      view = now;
      plan = planned(now);
      var step = running;
      if (step != null && !plan.wanted().contains(step) && !plan.ahead().contains(step)) {
        stale = stop;
      }
      notifyAll();
    }
    if (stale != null) {
      stale.cancel();
    }
  }

  /** Makes nothing until the next view, and cancels the child in progress. */
  public void pause() {
    Cancellation stale;
    synchronized (this) {
      rest();
      stale = stop;
    }
    if (stale != null) {
      stale.cancel();
    }
  }

  /**
   * How many steps the view still lacks, the one in progress counted; 0 when all is as it stays.
   */
  public synchronized int pending() {
    return plan.wanted().size();
  }

  /**
   * Whether a rectangle of a picture shows anything of a child.
   *
   * @param side the picture's side
   */
  public boolean shows(DiveKey key, long side, DiveRectangle rectangle) {
    var lattice = dive.lattice();
    long base = lattice.baseSide(key.level());
    if (side <= base) {
      return false;
    }
    var square = lattice.square(key);
    // the correction of colours reaches beyond the square
    long reach = (long) AnchorGrid.REACH * lattice.encoderSide() / dive.options().anchor();
    double ratio = (double) side / base;
    return rectangle.row() <= (square.rowEnd() + reach) * ratio + 1
        && rectangle.rowEnd() >= (square.row() - reach) * ratio - 1
        && rectangle.column() <= (square.columnEnd() + reach) * ratio + 1
        && rectangle.columnEnd() >= (square.column() - reach) * ratio - 1;
  }

  private DivePlan planned(DiveView now) {
    return DivePlan.of(dive.lattice(), dive.options().anchor(), now, dive::stage);
  }

  private void work() {
    while (true) {
      DivePlan.Step step;
      Cancellation cancellation;
      Priority priority;
      synchronized (this) {
        while (!closed && plan.wanted().isEmpty() && plan.ahead().isEmpty()) {
          try {
            wait();
          } catch (InterruptedException e) {
            // the thread is this one's own, and close() ends it
            closed = true;
          }
        }
        if (closed) {
          return;
        }
        boolean urgent = !plan.wanted().isEmpty();
        step = urgent ? plan.wanted().getFirst() : plan.ahead().getFirst();
        priority = urgent ? Priority.GENERATION : Priority.PREFETCH;
        cancellation = new Cancellation();
        running = step;
        stop = cancellation;
      }
      make(step, priority, cancellation);
    }
  }

  private void make(DivePlan.Step step, Priority priority, Cancellation cancellation) {
    try {
      Urgency.at(
          priority,
          () -> {
            dive.make(step.key(), step.stage(), cancellation);
            return step;
          });
      replan();
      listener.ready(step.key(), step.stage());
    } catch (CancellationException e) {
      if (!cancellation.isCancelled()) {
        // the picture was closed
        rest();
      }
      replan();
    } catch (Problem | IllegalStateException e) {
      rest();
      replan();
      listener.failed(e);
    }
  }

  private synchronized void rest() {
    view = null;
    plan = NOTHING;
  }

  private synchronized void replan() {
    running = null;
    stop = null;
    var now = view;
    if (now != null && !closed) {
      plan = planned(now);
    }
  }

  /** Cancels the child in progress and ends the thread. Does not wait for it. */
  @Override
  public void close() {
    Cancellation stale;
    synchronized (this) {
      closed = true;
      view = null;
      stale = stop;
      notifyAll();
    }
    if (stale != null) {
      stale.cancel();
    }
  }
}
