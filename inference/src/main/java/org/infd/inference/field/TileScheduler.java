package org.infd.inference.field;

import java.nio.IntBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Predicate;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.DeviceQueue;
import org.infd.inference.runtime.DeviceQueue.Priority;
import org.jspecify.annotations.Nullable;

/**
 * Renders the tiles that a view lacks, one at a time, the most wanted first, and at rest those
 * around it. Each change of the view makes the queue anew: what waited and is no longer seen is
 * dropped; the tile in progress finishes if any of it is still in view and is cancelled otherwise.
 * Thread-safe; the listener is called on the worker's thread.
 */
public final class TileScheduler implements AutoCloseable {
  /** Runs one tile; the device's queue, or a test. */
  @FunctionalInterface
  public interface Worker {
    /** Hands in a tile. See {@link DeviceQueue#submit}. */
    CompletableFuture<Tile> submit(
        Priority priority, Cancellation cancellation, Callable<Tile> work);

    /** Works on a device. */
    static Worker on(DeviceQueue device) {
      return device::submit;
    }
  }

  /** Hears of tiles. */
  public interface Listener {
    /**
     * A tile was added to the store.
     *
     * @param replaced what showed its place at its scale before; empty for nothing
     */
    void arrived(Tile tile, Optional<Tile> replaced);

    /** A tile could not be rendered; the others wait for the next change of the view. */
    void failed(TileKey key, Throwable cause);
  }

  /** A tile that was handed in. */
  private static final class Running {
    final TileKey key;
    final Priority priority;
    final Cancellation cancellation = new Cancellation();
    volatile boolean begun;

    final int changes;

    /** What it shows has changed since it was handed in. */
    boolean outdated;

    Running(TileKey key, Priority priority, int changes) {
      this.key = key;
      this.priority = priority;
      this.changes = changes;
    }
  }

  /** What {@link #show} was told. */
  private record View(Viewport shown, double pointerRow, double pointerColumn, boolean atRest) {}

  private final TileSource source;
  private final ViewLevels levels;
  private final TileStore store;
  private final Worker worker;
  private final Listener listener;
  private final Deque<TileKey> queue = new ArrayDeque<>();
  private final Deque<TileKey> ahead = new ArrayDeque<>();
  private @Nullable Running running;
  private @Nullable View last;
  private int changes;
  private boolean closed;

  /**
   * @param source what is looked at
   * @param levels its levels
   * @param store where tiles go; the root tile is pinned in it
   * @param worker runs the tiles
   * @param listener hears of each
   */
  public TileScheduler(
      TileSource source, ViewLevels levels, TileStore store, Worker worker, Listener listener) {
    this.source = source;
    this.levels = levels;
    this.store = store;
    this.worker = worker;
    this.listener = listener;
    store.pin(levels.rootTile());
  }

  /**
   * Says what is on screen of a view that moves: nothing else is rendered.
   *
   * @param view the part of the image shown; its side is the side that tiles are rendered at, a
   *     level of {@link ViewLevels}
   * @param pointerRow where the user looks, in pixels of the view from its top
   * @param pointerColumn the same from its left
   */
  public void show(Viewport view, double pointerRow, double pointerColumn) {
    show(view, pointerRow, pointerColumn, false);
  }

  /**
   * The same for a view that may rest: then the tiles around it are rendered after its own, so that
   * they are there when the user pans.
   *
   * @param view as above; at rest its side is the exact N
   */
  public void show(Viewport view, double pointerRow, double pointerColumn, boolean atRest) {
    Running stale = null;
    synchronized (this) {
      if (closed) {
        return;
      }
      last = new View(view, pointerRow, pointerColumn, atRest);
      queue.clear();
      queue.addAll(TilePriority.order(view, pointerRow, pointerColumn, levels, store));
      ahead.clear();
      if (atRest) {
        ahead.addAll(TilePriority.around(view, pointerRow, pointerColumn, store));
      }
      if (running != null) {
        // handed in as not urgent, it may wait behind an export; wanted now, it is handed in again
        boolean tooLate =
            running.priority == Priority.PREFETCH && !running.begun && queue.contains(running.key);
        if (tooLate || isStale(running, view)) {
          stale = running;
          running = null;
        } else {
          queue.remove(running.key);
          ahead.remove(running.key);
        }
      }
    }
    if (stale != null) {
      stale.cancellation.cancel();
    }
    next();
  }

  private boolean isStale(Running tile, Viewport view) {
    if (tile.key.equals(levels.rootTile()) || tile.key.meets(view)) {
      return false;
    }
    return !queue.isEmpty() || !ahead.contains(tile.key);
  }

  /** What tiles show has changed: those there are shown until others replace them. */
  public void outdate(Predicate<TileKey> changed) {
    synchronized (this) {
      changes++;
      store.outdate(changed);
      if (running != null && changed.test(running.key)) {
        running.outdated = true;
      }
    }
    showAgain();
  }

  private void showAgain() {
    View view;
    synchronized (this) {
      view = last;
    }
    if (view != null) {
      show(view.shown, view.pointerRow, view.pointerColumn, view.atRest);
    }
  }

  /** How many tiles of the view are missing: waiting or in progress. */
  public synchronized int pending() {
    boolean renders = running != null && running.priority == Priority.VISIBLE;
    return queue.size() + (renders ? 1 : 0);
  }

  private void next() {
    Running handedIn;
    synchronized (this) {
      if (closed || running != null) {
        return;
      }
      if (!queue.isEmpty()) {
        handedIn = new Running(queue.removeFirst(), Priority.VISIBLE, changes);
      } else if (!ahead.isEmpty()) {
        handedIn = new Running(ahead.removeFirst(), Priority.PREFETCH, changes);
      } else {
        return;
      }
      running = handedIn;
    }
    var _ =
        worker
            .submit(handedIn.priority, handedIn.cancellation, () -> render(handedIn))
            .whenComplete((tile, failure) -> finished(handedIn, tile, failure));
  }

  private Tile render(Running tile) {
    tile.begun = true;
    var rgb = source.render(tile.key, tile.cancellation);
    var pixels = IntBuffer.allocate(tile.key.height() * tile.key.width());
    DisplayColours.toArgb(rgb, pixels);
    return new Tile(tile.key, pixels);
  }

  private void finished(Running ended, @Nullable Tile tile, @Nullable Throwable failure) {
    boolean failed = failure != null && !(cause(failure) instanceof CancellationException);
    Optional<Tile> replaced = Optional.empty();
    boolean outdated;
    synchronized (this) {
      if (closed) {
        return;
      }
      // of what was given up nobody followed whether it changed
      outdated = ended == running ? ended.outdated : ended.changes != changes;
      if (ended == running) {
        running = null;
      }
      if (tile != null) {
        replaced = store.put(tile);
        if (outdated) {
          store.outdate(ended.key::equals);
        }
      }
      if (failed) {
        // the next tile would most likely fail for the same reason
        queue.clear();
        ahead.clear();
      }
    }
    if (tile != null) {
      listener.arrived(tile, replaced);
      if (outdated) {
        showAgain();
      }
    } else if (failed && failure != null && ended.priority == Priority.VISIBLE) {
      listener.failed(ended.key, cause(failure));
    }
    next();
  }

  private static Throwable cause(Throwable failure) {
    var cause = failure.getCause();
    return failure instanceof CompletionException && cause != null ? cause : failure;
  }

  /** Drops what waits and cancels the tile in progress; {@link #show} goes on. */
  public void pause() {
    stop(false);
  }

  /** Drops what waits and cancels the tile in progress, for good. */
  @Override
  public void close() {
    stop(true);
  }

  private void stop(boolean forGood) {
    Running inProgress;
    synchronized (this) {
      closed |= forGood;
      last = null;
      queue.clear();
      ahead.clear();
      inProgress = running;
      running = null;
    }
    if (inProgress != null) {
      inProgress.cancellation.cancel();
    }
  }
}
