package org.infd.inference.guidance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.TreeSet;
import org.infd.inference.Problem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** Layout files: what is written is read again, and what is impossible is said in a sentence. */
class LayoutTest {
  private static final LayoutBox PEAK =
      new LayoutBox(0.1, 0.2, 0.3, 0.4, "snowy peak", "fog", 2, 0.1, 0.9);

  @TempDir Path folder;

  private static String box(String rest) {
    return "{\"version\":1,\"boxes\":[{\"row\":0.1,\"column\":0,\"height\":0.2,\"width\":1,"
        + "\"prompt\":\"a\""
        + rest
        + "}]}";
  }

  private static Layout parse(String json) {
    return LayoutFile.parse(json.getBytes(StandardCharsets.UTF_8));
  }

  private static String refused(String json) {
    var message = assertThrows(Problem.class, () -> parse(json)).getMessage();
    assertTrue(message.length() < 400, message);
    assertFalse(message.contains("\n") || message.contains("Exception"), message);
    return message;
  }

  @Test
  void whatIsWrittenIsReadAgain() throws IOException {
    var layout =
        new Layout("sunset", " ", List.of(PEAK, LayoutBox.of(0, 0, 1, 1, "Ä 🏔 \"quoted\"")));
    var file = folder.resolve("l.json");
    Files.write(file, layout.toBytes());
    assertEquals(layout, Layout.read(file));
    assertEquals(null, layout.negativePrompt(), "blank is none");
  }

  @Test
  void whatIsLeftOutIsUsual() {
    var layout = parse(box(""));
    assertEquals(List.of(LayoutBox.of(0.1, 0, 0.2, 1, "a")), layout.boxes());
    assertEquals(new Layout(null, null, List.of()), parse("{\"version\":1,\"boxes\":[]}"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "no valid JSON         | {",
        "no valid JSON         | {\"version\":1,\"boxes\":[]} {}",
        "no valid JSON         | {\"version\":1,\"version\":1,\"boxes\":[]}",
        "no valid JSON         | {\"version\":1,\"boxes\":[{\"row\":NaN}]}",
        "no version            | []",
        "no version            | {\"boxes\":[]}",
        "version is the text '1' | {\"version\":\"1\",\"boxes\":[]}",
        "version is 1.0; it has to be the whole number 1 | {\"version\":1.0,\"boxes\":[]}",
        "version is null       | {\"version\":null,\"boxes\":[]}",
        "newer INFD Studio     | {\"version\":2,\"boxes\":[],\"unknown\":1}",
        "newer INFD Studio     | {\"version\":99999999999999999999,\"boxes\":[]}",
        "no version -3         | {\"version\":-3,\"boxes\":[]}",
        "no version 0          | {\"version\":0,\"boxes\":[]}",
        "no list of boxes      | {\"version\":1}",
        "no list of boxes      | {\"version\":1,\"boxes\":3}",
        "property 'promt'      | {\"version\":1,\"promt\":\"a\",\"boxes\":[]}",
        "The prompt is no text | {\"version\":1,\"prompt\":5,\"boxes\":[]}",
        "Box 1: It is no object | {\"version\":1,\"boxes\":[7]}",
        "Box 1: A box has no row | {\"version\":1,\"boxes\":[{}]}",
      })
  void brokenFilesAreSaid(String part, String json) {
    var message = refused(json);
    assertTrue(message.contains(part.strip()), message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "the weight -1.0     | ,\"weight\":-1",
        "the weight Infinity | ,\"weight\":1e999",
        "the weight 0        | ,\"weight\":0",
        "is no number        | ,\"weight\":\"1\"",
        "is no number        | ,\"start\":null",
        "which is never      | ,\"start\":0.5,\"end\":0.5",
        "the end 1.5         | ,\"end\":1.5",
        "property 'colour'   | ,\"colour\":1",
        "lone surrogate      | ,\"negativePrompt\":\"\\ud83c\"",
      })
  void impossibleBoxesAreSaid(String part, String rest) {
    var message = refused(box(rest));
    assertTrue(message.startsWith("Box 1: ") && message.contains(part.strip()), message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"row", "column", "height", "width", "weight", "start", "end"})
  void numbersBeyondAllMeasureAreSaidWithTheirPlace(String property) {
    var fine = Map.of("row", "0", "column", "0", "height", "1", "width", "1", "prompt", "\"a\"");
    for (var number : List.of("1" + "0".repeat(400), "-" + "9".repeat(401), "1e400", "-1E+9999")) {
      var box = new TreeMap<>(fine);
      box.put(property, number);
      var json = new StringJoiner(",", "{", "}");
      box.forEach((name, value) -> json.add("\"" + name + "\":" + value));
      var message = refused(boxes(json.toString()));
      assertTrue(message.startsWith("Box 1: A box has the " + property + " "), message);
      assertTrue(message.contains("Infinity; it must be a number from"), message);
    }
    var message = refused(boxes("{\"row\":" + "1".repeat(5000) + "}"));
    assertTrue(message.contains("beyond all measure"), message);
  }

  @Test
  void namesInTheFileReachTheScreenWithoutTheirEscapes() {
    var message = refused("{\"version\":1,\"\\u001b[2J\\n\\u202e\":1,\"boxes\":[]}");
    assertEquals(
        "The layout has a property '\ufffd[2J \ufffd', which means nothing here.", message);
  }

  @Test
  void boxesLieInTheImage() {
    for (double[] place :
        new double[][] {
          {0, 0, 0, 0.5}, {0, 0, 0.5, 0}, {-0.1, 0, 0.5, 0.5}, {0.6, 0, 0.5, 0.5},
          {0, 0.6, 0.5, 0.5}, {Double.NaN, 0, 1, 1}, {0, 0, 1, Double.NaN}, {0, 0, 1e-7, 1e-7}
        }) {
      assertThrows(Problem.class, () -> LayoutBox.of(place[0], place[1], place[2], place[3], "a"));
    }
    assertEquals(1, LayoutBox.of(0.7, 0.9, 0.3, 0.1, "a").rowEnd());
    assertThrows(Problem.class, () -> LayoutBox.of(0, 0, 1, 1, "  "));
  }

  @Test
  void hugeFilesAreSaid() throws IOException {
    var one = "{\"row\":0,\"column\":0,\"height\":1,\"width\":1,\"prompt\":\"a\"}";
    var many = String.join(",", Collections.nCopies(100_000, one));
    var file = Files.writeString(folder.resolve("many.json"), boxes(many));
    assertTrue(problem(file).contains("far larger than a layout"), problem(file));
    many = String.join(",", Collections.nCopies(50_000, one));
    Files.writeString(file, boxes(many));
    assertTrue(problem(file).contains("50000 boxes; at most 64"), problem(file));
    Files.writeString(file, boxes(one.replace("\"a\"", "\"" + "a".repeat(1 << 20) + "\"")));
    assertTrue(problem(file).contains("1048576 characters; at most 10000"), problem(file));
    many =
        String.join(
            ",", Collections.nCopies(64, one.replace("\"a\"", "\"" + "a".repeat(2000) + "\"")));
    Files.writeString(file, boxes(many));
    assertTrue(problem(file).contains("128000 characters together"), problem(file));
    Files.writeString(file, "[".repeat(100_000));
    assertTrue(problem(file).contains("no valid JSON"), problem(file));
    Files.write(file, new byte[] {(byte) 0xff, (byte) 0xfe, 0, 1, 2});
    assertTrue(problem(file).contains("cannot be used as a layout"), problem(file));
    assertTrue(problem(folder).contains("There is no file"), problem(folder));
  }

  private static String boxes(String list) {
    return "{\"version\":1,\"boxes\":[" + list + "]}";
  }

  private static String problem(Path file) {
    return assertThrows(Problem.class, () -> Layout.read(file)).getMessage();
  }

  @Test
  void theSchemaDescribesWhatIsWritten() throws IOException {
    try (var in = Layout.class.getResourceAsStream("layout.schema.json")) {
      assertNotNull(in);
      var schema = JsonMapper.shared().readTree(in.readAllBytes());
      var written =
          JsonMapper.shared().readTree(LayoutFile.toBytes(new Layout("a", "b", List.of(PEAK))));
      var properties = new TreeSet<>(schema.path("properties").propertyNames());
      properties.remove("$schema");
      assertEquals(new TreeSet<>(written.propertyNames()), properties);
      var ofBox = schema.path("properties").path("boxes").path("items");
      assertEquals(
          new TreeSet<>(written.path("boxes").get(0).propertyNames()),
          new TreeSet<>(ofBox.path("properties").propertyNames()));
      assertEquals(Layout.VERSION, schema.path("properties").path("version").path("const").asInt());
      assertEquals(
          Layout.MOST_BOXES, schema.path("properties").path("boxes").path("maxItems").asInt());
      assertEquals(
          LayoutBox.SMALLEST, ofBox.path("properties").path("width").path("minimum").asDouble());
    }
  }

  @Test
  void thePromptOfTheWholeIsABoxWhereTheNetworkTakesNone() {
    var layout = new Layout("sunset", null, List.of(PEAK));
    assertEquals(List.of(PEAK), layout.scored(true));
    assertEquals(List.of(PEAK, LayoutBox.of(0, 0, 1, 1, "sunset")), layout.scored(false));
  }

  @Test
  void settingsThatWouldNotDoWhatTheyAreCalledAreRefused() {
    var usual = GuidanceSettings.usual();
    var message =
        assertThrows(
                Problem.class,
                () ->
                    new GuidanceSettings(
                        GuidanceSettings.StepRule.DPS,
                        GuidanceSettings.Depth.FAST,
                        usual.strength(),
                        1,
                        0,
                        1))
            .getMessage();
    assertTrue(message.contains("full guidance"), message);
    for (double strength : new double[] {-0.1, 1.1, Double.NaN}) {
      assertThrows(
          Problem.class,
          () -> new GuidanceSettings(usual.rule(), usual.depth(), strength, 1, 0, 1));
    }
    assertThrows(
        Problem.class, () -> new GuidanceSettings(usual.rule(), usual.depth(), 0.5, 0, 0, 1));
    assertThrows(
        Problem.class, () -> new GuidanceSettings(usual.rule(), usual.depth(), 0.5, 1, -1, 1));
    assertThrows(
        Problem.class, () -> new GuidanceSettings(usual.rule(), usual.depth(), 0.5, 1, 0, 0));
  }
}
