package org.infd.app.layout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.infd.app.ToldFailures;
import org.infd.app.work.Background;
import org.infd.app.work.Notice;
import org.infd.app.work.Notices;
import org.infd.inference.guidance.GuidanceSettings;
import org.infd.inference.guidance.GuidanceSettings.Depth;
import org.infd.inference.guidance.GuidanceSettings.StepRule;
import org.infd.inference.guidance.Layout;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Layouts on disk, good ones and bad ones. */
class LayoutFilesTest {
  @TempDir private Path folder;
  private final LayoutModel model = new LayoutModel(new Notices());
  private final List<String> done = new ArrayList<>();
  private final List<String> failed = new ArrayList<>();
  private LayoutFiles files;

  private LayoutFiles files(LayoutModel of) {
    var notices = ToldFailures.into(failed);
    ToldFailures.keep(notices, Notice.Kind.DONE, done);
    return new LayoutFiles(
        of, folder.resolve("draft.json"), new Background(Runnable::run), Runnable::run, notices);
  }

  @BeforeEach
  void open() {
    model.openProperty().set(true);
    files = files(model);
    files.restore();
    var lake = model.add(new NormalizedBox(0.123456, 0.2, 1 / 3.0, 0.4), null).orElseThrow();
    model.change(
        lake.id(), box -> box.withWords("lake", "fog").withWeight(2.5).withRange(0.25, 0.75), null);
  }

  @Test
  void whatIsSavedIsOpenedAsItWas() {
    var file = folder.resolve("lake.json");
    model.promptProperty().set("dusk");
    var saved = model.layout();
    files.save(file);
    assertEquals(List.of("Saved lake.json."), done);
    assertEquals(saved, Layout.read(file));
    model.clear();
    files.open(file);
    assertEquals(saved, model.layout());
    assertEquals(Optional.of(file), files.fileProperty().get());
    assertEquals(List.of(), failed);
  }

  @Test
  void whatAFileCannotKeepIsSaid() {
    model.add(new NormalizedBox(0, 0, 0.1, 0.1), null);
    model.change(model.boxes().getFirst().id(), box -> box.withState(false, true), null);
    files.save(folder.resolve("some.json"));
    assertEquals(
        "Saved some.json. A box without a prompt is not in it. Hidden boxes are in it, and are"
            + " shown when it is opened.",
        done.getLast());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "[]",
        "{\"version\": 1}",
        "{\"version\": 99, \"boxes\": []}",
        "{\"version\": 1, \"boxes\": [{\"row\": NaN}]}",
        "{\"version\": 1, \"boxes\": [{\"row\": 0, \"column\": 0, \"height\": 0, \"width\": 1,"
            + " \"prompt\": \"x\"}]}",
        "{\"version\": 1, \"boxes\": [{\"row\": 0.5, \"column\": 0, \"height\": 0.6, \"width\": 1,"
            + " \"prompt\": \"x\"}]}",
        "{\"version\": 1, \"boxes\": [{\"row\": 0, \"column\": 0, \"height\": 1, \"width\": 1,"
            + " \"prompt\": \"\\ud800\"}]}",
        "{\"version\": 1, \"boxes\": [], \"colour\": \"red\"}"
      })
  void aBadFileGivesASentenceAndTheLayoutStays(String content) throws IOException {
    var file = folder.resolve("bad.json");
    Files.writeString(file, content);
    var before = List.copyOf(model.boxes());
    files.open(file);
    assertEquals(1, failed.size());
    assertTrue(failed.getFirst().contains("bad.json"), failed.getFirst());
    assertTrue(failed.getFirst().endsWith("."), failed.getFirst());
    assertEquals(before, model.boxes());
    assertTrue(files.fileProperty().get().isEmpty());
  }

  @Test
  void tooManyBoxesAndTooLongPromptsGiveASentenceToo() throws IOException {
    var file = folder.resolve("bad.json");
    var box = "{\"row\":0,\"column\":0,\"height\":1,\"width\":1,\"prompt\":\"x\"}";
    Files.writeString(file, "{\"version\":1,\"boxes\":[" + (box + ",").repeat(40_000) + box + "]}");
    files.open(file);
    Files.writeString(
        file,
        "{\"version\":1,\"boxes\":["
            + box.replace("\"x\"", "\"" + "x".repeat(1 << 20) + "\"")
            + "]}");
    files.open(file);
    files.open(folder.resolve("nothing.json"));
    assertEquals(3, failed.size());
    assertEquals(1, model.boxes().size());
  }

  @Test
  void anUnwritablePlaceGivesASentence() {
    files.save(folder.resolve("no/such/folder/x.json"));
    assertEquals(1, failed.size());
    assertEquals(List.of(), done);
  }

  @Test
  void aSampleIsACopy() throws IOException {
    var file = folder.resolve("sample.json");
    Files.write(file, model.layout().toBytes());
    files.openSample(file);
    assertTrue(files.fileProperty().get().isEmpty(), "saving asks for a place");
  }

  @Test
  void whatIsBeingEditedIsThereAtTheNextStart() {
    model.add(new NormalizedBox(0.5, 0.5, 0.1, 0.1), null);
    model.change(model.boxes().getFirst().id(), box -> box.withState(true, true), null);
    model.steer(new GuidanceSettings(StepRule.DPS, Depth.FULL, 0.7, 3, 0, 2), null);
    model.followedProperty().set(false);
    files.save(folder.resolve("kept.json"));
    files.keep();
    var next = new LayoutModel(new Notices());
    var again = files(next);
    again.restore();
    assertEquals(
        model.boxes().stream().map(box -> box.withId(0)).toList(),
        next.boxes().stream().map(box -> box.withId(0)).toList());
    assertEquals(model.steeringProperty().get(), next.steeringProperty().get());
    assertTrue(next.openProperty().get());
    assertFalse(next.followedProperty().get());
    assertFalse(next.undoableProperty().get());
    assertEquals(files.fileProperty().get(), again.fileProperty().get());
    next.clear();
    again.end();
    var last = new LayoutModel(new Notices());
    files(last).restore();
    assertEquals(List.of(), last.boxes(), "the end keeps it too");
  }

  @Test
  void whatWasKeptIsNotWrittenOverBeforeItIsRead() {
    files.keep();
    var slow = files(new LayoutModel(new Notices()));
    slow.keep();
    slow.end();
    var next = new LayoutModel(new Notices());
    files(next).restore();
    assertEquals(1, next.boxes().size());
  }

  @Test
  void anOlderVersionIsNotWrittenAfterTheLast() {
    var waiting = new ArrayList<Runnable>();
    var draft = folder.resolve("slow.json");
    var slow =
        new LayoutFiles(model, draft, new Background(waiting::add), Runnable::run, new Notices());
    slow.restore();
    slow.keep();
    model.clear();
    slow.end();
    waiting.forEach(Runnable::run);
    var next = new LayoutModel(new Notices());
    new LayoutFiles(next, draft, new Background(Runnable::run), Runnable::run, new Notices())
        .restore();
    assertEquals(List.of(), next.boxes());
  }

  @Test
  void aFileHoldsWhatWasSavedLast() {
    var waiting = new ArrayList<Runnable>();
    var slow =
        new LayoutFiles(
            model,
            folder.resolve("slow.json"),
            new Background(waiting::add),
            Runnable::run,
            new Notices());
    var file = folder.resolve("saved.json");
    slow.save(file);
    model.promptProperty().set("a forest at night");
    slow.save(file);
    // on two threads the second may be the faster one
    waiting.reversed().forEach(Runnable::run);
    assertEquals(model.layout(), Layout.read(file));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{",
        "{}",
        "{\"boxes\": null}",
        "{\"boxes\": [null, {\"id\": 4, \"weight\": \"NaN\"}], \"steering\": null}",
        "{\"boxes\": [], \"steering\": {\"strength\": 7}}"
      })
  void aDamagedDraftHarmsNothing(String content) throws IOException {
    Files.writeString(folder.resolve("draft.json"), content);
    files.restore();
    for (var box : model.boxes()) {
      assertTrue(box.weight() > 0 && box.start() < box.end(), box.toString());
    }
    files.keep();
    assertEquals(List.of(), failed);
  }

  @Test
  void aDraftOfAFileThatCannotBeComesBackWithoutIt() throws IOException {
    files.keep();
    var draft = folder.resolve("draft.json");
    Files.writeString(
        draft,
        Files.readString(draft).replaceFirst("\"file\" : null", "\"file\" : \"a\\\\u0000b\""));
    var later = new LayoutModel(new Notices());
    var reopened = files(later);
    reopened.restore();
    assertEquals(1, later.boxes().size());
    assertEquals(Optional.empty(), reopened.fileProperty().get());
  }
}
