package org.infd.app.viewer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.infd.inference.field.Rectangle;
import org.infd.inference.field.Tile;
import org.infd.inference.field.TileKey;
import org.infd.inference.field.TileScheduler;
import org.infd.inference.field.ViewLevels;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.DeviceQueue.Priority;
import org.infd.inference.tensor.Tensor;
import org.junit.jupiter.api.Test;

/**
 * A session of a restless user on a device that takes many frames for a tile. Time is counted in
 * frames; after each of them the promises of the viewer are checked.
 */
class ViewerScriptTest {
  private static final long FRAME = 16_666_667;
  private static final int FRAMES_PER_TILE = 5;
  private static final int WIDTH = 1000;
  private static final int HEIGHT = 800;
  private static final long TILE_BYTES = 256 * 256 * 4;
  private static final long CACHE = 90 * TILE_BYTES;
  private static final ViewLevels LEVELS = new ViewLevels(128);

  /** A tile that the device works on, and for how long still. */
  private static final class Work {
    final Priority priority;
    final Cancellation cancellation;
    final Callable<Tile> work;
    final CompletableFuture<Tile> result = new CompletableFuture<>();
    int framesLeft = FRAMES_PER_TILE;

    Work(Priority priority, Cancellation cancellation, Callable<Tile> work) {
      this.priority = priority;
      this.cancellation = cancellation;
      this.work = work;
    }
  }

  private record Rendered(TileKey key, Priority priority) {}

  private final ArrayDeque<Work> device = new ArrayDeque<>();
  private final List<Rendered> rendered = new ArrayList<>();
  private final ViewerModel model = new ViewerModel(Runnable::run, CACHE);
  private long now = 1_000_000_000;
  private boolean seen;

  ViewerScriptTest() {
    model.attach(() -> {}, failure -> {});
    model.resize(WIDTH, HEIGHT, 0);
    TileScheduler.Worker worker = this::submit;
    model.show(new Field(this::render, worker, 128, 2048));
  }

  private Tensor render(int side, Rectangle area, Cancellation cancellation) {
    return Tensor.zeros(1, 3, area.height(), area.width());
  }

  private CompletableFuture<Tile> submit(
      Priority priority, Cancellation cancellation, Callable<Tile> work) {
    var submitted = new Work(priority, cancellation, work);
    assertTrue(
        device.stream().allMatch(w -> w.cancellation.isCancelled()), "one tile at a time is asked");
    device.add(submitted);
    return submitted.result;
  }

  /** One frame of the device: the tile in progress comes nearer to its end, or ends. */
  private void deviceFrame() {
    while (!device.isEmpty() && device.peek().cancellation.isCancelled()) {
      device.poll().result.completeExceptionally(new CancellationException());
    }
    var work = device.peek();
    if (work != null && --work.framesLeft <= 0) {
      device.poll();
      try {
        var tile = work.work.call();
        rendered.add(new Rendered(tile.key(), work.priority));
        work.result.complete(tile);
      } catch (Exception e) {
        work.result.completeExceptionally(e);
      }
    }
  }

  private boolean frame() {
    now += FRAME;
    boolean goesOn = model.tick(now);
    var drawn = model.frame();
    seen |= drawn.stream().anyMatch(p -> p.opacity() == 1);
    if (seen) {
      assertCovered(drawn);
    }
    assertTrue(model.cachedBytes() <= CACHE, "bytes: " + model.cachedBytes());
    deviceFrame();
    return goesOn;
  }

  private void frames(int count) {
    for (int i = 0; i < count; i++) {
      frame();
    }
  }

  private void settle() {
    for (int i = 0; i < 5000; i++) {
      if (!frame() && device.isEmpty()) {
        return;
      }
    }
    throw new AssertionError("it never came to rest");
  }

  /** Everywhere in the image something opaque is drawn. */
  private void assertCovered(List<Placement> drawn) {
    var view = model.cameraProperty().get();
    int left = (int) Math.max(0, Math.ceil(view.left()) + 1);
    int right = (int) Math.min(WIDTH, Math.floor(view.left() + view.side()) - 1);
    int top = (int) Math.max(0, Math.ceil(view.top()) + 1);
    int bottom = (int) Math.min(HEIGHT, Math.floor(view.top() + view.side()) - 1);
    for (int y = top; y < bottom; y += 13) {
      for (int x = left; x < right; x += 13) {
        int px = x;
        int py = y;
        assertTrue(
            drawn.stream()
                .anyMatch(
                    p ->
                        p.opacity() == 1
                            && px >= p.x()
                            && px < p.x() + p.width()
                            && py >= p.y()
                            && py < p.y() + p.height()),
            "blank at " + x + ", " + y + " of " + view);
      }
    }
  }

  @Test
  void aRestlessUserNeverSeesAHole() {
    settle();
    assertEquals(LEVELS.rootTile(), rendered.getFirst().key());
    for (int i = 0; i < 12; i++) {
      model.zoom(1.25, 300 + 40 * i, 200, now);
      frames(2);
    }
    frames(30);
    model.drag(-700, 300);
    model.release(-3000, 900, now);
    frames(40);
    model.zoomOnto(400, 300, 60, 40, now);
    frames(9);
    model.zoom(0.1, 10, 700, now);
    frames(20);
    model.zoomTo(1 << 20, now);
    frames(60);
    assertTrue(model.isAtFloor());
    model.centre(0.99, 0.01);
    frames(20);
    model.back(now);
    frames(30);
    model.fit(now);
    frames(10);
    model.forward(now);
    frames(5);
    model.push(500, 500, now);
    settle();
  }

  @Test
  void afterAMoveAtMostOneStaleTileIsFinished() {
    settle();
    model.zoomTo(20_000, now);
    frames(45);
    for (int i = 0; i < 30; i++) {
      frames(FRAMES_PER_TILE + i % 3);
      int before = rendered.size();
      switch (i % 3) {
        case 0 -> model.drag(-900 - 37 * i, 500);
        case 1 -> model.zoom(i % 2 == 0 ? 3 : 0.3, 500, 400, now);
        default -> model.centre(0.03 * i, 0.5);
      }
      int stale = 0;
      for (int f = 0; f < 2 * FRAMES_PER_TILE + 1; f++) {
        frame();
        var view = model.wanted();
        stale +=
            (int)
                rendered.subList(before, rendered.size()).stream()
                    .filter(tile -> !tile.key().meets(view))
                    .count();
        before = rendered.size();
      }
      assertTrue(stale <= 1, stale + " stale tiles");
    }
  }

  @Test
  void holesComeFirstThenTheNearestToThePointerThenTheRing() {
    settle();
    model.point(100, 100);
    model.zoomTo(30_000, now);
    for (int i = 0; i < 600 && model.isMoving(); i++) {
      frame();
    }
    int before = rendered.size();
    var rest = model.wanted();
    assertEquals(30_000, rest.imageSide());
    settle();
    var order = rendered.subList(before, rendered.size());
    int own = 0;
    int ring = 0;
    double last = 0;
    for (var tile : order) {
      boolean exact = tile.key().imageSide() == 30_000;
      if (exact && tile.priority() == Priority.VISIBLE) {
        assertEquals(0, ring, "nothing is rendered ahead before the view is whole");
        var area = tile.key().rectangle();
        double distance =
            Math.hypot(
                area.row() + area.height() / 2.0 - rest.row() - 100,
                area.column() + area.width() / 2.0 - rest.column() - 100);
        assertTrue(distance >= last, "from the pointer outward");
        last = distance;
        own++;
      } else if (tile.priority() == Priority.PREFETCH) {
        assertTrue(exact);
        assertFalse(tile.key().meets(rest));
        ring++;
      } else if (tile.key().meets(rest)) {
        // the tile in progress when the view came to rest, and fillers of holes
        assertEquals(0, own, "holes are filled before the exact tiles: " + tile);
      }
    }
    assertEquals(TileKey.visible(rest).size(), own);
    assertTrue(ring > 10, "the ring: " + ring);
  }

  @Test
  void restIsExactAndNothingIsResampled() {
    settle();
    double[] factors = {1.7, 2.33, 5.1, 0.6, 0.21, 9.7};
    for (double factor : factors) {
      model.zoom(factor, 333, 444, now);
      settle();
      var view = model.cameraProperty().get();
      assertTrue(view.isWhole());
      assertTrue(model.frame().stream().allMatch(p -> p.isExact() && p.opacity() == 1));
      assertTrue(
          rendered.stream().anyMatch(tile -> tile.key().imageSide() == (int) view.side()),
          "rendered at " + view.side());
      assertEquals(0, model.pendingProperty().get());
    }
  }

  @Test
  void aPanFindsItsTilesRenderedAlready() {
    settle();
    model.zoomTo(9000, now);
    settle();
    int before = rendered.size();
    model.drag(-120, 90);
    frame();
    assertEquals(0, model.pendingProperty().get());
    assertTrue(model.frame().stream().allMatch(p -> p.isExact() && p.opacity() == 1));
    settle();
    assertTrue(
        rendered.subList(before, rendered.size()).stream()
            .allMatch(tile -> tile.priority() == Priority.PREFETCH));
  }
}
