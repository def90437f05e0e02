package org.infd.inference.generation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TimeZone;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.infd.inference.Problem;
import org.infd.inference.diffusion.PhiloxNoise;
import org.infd.inference.generation.Recipe.SamplerKind;
import org.infd.inference.guidance.Guidance;
import org.infd.inference.guidance.GuidanceSettings;
import org.infd.inference.guidance.Layout;
import org.infd.inference.guidance.LayoutBox;
import org.infd.inference.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** What is written into a field file is read back from it. */
class FieldFileTest extends FieldFileCase {
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
