package org.infd.app.window;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.infd.app.FakeEngine;
import org.infd.app.UiQueue;
import org.infd.app.settings.Settings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The end of the studio while files are being written. */
class ShutdownTest {
  @TempDir private Path folder;
  private final UiQueue ui = new UiQueue();
  private final FakeEngine engine = new FakeEngine().open();
  private final ExecutorService background =
      Executors.newCachedThreadPool(Thread.ofPlatform().daemon().factory());

  @AfterEach
  void stop() throws InterruptedException {
    background.shutdownNow();
    assertTrue(background.awaitTermination(60, TimeUnit.SECONDS));
  }

  private StudioModel start() {
    var model =
        new StudioModel(
            new StudioServices(engine, background, ui, System::nanoTime, new Random(2)),
            Settings.defaults(),
            folder);
    model.start();
    return model;
  }

  private long kept() throws IOException {
    try (var files = Files.list(folder.resolve("pictures"))) {
      return files.filter(file -> file.toString().endsWith(".infd")).count();
    }
  }

  @Test
  void aPictureThatIsBeingKeptIsWrittenBeforeTheThreadsStop() throws IOException {
    var saving = new CountDownLatch(1);
    engine.beforeSave =
        () -> {
          saving.countDown();
          // a slow disk
          sleep();
        };
    var model = start();
    ui.runUntil(() -> saving.getCount() == 0);
    model.close();
    background.shutdownNow();
    assertEquals(1, kept());
  }

  @Test
  void whatWasEditedLastIsKeptAndNoSessionIsLeft() throws IOException {
    var model = start();
    ui.runUntil(() -> model.pictureProperty().get().isPresent());
    model.layouts().model().openProperty().set(true);
    model.startup().autosave();
    model.layouts().model().followedProperty().set(false);
    model.close();
    background.shutdownNow();
    assertTrue(Files.readString(folder.resolve("layout.json")).contains("\"followed\" : false"));
    assertFalse(Files.exists(folder.resolve("session.json")));
  }

  private static void sleep() {
    try {
      Thread.sleep(300);
    } catch (InterruptedException e) {
      throw new IllegalStateException("the picture is cut off", e);
    }
  }
}
