package org.infd.app.window;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.infd.app.FakeEngine;
import org.infd.app.UiQueue;
import org.infd.app.settings.Settings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** Uses the whole studio without a window, over a fake engine that waits at its gate. */
abstract class StudioOnFolder {
  @TempDir protected Path folder;
  protected final UiQueue ui = new UiQueue();
  protected final FakeEngine engine = new FakeEngine();
  private final ExecutorService background =
      Executors.newCachedThreadPool(Thread.ofPlatform().daemon().factory());

  @AfterEach
  void stop() throws InterruptedException {
    background.shutdownNow();
    assertTrue(background.awaitTermination(60, TimeUnit.SECONDS));
  }

  /** A studio on a folder; a second one stands for the next start. */
  protected StudioModel begin(Settings settings) {
    var model =
        new StudioModel(
            new StudioServices(engine, background, ui, System::nanoTime, new Random(2)),
            settings,
            folder);
    model.start();
    ui.runUntil(() -> !model.startup().isStarting());
    return model;
  }

  /** A studio whose first picture is there, and kept. */
  protected StudioModel beginWithPicture() {
    engine.open();
    var model = begin(Settings.defaults());
    ui.runUntil(() -> model.pictureProperty().get().isPresent());
    ui.runUntil(() -> model.gallery().pictures().size() == 1);
    engine.gate.drainPermits();
    return model;
  }

  /** Waits until nothing is made any more. */
  protected void waitForRuns(StudioModel model) {
    ui.runUntil(
        () -> !model.generation().isRunning() && model.generation().queue().waiting().isEmpty());
    ui.drain();
  }
}
