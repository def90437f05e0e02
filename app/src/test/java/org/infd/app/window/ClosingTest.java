package org.infd.app.window;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.infd.app.export.ExportItem;
import org.infd.app.export.ExportState;
import org.infd.app.session.Ending.Work;
import org.infd.app.settings.Settings;
import org.infd.app.work.Notice;
import org.infd.inference.Problem;
import org.infd.inference.generation.Recipe;
import org.junit.jupiter.api.Test;

/** The window is closed while work is under way. */
class ClosingTest extends StudioOnFolder {
  private final AtomicInteger closed = new AtomicInteger();

  private StudioModel started() {
    var model = beginWithPicture();
    model.ending().onClose(closed::incrementAndGet);
    return model;
  }

  private void make(StudioModel model, String seed, int count) {
    model.generation().countProperty().set(count);
    model.recipe().seedProperty().set(seed);
    model.requests().generate(false);
  }

  private static String asked(StudioModel model) {
    return model.ending().questionProperty().get().map(Work::words).orElse("");
  }

  /** The process is another one at the next start. */
  private void end(StudioModel model) throws IOException {
    model.close();
    var session = folder.resolve("session.json");
    if (Files.exists(session)) {
      Files.writeString(
          session,
          Files.readString(session)
              .replaceAll("\"started\" : \"[^\"]*\"", "\"started\" : \"1999-01-01T00:00:00Z\""));
    }
    engine.recipes.clear();
    engine.gate.drainPermits();
  }

  private StudioModel next() {
    return begin(Settings.defaults());
  }

  private List<Long> made() {
    return engine.recipes.stream().map(Recipe::seed).toList();
  }

  @Test
  void withoutWorkItClosesAtOnce() throws IOException {
    var model = started();
    assertTrue(model.ending().mayClose());
    end(model);
    assertFalse(Files.exists(folder.resolve("session.json")));
  }

  @Test
  void whatIsUnderWayIsSaidAndAskedOnce() {
    var model = started();
    make(model, "100", 1);
    make(model, "200", 1);
    make(model, "300", 1);
    model.exports().export(folder.resolve("x.png"));
    assertFalse(model.ending().mayClose());
    assertEquals(
        "A picture is being made, 2 more wait and a picture file is being written.", asked(model));
    model.ending().stay();
    assertEquals("", asked(model));
    assertTrue(model.generation().isRunning());
    assertFalse(model.ending().mayClose());
    model.ending().keep();
    assertEquals(1, closed.get());
    assertTrue(model.ending().mayClose(), "it was answered");
  }

  @Test
  void theQuestionGoesWhenTheWorkIsDone() {
    var model = started();
    make(model, "100", 1);
    assertFalse(model.ending().mayClose());
    engine.gate.release(8);
    ui.runUntil(() -> asked(model).isEmpty());
    assertEquals(0, closed.get());
  }

  @Test
  void keptWorkGoesOnAtTheNextStart() throws IOException {
    var model = started();
    make(model, "100", 3);
    make(model, "200", 1);
    engine.gate.release(8 + 2);
    ui.runUntil(() -> model.gallery().pictures().size() == 2);
    assertFalse(model.ending().mayClose());
    model.ending().keep();
    end(model);
    var after = next();
    assertEquals(
        "Going on with what you kept.",
        after.notices().noticeProperty().get().orElseThrow().text());
    assertTrue(after.notices().offerProperty().get().isEmpty(), "it is not asked again");
    engine.open();
    ui.runUntil(() -> after.gallery().pictures().size() == 5);
    assertEquals(List.of(101L, 102L, 200L), made());
    end(after);
    assertFalse(Files.exists(folder.resolve("session.json")));
  }

  @Test
  void anExportIsWrittenAtTheNextStart() throws IOException {
    var model = started();
    model.tabs().open();
    model.tabs().step(-1);
    model.exports().export(folder.resolve("x.png"));
    engine.gate.release(3);
    end(model);
    assertFalse(Files.exists(folder.resolve("x.png")));
    var after = next();
    ui.runUntil(() -> after.exports().queue().runningProperty().get().isPresent());
    assertFalse(after.ending().mayClose());
    engine.open();
    ui.runUntil(() -> Files.exists(folder.resolve("x.png")));
    ui.runUntil(() -> !after.exports().workingProperty().get());
    assertEquals(1, engine.exports.size());
  }

  @Test
  void severalExportsAreCountedAndGoOnInTheirOrder() throws IOException {
    var model = started();
    model.exports().export(folder.resolve("x.png"));
    model.exports().export(folder.resolve("y.png"));
    model.exports().export(folder.resolve("z.png"));
    var queue = model.exports().queue();
    queue.moveUp(queue.line().get(2));
    assertFalse(model.ending().mayClose());
    assertEquals("3 picture files are being written.", asked(model));
    model.ending().keep();
    end(model);
    var after = next();
    assertEquals(
        List.of("x.png", "z.png", "y.png"),
        after.exports().queue().line().stream().map(ExportItem::name).toList());
    engine.open();
    ui.runUntil(() -> after.exports().queue().finished().size() == 3);
  }

  @Test
  void aPausedExportIsNoReasonToAskAndIsThereAtTheNextStart() throws IOException {
    var model = started();
    model.exports().export(folder.resolve("x.png"));
    engine.gate.release(3);
    ui.runUntil(() -> isHalfWay(model));
    model.exports().queue().pause(model.exports().queue().line().getFirst());
    assertTrue(model.ending().mayClose());
    end(model);
    var after = next();
    var item = after.exports().queue().line().getFirst();
    assertTrue(item.state() instanceof ExportState.Paused);
    assertFalse(after.exports().workingProperty().get());
    var told = after.notices().noticeProperty().get().orElseThrow();
    assertEquals("An export is paused.", told.text());
    engine.open();
    told.action().orElseThrow().run().run();
    ui.runUntil(() -> Files.exists(folder.resolve("x.png")));
  }

  private static boolean isHalfWay(StudioModel model) {
    return model.exports().queue().line().getFirst().state()
            instanceof ExportState.Running(double part, _)
        && part > 0.2;
  }

  @Test
  void stoppingLeavesWhatIsPausedAndNothingElse() throws IOException {
    var model = started();
    model.exports().export(folder.resolve("x.png"));
    model.exports().export(folder.resolve("y.png"));
    model.exports().queue().pause(model.exports().queue().line().getLast());
    assertFalse(model.ending().mayClose());
    model.ending().stop();
    end(model);
    var after = next();
    assertEquals(
        List.of("y.png"), after.exports().queue().line().stream().map(ExportItem::name).toList());
  }

  @Test
  void aCrashOffersTheExportsAgain() throws IOException {
    var model = started();
    model.exports().export(folder.resolve("x.png"));
    // the order is kept at once: the next autosave may come too late
    model.background().drain(java.time.Duration.ofSeconds(1));
    var session = Files.readString(folder.resolve("session.json"));
    end(model);
    Files.writeString(
        folder.resolve("session.json"),
        session.replaceAll("\"started\" : \"[^\"]*\"", "\"started\" : \"1999-01-01T00:00:00Z\""));
    var after = next();
    assertEquals(List.of(), after.exports().queue().line());
    var offer = after.notices().offerProperty().get().orElseThrow();
    engine.open();
    offer.action().orElseThrow().run().run();
    ui.runUntil(() -> Files.exists(folder.resolve("x.png")));
  }

  @Test
  void anExportWhosePictureIsGoneIsTold() throws IOException {
    var model = started();
    model.exports().export(folder.resolve("x.png"));
    end(model);
    Files.delete(model.gallery().pictures().getFirst().file());
    var after = next();
    ui.runUntil(() -> after.notices().noticeProperty().get().isPresent());
    var told = after.notices().noticeProperty().get().orElseThrow();
    ui.runUntil(
        () ->
            after
                .notices()
                .noticeProperty()
                .get()
                .filter(of -> of.kind() == Notice.Kind.ERROR)
                .isPresent());
    assertTrue(
        told.text().startsWith("'x.png' was not written again: ")
            || told.text().startsWith("Going on"),
        told.text());
    assertFalse(after.exports().workingProperty().get());
  }

  @Test
  void anEndThatAsksNobodyKeepsTheWork() throws IOException {
    var model = started();
    make(model, "100", 1);
    end(model);
    var after = next();
    engine.open();
    ui.runUntil(() -> after.gallery().pictures().size() == 2);
    assertEquals(List.of(100L), made());
  }

  @Test
  void aHalfTypedSeedLosesNothing() throws IOException {
    var model = started();
    make(model, "100", 1);
    model.startup().autosave();
    model.recipe().seedProperty().set("12x");
    end(model);
    next();
    engine.open();
    ui.runUntil(() -> made().equals(List.of(100L)));
  }

  @Test
  void stoppedWorkIsGone() throws IOException {
    var model = started();
    make(model, "100", 1);
    make(model, "200", 1);
    model.exports().export(folder.resolve("x.png"));
    assertFalse(model.ending().mayClose());
    model.ending().stop();
    assertEquals(1, closed.get());
    end(model);
    assertFalse(Files.exists(folder.resolve("session.json")));
    assertFalse(Files.exists(folder.resolve("x.png")));
  }

  @Test
  void finishingClosesWhenTheLastIsDone() {
    var model = started();
    make(model, "100", 2);
    make(model, "200", 1);
    model.exports().export(folder.resolve("x.png"));
    assertFalse(model.ending().mayClose());
    model.ending().finish();
    assertTrue(model.ending().finishingProperty().get().isPresent());
    assertEquals(0, closed.get());
    engine.open();
    ui.runUntil(() -> closed.get() == 1);
    assertTrue(Files.exists(folder.resolve("x.png")));
    assertEquals(List.of(18L, 100L, 101L, 200L), made());
    assertTrue(model.ending().mayClose());
  }

  @Test
  void finishingStaysOpenWhereSomethingFailsOrTheUserDoes() {
    var model = started();
    make(model, "100", 1);
    assertFalse(model.ending().mayClose());
    model.ending().finish();
    engine.failure = new Problem("The disk is full.");
    engine.gate.release(1);
    waitForRuns(model);
    assertEquals(0, closed.get());
    assertTrue(model.ending().finishingProperty().get().isEmpty());
    make(model, "200", 1);
    model.ending().finish();
    model.ending().stay();
    engine.open();
    waitForRuns(model);
    assertEquals(0, closed.get());
  }
}
