package org.infd.inference.bundle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.infd.inference.Problem;
import org.infd.inference.bundle.BundleCatalog.Entry;
import org.infd.inference.bundle.BundleCatalog.Origin;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BundleCatalogTest {
  @TempDir Path folder;
  private Path home;
  private Path data;
  private BundleCatalog catalog;

  @BeforeEach
  void folders() {
    home = folder.resolve("home with spaces");
    data = folder.resolve("data");
    catalog = new BundleCatalog(home, data);
  }

  @Test
  void nothingInstalledIsAnEmptyListAndASentence() {
    assertEquals(List.of(), catalog.list());
    assertSentence("No models are installed", catalog::first);
    assertSentence("There is no model 'mountains'", () -> catalog.find("mountains"));
    assertEquals(List.of(), new BundleCatalog(null, data).list());
  }

  @Test
  void embeddedComeFirstThenById() throws IOException {
    write(data.resolve("models/zebra"), manifest("zebra", true));
    write(data.resolve("models/ant"), manifest("ant", true));
    write(home.resolve("assets/mountains/bundle"), manifest("mountains", true));
    Files.createDirectories(home.resolve("assets/icons"));
    Files.createDirectories(data.resolve("models/.infd-half"));
    var list = catalog.list();
    assertEquals(List.of("mountains", "ant", "zebra"), list.stream().map(Entry::id).toList());
    assertEquals(Origin.EMBEDDED, list.getFirst().origin());
    assertEquals(Origin.INSTALLED, list.getLast().origin());
    assertEquals("The mountains", list.getFirst().name());
    assertTrue(list.stream().allMatch(Entry::isUsable));
    assertEquals("mountains", catalog.first().manifest().id());
  }

  @Test
  void brokenOnesAreListedWithTheirProblemAndDoNotHideTheOthers() throws IOException {
    write(data.resolve("models/good"), manifest("good", true));
    Files.createDirectories(data.resolve("models/empty"));
    writeText(data.resolve("models/cut"), "{\"format\": 1, \"id\"");
    writeText(data.resolve("models/newer"), "{\"format\": 99}");
    writeText(home.resolve("assets/nulls/bundle"), "{\"format\": 1, \"id\": \"nulls\"}");
    writeText(home.resolve("assets/array/bundle"), "[1, 2]");
    var list = catalog.list();
    assertEquals(6, list.size());
    for (var entry : list) {
      assertEquals(entry.id().equals("good"), entry.isUsable(), entry.id());
      assertEquals(entry.isUsable(), entry.problem() == null, entry.id());
    }
    assertTrue(list.stream().anyMatch(entry -> entry.id().equals("array")), "named by its folder");
    assertEquals("good", catalog.first().manifest().id());
    assertSentence("'cut' cannot be used", () -> catalog.find("cut"));
    assertSentence("format 99", () -> catalog.find("newer"));
  }

  @Test
  void aModelIsFoundByIdAndByFolder() throws IOException {
    var elsewhere = folder.resolve("else where");
    write(elsewhere, manifest("other", true));
    write(data.resolve("models/some-folder"), manifest("good", true));
    assertEquals("good", catalog.find("good").manifest().id());
    assertEquals("other", catalog.find(elsewhere.toString()).manifest().id());
    assertSentence("Installed are: good.", () -> catalog.find("other"));
    assertSentence("bundle.json", () -> catalog.find(folder.toString()));
    assertSentence("There is no model", () -> catalog.find("a\0b"));
  }

  @Test
  void theExactModelOfAPictureIsPreferredToItsNamesake() throws IOException {
    write(home.resolve("assets/tiny/bundle"), manifest("tiny", true));
    write(data.resolve("models/tiny"), manifest("tiny", false));
    var installed = ModelBundle.open(data.resolve("models/tiny"));
    assertEquals(
        installed.folder(), catalog.find("tiny", installed.hash()).folder(), "by its hash");
    assertEquals(home.resolve("assets/tiny/bundle"), catalog.find("tiny", "0000").folder());
    assertSentence("not installed", () -> catalog.find("gone", installed.hash()));
  }

  @Test
  void theFirstModelCanMakePictures() throws IOException {
    write(home.resolve("assets/aaa/bundle"), manifest("aaa", false));
    write(home.resolve("assets/bbb/bundle"), manifest("bbb", true));
    assertEquals("bbb", catalog.first().manifest().id());
  }

  /** An ONNX model of a graph with a node of an operation. */
  private static byte[] graph(String operation) {
    int length = operation.length();
    var bytes = ByteBuffer.allocate(6 + length);
    bytes.put((byte) 0x3a).put((byte) (4 + length)).put((byte) 0x0a).put((byte) (2 + length));
    bytes.put((byte) 0x22).put((byte) length).put(operation.getBytes(StandardCharsets.US_ASCII));
    return bytes.array();
  }

  @Test
  void whatWasChangedAfterItWasListedIsNoticed() throws IOException {
    var place = data.resolve("models/tiny");
    var render = place.resolve("render.onnx");
    var sound = graph("Add_");
    var ports = List.<Manifest.Port>of();
    var entry =
        new Manifest.GraphEntry(
            "render.onnx", ModelBundle.sha256(sound), null, null, "forward", ports, ports);
    write(place, manifest("tiny", false, Map.of("render", entry)));
    Files.write(render, sound);
    var former = FileTime.from(Instant.parse("2024-01-01T00:00:00Z"));
    Files.setLastModifiedTime(render, former);
    var first = catalog.find("tiny");
    assertEquals(render, first.file("render"));
    assertEquals(render, catalog.find("tiny").file("render"));
    // not even its size and date tell it: what is used is compared with its hash all the same
    Files.write(render, graph("Sub_"));
    Files.setLastModifiedTime(render, former);
    assertSentence("was changed", () -> catalog.find("tiny").file("render"));
    Files.delete(render);
    assertSentence("is missing", () -> catalog.find("tiny").file("render"));
    Files.writeString(place.resolve(ModelBundle.MANIFEST), "{");
    assertSentence("cannot be used", () -> catalog.find("tiny"));
  }

  @Test
  void theHashIsThatOfTheManifest() throws IOException {
    write(folder, manifest("tiny", true));
    assertEquals(
        ModelBundle.sha256(folder.resolve(ModelBundle.MANIFEST)), ModelBundle.open(folder).hash());
  }

  private static void assertSentence(String part, Runnable action) {
    var message = assertThrows(Problem.class, action::run).getMessage();
    assertTrue(message.contains(part), message);
    assertFalse(message.contains("null"), message);
  }

  private static void write(Path folder, Manifest manifest) throws IOException {
    writeText(folder, ModelBundle.toJson(manifest));
  }

  private static void writeText(Path folder, String text) throws IOException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve(ModelBundle.MANIFEST), text);
  }

  private static Manifest manifest(String id, boolean diffusion) {
    return manifest(id, diffusion, Map.of());
  }

  private static Manifest manifest(
      String id, boolean diffusion, Map<String, Manifest.GraphEntry> graphs) {
    Manifest.@Nullable Diffusion process =
        diffusion
            ? new Manifest.Diffusion(
                1000,
                Manifest.Schedule.LINEAR,
                1e-4,
                0.02,
                Manifest.Prediction.EPSILON,
                0,
                "ddim200")
            : null;
    return new Manifest(
        Manifest.FORMAT,
        id,
        "The " + id,
        "",
        "unknown",
        new Manifest.Source("x.pth", "00", null),
        "1",
        Manifest.Storage.FP32,
        new Manifest.Latent(3, 8, 8, Manifest.LatentKind.PLAIN, 0),
        new Manifest.FeatureMap(4, 32, 32),
        32,
        new Manifest.Renderer(Manifest.RendererKind.FIELD, 6, 8, List.of()),
        null,
        null,
        process,
        Manifest.Conditioning.none(),
        null,
        null,
        graphs);
  }
}
