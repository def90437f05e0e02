package org.infd.inference.generation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TimeZone;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.infd.inference.Problem;
import org.infd.inference.diffusion.PhiloxNoise;
import org.infd.inference.field.Rectangle;
import org.infd.inference.generation.Recipe.SamplerKind;
import org.infd.inference.guidance.Guidance;
import org.infd.inference.guidance.GuidanceSettings;
import org.infd.inference.guidance.Layout;
import org.infd.inference.guidance.LayoutBox;
import org.infd.inference.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FieldFileTest {
  private static final byte[] THUMBNAIL = {
    (byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n', 1, 2, 3
  };

  @TempDir Path folder;

  private static final Recipe PLAIN =
      Recipe.builder("mountains", "0123456789abcdef".repeat(4))
          .seed(-7)
          .steps(50)
          .sampler(SamplerKind.DDIM)
          .eta(0.5)
          .build();
  private static final Recipe RICH =
      Recipe.builder("mountains", "0123456789abcdef".repeat(4))
          .seed(Long.MAX_VALUE)
          .steps(25)
          .sampler(SamplerKind.DPMPP)
          .classLabel(3)
          .prompt("a lake under \"Säntis\"")
          .negativePrompt("people")
          .guidanceScale(7.5)
          .build();

  private static FieldImage image() {
    return FieldImage.of(new PhiloxNoise(1).start(1, 4, 8, 8), PLAIN);
  }

  private static FieldImage layered() {
    return new FieldImage(
        List.of(
            new FieldImage.Layer(new PhiloxNoise(2).start(1, 2, 4, 4), PLAIN, null),
            new FieldImage.Layer(
                new PhiloxNoise(3).start(1, 2, 4, 4), RICH, new Rectangle(1, 0, 2, 3))));
  }

  private static final DiveSettings DIVE =
      DiveSettings.of(
          new org.infd.inference.dive.DiveOptions(
              -1,
              0.4,
              0.5,
              8,
              64,
              Map.of(3, "bark of a pine"),
              Map.of(new org.infd.inference.dive.DiveKey(40, 1L << 47, 5), -7L)),
          512);

  @Test
  void whatLiesBelowAnImagesScaleIsKeptAndOthersReadTheRestWithoutIt() throws IOException {
    var file = folder.resolve("x.infd");
    FieldFile.write(file, image().withDive(DIVE), null);
    var read = FieldFile.read(file);
    assertSame(image(), read);
    assertEquals(DIVE, read.dive());
    assertEquals(DIVE.options(), DiveSettings.of(DIVE.options(), 512).options());
    FieldFile.write(file, image(), null);
    assertEquals(null, FieldFile.read(file).dive(), "nobody chose");
    // what older versions look at has not changed
    assertEquals(FieldFile.toJson(image()), FieldFile.toJson(image().withDive(DIVE)));
  }

  @Test
  void aDiveOfANewerVersionIsLeftOutAndAnImpossibleOneRefused() throws IOException {
    var json = org.infd.inference.StrictJson.files().writeValueAsString(DIVE);
    assertEquals(null, readWithDive(json.replace("\"version\" : 1", "\"version\" : 2")).dive());
    for (var wrong :
        List.of(
            json.replace("0.4", "1.4"),
            json.replace("0.4", "1e-9"),
            json.replace("\"steps\" : 8", "\"steps\" : 0"),
            json.replace("\"level\" : 40", "\"level\" : 65"),
            json.replace("\"column\" : 5", "\"column\" : -5"),
            json.replace("\"depth\" : 3", "\"depth\" : 0"),
            json.replace("\"bark of a pine\"", "null"),
            json.replace("\"sharpSide\" : 512", "\"sharpSide\" : 0"),
            json.replace("\"version\" : 1", "\"version\" : 0"),
            json.replaceFirst("\\[[^]]*]", "[null]"),
            "{}",
            "[",
            "")) {
      assertNotEquals(json, wrong);
      var message =
          String.valueOf(assertThrows(Problem.class, () -> readWithDive(wrong)).getMessage());
      assertTrue(message.contains("damaged"), message);
      assertFalse(message.contains("null"), message);
    }
  }

  private FieldImage readWithDive(String json) throws IOException {
    var plain = folder.resolve("plain.infd");
    FieldFile.write(plain, image(), null);
    var file = folder.resolve("dived.infd");
    try (var from = new ZipFile(plain.toFile());
        var to = new ZipOutputStream(Files.newOutputStream(file))) {
      for (var entry : java.util.Collections.list(from.entries())) {
        to.putNextEntry(new ZipEntry(entry.getName()));
        to.write(from.getInputStream(entry).readAllBytes());
      }
      to.putNextEntry(new ZipEntry("dive.json"));
      to.write(json.getBytes(StandardCharsets.UTF_8));
    }
    return FieldFile.read(file);
  }

  private static void assertSame(FieldImage expected, FieldImage actual) {
    assertEquals(expected.layers().size(), actual.layers().size());
    for (int i = 0; i < expected.layers().size(); i++) {
      var a = expected.layers().get(i);
      var b = actual.layers().get(i);
      assertArrayEquals(a.z().shape(), b.z().shape());
      assertArrayEquals(a.z().toArray(), b.z().toArray());
      assertEquals(a.recipe(), b.recipe());
      assertEquals(a.mask(), b.mask());
    }
  }

  @Test
  void promptsOfAnySignsAreReadBack() {
    var strange = "half \ud83c a pair, \ud83c\udfd4 whole, \u0000 \n \"quoted\" \u2028";
    var recipe =
        Recipe.builder("m", "00")
            .seed(1)
            .steps(5)
            .sampler(SamplerKind.DDIM)
            .eta(1)
            .prompt(strange)
            .negativePrompt("\udfd4")
            .guidanceScale(3)
            .build();
    assertEquals("half \ufffd a pair", String.valueOf(recipe.prompt()).substring(0, 13));
    var file = folder.resolve("strange.infd");
    FieldFile.write(file, FieldImage.of(new PhiloxNoise(1).start(1, 2, 4, 4), recipe), null);
    assertEquals(recipe, FieldFile.read(file).base().recipe());
  }

  @Test
  void whatIsWrittenIsRead() {
    var file = folder.resolve("a.infd");
    FieldFile.write(file, image(), null);
    assertSame(image(), FieldFile.read(file));
    assertTrue(FieldFile.thumbnail(file).isEmpty());
    FieldFile.write(file, layered(), THUMBNAIL);
    assertSame(layered(), FieldFile.read(file));
    assertArrayEquals(THUMBNAIL, FieldFile.thumbnail(file).orElseThrow());
  }

  @Test
  void theSameImageGivesTheSameBytesAnywhere() throws IOException {
    var a = folder.resolve("a.infd");
    var b = folder.resolve("b.infd");
    var zone = TimeZone.getDefault();
    try {
      FieldFile.write(a, layered(), THUMBNAIL);
      TimeZone.setDefault(TimeZone.getTimeZone("Pacific/Auckland"));
      FieldFile.write(b, layered(), THUMBNAIL);
    } finally {
      TimeZone.setDefault(zone);
    }
    assertArrayEquals(Files.readAllBytes(a), Files.readAllBytes(b));
  }

  @Test
  void filesOfVersionOneAreStillRead() throws Exception {
    var resource = FieldFileTest.class.getResource("/fields/version-1.infd");
    assertNotNull(resource);
    var fixture = Path.of(resource.toURI());
    var image = FieldFile.read(fixture);
    assertSame(layered(), image);
    assertArrayEquals(THUMBNAIL, FieldFile.thumbnail(fixture).orElseThrow());
    try (var zip = new ZipFile(fixture.toFile());
        var in = zip.getInputStream(zip.getEntry("field.json"))) {
      // seeds were written as signed numbers then
      var then = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      assertEquals(
          then.replace("\"seed\" : -7,", "\"seed\" : 18446744073709551609,"),
          FieldFile.toJson(image));
    }
  }

  /** The entries of a good file, to be spoiled. */
  private Map<String, byte[]> entries() throws IOException {
    var file = folder.resolve("good.infd");
    FieldFile.write(file, image(), null);
    var entries = new LinkedHashMap<String, byte[]>();
    try (var zip = new ZipFile(file.toFile())) {
      for (var entry : java.util.Collections.list(zip.entries())) {
        try (var in = zip.getInputStream(entry)) {
          entries.put(entry.getName(), in.readAllBytes());
        }
      }
    }
    return entries;
  }

  private Path write(Map<String, byte[]> entries) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(bytes)) {
      for (var entry : entries.entrySet()) {
        zip.putNextEntry(new ZipEntry(entry.getKey()));
        zip.write(entry.getValue());
        zip.closeEntry();
      }
    }
    return Files.write(folder.resolve("test.infd"), bytes.toByteArray());
  }

  private static final Guidance GUIDANCE =
      new Guidance(
          new Layout(
              "sunset",
              null,
              List.of(
                  LayoutBox.of(0.1, 0.2, 0.3, 0.4, "a \"lake\" \ud83c\udfd4"),
                  new LayoutBox(0, 0, 1, 1, "peaks", "fog", 2.5, 0.1, 0.9))),
          new GuidanceSettings(
              GuidanceSettings.StepRule.DPS, GuidanceSettings.Depth.FULL, 0.75, 2, 3, 4),
          List.of(new Guidance.BoxScore(0.1, 0.25), new Guidance.BoxScore(-0.5, 1)));

  @Test
  void aLayoutAndItsScoresAreReadBack() {
    var recipe = PLAIN.withGuidance(GUIDANCE);
    var file = folder.resolve("layout.infd");
    FieldFile.write(file, FieldImage.of(new PhiloxNoise(1).start(1, 2, 4, 4), recipe), null);
    assertEquals(recipe, FieldFile.read(file).base().recipe());
    assertEquals(recipe, FieldFile.recipe(file));
    assertTrue(recipe.sameSettings(recipe.withGuidance(GUIDANCE.withScores(null))));
    var other = recipe.withSeed(5).guidance();
    assertEquals(GUIDANCE.withScores(null), other, "scores belong to a seed");
  }

  @Test
  void impossibleLayoutsAreRefused() throws IOException {
    var image = FieldImage.of(new PhiloxNoise(1).start(1, 4, 8, 8), PLAIN.withGuidance(GUIDANCE));
    var json = FieldFile.toJson(image);
    for (var change :
        List.of(
            List.of("\"strength\" : 0.75", "\"strength\" : 7.5"),
            List.of("\"rule\" : \"DPS\",", ""),
            List.of("\"rule\" : \"DPS\"", "\"rule\" : \"NONE\""),
            List.of("\"width\" : 0.4", "\"width\" : 4"),
            List.of("\"width\" : 0.4", "\"width\" : 1e999"),
            List.of("\"prompt\" : \"peaks\",", ""),
            List.of("\"unguided\" : 0.1", "\"unguided\" : 1e999"),
            List.of("\"steering\"", "\"other\""),
            List.of("\"boxes\"", "\"other\""),
            List.of("\"layout\"", "\"other\""))) {
      var changed = json.replace(change.get(0), change.get(1));
      assertNotEquals(json, changed, change.get(0));
      var entries = entries();
      entries.put("field.json", changed.getBytes(StandardCharsets.UTF_8));
      assertRefused(write(entries), change.get(1));
    }
  }

  @Test
  void aRecipeIsReadWithoutItsLatents() throws IOException {
    var file = folder.resolve("a.infd");
    FieldFile.write(file, layered(), THUMBNAIL);
    assertEquals(PLAIN, FieldFile.recipe(file));
    Files.writeString(file, "no field");
    assertThrows(Problem.class, () -> FieldFile.recipe(file));
  }

  private void assertRefused(Path file, String why) {
    var message = assertThrows(Problem.class, () -> FieldFile.read(file), why).getMessage();
    assertTrue(message.length() < 700 && message.contains("."), message);
    assertFalse(
        message.matches("(?s).*(Exception|Cannot|Feature|`|null|END header|java\\.|\\(\\)).*"),
        message);
  }

  private Path withJson(String from, String to) throws IOException {
    var entries = entries();
    var json = new String(entries.get("field.json"), StandardCharsets.UTF_8);
    assertTrue(json.contains(from), json);
    entries.put("field.json", json.replace(from, to).getBytes(StandardCharsets.UTF_8));
    return write(entries);
  }

  @Test
  void otherArchiversAndUnknownEntriesAreFine() throws IOException {
    var entries = entries();
    entries.put("notes/later.txt", "from another version".getBytes(StandardCharsets.UTF_8));
    assertSame(image(), FieldFile.read(write(entries)));
    assertSame(
        image(),
        FieldFile.read(
            withJson("\"version\" : 1,", "\"version\" : 1, \"future\" : {\"a\": [1]},")));
  }

  @Test
  void truncatedFilesAreRefused() throws IOException {
    var good = folder.resolve("good.infd");
    FieldFile.write(good, image(), THUMBNAIL);
    var bytes = Files.readAllBytes(good);
    var cut = folder.resolve("cut.infd");
    for (int length = 0; length < bytes.length; length += 13) {
      Files.write(cut, Arrays.copyOf(bytes, length));
      assertRefused(cut, "cut at " + length);
    }
  }

  /** A byte of what is read is never another: the file says that it is damaged. */
  @Test
  void flippedBitsAreFoundWhereverTheyMatter() throws IOException {
    var good = folder.resolve("good.infd");
    FieldFile.write(good, layered(), THUMBNAIL);
    var bytes = Files.readAllBytes(good);
    var spoiled = folder.resolve("spoiled.infd");
    int refused = 0;
    for (int i = 0; i < bytes.length; i++) {
      var copy = bytes.clone();
      copy[i] ^= (byte) (1 << (i % 8));
      Files.write(spoiled, copy);
      try {
        assertSame(layered(), FieldFile.read(spoiled));
      } catch (Problem e) {
        var said = String.valueOf(e.getMessage());
        assertTrue(i < 2 || said.contains(" is damaged: "), said);
        refused++;
      }
    }
    assertTrue(refused > 50, "refused: " + refused);
  }

  @Test
  void aDamagedThumbnailIsNotHandedOut() throws IOException {
    var file = folder.resolve("good.infd");
    FieldFile.write(file, image(), THUMBNAIL);
    var bytes = Files.readAllBytes(file);
    int at = indexOf(bytes, THUMBNAIL);
    bytes[at + THUMBNAIL.length - 1] ^= 0x40;
    Files.write(file, bytes);
    assertThrows(Problem.class, () -> FieldFile.thumbnail(file));
    assertSame(image(), FieldFile.read(file));
  }

  private static int indexOf(byte[] bytes, byte[] part) {
    int at = 0;
    while (!Arrays.equals(bytes, at, at + part.length, part, 0, part.length)) {
      at++;
    }
    return at;
  }

  @Test
  void whatIsSomethingElseIsNotCalledDamaged() throws IOException {
    for (var content : List.of("RIFF....WEBPVP8L", "hello", "\u0089PNG", "{\"version\":1}")) {
      var file = Files.writeString(folder.resolve("other.infd"), content);
      var message = assertThrows(Problem.class, () -> FieldFile.read(file)).getMessage();
      assertTrue(message.matches(".* (is no|not a) field file of INFD Studio[:.] .*"), message);
      assertFalse(message.contains("damaged"), message);
    }
  }

  @Test
  void whatIsNoFieldIsRefused() throws IOException {
    assertRefused(folder.resolve("missing.infd"), "missing");
    assertRefused(folder, "a folder");
    assertRefused(Files.writeString(folder.resolve("text.infd"), "hello"), "text");
    assertRefused(Files.write(folder.resolve("empty.infd"), new byte[0]), "empty");
    assertRefused(write(Map.of("other.json", "{}".getBytes(StandardCharsets.UTF_8))), "no json");
    for (var json :
        List.of(
            "",
            "[]",
            "null",
            "7",
            "{}",
            "{\"version\":1}",
            "{\"version\":1,",
            "{\"version\":1,\"layers\":[]}",
            "{\"version\":1,\"layers\":[null]}",
            "{\"version\":1,\"layers\":[{}]}",
            "{\"version\":-1,\"layers\":[{}]}",
            "{\"version\":1,\"layers\":7}",
            "[".repeat(100_000))) {
      assertRefused(write(Map.of("field.json", json.getBytes(StandardCharsets.UTF_8))), json);
    }
  }

  @Test
  void aNewerVersionAsksForAnUpdate() throws IOException {
    var file = withJson("\"version\" : 1", "\"version\" : 2");
    var message = assertThrows(Problem.class, () -> FieldFile.read(file)).getMessage();
    assertTrue(message.contains("newer") && message.contains("Update"), message);
  }

  @Test
  void numbersThatLieAreRefused() throws IOException {
    var shape = "[ 1, 4, 8, 8 ]";
    for (var lie :
        List.of(
            "[ 1, 4, 8, 9 ]",
            "[ 1, 4, 8, 7 ]",
            "[ 2, 4, 8, 4 ]",
            "[ 1, 4, 64 ]",
            "[ 1, 4, 8, 8, 1 ]",
            "[ ]",
            "[ 1, -4, -8, 8 ]",
            "[ 1, 0, 8, 8 ]",
            "[ 1, 4096, 4096, 4096 ]",
            "[ 1, 4, 8, 99999999999 ]",
            "[ 1, 4, 8, null ]",
            "[ 1, 4, 8, \"x\" ]",
            "null",
            "{}")) {
      assertRefused(withJson(shape, lie), lie);
    }
    for (var lie : List.of("0", "-5", "1e999", "null", "\"many\"", "9".repeat(5000))) {
      assertRefused(withJson("\"steps\" : 50", "\"steps\" : " + lie), lie);
    }
    for (var lie : List.of("1e999", "\"NaN\"", "null")) {
      assertRefused(withJson("\"eta\" : 0.5", "\"eta\" : " + lie), lie);
    }
    for (var lie : List.of("50.5", "1e-9")) {
      assertRefused(withJson("\"steps\" : 50", "\"steps\" : " + lie), lie);
    }
    for (var lie : List.of("9", "-0.1")) {
      assertRefused(withJson("\"eta\" : 0.5", "\"eta\" : " + lie), lie);
    }
    assertRefused(withJson("\"steps\"", "\"classLabel\" : -1, \"steps\""), "class below 0");
    for (var place :
        List.of(
            "-1,\"left\":0,\"side\":8", "0,\"left\":-1,\"side\":8", "0,\"left\":0,\"side\":0")) {
      var photo = "\"photo\":{\"file\":\"a\",\"sha256\":\"b\",\"top\":" + place + "},\"steps\"";
      assertRefused(withJson("\"steps\"", photo), place);
    }
    assertRefused(
        withJson("\"steps\"", "\"variation\":{\"parent\":\"a\",\"strength\":9},\"steps\""),
        "strength");
    assertRefused(withJson("\"DDIM\"", "1"), "a sampler by its place");
    assertRefused(withJson("\"steps\"", "\"prompt\":5,\"steps\""), "a number as a prompt");
    assertRefused(withJson("\"steps\"", "\"prompt\":true,\"steps\""), "a truth as a prompt");
    assertRefused(withJson("\"mountains\"", "1.5"), "a number as a model");
    assertRefused(withJson("\"DDIM\"", "\"EULER\""), "sampler");
    assertRefused(withJson("\"DDIM\"", "null"), "no sampler");
    assertRefused(withJson("\"mountains\"", "null"), "no model");
    assertRefused(withJson("\"mountains\"", "\"" + "x".repeat(100_000) + "\""), "long model");
    assertRefused(withJson("\"latent-0.f32\"", "\"latent-1.f32\""), "missing latent");
    assertRefused(withJson("\"latent-0.f32\"", "\"../../etc/passwd\""), "outside");
    assertRefused(
        withJson(
            "\"shape\"", "\"mask\" : {\"row\":0,\"column\":0,\"height\":1,\"width\":1}, \"shape\""),
        "a masked base");
  }

  @Test
  void aGuidanceBelowZeroIsRefused() throws IOException {
    var json = new String(entries().get("field.json"), StandardCharsets.UTF_8);
    var entries = entries();
    var changed = json.replaceAll("\"guidanceScale\" : [-0-9.e]+", "\"guidanceScale\" : -5");
    assertNotEquals(json, changed);
    entries.put("field.json", changed.getBytes(StandardCharsets.UTF_8));
    assertRefused(write(entries), "guidance");
  }

  @Test
  void aLayerOverThePictureSaysWhereItLies() throws IOException {
    var json = new String(entries().get("field.json"), StandardCharsets.UTF_8);
    var layer = json.replaceAll("(?s).*?\"layers\" : \\[(.*)\\]\\s*\\}\\s*$", "$1");
    var entries = entries();
    entries.put(
        "field.json",
        ("{\"version\":1,\"layers\":[" + layer + "," + layer + "]}")
            .getBytes(StandardCharsets.UTF_8));
    var file = write(entries);
    var message = assertThrows(Problem.class, () -> FieldFile.read(file)).getMessage();
    assertTrue(message.contains("does not say where it lies"), message);
  }

  @Test
  void aBoxOutsideOfThePictureOrBetweenCellsIsRefused() throws IOException {
    var layer =
        new String(entries().get("field.json"), StandardCharsets.UTF_8)
            .replaceAll("(?s).*?\"layers\" : \\[(.*)\\]\\s*\\}\\s*$", "$1");
    for (var box :
        List.of(
            "7,\"column\":0,\"height\":2",
            "1.5,\"column\":0,\"height\":2",
            "0,\"column\":8,\"height\":1")) {
      var mask = "\"mask\":{\"row\":" + box + ",\"width\":1},\"shape\"";
      var entries = entries();
      var json =
          "{\"version\":1,\"layers\":[" + layer + "," + layer.replace("\"shape\"", mask) + "]}";
      entries.put("field.json", json.getBytes(StandardCharsets.UTF_8));
      var file = write(entries);
      assertRefused(file, box);
      var message = assertThrows(Problem.class, () -> FieldFile.read(file)).getMessage();
      assertTrue(message.startsWith(file + " is damaged: "), message);
    }
    var entries = entries();
    var inside = "\"mask\":{\"row\":7,\"column\":0,\"height\":1,\"width\":1},\"shape\"";
    var json =
        "{\"version\":1,\"layers\":[" + layer + "," + layer.replace("\"shape\"", inside) + "]}";
    entries.put("field.json", json.getBytes(StandardCharsets.UTF_8));
    assertEquals(2, FieldFile.read(write(entries)).layers().size());
  }

  @Test
  void valuesThatAreNoNumbersAreRefused() throws IOException {
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
      var entries = entries();
      var latent = entries.get("latent-0.f32").clone();
      ByteBuffer.wrap(latent).order(ByteOrder.LITTLE_ENDIAN).putFloat(40, bad);
      entries.put("latent-0.f32", latent);
      assertRefused(write(entries), "value " + bad);
    }
  }

  @Test
  void bombsAndStrangeArchivesAreRefused() throws IOException {
    var entries = entries();
    entries.put("latent-0.f32", new byte[80 << 20]);
    assertRefused(write(entries), "a latent of zeros");

    entries = entries();
    var json = new String(entries.get("field.json"), StandardCharsets.UTF_8);
    entries.put("field.json", (json + " ".repeat(2 << 20)).getBytes(StandardCharsets.UTF_8));
    assertRefused(write(entries), "a huge description");

    entries = entries();
    for (var name : List.of("../evil", "/etc/evil", "a\\b", "a/../../b")) {
      var spoiled = new LinkedHashMap<>(entries);
      spoiled.put(name, new byte[1]);
      assertRefused(write(spoiled), name);
    }
    for (int i = 0; i < 300; i++) {
      entries.put("more/" + i, new byte[1]);
    }
    assertRefused(write(entries), "too many entries");

    // two layers of one entry are fine, a crowd of large ones is not
    var crowd = new LinkedHashMap<String, byte[]>();
    var layer =
        "{\"latent\":\"z\",\"shape\":[1,4,1024,1024],\"recipe\":{\"model\":\"m\",\"modelHash\":\"h\","
            + "\"seed\":1,\"steps\":1,\"sampler\":\"DDIM\",\"eta\":1,\"guidanceScale\":1}}";
    var masked =
        layer.replace(
            "\"recipe\"", "\"mask\":{\"row\":0,\"column\":0,\"height\":1,\"width\":1},\"recipe\"");
    crowd.put(
        "field.json",
        ("{\"version\":1,\"layers\":[" + layer + ("," + masked).repeat(30) + "]}")
            .getBytes(StandardCharsets.UTF_8));
    crowd.put("z", new byte[16 << 20]);
    assertRefused(write(crowd), "many large layers");
  }

  @Test
  void aThumbnailThatIsNoPngIsNotHandedOut() throws IOException {
    var entries = entries();
    entries.put("thumbnail.png", "<svg onload=...>".getBytes(StandardCharsets.UTF_8));
    assertTrue(FieldFile.thumbnail(write(entries)).isEmpty());
  }

  @Test
  void aFailedWriteLeavesTheOldFile() throws IOException {
    var file = folder.resolve("kept.infd");
    FieldFile.write(file, image(), null);
    var before = Files.readAllBytes(file);
    var rankless = FieldImage.of(Tensor.zeros(3), PLAIN);
    assertThrows(RuntimeException.class, () -> FieldFile.write(file, rankless, null));
    assertArrayEquals(before, Files.readAllBytes(file));
    assertThrows(
        Problem.class, () -> FieldFile.write(folder.resolve("no/such/folder.infd"), image(), null));
    try (var files = Files.list(folder)) {
      assertFalse(files.anyMatch(f -> f.toString().endsWith(".part")));
    }
  }
}
