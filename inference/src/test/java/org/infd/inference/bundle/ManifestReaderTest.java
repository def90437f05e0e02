package org.infd.inference.bundle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.infd.inference.Problem;
import org.infd.inference.StrictJson;
import org.infd.inference.bundle.BundleCatalog.Entry;
import org.infd.inference.runtime.TinyOnnx;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A manifest is taken as it was written, or refused in a sentence that names the place. */
class ManifestReaderTest {
  private static final String NUMBER_OF_401_DIGITS = "9".repeat(401);

  /** What stands where something else should. */
  private static final List<String> HOSTILE =
      List.of(
          "null",
          "true",
          "\"\"",
          "\"x\"",
          "\"\\u001b[2J\"",
          "\"../../x\"",
          "-1",
          "0",
          "3.5",
          "1e-400",
          "2147483647",
          "2147483648",
          "9223372036854775808",
          "1e400",
          "-1e999999999",
          NUMBER_OF_401_DIGITS,
          "[]",
          "[null]",
          "{}",
          "{\"a\":null}");

  @TempDir Path folder;

  private static Manifest.GraphEntry graph(String file, Manifest.Port input, Manifest.Port output) {
    return new Manifest.GraphEntry(
        file, "0".repeat(64), "w.bin", "1".repeat(64), "forward", List.of(input), List.of(output));
  }

  private static Manifest.Port port(String name, String... shape) {
    return new Manifest.Port(name, "float32", List.of(shape));
  }

  /** One with every part that a manifest can have. */
  private static Manifest whole() {
    var vocabulary = new Manifest.Vocabulary("merges.txt.gz", "2".repeat(64), 600);
    var source = new Manifest.Source("last-model.pth", "3".repeat(64), 600_000L);
    var graphs = new LinkedHashMap<String, Manifest.GraphEntry>();
    graphs.put(
        "decode",
        graph("decode.onnx", port("z", "n", "3", "8", "8"), port("phi", "n", "4", "32", "32")));
    graphs.put(
        "clip_score_text",
        new Manifest.GraphEntry(
            "text.onnx",
            "4".repeat(64),
            null,
            null,
            "forward",
            List.of(new Manifest.Port("tokens", "int64", List.of("n", "77"))),
            List.of(port("embedding", "n", "512"))));
    return new Manifest(
        Manifest.FORMAT,
        "whole",
        "Whole",
        "All of it.",
        "unknown",
        source,
        "1",
        Manifest.Storage.FP16,
        new Manifest.Latent(3, 8, 8, Manifest.LatentKind.QUANTISED, 16, 0.18215),
        new Manifest.FeatureMap(4, 32, 32),
        32,
        new Manifest.Renderer(
            Manifest.RendererKind.FIELD, 6, 64, List.of(new Manifest.Norm("norm", 64, 32))),
        new Manifest.TrainedScale(256, 1024, "user"),
        new Manifest.SharpScale(128, 0.75, "measured"),
        new Manifest.Diffusion(
            1000,
            Manifest.Schedule.LINEAR,
            1e-4,
            0.02,
            Manifest.Prediction.X0,
            0.5,
            "ddim200",
            Manifest.LastAlpha.FIRST,
            7.5,
            Manifest.Sampler.EULER_A),
        new Manifest.Conditioning(
            Manifest.ConditioningKind.TEXT, 0, 16, 8, true, vocabulary, Manifest.Padding.END),
        new Manifest.Clip(224, 512, "gelu", "clip_score_text", 77, vocabulary, source),
        Map.of("light", List.of("day", "night")),
        graphs);
  }

  private static ObjectNode tree() {
    return (ObjectNode) StrictJson.files().readTree(ModelBundle.toJson(whole()));
  }

  private Path write(JsonNode tree) throws IOException {
    return write(tree.toString());
  }

  private Path write(String json) throws IOException {
    Files.writeString(folder.resolve(ModelBundle.MANIFEST), json);
    return folder;
  }

  private void assertRefused(String part, String json) throws IOException {
    var bundle = write(json);
    assertSentence(part, assertThrows(Problem.class, () -> ModelBundle.open(bundle)).getMessage());
  }

  private static void assertSentence(String part, String message) {
    assertTrue(message.contains(part), message);
    assertFalse(
        message.matches("(?s).*(Exception|Cannot|Feature|`|null|java\\.|\\(\\)|\\$|\u001b).*"),
        message);
    assertTrue(message.length() < 600 && message.endsWith("."), message);
  }

  @Test
  void whatWasWrittenIsRead() throws IOException {
    assertEquals(whole(), ModelBundle.open(write(tree())).manifest());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ddim0",
        "ddim5000",
        "0",
        "600,600",
        "ddim999",
        "ddim1",
        "ddim201",
        "501,1",
        "1,0",
        "leading0",
        "leading1001",
        "leading1000+1"
      })
  void countsThatTheStepsDoNotAllowAreSaidOfTheirPlace(String counts) throws IOException {
    var tree = tree();
    ((ObjectNode) tree.get("diffusion")).put("respacing", counts);
    assertRefused("bundle.json is damaged: diffusion.respacing is '" + counts, tree.toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "DDIM25",
        " 10 , 20,30 ",
        "",
        "500,500",
        "1",
        "ddim1000",
        "ddim2",
        "leading50+1",
        "leading7"
      })
  void countsMayBeWrittenWithBlanks(String counts) throws IOException {
    var tree = tree();
    ((ObjectNode) tree.get("diffusion")).put("respacing", counts);
    var diffusion = ModelBundle.open(write(tree.toString())).manifest().diffusion();
    assertEquals(counts, diffusion == null ? null : diffusion.respacing());
  }

  @Test
  void aScheduleOfNoiseDoesNotFall() throws IOException {
    var tree = tree();
    ((ObjectNode) tree.get("diffusion")).put("betaStart", 0.5);
    assertRefused("diffusion.betaStart is 0.5; it has to be at most betaEnd", tree.toString());
  }

  /** Every place: a list of steps to it, names and numbers. */
  private static void places(JsonNode node, List<Object> path, List<List<Object>> found) {
    if (!path.isEmpty()) {
      found.add(List.copyOf(path));
    }
    for (int i = 0; i < node.size() && node.isArray(); i++) {
      path.add(i);
      places(node.get(i), path, found);
      path.removeLast();
    }
    for (var property : node.properties()) {
      path.add(property.getKey());
      places(property.getValue(), path, found);
      path.removeLast();
    }
  }

  private static JsonNode parent(JsonNode tree, List<Object> path) {
    var at = tree;
    for (var step : path.subList(0, path.size() - 1)) {
      at = step instanceof Integer index ? at.get(index) : at.get((String) step);
    }
    return at;
  }

  /** Replaces a value by JSON text, which need not be possible as a node. */
  private static String replaced(List<Object> path, String json) {
    var tree = tree();
    var mark = "the place to be replaced";
    switch (parent(tree, path)) {
      case ArrayNode array -> array.set((Integer) path.getLast(), mark);
      case ObjectNode object -> object.put((String) path.getLast(), mark);
      default -> throw new AssertionError();
    }
    return tree.toString().replace("\"" + mark + "\"", json);
  }

  /** Whether a manifest is refused in a sentence; one that is taken does nothing to a screen. */
  private boolean isRefused(String json) {
    var file = folder.resolve(ModelBundle.MANIFEST);
    try {
      var manifest = ManifestReader.read(file, json.getBytes(StandardCharsets.UTF_8));
      GraphCheck.check(folder, manifest);
      assertFalse(manifest.toString().contains("\u001b"), json);
      return false;
    } catch (Problem e) {
      assertSentence("bundle.json ", e.getMessage());
      return true;
    }
  }

  /** At every place everything that should not stand there: a sentence, or it does no harm. */
  @Test
  void anythingAnywhereIsASentenceOrHarmless() {
    var found = new ArrayList<List<Object>>();
    places(tree(), new ArrayList<>(), found);
    assertTrue(found.size() > 90, "places: " + found.size());
    int refused = 0;
    for (var path : found) {
      for (var hostile : HOSTILE) {
        refused += isRefused(replaced(path, hostile)) ? 1 : 0;
      }
      var tree = tree();
      switch (parent(tree, path)) {
        case ArrayNode array -> array.remove((Integer) path.getLast());
        case ObjectNode object -> object.remove((String) path.getLast());
        default -> throw new AssertionError();
      }
      isRefused(tree.toString());
    }
    assertTrue(refused > found.size() * HOSTILE.size() * 3 / 4, refused + " of " + found.size());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "latent.channels | 2147483647 | latent.channels is 2147483647; it has to be a whole number"
            + " from 1 to 1024",
        "latent.kind | null | latent.kind has no value; it has to be 'quantised' or 'gaussian'",
        "latent.codebook | 0 | latent.codebook is 0; it has to be a whole number from 1",
        "featureMap.width | 1048576 | contradicts",
        "renderer.receptiveRadius | -1 | a whole number from 0 to 1024",
        "renderer.norms.0.groups | 3 | renderer.norms[0].groups is 3; it has to be a divisor",
        "trainedScale.max | 255 | trainedScale.max is 255; it has to be a whole number from 256",
        "sharpScale.side | 96 | sharpScale.side is 96; it has to be encoderSide, 32, times 2, 4, 8",
        "sharpScale.side | 32 | sharpScale.side is 32; it has to be encoderSide",
        "sharpScale.kept | -1 | sharpScale.kept is -1",
        "words.light | 5 | words.light is 5",
        "words.light.0 | null | words.light[0] has no value",
        "diffusion.steps | 2147483647 | diffusion.steps is 2147483647",
        "diffusion.betaEnd | 1 | diffusion.betaEnd is 1; it has to be more than 0 and less than 1",
        "diffusion.eta | 1e400 | diffusion.eta is",
        "diffusion.respacing | \"ddim\" | it has to be ddimN",
        "conditioning.classes | 7 | conditioning.classes is 7; it has to be 0",
        "conditioning.unconditionalTrained | 1 | true or false",
        "conditioning.vocabulary | null | conditioning.vocabulary has no value",
        "clip.textGraph | \"decode2\" | the name of one of the graphs",
        "clip.activation | \"relu\" | 'quick_gelu' or 'gelu'",
        "graphs.decode | null | graphs.decode has no value; it has to be an object",
        "graphs.decode.file | \"..\" | the name of a file in the folder of the model",
        "graphs.decode.inputs.0.shape.1 | 3 | graphs.decode.inputs[0].shape[1] is 3",
        "format | 2 | has bundle format 2; this version reads up to 1",
        "source.iteration | -1 | source.iteration is -1"
      })
  void thePlaceAndTheLimitsAreNamed(String path, String value, String said) throws IOException {
    var steps = new ArrayList<Object>();
    for (var step : path.split("\\.", -1)) {
      steps.add(step.matches("\\d+") ? (Object) Integer.valueOf(step) : step);
    }
    if (said.equals("contradicts")) {
      assertRefused("featureMap.width is 1048576, but the output 'phi'", replaced(steps, value));
    } else {
      assertRefused(said, replaced(steps, value));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{",
        "[1, 2]",
        "null",
        "{\"format\":1,\"format\":1}",
        "{\"format\":1} {}",
        "{\"format\":NaN}",
        "\u0000",
        "{\"format\":01}"
      })
  void whatIsNoJsonIsSaidSo(String json) throws IOException {
    assertRefused("bundle.json is damaged: it is no ", json);
  }

  @Test
  void deepAndLongIsNoMatter() throws IOException {
    assertRefused("beyond all measure", "{\"a\":" + "[".repeat(100_000));
    assertRefused("beyond all measure", "{\"format\":" + "1".repeat(2_000_000) + "}");
    assertRefused("is damaged", "{\"format\":1,\"x\":\"" + "y".repeat(3 << 20) + "\"}");
    assertRefused("is too large", "{\"x\":\"" + "y".repeat(5 << 20) + "\"}");
  }

  @Test
  void namesReachNoScreenAsTheyAre() throws IOException {
    var tree = tree();
    tree.put("name", "a\u001b[2J\nb\u202e")
        .put("description", "c\u0007")
        .put("licence", "\u009b0m");
    var manifest = ModelBundle.open(write(tree)).manifest();
    assertEquals("a\ufffd[2J b\ufffd", manifest.name());
    assertEquals("c\ufffd", manifest.description());
    assertEquals("\ufffd0m", manifest.licence());
  }

  private static byte[] decoder(long... phi) {
    return new TinyOnnx()
        .input("z", -1, 3, 8, 8)
        .node("Identity", "phi", "z")
        .output("phi", phi)
        .build();
  }

  /** A bundle whose decoder is this graph, described by the manifest or not. */
  private Path withDecoder(byte[] graph, boolean described) throws IOException {
    Files.write(folder.resolve("decode.onnx"), graph);
    var tree = tree();
    var entry = (ObjectNode) tree.path("graphs").path("decode");
    entry.put("sha256", ModelBundle.sha256(graph));
    if (!described) {
      entry.putArray("inputs");
      entry.putArray("outputs");
    }
    return write(tree);
  }

  @Test
  void aGraphThatFitsIsTaken() throws IOException {
    ModelBundle.open(withDecoder(decoder(-1, 4, 32, 32), true));
    ModelBundle.open(withDecoder(decoder(-1, 4, 32, 32), false));
  }

  @Test
  void graphsAreComparedWithTheNumbers() throws IOException {
    var other = withDecoder(decoder(-1, 4, 16, 32), false);
    assertSentence(
        "featureMap.height is 32, but the output 'phi' of the graph 'decode' is float32",
        assertThrows(Problem.class, () -> ModelBundle.open(other)).getMessage());
    var described = withDecoder(decoder(-1, 4, 16, 32), true);
    assertSentence(
        "it says that the output 'phi' of the graph 'decode' is float32",
        assertThrows(Problem.class, () -> ModelBundle.open(described)).getMessage());
    var free = withDecoder(decoder(-1, -1, -1, -1), false);
    assertSentence(
        "featureMap.channels is 4",
        assertThrows(Problem.class, () -> ModelBundle.open(free)).getMessage());
    var flat = withDecoder(decoder(-1, 4), false);
    assertSentence(
        "with 4 axes", assertThrows(Problem.class, () -> ModelBundle.open(flat)).getMessage());
    var named =
        withDecoder(
            new TinyOnnx()
                .input("y", -1, 3, 8, 8)
                .node("Identity", "phi", "y")
                .output("phi", -1, 4, 32, 32)
                .build(),
            false);
    assertSentence(
        "the input 'z' of the graph 'decode' is missing",
        assertThrows(Problem.class, () -> ModelBundle.open(named)).getMessage());
  }

  @Test
  void graphsThatNoImportWritesAreRefused() throws IOException {
    var loop =
        withDecoder(
            new TinyOnnx()
                .input("z", -1, 3, 8, 8)
                .nodeWithSubgraph("Loop", "phi", "z")
                .output("phi", -1, 4, 32, 32)
                .build(),
            true);
    assertSentence(
        "its operation 'Loop' is a loop or a branch",
        assertThrows(Problem.class, () -> ModelBundle.open(loop)).getMessage());
    var circle =
        withDecoder(
            new TinyOnnx()
                .input("z", -1, 3, 8, 8)
                .node("Add", "a", "z", "b")
                .node("Neg", "b", "a")
                .output("phi", -1, 4, 32, 32)
                .build(),
            true);
    assertSentence(
        "'Add' takes what comes after it",
        assertThrows(Problem.class, () -> ModelBundle.open(circle)).getMessage());
    for (var other : List.of("PK\u0003\u0004", "hello", "\u0008\u0007", "{}")) {
      var bundle = withDecoder(other.getBytes(StandardCharsets.UTF_8), true);
      assertSentence(
          "it is no ONNX graph",
          assertThrows(Problem.class, () -> ModelBundle.open(bundle)).getMessage());
    }
  }

  /** Changed files are told by their hash when they are wanted. */
  @Test
  void aChangedGraphIsNotLookedAt() throws IOException {
    withDecoder(decoder(-1, 4, 32, 32), true);
    Files.writeString(folder.resolve("decode.onnx"), "changed");
    var bundle = ModelBundle.open(folder);
    assertSentence(
        "was changed after the import",
        assertThrows(Problem.class, () -> bundle.file("decode")).getMessage());
  }

  @Test
  void badFoldersAreEntriesWithTheirReasons() throws IOException {
    var reasons =
        Map.of(
            "kind", replaced(List.of("conditioning", "kind"), "null"),
            "described", replaced(List.of("description"), "null"),
            "graph", replaced(List.of("graphs", "decode"), "null"),
            "norms", replaced(List.of("renderer", "norms"), "7"),
            "good", tree().toString());
    for (var reason : reasons.entrySet()) {
      var model = Files.createDirectories(folder.resolve("models").resolve(reason.getKey()));
      Files.writeString(model.resolve(ModelBundle.MANIFEST), reason.getValue());
    }
    var list = new BundleCatalog(null, folder).list();
    assertEquals(reasons.size(), list.size());
    assertEquals(List.of("whole"), list.stream().filter(Entry::isUsable).map(Entry::id).toList());
    for (var entry : list) {
      if (!entry.isUsable()) {
        assertSentence(" is damaged: ", String.valueOf(entry.problem()));
      }
    }
  }
}
