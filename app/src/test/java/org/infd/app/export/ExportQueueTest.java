package org.infd.app.export;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.infd.app.FakeEngine;
import org.infd.app.UiQueue;
import org.infd.app.engine.ExportArea;
import org.infd.app.engine.Picture;
import org.infd.app.engine.PictureHolds;
import org.infd.app.engine.PictureTask;
import org.infd.app.viewer.Landscape;
import org.infd.app.work.Background;
import org.infd.inference.Problem;
import org.infd.inference.export.ExportFormat;
import org.infd.inference.export.ExportSettings;
import org.infd.inference.export.Frame;
import org.infd.inference.export.ResumableExport;
import org.infd.inference.generation.Recipe;
import org.infd.inference.generation.Recipe.SamplerKind;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExportQueueTest {
  private static final int SIDE = 1100;

  @TempDir private Path folder;
  private final FakeEngine engine = new FakeEngine();
  private final UiQueue ui = new UiQueue();
  private final ExecutorService background = Executors.newCachedThreadPool();
  private final ArrayList<ExportItem> ended = new ArrayList<>();
  private final Recipe recipe =
      Recipe.builder("hills", "00").seed(7).steps(4).sampler(SamplerKind.DPMPP).eta(1).build();
  private final Picture picture = FakeEngine.picture(recipe, new Landscape(7));
  private final Background files = new Background(background);
  private final ExportQueue queue = queue(engine);

  private ExportQueue queue(FakeEngine by) {
    var queue =
        new ExportQueue(
            by,
            files,
            ui,
            System::nanoTime,
            new ExportCosts(by, files, ui),
            new PictureHolds(by::release));
    queue.attach(of -> Optional.of(folder.resolve("kept.infd")), ended::add);
    return queue;
  }

  @AfterEach
  void stop() {
    queue.close();
    background.shutdownNow();
  }

  private ExportItem item(String name, ExportFormat format) {
    return new ExportItem(
        picture.title(),
        new PictureTask(
            ExportArea.of(Frame.square(SIDE), false),
            ExportSettings.of(format),
            folder.resolve(name)),
        Optional.of(picture),
        Optional.empty());
  }

  private ExportItem add(String name) {
    var item = item(name, ExportFormat.PNG);
    queue.add(item);
    return item;
  }

  private List<String> line() {
    return queue.line().stream().map(ExportItem::name).toList();
  }

  /** Some pieces are on the disk, and no more than so many can come. */
  private void waitForPieces(String name, int permits) {
    engine.gate.release(permits);
    ui.runUntil(() -> pieces(name) >= 2);
  }

  private int pieces(String name) {
    var journal = ResumableExport.journal(folder.resolve(name));
    try {
      return Files.exists(journal)
          ? ResumableExport.unfinished(journal).map(ResumableExport.Unfinished::pieces).orElse(0)
          : 0;
    } catch (IOException e) {
      return 0;
    }
  }

  private void waitForEnd(ExportItem item) {
    ui.runUntil(() -> ended.contains(item));
  }

  @Test
  void oneIsWrittenAndTheOthersWaitInTheirOrder() {
    var a = add("a.png");
    var b = add("b.png");
    var c = add("c.png");
    assertEquals(Optional.of(a), queue.runningProperty().get());
    assertEquals(3, queue.count());
    queue.moveUp(c);
    assertEquals(List.of("a.png", "c.png", "b.png"), line());
    queue.moveUp(c);
    assertEquals(List.of("a.png", "c.png", "b.png"), line(), "what is being written stays first");
    queue.moveDown(c);
    queue.moveDown(c);
    assertEquals(List.of("a.png", "b.png", "c.png"), line());
    queue.moveUp(c);
    queue.remove(b);
    engine.open();
    waitForEnd(c);
    assertEquals(List.of(a, c), ended);
    assertEquals(List.of(c, a), queue.finished(), "the last first");
    assertFalse(queue.workingProperty().get());
    assertFalse(Files.exists(folder.resolve("b.png")));
    queue.clearDone();
    assertEquals(List.of(), queue.finished());
  }

  @Test
  void tellsHowFarItIsAndHowLongItGoesOn() {
    var a = add("a.png");
    engine.gate.release(5);
    ui.runUntil(() -> a.state() instanceof ExportState.Running now && now.part() == 0.5);
    var words = ((ExportState.Running) a.state()).words();
    assertTrue(
        words.matches("50 %, (under a second|\\S+ to \\S+ s|about \\S+ s) left, .* Mpx/s"), words);
  }

  @Test
  void aPausedOneLetsTheNextGoFirstAndGoesOnFromItsJournal() throws IOException {
    engine.journals = true;
    var alone = item("alone.png", ExportFormat.PNG);
    engine.open();
    queue.add(alone);
    waitForEnd(alone);
    engine.gate.drainPermits();
    var a = add("a.png");
    var b = add("b.png");
    waitForPieces("a.png", 12);
    ui.runUntil(() -> a.state() instanceof ExportState.Running now && now.part() > 0.3);
    queue.pause(a);
    assertTrue(a.state() instanceof ExportState.Paused paused && paused.part() > 0.3);
    assertEquals(Optional.of(b), queue.runningProperty().get());
    engine.open();
    waitForEnd(b);
    assertTrue(Files.exists(ResumableExport.journal(folder.resolve("a.png"))));
    assertFalse(Files.exists(folder.resolve("a.png")));
    // its picture is opened from its file again
    FakeEngine.write(folder.resolve("kept.infd"), recipe);
    engine.gate.drainPermits();
    queue.resume(a);
    ui.runUntil(() -> a.state() instanceof ExportState.Running now && now.part() > 0);
    engine.open();
    waitForEnd(a);
    assertArrayEquals(
        Files.readAllBytes(folder.resolve("alone.png")),
        Files.readAllBytes(folder.resolve("a.png")));
    assertFalse(Files.exists(ResumableExport.journal(folder.resolve("a.png"))));
  }

  @Test
  void aCancelledOneLeavesNothingAndTheNextBegins() {
    engine.journals = true;
    var a = add("a.png");
    var b = add("b.png");
    engine.gate.release(8);
    ui.runUntil(() -> a.state() instanceof ExportState.Running now && now.part() > 0.2);
    queue.remove(a);
    assertEquals(List.of("b.png"), line());
    assertEquals(Optional.of(b), queue.runningProperty().get());
    engine.open();
    waitForEnd(b);
    try (var left = Files.list(folder)) {
      assertEquals(List.of("b.png"), left.map(file -> file.getFileName().toString()).toList());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void whatIsUnderWayGoesOnAtTheNextStart() throws IOException {
    engine.journals = true;
    FakeEngine.write(folder.resolve("kept.infd"), recipe);
    var a = add("a.png");
    add("b.png");
    var c = add("c.png");
    queue.pause(c);
    waitForPieces("a.png", 12);
    var left = queue.unfinished();
    queue.close();
    assertEquals(List.of(true, false, false), left.stream().map(UnfinishedExport::begun).toList());
    assertEquals(List.of(false, false, true), left.stream().map(UnfinishedExport::paused).toList());
    assertTrue(files.drain(Duration.ofSeconds(60)));
    engine.gate.drainPermits();
    var next = queue(engine);
    left.forEach(export -> next.add(export.item().orElseThrow()));
    var again = next.line().getFirst();
    // before anything more is rendered it is as far as it was
    ui.runUntil(() -> again.state() instanceof ExportState.Running now && now.part() > 0);
    engine.open();
    ui.runUntil(() -> next.finished().size() == 2);
    assertTrue(Files.exists(folder.resolve("a.png")));
    assertTrue(Files.exists(folder.resolve("b.png")));
    assertEquals(List.of("c.png"), next.line().stream().map(ExportItem::name).toList());
    assertTrue(next.line().getFirst().isPaused());
    assertFalse(next.workingProperty().get());
    next.close();
  }

  @Test
  void aFailureIsASentenceAndCanBeTriedAgain() {
    engine.failure = new Problem("The disk is full.");
    engine.gate.release(1);
    var a = add("a.png");
    waitForEnd(a);
    assertEquals(new ExportState.Failed("The disk is full.", false), a.state());
    assertEquals(List.of(a), queue.finished());
    engine.open();
    FakeEngine.write(folder.resolve("kept.infd"), recipe);
    ended.clear();
    queue.retry(a);
    waitForEnd(a);
    assertEquals(new ExportState.Done(), a.state());
  }

  @Test
  void theLeftoverOfAnotherExportIsNotTouchedBeforeSomebodySaysSo() throws IOException {
    engine.journals = true;
    var first = add("a.png");
    waitForPieces("a.png", 12);
    queue.close();
    assertTrue(files.drain(Duration.ofSeconds(60)));
    var other = new FakeEngine();
    other.journals = true;
    other.open();
    var next = queue(other);
    var another = FakeEngine.picture(recipe.withSeed(8), new Landscape(8));
    var item =
        new ExportItem(another.title(), first.task(), Optional.of(another), Optional.empty());
    next.add(item);
    waitForEnd(item);
    var failed = (ExportState.Failed) item.state();
    assertTrue(failed.blocked());
    assertEquals(
        "Another export to 'a.png' was begun and not finished: another field. Choose another name,"
            + " or begin anew, which throws away what is done of it.",
        failed.sentence());
    next.remove(item);
    ui.drain();
    assertTrue(Files.exists(ResumableExport.journal(folder.resolve("a.png"))));
    next.close();
  }

  @Test
  void aPictureIsHeldUntilItsFileIsThere() {
    var a = add("a.png");
    ui.drain();
    assertEquals(List.of(), engine.released);
    engine.open();
    waitForEnd(a);
    ui.runUntil(() -> engine.released.equals(List.of(picture)));
  }

  @Test
  void whatIsOnTheWayIsKnown() {
    add("a.png");
    assertTrue(queue.isOnTheWay(folder.resolve("x").resolve("..").resolve("a.png")));
    assertFalse(queue.isOnTheWay(folder.resolve("b.png")));
  }
}
