package org.infd.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.infd.app.models.FakeStore;
import org.infd.app.settings.Settings;
import org.infd.app.start.Sample;
import org.infd.inference.Problem;
import org.infd.inference.studio.Recipe;
import org.infd.inference.studio.Recipe.SamplerKind;
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
  void stop() {
    background.shutdownNow();
  }

  private StudioModel start() {
    var model =
        new StudioModel(
            new StudioModel.World(engine, background, ui, System::nanoTime, new Random(2), store),
            Settings.defaults(),
            folder);
    model.start();
    ui.runUntil(() -> !model.isStarting());
    return model;
  }

  private static Sample sample(String name, String model, long seed) {
    return new Sample(
        name,
        new Recipe(model, "00", seed, 25, SamplerKind.DPMPP, 1, null, null, null, 1),
        Optional.empty());
  }

  @Test
  void samplesAreOfferedInsteadOfAFirstPicture() {
    store.samples = List.of(sample("Lake", "hills", 7), sample("Sea", "not installed", 8));
    var model = start();
    assertEquals(List.of("Lake"), model.samples().stream().map(Sample::name).toList());
    assertFalse(model.generation().isRunning());
    model.run(model.samples().getFirst());
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
        "Sample 1 of samples.json needs a 'seed'.", model.problems().entries().getFirst().text());
    ui.runUntil(() -> model.pictureProperty().get().isPresent());
  }
}
