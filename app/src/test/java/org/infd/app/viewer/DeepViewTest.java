package org.infd.app.viewer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.infd.inference.Problem;
import org.infd.inference.field.TileKey;
import org.infd.inference.field.TileScheduler;
import org.infd.inference.field.TileSource;
import org.infd.inference.field.Viewport;
import org.infd.inference.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** A picture that goes on below its field, by a clock and a device of the test's own. */
class DeepViewTest {
  private static final long FRAME = 16_666_667;
  private static final long DEEPEST = 1L << 51;

  private final ManualDevice device = new ManualDevice();
  private final ArrayList<String> failures = new ArrayList<>();
  private final ArrayList<Viewport> looks = new ArrayList<>();
  private final ViewerModel model = new ViewerModel(Runnable::run);
  private Consumer<Predicate<TileKey>> changed = keys -> {};
  private Consumer<RuntimeException> failed = cause -> {};
  private float brightness = -1;
  private int missing;
  private boolean refines;
  private long now = 1_000_000_000;

  DeepViewTest() {
    model.attach(() -> {}, failures::add);
    model.resize(900, 700, 0);
    model.show(
        new Field(
            (side, area, cancellation) -> grey(area.height(), area.width(), 1),
            device,
            128,
            2048,
            Optional.of(new Invention())));
  }

  private static Tensor grey(int height, int width, float value) {
    var values = new float[3 * height * width];
    java.util.Arrays.fill(values, value);
    return Tensor.of(values, 1, 3, height, width);
  }

  /** One grey everywhere, which the test changes. */
  private final class Invention implements Depths {
    @Override
    public long largestSide() {
      return DEEPEST;
    }

    @Override
    public int depthAt(double side) {
      return side <= 512 ? 0 : (int) Math.ceil(Math.log(side / 512) / Math.log(2));
    }

    @Override
    public long sideOf(int depth) {
      return 512L << depth;
    }

    @Override
    public TileSource source() {
      return (key, cancellation) -> grey(key.height(), key.width(), brightness);
    }

    @Override
    public TileScheduler.Worker worker() {
      return device;
    }

    @Override
    public Refining refine(
        Consumer<Predicate<TileKey>> hearsChanges, Consumer<RuntimeException> hearsFailures) {
      changed = hearsChanges;
      failed = hearsFailures;
      refines = true;
      return new Refining() {
        @Override
        public void look(Viewport view, double pointerRow, double pointerColumn) {
          looks.add(view);
        }

        @Override
        public int pending() {
          return missing;
        }

        @Override
        public void pause() {
          refines = false;
        }

        @Override
        public void close() {
          refines = false;
        }
      };
    }
  }

  private void settle() {
    for (int i = 0; i < 4000; i++) {
      now += FRAME;
      boolean goesOn = model.tick(now);
      var next = device.poll();
      if (next != null) {
        next.run();
      } else if (!goesOn) {
        return;
      }
    }
    throw new AssertionError("it never came to rest");
  }

  private List<Integer> colours() {
    return model.frame().stream().map(drawn -> drawn.pixels().get(0)).distinct().toList();
  }

  @Test
  void thePlaceUnderThePointerStaysThroughFortyLevels() {
    settle();
    double x = 300;
    double y = 211;
    for (int i = 0; i < 150; i++) {
      var before = model.cameraProperty().get();
      model.zoom(1.25, x, y, now);
      settle();
      var after = model.cameraProperty().get();
      // N becomes whole around the middle
      assertEquals(x, after.left() + before.imageX(x) * after.side(), 1.5);
      assertEquals(y, after.top() + before.imageY(y) * after.side(), 1.5);
    }
    var deep = model.cameraProperty().get();
    assertEquals(DEEPEST, deep.side());
    assertTrue(model.isAtFloor());
    assertEquals(42, model.depth());
    var frame = model.frame();
    var exact = frame.stream().filter(Placement::isExact).toList();
    assertTrue(exact.size() >= 12, "the window is covered by tiles of its own scale");
    assertTrue(exact.stream().allMatch(tile -> Math.abs(tile.x()) < 2000));
  }

  @Test
  void whatIsInventedLaterReplacesWhatStoodThereWithoutAHole() {
    settle();
    model.zoomTo(1L << 30, now);
    settle();
    int before = colours().getFirst();
    brightness = 1;
    changed.accept(key -> key.imageSide() == 1L << 30);
    assertEquals(List.of(before), colours());
    model.tick(now);
    // one tile has come and fades in over the one before it
    device.remove().run();
    model.tick(now + FRAME);
    var frame = model.frame();
    var fading = frame.stream().filter(tile -> tile.opacity() < 1).findFirst().orElseThrow();
    var beneath = frame.get(frame.indexOf(fading) - 1);
    assertEquals(fading.x(), beneath.x());
    assertEquals(1, beneath.opacity());
    assertEquals(before, beneath.pixels().get(0));
    settle();
    assertFalse(colours().contains(before));
  }

  @Test
  void aTileThatWasInProgressWhenItsPlaceChangedIsRenderedAgain() {
    settle();
    model.zoomTo(1L << 30, now);
    for (int i = 0; i < 60; i++) {
      now += FRAME;
      model.tick(now);
    }
    var inProgress = device.remove();
    inProgress.run();
    brightness = 1;
    changed.accept(key -> true);
    settle();
    var tiles = model.frame().stream().filter(Placement::isExact).toList();
    assertTrue(tiles.stream().allMatch(tile -> tile.pixels().get(0) == 0xFFFFFFFF));
  }

  @Test
  void theViewIsToldAndCounted() {
    missing = 7;
    model.zoomTo(1L << 40, now);
    settle();
    assertEquals(1L << 40, looks.getLast().imageSide());
    assertTrue(looks.getLast().row() > 0);
    assertEquals(7, model.pendingProperty().get());
    failed.accept(new Problem("It overflows."));
    assertEquals(List.of("It overflows."), failures);
  }

  @Test
  void switchedOffItEndsWhereItAlwaysDid() {
    settle();
    model.zoomTo(1L << 40, now);
    settle();
    model.setDeep(false);
    settle();
    assertFalse(refines);
    assertEquals(1 << 20, model.cameraProperty().get().side());
    assertTrue(model.isAtFloor());
    assertEquals(0, model.depth());
    model.setDeep(true);
    assertTrue(refines);
    assertFalse(model.isAtFloor());
  }

  @Test
  void aTabComesBackAtItsDepth() {
    settle();
    model.zoomTo(1L << 44, now);
    settle();
    var left = model.cameraProperty().get();
    var aside = model.suspend().orElseThrow();
    assertFalse(refines);
    model.show(aside);
    settle();
    assertEquals(left, model.cameraProperty().get());
    model.setDeep(false);
    settle();
    assertEquals(1 << 20, model.cameraProperty().get().side());
  }
}
