package org.infd.app.window;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.infd.app.FakeEngine;
import org.infd.app.UiQueue;
import org.infd.app.models.FakeStore;
import org.infd.app.models.Sample;
import org.infd.app.runs.Run;
import org.infd.app.runs.UnfinishedRun;
import org.infd.app.session.Session;
import org.infd.app.session.SessionStore;
import org.infd.app.settings.Settings;
import org.infd.app.tab.SavedTab;
import org.infd.app.viewer.SavedView;
import org.infd.app.work.Background;
import org.infd.inference.Problem;
import org.infd.inference.generation.Recipe;
import org.infd.inference.generation.Recipe.SamplerKind;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The first moments of the studio, without a window. */
class StartTest {
  @TempDir private Path folder;
  private final UiQueue ui = new UiQueue();
  private final FakeEngine engine = new FakeEngine().open();
  private final FakeStore store = new FakeStore();
  private final ExecutorService background =
      Executors.newCachedThreadPool(Thread.ofPlatform().daemon().factory());

  @AfterEach
  void stop() throws InterruptedException {
    background.shutdownNow();
    // a picture may still be on its way into the folder that is deleted now
    assertTrue(background.awaitTermination(60, TimeUnit.SECONDS));
  }

  private StudioModel start() {
    var model =
        new StudioModel(
            new StudioServices(engine, background, ui, System::nanoTime, new Random(2), store),
            Settings.defaults(),
            folder);
    model.start();
    ui.runUntil(() -> !model.startup().isStarting());
    return model;
  }

  private static Sample sample(String name, String model, long seed) {
    return new Sample(
        name,
        Recipe.builder(model, "00").seed(seed).steps(25).sampler(SamplerKind.DPMPP).eta(1).build(),
        Optional.empty());
  }

  @Test
  void samplesAreOfferedInsteadOfAFirstPicture() {
    store.samples = List.of(sample("Lake", "hills", 7), sample("Sea", "not installed", 8));
    var model = start();
    assertEquals(List.of("Lake"), model.samples().stream().map(Sample::name).toList());
    assertFalse(model.generation().isRunning());
    model.opener().make(model.samples().getFirst().recipe());
    ui.runUntil(() -> model.pictureProperty().get().isPresent());
    assertEquals(7, engine.recipes.getFirst().seed());
    assertEquals("7", model.recipe().seedProperty().get());
  }

  @Test
  void withoutSamplesAFirstPictureIsMade() {
    var model = start();
    ui.runUntil(() -> model.pictureProperty().get().isPresent());
    assertEquals(1, engine.recipes.size());
  }

  @Test
  void aWrongListOfSamplesIsNoObstacle() {
    store.failure = new Problem("Sample 1 of samples.json needs a 'seed'.");
    var model = start();
    assertTrue(model.samples().isEmpty());
    assertEquals(
        "Sample 1 of samples.json needs a 'seed'.",
        model.notices().problems().entries().getFirst().text());
    ui.runUntil(() -> model.pictureProperty().get().isPresent());
  }

  /** What a process that is no more left behind. */
  private void leave(Recipe recipe, Path file, List<UnfinishedRun> waiting) throws IOException {
    var session =
        new Session(
            recipe,
            4.5,
            true,
            3,
            4096,
            List.of(
                new SavedTab("Seed 1", folder.resolve("gone.infd").toString(), null),
                new SavedTab("Seed 42", file.toString(), new SavedView(0.25, 0.4, 0.6))),
            1,
            waiting,
            List.of());
    var kept = folder.resolve("session.json");
    new SessionStore(kept, new Background(Runnable::run)).keep(session);
    Files.writeString(
        kept,
        Files.readString(kept)
            .replaceAll("\"started\" : \"[^\"]*\"", "\"started\" : \"1999-01-01T00:00:00Z\""));
  }

  @Test
  void whatACrashInterruptedIsOfferedAndRestored() throws IOException {
    store.samples = List.of(sample("Lake", "hills", 7));
    var file = folder.resolve("open.infd");
    FakeEngine.write(file, sample("", "hills", 42).recipe());
    leave(
        Recipe.builder("hills", "00")
            .seed(99)
            .steps(31)
            .sampler(SamplerKind.DDIM)
            .eta(0.5)
            .prompt("a lake")
            .build(),
        file,
        List.of());
    var model = start();
    model.startup().autosave();
    var offer = model.notices().offerProperty().get().orElseThrow();
    assertEquals("The studio ended unexpectedly. Restore what you were doing?", offer.text());
    assertTrue(
        new SessionStore(folder.resolve("session.json"), new Background(Runnable::run))
            .left()
            .map(SessionStore.Left::session)
            .isPresent());
    model.viewer().resize(800, 600, 0);
    model.viewer().setReducedMotion(true);
    model.notices().offerProperty().set(Optional.empty());
    offer.action().orElseThrow().run().run();
    ui.runUntil(() -> model.pictureProperty().get().isPresent());
    assertEquals(42, model.pictureProperty().get().orElseThrow().recipe().seed());
    assertEquals("99", model.recipe().seedProperty().get());
    assertEquals("a lake", model.recipe().promptProperty().get());
    assertEquals(4.5, model.recipe().guidanceProperty().get());
    assertEquals(31, model.recipe().stepsProperty().get());
    assertEquals(3, model.generation().countProperty().get());
    assertEquals(4096, model.recipe().exportSideProperty().get());
    assertTrue(model.recipe().seedLockedProperty().get());
    var view = model.viewer().cameraProperty().get();
    assertEquals(new SavedView(0.25, 0.4, 0.6), SavedView.of(view));
    assertTrue(engine.recipes.isEmpty(), "nothing was sampled");
  }

  @Test
  void restoringTakesThePlaceOfTheTabsOfTheLastTime() throws IOException {
    var one = folder.resolve("one.infd");
    var two = folder.resolve("two.infd");
    FakeEngine.write(one, sample("", "hills", 1).recipe());
    FakeEngine.write(two, sample("", "hills", 2).recipe());
    var model =
        new StudioModel(
            new StudioServices(engine, background, ui, System::nanoTime, new Random(2), store),
            lastTime(List.of(saved(one), saved(two), saved(one))),
            folder);
    leave(sample("", "hills", 9).recipe(), two, List.of());
    model.start();
    ui.runUntil(() -> model.pictureProperty().get().isPresent());
    assertEquals(2, model.tabs().tabs().size(), "no file is open twice");
    model.notices().offerProperty().get().orElseThrow().action().orElseThrow().run().run();
    ui.runUntil(
        () ->
            model.pictureProperty().get().filter(shown -> shown.recipe().seed() == 2).isPresent());
    assertEquals(
        List.of(two), model.tabs().tabs().stream().map(tab -> tab.file().orElseThrow()).toList());
  }

  private static SavedTab saved(Path file) {
    return new SavedTab("A picture", file.toString(), null);
  }

  private static Settings lastTime(List<SavedTab> tabs) {
    var none = Settings.defaults();
    return new Settings(none.preferences(), 0, 0, false, 0, false, null, null, 0, tabs, 0);
  }

  @Test
  void whatWaitedInACrashIsMadeAfterAll() throws IOException {
    store.samples = List.of(sample("Lake", "hills", 7));
    var engineOfTheFirst = engine;
    engineOfTheFirst.gate.drainPermits();
    var first = start();
    first.recipe().seedProperty().set("50");
    first.generation().countProperty().set(2);
    first.requests().generate(false);
    first.recipe().seedProperty().set("60");
    first.generation().countProperty().set(1);
    first.requests().generate(false);
    var waiting =
        List.of(
            new UnfinishedRun(new Run.Batch(sample("", "hills", 50).recipe(), 2), ""),
            new UnfinishedRun(new Run.Sample(sample("", "hills", 60).recipe()), null));
    first.startup().autosave();
    // it is written in the background, and must not come after what is left below
    ui.runUntil(() -> Files.exists(folder.resolve("session.json")));
    first.generation().queue().clear();
    first.generation().cancel();
    leave(sample("", "hills", 9).recipe(), folder.resolve("gone.infd"), waiting);
    engine.recipes.clear();
    engine.open();
    var second = start();
    second.notices().offerProperty().get().orElseThrow().action().orElseThrow().run().run();
    ui.runUntil(() -> second.gallery().pictures().size() == 3);
    assertEquals(List.of(50L, 51L, 60L), engine.recipes.stream().map(Recipe::seed).toList());
  }

  @Test
  void theTabsOfTheLastTimeAreThereAgain() {
    store.samples = List.of(sample("Lake", "hills", 7));
    var one = folder.resolve("one.infd");
    var two = folder.resolve("two.infd");
    FakeEngine.write(one, sample("", "hills", 1).recipe());
    FakeEngine.write(two, sample("", "hills", 2).recipe());
    var first = start();
    first.opener().open(one);
    ui.runUntil(() -> first.pictureProperty().get().isPresent());
    first.opener().openInNewTab(two);
    ui.runUntil(() -> first.tabs().tabs().getLast().file().isPresent());
    var kept = first.remembered().settings(0, 0, false, "");
    assertEquals(2, kept.tabs().size());
    var second =
        new StudioModel(
            new StudioServices(engine, background, ui, System::nanoTime, new Random(2), store),
            kept,
            folder);
    second.start();
    ui.runUntil(() -> second.pictureProperty().get().isPresent());
    assertEquals(1, second.pictureProperty().get().orElseThrow().recipe().seed());
    assertEquals("Seed 2", second.tabs().tabs().getLast().titleProperty().get());
  }

  @Test
  void aProgramThatEndsAsItShouldOffersNothing() throws Exception {
    var model = start();
    ui.runUntil(() -> model.gallery().pictures().size() == 1);
    model.startup().autosave();
    var kept = folder.resolve("session.json");
    background.shutdown();
    assertTrue(background.awaitTermination(60, TimeUnit.SECONDS));
    assertTrue(Files.readString(kept).contains("hills-18.infd"), Files.readString(kept));
    model.close();
    assertFalse(Files.exists(kept));
  }

  @Test
  void whoGoesOnHasAnswered() throws IOException {
    leave(sample("", "hills", 9).recipe(), folder.resolve("gone.infd"), List.of());
    store.samples = List.of(sample("Lake", "hills", 7));
    var model = start();
    assertTrue(model.notices().offerProperty().get().isPresent());
    model.opener().make(model.samples().getFirst().recipe());
    assertTrue(model.notices().offerProperty().get().isEmpty());
  }
}
