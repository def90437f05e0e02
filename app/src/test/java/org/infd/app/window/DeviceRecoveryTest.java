package org.infd.app.window;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.infd.app.FakeEngine;
import org.infd.app.UiQueue;
import org.infd.app.runs.Run;
import org.infd.app.runs.RunQueue;
import org.infd.app.settings.Settings;
import org.infd.app.viewer.SavedView;
import org.infd.app.work.Notice;
import org.infd.inference.generation.Recipe;
import org.infd.inference.runtime.Device;
import org.infd.inference.runtime.DeviceLost;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A device that stops in the middle of its work takes nothing along. */
class DeviceRecoveryTest {
  private static final DeviceLost LOST =
      new DeviceLost(
          new Device(Device.Kind.CUDA, 0, "Test GPU", "this is a test."),
          new IllegalStateException("an illegal memory access was encountered"));

  @TempDir private Path folder;
  private final UiQueue ui = new UiQueue();
  private final FakeEngine engine = new FakeEngine().open();
  private final ExecutorService background =
      Executors.newCachedThreadPool(Thread.ofPlatform().daemon().factory());
  private StudioModel model;

  @AfterEach
  void stop() throws InterruptedException {
    background.shutdownNow();
    assertTrue(background.awaitTermination(60, TimeUnit.SECONDS));
  }

  private void startWithPicture() {
    model =
        new StudioModel(
            new StudioServices(engine, background, ui, System::nanoTime, new Random(2)),
            Settings.defaults(),
            folder);
    model.start();
    ui.runUntil(() -> model.pictureProperty().get().isPresent());
    ui.runUntil(() -> model.tabs().current().file().isPresent());
  }

  private Notice offer() {
    return model.notices().lossProperty().get().orElseThrow();
  }

  private void goOn() {
    offer().action().orElseThrow().run().run();
  }

  @Test
  void theCpuTakesOverOnRequestAndNothingIsLost() {
    startWithPicture();
    var shown = model.pictureProperty().get().orElseThrow();
    engine.gate.drainPermits();
    model.requests().generate(false);
    ui.runUntil(() -> engine.recipes.size() == 2);
    model.requests().generate(false);
    var second = model.generation().queue().waiting().getFirst().run();
    engine.failure = LOST;
    engine.gate.release(100);
    ui.runUntil(() -> !model.generation().isRunning());
    ui.drain();

    assertEquals(LOST.getMessage(), offer().text());
    assertEquals(Notice.Kind.ERROR, offer().kind());
    assertTrue(model.notices().noticeProperty().get().isEmpty(), "once is enough");
    assertEquals(
        List.of(new Run.Sample(engine.recipes.get(1)), second),
        model.generation().queue().waiting().stream().map(RunQueue.Order::run).toList(),
        "what waits would fail as well, and what was interrupted is made first");
    assertFalse(model.generation().isRunning());
    assertSame(shown, model.pictureProperty().get().orElseThrow());

    goOn();
    ui.runUntil(() -> engine.recipes.size() == 4 && !model.generation().isRunning());
    assertTrue(model.notices().lossProperty().get().isEmpty());
    assertEquals("CPU, 1 thread", model.deviceProperty().get().orElseThrow().name());
    assertEquals(engine.recipes.get(1), engine.recipes.get(2), "what was interrupted comes first");
    assertTrue(model.generation().queue().waiting().isEmpty());
    assertEquals(
        Optional.of(engine.recipes.get(2).seed()),
        model.pictureProperty().get().map(now -> now.recipe().seed()));
  }

  @Test
  void thePictureIsRenderedAnewAtItsPlace() {
    startWithPicture();
    var shown = model.pictureProperty().get().orElseThrow();
    model.viewer().resize(400, 300, 0);
    model.viewer().setReducedMotion(true);
    model.viewer().goTo(new SavedView(0.3, 0.25, 0.75).in(400, 300), 0);
    var place = model.viewer().place().orElseThrow();
    engine.lose(LOST);
    ui.runUntil(() -> model.notices().lossProperty().get().isPresent());
    goOn();
    ui.runUntil(() -> !shown.equals(model.pictureProperty().get().orElse(shown)));
    var again = model.pictureProperty().get().orElseThrow();
    assertNotSame(shown, again);
    assertEquals(shown.recipe(), again.recipe());
    assertEquals(place, model.viewer().place().orElseThrow());
    assertTrue(model.tabs().current().file().isPresent());
    ui.runUntil(() -> engine.released.contains(shown));
  }

  @Test
  void aPictureThatCouldNotBeKeptIsKeptThen() {
    startWithPicture();
    engine.saveFailure = LOST;
    model.requests().generate(false);
    ui.runUntil(() -> engine.recipes.size() == 2 && !model.generation().isRunning());
    ui.runUntil(
        () -> model.notices().lossProperty().get().isPresent() && engine.saveFailure == null);
    Recipe made = model.pictureProperty().get().orElseThrow().recipe();
    assertTrue(model.tabs().current().file().isEmpty());
    goOn();
    ui.runUntil(() -> model.tabs().current().file().isPresent());
    assertEquals(made, model.pictureProperty().get().orElseThrow().recipe());
    assertEquals(2, engine.recipes.size(), "it is not made twice");
  }
}
