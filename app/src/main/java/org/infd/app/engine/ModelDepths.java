package org.infd.app.engine;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.infd.app.viewer.Depths;
import org.infd.inference.dive.DiveKey;
import org.infd.inference.dive.DiveLattice;
import org.infd.inference.dive.DiveRectangle;
import org.infd.inference.dive.DiveRefiner;
import org.infd.inference.dive.DiveStage;
import org.infd.inference.dive.DiveView;
import org.infd.inference.field.Tile;
import org.infd.inference.field.TileKey;
import org.infd.inference.field.TileScheduler;
import org.infd.inference.field.TileSource;
import org.infd.inference.field.Viewport;
import org.infd.inference.generation.OpenDive;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.DeviceQueue.Priority;
import org.infd.inference.runtime.Urgency;

/**
 * The children of an open picture for a viewer. Tiles are put together on threads of their own,
 * which wait for the device piece by piece.
 */
final class ModelDepths implements Depths {
  private final OpenDive open;
  private final DiveLattice lattice;

  /**
   * @param open stays open as long as this is used
   */
  ModelDepths(OpenDive open) {
    this.open = open;
    lattice = open.dive().lattice();
  }

  @Override
  public long largestSide() {
    return Math.min(lattice.largestSide(), Viewport.LARGEST_SIDE);
  }

  @Override
  public int depthAt(double side) {
    return lattice.levelOf((long) Math.ceil(Math.min(side, (double) largestSide())));
  }

  @Override
  public long sideOf(int depth) {
    return Math.min(lattice.finestSide(depth), largestSide());
  }

  @Override
  public TileSource source() {
    return (key, cancellation) ->
        open.dive().sight().render(key.imageSide(), rectangle(key), cancellation);
  }

  private static DiveRectangle rectangle(TileKey key) {
    return new DiveRectangle(key.firstRow(), key.firstColumn(), key.height(), key.width());
  }

  @Override
  public TileScheduler.Worker worker() {
    return ModelDepths::submit;
  }

  private static CompletableFuture<Tile> submit(
      Priority priority, Cancellation cancellation, Callable<Tile> work) {
    return CompletableFuture.supplyAsync(
        () ->
            Urgency.at(
                priority,
                () -> {
                  cancellation.throwIfCancelled();
                  return called(work);
                }),
        run -> Thread.ofVirtual().name("tile").start(run));
  }

  private static Tile called(Callable<Tile> work) {
    try {
      return work.call();
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new CompletionException(e);
    }
  }

  @Override
  public Refining refine(Consumer<Predicate<TileKey>> changed, Consumer<RuntimeException> failed) {
    return new ModelRefining(changed, failed);
  }

  /** The refiner, told in tiles. */
  private final class ModelRefining implements Refining, DiveRefiner.Listener {
    private final Consumer<Predicate<TileKey>> changed;
    private final Consumer<RuntimeException> failed;
    private final DiveRefiner refiner;

    ModelRefining(Consumer<Predicate<TileKey>> changed, Consumer<RuntimeException> failed) {
      this.changed = changed;
      this.failed = failed;
      refiner = open.refiner(this);
    }

    @Override
    public void ready(DiveKey key, DiveStage stage) {
      changed.accept(tile -> refiner.shows(key, tile.imageSide(), rectangle(tile)));
    }

    @Override
    public void failed(RuntimeException cause) {
      failed.accept(cause);
    }

    @Override
    public void look(Viewport view, double pointerRow, double pointerColumn) {
      long side = view.imageSide();
      long top = Math.clamp(view.row(), 0, side);
      long left = Math.clamp(view.column(), 0, side);
      long height = Math.clamp(view.rowEnd(), 0, side) - top;
      long width = Math.clamp(view.columnEnd(), 0, side) - left;
      if (height == 0 || width == 0) {
        refiner.pause();
        return;
      }
      refiner.look(
          new DiveView(
              side,
              new DiveRectangle(top, left, (int) height, (int) width),
              view.row() + (long) pointerRow,
              view.column() + (long) pointerColumn));
    }

    @Override
    public int pending() {
      return refiner.pending();
    }

    @Override
    public void pause() {
      refiner.pause();
    }

    @Override
    public void close() {
      refiner.close();
    }
  }
}
