package org.infd.app.runs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.infd.app.FakeEngine;
import org.infd.app.UiQueue;
import org.infd.app.engine.Picture;
import org.infd.app.work.Notices;
import org.infd.app.work.RemainingTime;
import org.infd.inference.Problem;
import org.infd.inference.generation.Recipe;
import org.infd.inference.generation.Recipe.SamplerKind;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GenerateModelTest {
  private static final Recipe RECIPE =
      Recipe.builder("hills", "00").seed(7).steps(4).sampler(SamplerKind.DPMPP).eta(1).build();

  private final FakeEngine engine = new FakeEngine();
  private final UiQueue ui = new UiQueue();
  private final ExecutorService background = Executors.newCachedThreadPool();
  private final AtomicLong clock = new AtomicLong();
  private final GenerateModel model =
      new GenerateModel(engine, background, ui, clock::get, new Notices());
  private final ArrayList<Picture> pictures = new ArrayList<>();
  private final ArrayList<String> failures = new ArrayList<>();

  @AfterEach
  void stop() {
    background.shutdownNow();
  }

  private void generate() {
    generate(model, pictures::add);
  }

  private void generate(GenerateModel of, Consumer<Picture> done) {
    of.begin(
        new GenerateModel.Shown("", true, Optional.of(RECIPE)),
        (watcher, cancellation) -> engine.generate(RECIPE, watcher, cancellation),
        done,
        failures::add);
  }

  private boolean isAt(int step) {
    return model.stateProperty().get() instanceof RunState.Sampling s && s.done() == step;
  }

  @Test
  void tellsStepsTimeAndPreview() {
    generate();
    assertInstanceOf(RunState.Loading.class, model.stateProperty().get());
    ui.runUntil(() -> isAt(0));
    assertEquals("Step 0 of 4", model.stateProperty().get().text());
    assertTrue(model.previewProperty().get().isEmpty());
    clock.addAndGet(2_000_000_000L);
    engine.gate.release();
    ui.runUntil(() -> isAt(1));
    assertEquals("Step 1 of 4, 6 s left", model.stateProperty().get().text());
    assertEquals(0.25, model.stateProperty().get().progress());
    var preview = model.previewProperty().get().orElseThrow();
    for (int i = 0; i < preview.pixels().capacity(); i++) {
      assertEquals(0xFF, preview.pixels().get(i) >>> 24, "opaque from the first step");
    }
    engine.open();
    ui.runUntil(() -> !pictures.isEmpty());
    assertInstanceOf(RunState.Idle.class, model.stateProperty().get());
    assertTrue(model.previewProperty().get().isEmpty());
    assertEquals(7, pictures.getFirst().recipe().seed());
  }

  @Test
  void theNextRunTakesAsLongAsTheLastOfItsKind() {
    assertTrue(model.secondsFor(RECIPE) < 0, "not known yet");
    generate();
    ui.runUntil(() -> isAt(0));
    clock.addAndGet(8_000_000_000L);
    engine.open();
    ui.runUntil(() -> !pictures.isEmpty());
    assertEquals(8, model.secondsFor(RECIPE), 1e-6);
    var guided =
        Recipe.builder("hills", "00")
            .seed(7)
            .steps(10)
            .sampler(SamplerKind.DPMPP)
            .eta(1)
            .prompt("a")
            .guidanceScale(3)
            .build();
    assertEquals(40, model.secondsFor(guided), 1e-6, "two branches in each of ten steps");
    var other =
        Recipe.builder("other", "00").seed(7).steps(4).sampler(SamplerKind.DPMPP).eta(1).build();
    assertTrue(model.secondsFor(other) < 0);
  }

  @Test
  void cancelIsIdleAtOnceAndNothingIsHeardAgain() {
    generate();
    ui.runUntil(() -> isAt(0));
    model.cancel();
    assertFalse(model.isRunning());
    assertInstanceOf(RunState.Idle.class, model.stateProperty().get());
    engine.open();
    generate();
    ui.runUntil(() -> !pictures.isEmpty());
    ui.drain();
    assertEquals(1, pictures.size());
    assertTrue(failures.isEmpty());
  }

  @Test
  void aPictureThatComesAfterTheCancelIsReleased() {
    var immediate = new GenerateModel(engine.open(), Runnable::run, ui, clock::get, new Notices());
    generate(immediate, pictures::add);
    immediate.cancel();
    ui.drain();
    assertTrue(pictures.isEmpty());
    assertEquals(1, engine.released.size());
  }

  @Test
  void aProblemIsShownAsItIs() {
    engine.failure = new Problem("The model is damaged. Import it again.");
    engine.open();
    generate();
    ui.runUntil(() -> !failures.isEmpty());
    assertEquals("The model is damaged. Import it again.", failures.getFirst());
    assertFalse(model.isRunning());
  }

  @Test
  void aDefectIsASentenceNotATrace() {
    engine.failure = new IllegalStateException("row 3 at org.infd.Foo");
    engine.open();
    generate();
    ui.runUntil(() -> !failures.isEmpty());
    assertTrue(failures.getFirst().startsWith("Something unexpected went wrong"));
    assertFalse(failures.getFirst().contains("org.infd"));
  }

  @Test
  void anEndMayBeABeginning() {
    engine.open();
    generate(model, first -> generate());
    ui.runUntil(() -> !pictures.isEmpty());
    assertFalse(model.isRunning());
  }

  @Test
  void previewsComeAsOftenAsWanted() {
    engine.open();
    model.previewEveryProperty().set(3);
    generate();
    ui.runUntil(() -> pictures.size() == 1);
    assertEquals(List.of(1, 3), engine.previewed);
    engine.previewed.clear();
    model.previewEveryProperty().set(0);
    generate();
    ui.runUntil(() -> pictures.size() == 2);
    assertEquals(List.of(), engine.previewed);
  }

  @Test
  void longTimesAreSaidInLargeUnits() {
    assertEquals("", RemainingTime.suffix(-1));
    assertEquals(", 1 s left", RemainingTime.suffix(0.2));
    assertEquals(", 3 min left", RemainingTime.suffix(190));
    assertEquals(", 2.5 h left", RemainingTime.suffix(9000));
  }
}
