package org.infd.app.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.infd.app.engine.ExportArea;
import org.infd.app.engine.FilmShot;
import org.infd.app.export.UnfinishedExport;
import org.infd.app.runs.ParentPicture;
import org.infd.app.runs.Run;
import org.infd.app.runs.UnfinishedRun;
import org.infd.app.tab.SavedTab;
import org.infd.app.viewer.Camera;
import org.infd.app.viewer.SavedView;
import org.infd.app.work.Background;
import org.infd.inference.export.ExportFormat;
import org.infd.inference.export.ExportSettings;
import org.infd.inference.export.FilmPath;
import org.infd.inference.export.Frame;
import org.infd.inference.export.PictureFormat;
import org.infd.inference.export.ViewerPage;
import org.infd.inference.generation.Recipe;
import org.infd.inference.generation.Recipe.SamplerKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SessionStoreTest {
  @TempDir private Path folder;

  private Path file() {
    return folder.resolve("data").resolve("session.json");
  }

  private SessionStore store() {
    return new SessionStore(file(), new Background(Runnable::run));
  }

  @Test
  void whatAKilledProcessWasDoingIsFound() throws Exception {
    var child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                SessionChild.class.getName(),
                file().toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (var said =
        new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
      assertEquals("kept", said.readLine());
      assertEquals(
          Optional.empty(), store().left().map(SessionStore.Left::session), "it is still running");
      var other = store();
      other.keep(SessionChild.session("from a second window"));
      assertTrue(Files.exists(file().resolveSibling("session-2.json")));
      other.end();
      assertFalse(Files.exists(file().resolveSibling("session-2.json")));
      other = store();
      other.leave(SessionChild.session("from a second window"));
      child.destroyForcibly();
      assertTrue(child.waitFor(60, TimeUnit.SECONDS));
    } finally {
      child.destroyForcibly();
    }
    assertEquals(
        Optional.of(SessionChild.session("from the child")),
        store().left().map(SessionStore.Left::session));
  }

  @Test
  void aProgramThatEndsLeavesNothing() {
    var store = store();
    store.keep(SessionChild.session("a lake"));
    assertTrue(Files.exists(file()));
    assertEquals(Optional.empty(), store.left().map(SessionStore.Left::session), "its own");
    store.end();
    assertFalse(Files.exists(file()));
    store.keep(SessionChild.session("too late"));
    assertFalse(Files.exists(file()));
  }

  @Test
  void whatIsBeingWrittenAtTheEndDoesNotComeBack() {
    var writes = new ArrayList<Runnable>();
    var store = new SessionStore(file(), new Background(writes::add));
    store.keep(SessionChild.session("a lake"));
    store.end();
    writes.forEach(Runnable::run);
    assertFalse(Files.exists(file()));
  }

  @Test
  void onlyChangesAreWritten() {
    var writes = new ArrayList<Runnable>();
    var store = new SessionStore(file(), new Background(writes::add));
    store.keep(SessionChild.session("a lake"));
    store.keep(SessionChild.session("a lake"));
    assertEquals(1, writes.size());
    writes.getFirst().run();
    store.keep(SessionChild.session("a forest"));
    assertEquals(2, writes.size());
  }

  @Test
  void aNumberThatAnotherProcessHasNowIsNoLife() throws IOException {
    store().keep(SessionChild.session("a lake"));
    var text = Files.readString(file());
    Files.writeString(
        file(),
        text.replaceAll("\"started\" : \"[^\"]*\"", "\"started\" : \"1999-01-01T00:00:00Z\""));
    assertEquals(
        Optional.of(SessionChild.session("a lake")),
        store().left().map(SessionStore.Left::session));
    store().forget();
    assertEquals(Optional.empty(), store().left().map(SessionStore.Left::session));
  }

  @Test
  void aDamagedFileIsNone() throws IOException {
    Files.createDirectories(file().getParent());
    for (var damaged :
        new String[] {
          "", "{", "null", "[]", "{}", "{\"process\":1,\"session\":{}}", " ".repeat(2 << 20)
        }) {
      Files.writeString(file(), damaged);
      assertEquals(Optional.empty(), store().left().map(SessionStore.Left::session));
    }
    store().keep(SessionChild.session("a lake"));
    assertTrue(Files.readString(file()).contains("a lake"));
  }

  /** As versions before 0.2 wrote it. */
  private static final String VERSION_1 =
      """
      {
        "process" : 1,
        "started" : "1999-01-01T00:00:00Z",
        "session" : {
          "recipe" : %1$s, "guidance" : 4.5, "seedLocked" : true, "count" : 3, "exportSide" : 4096,
          "tabs" : [ { "title" : "Seed 3", "file" : "pictures/x.infd", "view" : null } ],
          "tab" : 0,
          "queue" : [
            { "recipe" : %1$s, "count" : 5 }, null, { "count" : 2 }, { "recipe" : null, "count" : 1 },
            { "recipe" : { "model" : "hills" }, "count" : 1 }, { "recipe" : %1$s, "count" : 1 } ]
        }
      }
      """
          .formatted(
              "{ \"model\" : \"hills\", \"modelHash\" : \"00\", \"seed\" : 8, \"steps\" : 30,"
                  + " \"sampler\" : \"DDIM\", \"eta\" : 0.5, \"guidanceScale\" : 1.0 }");

  private static final Recipe OLD =
      Recipe.builder("hills", "00").seed(8).steps(30).sampler(SamplerKind.DDIM).eta(0.5).build();

  private void write(String text) throws IOException {
    Files.createDirectories(file().getParent());
    Files.writeString(file(), text);
  }

  @Test
  void aFileOfTheFirstVersionIsRead() throws IOException {
    write(VERSION_1);
    var session = store().left().map(SessionStore.Left::session).orElseThrow();
    assertEquals(OLD, session.recipe());
    assertEquals(
        List.of(
            new UnfinishedRun(new Run.Batch(OLD, 5), null),
            new UnfinishedRun(new Run.Sample(OLD), null)),
        session.queue());
  }

  @Test
  void aFileOfALaterVersionIsLeftAlone() throws IOException {
    write(VERSION_1.replaceFirst("\\{", "{ \"version\" : 3,"));
    assertEquals(Optional.empty(), store().left().map(SessionStore.Left::session));
  }

  @Test
  void everyKindOfRunComesBackAsItWas() throws IOException {
    var parent = ParentPicture.in(folder.resolve("parent.infd").toString());
    var box = new Frame.Region(0.25, 0, 0.5, 1);
    var queue =
        List.of(
            new UnfinishedRun(new Run.Sample(OLD), "/pictures/a.infd"),
            new UnfinishedRun(new Run.Batch(OLD, 3, List.of("/pictures/b.infd", "")), ""),
            new UnfinishedRun(new Run.Vary(parent, OLD, 0.5), null),
            new UnfinishedRun(new Run.Redo(parent, box, OLD), ""),
            new UnfinishedRun(
                new Run.Encode(new Recipe.Photo("a.jpg", "ff", 1, 2, 3), "hills"), ""));
    var session = new Session(OLD, 1, false, 1, 2048, List.of(), -1, queue, exports());
    store().keep(session);
    write(
        Files.readString(file())
            .replaceAll("\"started\" : \"[^\"]*\"", "\"started\" : \"1999-01-01T00:00:00Z\""));
    assertEquals(Optional.of(session), store().left().map(SessionStore.Left::session));
  }

  private static List<UnfinishedExport> exports() {
    return List.of(
        new UnfinishedExport(
            "/pictures/a.infd",
            "Mountains · seed 7",
            ExportArea.of(300, 400, new Frame.Region(0.25, 0, 0.5, 1), false),
            new ExportSettings(
                ExportFormat.DZI,
                0.7f,
                PictureFormat.PNG,
                false,
                new ViewerPage("a", "a lake"),
                ""),
            null,
            "/tmp/a",
            true,
            true),
        new UnfinishedExport(
            "/pictures/b.infd",
            "b",
            new ExportArea(1L << 40, 5L << 37, 3, 64, 96, true),
            ExportSettings.of(ExportFormat.PNG),
            null,
            "/tmp/b.png",
            false,
            false),
        new UnfinishedExport(
            "/pictures/b.infd",
            "b",
            null,
            null,
            new FilmShot(new FilmPath(0.25, 0.75, 1L << 40, 360, 720, 1280), 30),
            "/tmp/b.mp4",
            true,
            true));
  }

  @Test
  void anExportOfTheVersionBeforeIsRead() throws IOException {
    write(
        VERSION_1.replaceFirst(
            "(?s)\"queue\" : \\[",
            """
            "exports" : [{"picture":"/a.infd","frame":{"imageSide":400,"rectangle":{"row":50,"column":0,\
            "height":300,"width":400}},"encoding":{"format":"JPEG","quality":0.7},"target":"/a.jpg"}],\
            "queue" : [\
            """));
    var read = store().left().orElseThrow().session().exports().getFirst();
    assertEquals(new ExportArea(400, 50, 0, 300, 400, false), read.area());
    assertEquals("JPEG quality 0.7", read.settings().inWords());
    assertFalse(read.paused());
  }

  @Test
  void anExportThatIsNotWholeIsPassedOver() throws IOException {
    write(
        VERSION_1.replaceFirst(
            "(?s)\"queue\" : \\[",
            "\"exports\" : [null, {}, {\"picture\":\"a\",\"target\":\"b\"},"
                + "{\"picture\":\"a\",\"target\":\"b\",\"film\":{\"framesPerSecond\":9}}],"
                + " \"queue\" : ["));
    assertEquals(List.of(), store().left().orElseThrow().session().exports());
  }

  @Test
  void whatIsLeftForTheNextStartStaysAtTheEnd() throws IOException {
    var store = store();
    store.keep(SessionChild.session("a lake"));
    store.leave(SessionChild.session("a forest"));
    store.end();
    write(
        Files.readString(file())
            .replaceAll("\"started\" : \"[^\"]*\"", "\"started\" : \"1999-01-01T00:00:00Z\""));
    assertEquals(
        Optional.of(new SessionStore.Left(SessionChild.session("a forest"), true)), store().left());
  }

  @Test
  void aRunThatIsNotWholeIsPassedOver() throws IOException {
    write(
        VERSION_1.replaceFirst(
            "(?s)\"queue\" : \\[",
            "\"queue\" : ["
                + "{\"run\":{\"kind\":\"vary\",\"strength\":0.5}},"
                + "{\"run\":{\"kind\":\"redo\",\"parent\":\"x\"}},"
                + "{\"run\":{\"kind\":\"encode\",\"square\":{}}},"
                + "{\"run\":{\"kind\":\"batch\",\"count\":-1}},"));
    assertEquals(2, store().left().map(SessionStore.Left::session).orElseThrow().queue().size());
  }

  @Test
  void aViewMeansTheSameInEveryWindow() {
    var view = new Camera(1600, 1000, 8000, 0.3, 0.7);
    var saved = SavedView.of(view);
    assertEquals(view, saved.in(1600, 1000));
    assertEquals(new Camera(800, 500, 4000, 0.3, 0.7), saved.in(800, 500));
    assertEquals(new SavedView(1, 0.5, 0.5), new SavedView(Double.NaN, -1, 7));
  }

  @Test
  void whatLiesWhereNoFileCanIsPassedOver() throws IOException {
    var none = "a\0b";
    var recipe = SessionChild.session("a lake").recipe();
    var area = ExportArea.of(Frame.square(64), false);
    var settings = ExportSettings.of(ExportFormat.PNG);
    var session =
        new Session(
            recipe,
            1,
            false,
            1,
            64,
            List.of(new SavedTab("", "x.infd", null)),
            0,
            List.of(new UnfinishedRun(new Run.Batch(recipe, 2, List.of("x.infd")), null)),
            List.of(
                new UnfinishedExport("x.infd", "x", area, settings, null, "x.png", false, false)));
    var store = store();
    store.leave(session);
    var text =
        Files.readString(file()).replaceAll("\"started\" : \"[^\"]*\"", "\"started\" : \"\"");
    write(text);
    assertEquals(Optional.of(session), store().left().map(SessionStore.Left::session));
    write(text.replace("x.infd", none.replace("\0", "\\u0000")));
    var left = store().left().orElseThrow().session();
    assertEquals(List.of(), left.tabs());
    assertEquals(List.of(), left.queue());
    assertEquals(List.of(), left.exports());
  }
}
