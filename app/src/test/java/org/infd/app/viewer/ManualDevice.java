package org.infd.app.viewer;

import java.util.ArrayDeque;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.infd.inference.field.Tile;
import org.infd.inference.field.TileScheduler;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.DeviceQueue;
import org.jspecify.annotations.Nullable;

/** A device that renders a tile when it is told to. */
final class ManualDevice implements TileScheduler.Worker {
  private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();

  @Override
  public CompletableFuture<Tile> submit(
      DeviceQueue.Priority priority, Cancellation cancellation, Callable<Tile> work) {
    var result = new CompletableFuture<Tile>();
    waiting.add(
        () -> {
          try {
            cancellation.throwIfCancelled();
            result.complete(work.call());
          } catch (Exception e) {
            result.completeExceptionally(e);
          }
        });
    return result;
  }

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  /** Takes the next tile, to be run; null if none waits. */
  @Nullable Runnable poll() {
    return waiting.poll();
  }

  /** Takes the next tile, which must be there. */
  Runnable remove() {
    return waiting.remove();
  }
}
