package org.infd.inference.field;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.infd.inference.Problem;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.DeviceQueue.Priority;
import org.infd.inference.tensor.Tensor;
import org.junit.jupiter.api.Test;

class TileSchedulerTest {
  private final ViewLevels levels = new ViewLevels(64);
  private final TileStore store = new TileStore(256L << 20);
  private final List<TileKey> arrived = new ArrayList<>();
  private final List<String> failures = new ArrayList<>();
  private final Deque<Work> handedIn = new ArrayDeque<>();
  private boolean broken;

  private record Work(
      Priority priority,
      Cancellation cancellation,
      Callable<Tile> work,
      CompletableFuture<Tile> result) {}

  private final TileScheduler scheduler =
      new TileScheduler(
          TileSource.of(this::render),
          levels,
          store,
          this::handIn,
          new TileScheduler.Listener() {
            @Override
            public void arrived(Tile tile, java.util.Optional<Tile> replaced) {
              arrived.add(tile.key());
            }

            @Override
            public void failed(TileKey key, Throwable cause) {
              failures.add(String.valueOf(cause.getMessage()));
            }
          });

  private Tensor render(int side, Rectangle area, Cancellation cancellation) {
    if (broken) {
      throw new Problem("The device is gone.");
    }
    return Tensor.zeros(1, 3, area.height(), area.width());
  }

  private CompletableFuture<Tile> handIn(
      Priority priority, Cancellation cancellation, Callable<Tile> work) {
    var result = new CompletableFuture<Tile>();
    handedIn.add(new Work(priority, cancellation, work, result));
    var _ =
        cancellation.onCancel(
            () -> result.completeExceptionally(new CancellationException("cancelled")));
    return result;
  }

  private boolean step() {
    var work = handedIn.poll();
    if (work == null) {
      return false;
    }
    try {
      if (!work.cancellation.isCancelled()) {
        work.result.complete(work.work.call());
      }
    } catch (Exception e) {
      work.result.completeExceptionally(new CompletionException(e));
    }
    return true;
  }

  private void runAll() {
    while (step()) {
      assertTrue(handedIn.size() <= 1, "one tile at a time");
    }
  }

  @Test
  void rootThenHolesThenTilesNearThePointer() {
    var view = new Viewport(16384, 4096, 4096, 1024, 1024);
    scheduler.show(view, 0, 0);
    runAll();
    assertEquals(new TileKey(256, 0, 0), arrived.getFirst());
    assertEquals(new TileKey(4096, 4, 4), arrived.get(1), "one coarse tile fills the hole");
    assertEquals(new TileKey(16384, 16, 16), arrived.get(2));
    assertEquals(2 + 16, arrived.size());
    double before = 0;
    for (var key : arrived.subList(2, arrived.size())) {
      double distance = Math.hypot(key.row() - 15.5, key.column() - 15.5);
      assertTrue(distance >= before, "from the pointer outward");
      before = distance;
    }
    assertEquals(0, scheduler.pending());
  }

  @Test
  void whatIsThereIsNotRenderedAgain() {
    var view = new Viewport(512, 0, 0, 512, 512);
    scheduler.show(view, 0, 0);
    runAll();
    assertEquals(5, arrived.size());
    scheduler.show(view, 0, 0);
    scheduler.show(new Viewport(512, 100, 100, 300, 300), 0, 0);
    runAll();
    assertEquals(5, arrived.size());
  }

  @Test
  void staleWorkIsDropped() {
    scheduler.show(new Viewport(4096, 0, 0, 512, 512), 0, 0);
    step();
    step();
    assertTrue(scheduler.pending() >= 4);
    int before = arrived.size();
    var elsewhere = new Viewport(4096, 2048, 2048, 512, 512);
    scheduler.show(elsewhere, 0, 0);
    runAll();
    var later = arrived.subList(before, arrived.size());
    assertEquals(0, later.stream().filter(key -> !key.meets(elsewhere)).count());
    assertEquals(4, later.stream().filter(key -> key.imageSide() == 4096).count());
  }

  @Test
  void atMostOneStaleTileFinishes() {
    scheduler.show(new Viewport(1024, 0, 0, 1024, 1024), 0, 0);
    step();
    int before = arrived.size();
    // same place, another level: the tile in progress is still of use
    scheduler.show(new Viewport(2048, 0, 0, 512, 512), 0, 0);
    runAll();
    long stale =
        arrived.subList(before, arrived.size()).stream()
            .filter(key -> key.imageSide() == 1024)
            .count();
    assertTrue(stale <= 1, stale + " stale tiles");
  }

  @Test
  void exactSidesAreRenderedAsTheyAre() {
    scheduler.show(new Viewport(1000, 300, 300, 100, 100), 50, 50);
    runAll();
    assertEquals(List.of(new TileKey(256, 0, 0), new TileKey(1000, 1, 1)), arrived);
  }

  @Test
  void atRestTheTilesAroundAreRenderedLast() {
    var view = new Viewport(4096, 1024, 1024, 512, 512);
    scheduler.show(view, 0, 0, true);
    while (scheduler.pending() > 0) {
      assertEquals(Priority.VISIBLE, handedIn.getFirst().priority);
      step();
    }
    int own = arrived.size();
    assertTrue(arrived.stream().allMatch(key -> key.meets(view)));
    assertEquals(Priority.PREFETCH, handedIn.getFirst().priority);
    runAll();
    var ring = arrived.subList(own, arrived.size());
    assertEquals(12, ring.size(), "a ring around 2×2 tiles");
    assertEquals(0, ring.stream().filter(key -> key.meets(view)).count());
    scheduler.show(new Viewport(4096, 1024 + 200, 1024 - 100, 512, 512), 0, 0);
    assertEquals(0, scheduler.pending(), "a pan finds what it needs");
  }

  @Test
  void aMoveStopsWhatWasRenderedAhead() {
    scheduler.show(new Viewport(4096, 1024, 1024, 512, 512), 0, 0, true);
    while (scheduler.pending() > 0) {
      step();
    }
    int before = arrived.size();
    var elsewhere = new Viewport(4096, 3072, 3072, 512, 512);
    scheduler.show(elsewhere, 0, 0);
    runAll();
    assertTrue(
        arrived.subList(before, arrived.size()).stream().allMatch(key -> key.meets(elsewhere)));
  }

  @Test
  void whatWaitsAheadBecomesUrgentWhenItComesIntoView() {
    scheduler.show(new Viewport(4096, 1024, 1024, 512, 512), 0, 0, true);
    while (scheduler.pending() > 0) {
      step();
    }
    assertEquals(Priority.PREFETCH, handedIn.getFirst().priority);
    scheduler.show(new Viewport(4096, 768, 768, 512, 512), 0, 0);
    assertEquals(3 + 3, scheduler.pending(), "three tiles, and as many that fill the hole");
    handedIn.removeIf(work -> work.cancellation.isCancelled());
    assertEquals(Priority.VISIBLE, handedIn.getFirst().priority);
    runAll();
    assertEquals(0, scheduler.pending());
  }

  @Test
  void aFailureIsSaidOnceAndTriedAgainAtTheNextView() {
    broken = true;
    scheduler.show(new Viewport(1024, 0, 0, 1024, 1024), 0, 0);
    runAll();
    assertEquals(List.of("The device is gone."), failures);
    assertEquals(0, scheduler.pending());
    broken = false;
    scheduler.show(new Viewport(1024, 0, 0, 1024, 1024), 0, 0);
    runAll();
    assertEquals(17, arrived.size());
  }

  @Test
  void pausedNothingIsRenderedUntilTheNextView() {
    var view = new Viewport(1024, 0, 0, 1024, 1024);
    scheduler.show(view, 0, 0);
    step();
    var running = handedIn.element();
    scheduler.pause();
    assertTrue(running.cancellation().isCancelled());
    runAll();
    assertEquals(1, arrived.size());
    assertEquals(0, scheduler.pending());
    scheduler.show(view, 0, 0);
    runAll();
    assertEquals(1 + 16, arrived.size());
  }

  @Test
  void closingCancels() {
    scheduler.show(new Viewport(1024, 0, 0, 1024, 1024), 0, 0);
    scheduler.close();
    assertEquals(0, scheduler.pending());
    runAll();
    assertTrue(arrived.isEmpty());
    scheduler.show(new Viewport(1024, 0, 0, 1024, 1024), 0, 0);
    assertFalse(step());
  }

  @Test
  void levelsAreOctavesOfTheFeatureMap() {
    assertEquals(256, levels.root());
    assertEquals(256, new ViewLevels(128).root());
    assertEquals(200, new ViewLevels(100).root());
    assertEquals(256, new ViewLevels(1024).root());
    assertEquals(256, levels.nearest(10));
    assertEquals(1024, levels.nearest(1000));
    assertEquals(1024, levels.nearest(1400));
    assertEquals(2048, levels.nearest(1500));
    assertEquals(1 << 20, levels.nearest(1e12));
  }
}
