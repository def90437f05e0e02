package org.infd.inference.dive;

import static org.infd.inference.dive.SmallNetworks.LATTICE;
import static org.infd.inference.dive.SmallNetworks.ROOT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.infd.inference.dive.DivePlan.Step;
import org.infd.inference.field.Rectangle;
import org.infd.inference.runtime.Cancellation;
import org.junit.jupiter.api.Test;

/** What is shown while children are made, and the order in which they are. */
class DiveSightTest {
  private static final Cancellation GO = Cancellation.never();
  private static final DiveRectangle HERE = new DiveRectangle(300, 330, 20, 24);
  private static final long SIDE = 512;

  private final SmallNetworks networks = new SmallNetworks();
  private final Dive dive =
      new Dive(ROOT, LATTICE, DiveOptions.usual(5, LATTICE, false), networks, 8);

  private float[] sight(long side, DiveRectangle at) {
    return dive.sight().render(side, at, GO).toArray();
  }

  private List<Step> wanted(DiveView view) {
    return DivePlan.of(LATTICE, dive.options().anchor(), view, dive::stage).wanted();
  }

  @Test
  void nothingIsMadeForWhatIsInSightAndItIsThePictureAboveEnlarged() {
    var rgb = sight(SIDE, HERE);
    assertEquals(0, networks.encoded.get());
    var plain = ROOT.render((int) SIDE, new Rectangle(300, 330, 20, 24), GO);
    for (int i = 0; i < rgb.length; i++) {
      assertEquals(plain.get(i), rgb[i], 0.12, "far from it at " + i);
    }
  }

  @Test
  void deepDownThereIsSomethingInSightAtOnce() {
    long side = 64L << 38;
    var rgb = dive.sight().render(side, new DiveRectangle(side / 3, side / 5, 9, 9), GO);
    assertTrue(rgb.isFinite());
    var root = ROOT.render(64, new Rectangle(21, 12, 1, 1), GO);
    assertEquals(root.get(0), rgb.get(0), 0.1);
    assertEquals(0, networks.encoded.get());
  }

  @Test
  void aPlanMakesWhatIsAboveThenFirstAnswersThenAllFullFromThePointerOutwards() {
    var steps = wanted(new DiveView(SIDE, HERE, 300, 353));
    assertEquals(3, steps.getLast().key().level());
    int before = 0;
    for (var step : steps) {
      int now = 2 * step.key().level() + step.stage().ordinal();
      if (step.key().level() < 3) {
        assertEquals(DiveStage.FULL, step.stage());
      }
      assertTrue(now >= before, steps.toString());
      before = now;
    }
    assertTrue(steps.size() < 60, "only what the view needs: " + steps.size());
  }

  @Test
  void whenThePlanIsDoneTheSightIsThePictureAndEveryStageChangesIt() {
    var view = DiveView.of(SIDE, HERE);
    var blank = sight(SIDE, HERE);
    float[] first = {};
    for (var steps = wanted(view); !steps.isEmpty(); steps = wanted(view)) {
      var step = steps.getFirst();
      dive.make(step.key(), step.stage(), GO);
      assertEquals(step.stage(), dive.stage(step.key()));
      if (step.key().level() == 3 && step.stage() == DiveStage.FIRST) {
        first = sight(SIDE, HERE);
      }
    }
    int made = networks.levels.size();
    var full = sight(SIDE, HERE);
    assertFalse(java.util.Arrays.equals(blank, first), "a first answer shows");
    assertFalse(java.util.Arrays.equals(first, full), "and so does what is full");
    assertArrayEquals(dive.picture().render(SIDE, HERE, GO).toArray(), full);
    assertEquals(made, networks.levels.size(), "the plan held all that the picture needs");
    try (var other = new Dive(ROOT, LATTICE, DiveOptions.usual(5, LATTICE, false), networks, 8)) {
      assertArrayEquals(full, other.picture().render(SIDE, HERE, GO).toArray(), "any other way");
    }
  }

  @Test
  void aRefinerMakesWhatAViewLacksAndTellsOfEachChild() throws InterruptedException {
    var ready = Collections.synchronizedList(new ArrayList<DiveKey>());
    var done = new CountDownLatch(1);
    var refiners = new ArrayList<DiveRefiner>();
    var listener =
        new DiveRefiner.Listener() {
          @Override
          public void ready(DiveKey key, DiveStage stage) {
            ready.add(key);
            synchronized (refiners) {
              if (refiners.getFirst().pending() == 0) {
                done.countDown();
              }
            }
          }

          @Override
          public void failed(RuntimeException cause) {
            throw cause;
          }
        };
    try (var refiner = new DiveRefiner(dive, listener)) {
      synchronized (refiners) {
        refiners.add(refiner);
      }
      refiner.look(DiveView.of(SIDE, HERE));
      assertTrue(done.await(60, TimeUnit.SECONDS));
      assertArrayEquals(
          dive.picture().render(SIDE, HERE, GO).toArray(), sight(SIDE, HERE), "all is there");
      assertTrue(ready.stream().anyMatch(key -> refiner.shows(key, SIDE, HERE)));
      assertFalse(refiner.shows(new DiveKey(3, 0, 0), SIDE, HERE));
      assertFalse(refiner.shows(ready.getFirst(), 64, new DiveRectangle(0, 0, 64, 64)));
    }
  }

  @Test
  void aViewOfTheFieldItselfLacksNothing() {
    var key = new DiveKey(1, 0, 0);
    try (var refiner = new DiveRefiner(dive, new Silent())) {
      refiner.look(DiveView.of(64, new DiveRectangle(0, 0, 64, 64)));
      assertEquals(0, refiner.pending(), "the field itself lacks nothing");
      assertNull(dive.stage(key));
      refiner.pause();
      assertEquals(0, refiner.pending());
    }
  }

  private static final class Silent implements DiveRefiner.Listener {
    @Override
    public void ready(DiveKey key, DiveStage stage) {
      throw new AssertionError(key + " " + stage);
    }

    @Override
    public void failed(RuntimeException cause) {
      throw cause;
    }
  }

  /** What is open can be shown while another child is being made. */
  @Test
  void makingAChildKeepsNobodyFromThoseThatAreThere() throws Exception {
    var held = new CountDownLatch(1);
    var go = new CountDownLatch(1);
    var slow =
        new SmallNetworks() {
          @Override
          public org.infd.inference.diffusion.Denoiser denoiser(int level, Cancellation c) {
            if (held.getCount() == 1 && levels.size() > 20) {
              held.countDown();
              try {
                go.await();
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
            }
            return super.denoiser(level, c);
          }
        };
    var here = new DiveRectangle(0, 0, 8, 8);
    try (var shared = new Dive(ROOT, LATTICE, DiveOptions.usual(5, LATTICE, false), slow, 8)) {
      var before = shared.picture().render(128, here, GO).toArray();
      var making =
          Thread.ofVirtual()
              .start(() -> shared.picture().render(512, new DiveRectangle(400, 400, 60, 60), GO));
      held.await();
      assertArrayEquals(before, shared.picture().render(128, here, GO).toArray());
      assertTrue(making.isAlive());
      go.countDown();
      making.join();
      assertNotEquals(0, slow.levels.size());
    }
  }
}
