package org.infd.app.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.infd.app.FakeEngine;
import org.infd.app.UiQueue;
import org.infd.app.viewer.Landscape;
import org.infd.app.work.Background;
import org.infd.inference.export.Frame;
import org.infd.inference.export.PictureExport;
import org.infd.inference.export.PictureFormat;
import org.infd.inference.generation.Recipe;
import org.infd.inference.generation.Recipe.SamplerKind;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExportModelTest {
  @TempDir private Path folder;
  private final FakeEngine engine = new FakeEngine();
  private final UiQueue ui = new UiQueue();
  private final ExecutorService background = Executors.newCachedThreadPool();
  private final ExportModel model =
      new ExportModel(engine, new Background(background), ui, System::nanoTime);
  private final ArrayList<Path> written = new ArrayList<>();
  private final ArrayList<String> failures = new ArrayList<>();

  @AfterEach
  void stop() {
    background.shutdownNow();
  }

  private void export(Path file) {
    var recipe =
        Recipe.builder("hills", "00").seed(7).steps(4).sampler(SamplerKind.DPMPP).eta(1).build();
    var picture = FakeEngine.picture(recipe, new Landscape(7));
    model.export(
        picture,
        Frame.square(2048),
        PictureExport.Encoding.of(PictureFormat.PNG),
        file,
        written::add,
        failures::add);
  }

  @Test
  void tellsHowFarItIs() {
    var file = folder.resolve("a.png");
    export(file);
    assertTrue(model.runningProperty().get());
    assertEquals(0, model.progressProperty().get());
    engine.gate.release(5);
    ui.runUntil(() -> model.progressProperty().get() == 0.5);
    assertTrue(model.textProperty().get().startsWith("2048 × 2048: 50 %, "));
    engine.open();
    ui.runUntil(() -> !written.isEmpty());
    assertFalse(model.runningProperty().get());
    assertTrue(Files.exists(file));
  }

  @Test
  void cancelIsIdleAtOnce() {
    var file = folder.resolve("a.png");
    export(file);
    model.cancel();
    assertFalse(model.runningProperty().get());
    engine.open();
    export(folder.resolve("b.png"));
    ui.runUntil(() -> !written.isEmpty());
    ui.drain();
    assertEquals(1, written.size());
    assertFalse(Files.exists(file));
  }

  @Test
  void failuresAreSentences() {
    engine.open();
    export(folder.resolve("missing").resolve("a.png"));
    ui.runUntil(() -> !failures.isEmpty());
    assertEquals("The folder of a.png cannot be written.", failures.getFirst());
  }
}
