package org.infd.app.window;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import javax.imageio.ImageIO;
import org.infd.app.FakeEngine;
import org.infd.app.UiQueue;
import org.infd.app.engine.Picture;
import org.infd.app.runs.Run;
import org.infd.app.runs.RunQueue;
import org.infd.app.settings.Settings;
import org.infd.app.tab.Batch;
import org.infd.inference.export.Frame;
import org.infd.inference.generation.Photo;
import org.infd.inference.generation.Recipe;
import org.infd.inference.runtime.Device;
import org.infd.inference.runtime.DeviceLost;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a run is, it is taken up again after the device stopped and after a crash. */
class RunRecoveryTest {
  private static final DeviceLost LOST =
      new DeviceLost(
          new Device(Device.Kind.CUDA, 0, "Test GPU", "this is a test."),
          new IllegalStateException("an illegal memory access was encountered"));

  private static final Frame.Region BOX = new Frame.Region(0.25, 0.25, 0.5, 0.5);

  @TempDir private Path folder;
  private final UiQueue ui = new UiQueue();
  private FakeEngine engine = new FakeEngine().open();
  private final ExecutorService background =
      Executors.newCachedThreadPool(Thread.ofPlatform().daemon().factory());
  private StudioModel model;

  @AfterEach
  void stop() throws InterruptedException {
    background.shutdownNow();
    assertTrue(background.awaitTermination(60, TimeUnit.SECONDS));
  }

  private void start() {
    model =
        new StudioModel(
            new StudioServices(engine, background, ui, System::nanoTime, new Random(2)),
            Settings.defaults(),
            folder);
    model.start();
    ui.runUntil(() -> !model.startup().isStarting());
  }

  private void startWithPicture() {
    start();
    ui.runUntil(() -> model.pictureProperty().get().isPresent());
    ui.runUntil(() -> model.tabs().current().file().isPresent());
    engine.gate.drainPermits();
  }

  @Test
  void exportsGoOnWithPicturesOpenedAnew() {
    startWithPicture();
    engine.open();
    engine.failure = LOST;
    model.exports().export(folder.resolve("a.png"));
    model.exports().export(folder.resolve("b.png"));
    ui.runUntil(() -> model.notices().lossProperty().get().isPresent());
    ui.drain();
    assertTrue(model.exports().queue().runningProperty().get().isEmpty(), "it would fail");
    model.notices().lossProperty().get().orElseThrow().action().orElseThrow().run().run();
    ui.runUntil(
        () -> Files.exists(folder.resolve("a.png")) && Files.exists(folder.resolve("b.png")));
    ui.runUntil(() -> model.exports().queue().finished().size() == 2);
  }

  private Picture shown() {
    return model.pictureProperty().get().orElseThrow();
  }

  private void waitForShown(Predicate<Picture> wanted) {
    ui.runUntil(() -> model.pictureProperty().get().filter(wanted).isPresent());
  }

  private void vary() {
    model.recipe().seedProperty().set("40");
    model.recipe().strengthProperty().set(0.3);
    model.requests().vary(false);
    ui.runUntil(() -> engine.recipes.size() == 2);
  }

  private void redo() {
    model.recipe().seedProperty().set("40");
    model.requests().redo(BOX, model.recipe().begin().orElseThrow());
    ui.runUntil(() -> engine.redone.size() == 1);
  }

  private void encode() {
    var picture = new BufferedImage(40, 30, BufferedImage.TYPE_INT_RGB);
    picture.setRGB(20, 15, 0xFF8040);
    try {
      ImageIO.write(picture, "png", folder.resolve("photo.png").toFile());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    model.opener().openPhoto(folder.resolve("photo.png"));
    ui.runUntil(() -> model.opener().photoProperty().get().isPresent());
    model.opener().encodePhoto();
    ui.runUntil(() -> engine.encoding.get() == 1);
  }

  private void paste() {
    var picture = new BufferedImage(40, 30, BufferedImage.TYPE_INT_RGB);
    picture.setRGB(20, 15, 0xFF8040);
    model.opener().choosePhoto(Photo.of("pasted picture", "ab12", picture));
    model.opener().encodePhoto();
    ui.runUntil(() -> engine.encoding.get() == 1);
  }

  private void batch(long seed) {
    model.generation().countProperty().set(3);
    model.recipe().seedProperty().set(Long.toString(seed));
    model.requests().generate(false);
  }

  /** The device stops in the run in progress, and the user goes on with the CPU. */
  private void loseAndGoOn() {
    engine.failure = LOST;
    engine.gate.release(1000);
    ui.runUntil(() -> !model.generation().isRunning());
    ui.drain();
    model.notices().lossProperty().get().orElseThrow().action().orElseThrow().run().run();
  }

  private void runsToTheEnd() {
    ui.runUntil(
        () -> !model.generation().isRunning() && model.generation().queue().waiting().isEmpty());
    ui.drain();
  }

  /** The program is killed, and started again. */
  private void crashAndRestore() {
    model.startup().autosave();
    var session = folder.resolve("session.json");
    ui.runUntil(() -> Files.exists(session));
    killed(session);
    var old = model;
    engine = new FakeEngine();
    start();
    ui.runUntil(() -> model.pictureProperty().get().isPresent());
    model.notices().offerProperty().get().orElseThrow().action().orElseThrow().run().run();
    old.generation().queue().clear();
    old.generation().cancel();
    engine.open();
  }

  /** As if the process that wrote it were another one, which is no more. */
  private static void killed(Path session) {
    try {
      Files.writeString(
          session,
          Files.readString(session)
              .replaceAll("\"started\" : \"[^\"]*\"", "\"started\" : \"1999-01-01T00:00:00Z\""));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private List<Long> seedsInTheGallery() {
    return model.gallery().pictures().stream().map(kept -> kept.recipe().seed()).sorted().toList();
  }

  @Test
  void aVariationIsTakenUpAgainAfterTheDeviceStopped() {
    startWithPicture();
    vary();
    loseAndGoOn();
    runsToTheEnd();
    assertEquals(40, shown().recipe().seed());
    assertEquals(0.3, shown().recipe().variation().strength());
    assertEquals(1, model.tabs().tabs().size());
  }

  @Test
  void aBoxIsTakenUpAgainAfterTheDeviceStopped() {
    startWithPicture();
    redo();
    loseAndGoOn();
    runsToTheEnd();
    assertEquals(List.of(BOX, BOX), engine.redone);
    assertEquals(2, shown().image().layers().size());
    assertEquals(
        "A box was made anew.", model.notices().noticeProperty().get().orElseThrow().text());
  }

  @Test
  void aPhotoIsTakenUpAgainAfterTheDeviceStopped() {
    startWithPicture();
    encode();
    loseAndGoOn();
    runsToTheEnd();
    assertEquals("photo.png", shown().recipe().photo().file());
  }

  @Test
  void aBatchGoesOnInItsGridAfterTheDeviceStopped() {
    startWithPicture();
    batch(100);
    engine.gate.release(8 + 3);
    ui.runUntil(() -> model.gallery().pictures().size() == 2);
    var several = model.tabs().current().batchProperty().get().orElseThrow();
    loseAndGoOn();
    runsToTheEnd();
    assertEquals(several, model.tabs().current().batchProperty().get().orElseThrow());
    ui.runUntil(() -> model.gallery().pictures().size() == 4);
    assertEquals(List.of(18L, 100L, 101L, 102L), seedsInTheGallery());
    assertTrue(
        several.items().stream().allMatch(item -> item.stateProperty().get() == Batch.State.MADE));
    assertEquals(5, engine.recipes.size(), "the first is not made again");
  }

  @Test
  void whatIsAskedForWhileTheDeviceIsAwayWaitsForIt() {
    startWithPicture();
    engine.lose(LOST);
    ui.runUntil(() -> model.notices().lossProperty().get().isPresent());
    model.recipe().seedProperty().set("40");
    model.requests().vary(false);
    assertFalse(model.generation().isRunning());
    assertEquals(
        List.of(40L),
        model.generation().queue().waiting().stream()
            .map(RunQueue.Order::run)
            .map(run -> run instanceof Run.Vary vary ? vary.recipe().seed() : -1)
            .toList());
    model.notices().lossProperty().get().orElseThrow().action().orElseThrow().run().run();
    engine.open();
    waitForShown(now -> now.recipe().seed() == 40);
  }

  @Test
  void aPictureForTheGalleryAloneThatWasNotKeptIsMadeAgain() {
    startWithPicture();
    model.recipe().seedProperty().set("100");
    model.requests().generate(false);
    model.recipe().seedProperty().set("200");
    model.requests().generate(false);
    engine.gate.release(8);
    ui.runUntil(() -> engine.recipes.size() == 3 && model.gallery().pictures().size() == 2);
    engine.saveFailure = LOST;
    engine.open();
    ui.runUntil(() -> model.notices().lossProperty().get().isPresent());
    ui.runUntil(() -> !model.generation().queue().waiting().isEmpty());
    model.notices().lossProperty().get().orElseThrow().action().orElseThrow().run().run();
    ui.runUntil(() -> model.gallery().pictures().size() == 3);
    assertEquals(List.of(18L, 100L, 200L), seedsInTheGallery());
  }

  @Test
  void aVariationIsTakenUpAgainAfterACrash() {
    startWithPicture();
    vary();
    crashAndRestore();
    waitForShown(now -> now.recipe().variation() != null);
    assertEquals(40, shown().recipe().seed());
    assertEquals(0.3, shown().recipe().variation().strength());
    ui.runUntil(() -> engine.released.contains(engine.parents.getFirst()));
  }

  @Test
  void aBoxIsTakenUpAgainAfterACrash() {
    startWithPicture();
    redo();
    crashAndRestore();
    waitForShown(now -> now.image().layers().size() == 2);
    assertEquals(List.of(BOX), engine.redone);
  }

  @Test
  void aPhotoIsTakenUpAgainAfterACrash() {
    startWithPicture();
    encode();
    ui.runUntil(() -> Files.exists(folder.resolve("photos.json")));
    crashAndRestore();
    waitForShown(now -> now.recipe().photo() != null);
    assertEquals("photo.png", shown().recipe().photo().file());
  }

  @Test
  void severalDroppedPhotosAreTakenUpAgainAfterACrash() throws IOException {
    startWithPicture();
    var names = List.of("first.png", "second.png", "third.png");
    for (var name : names) {
      var picture = new BufferedImage(40, 30, BufferedImage.TYPE_INT_RGB);
      picture.setRGB(20, 15, name.hashCode());
      ImageIO.write(picture, "png", folder.resolve(name).toFile());
    }
    model.opener().drop(names.stream().map(folder::resolve).toList());
    ui.runUntil(() -> model.generation().queue().waiting().size() == 2);
    // where they lie is written behind the runs: a crash before that loses what is not written
    ui.runUntil(() -> names.stream().allMatch(placesOfPhotos()::contains));
    crashAndRestore();
    runsToTheEnd();
    ui.runUntil(() -> model.gallery().pictures().size() == 4);
    assertEquals(4, model.tabs().tabs().size());
    assertTrue(
        model.tabs().tabs().stream()
            .map(tab -> tab.titleProperty().get())
            .toList()
            .containsAll(names));
  }

  private String placesOfPhotos() {
    var file = folder.resolve("photos.json");
    try {
      return Files.exists(file) ? Files.readString(file) : "";
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aPastedPictureIsTakenUpAgainAfterACrash() {
    startWithPicture();
    paste();
    ui.runUntil(() -> Files.exists(folder.resolve("photos.json")));
    crashAndRestore();
    waitForShown(now -> now.recipe().photo() != null);
    assertEquals(new Recipe.Photo("pasted picture", "ab12", 0, 5, 30), shown().recipe().photo());
  }

  @Test
  void aBatchGoesOnInAGridAfterACrash() {
    startWithPicture();
    batch(100);
    engine.gate.release(8 + 3);
    ui.runUntil(() -> model.gallery().pictures().size() == 2);
    crashAndRestore();
    ui.runUntil(() -> model.tabs().current().batchProperty().get().isPresent());
    var several = model.tabs().current().batchProperty().get().orElseThrow();
    assertEquals(3, several.items().size());
    assertTrue(several.items().getFirst().fileProperty().get().isPresent());
    runsToTheEnd();
    ui.runUntil(() -> several.items().getLast().fileProperty().get().isPresent());
    assertEquals(List.of(101L, 102L), engine.recipes.stream().map(Recipe::seed).toList());
  }

  @Test
  void theWholeQueueComesBackInItsOrder() {
    startWithPicture();
    vary();
    batch(100);
    model.generation().countProperty().set(1);
    model.recipe().seedProperty().set("200");
    model.requests().generate(true);
    crashAndRestore();
    assertEquals(Optional.empty(), model.notices().noticeProperty().get());
    runsToTheEnd();
    ui.runUntil(() -> model.gallery().pictures().size() == 6);
    assertEquals(
        List.of(40L, 100L, 101L, 102L, 200L), engine.recipes.stream().map(Recipe::seed).toList());
    assertEquals("Seed 200", model.tabs().tabs().getLast().titleProperty().get());
  }
}
