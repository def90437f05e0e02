package org.infd.app.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;
import org.infd.inference.generation.Recipe.SamplerKind;
import org.infd.inference.generation.RecipeDefaults;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code infd generate}, and what it has in common with other commands that make pictures. */
class GenerateCommandTest extends CommandLineCase {
  @Test
  void generateWritesThePictureAndSaysSo() throws IOException {
    assertEquals(0, run("generate", "--seed", "7", "--size", "300", "--out", path("x.png")));
    var image = ImageIO.read(work.resolve("x.png").toFile());
    assertEquals(300, image.getWidth());
    assertEquals(300, image.getHeight());
    assertEquals(work.resolve("x.png") + ": 300×300 pixels, seed 7", out.strip());
    assertEquals(List.of("x.png"), names());
    var recipe = services.generated.getFirst();
    assertEquals("mountains", recipe.model());
    assertEquals(services.models().find("mountains").hash(), recipe.modelHash());
    assertEquals(SamplerKind.DPMPP, recipe.sampler());
    assertEquals(25, recipe.steps());
    assertEquals(0.5, recipe.eta());
    assertEquals(List.of(false), services.exact);
  }

  @Test
  void thePictureCarriesItsRecipe() throws IOException {
    run("generate", "--seed", "7", "--size", "20", "--threads", "3", "--out", path("x.png"));
    var file = Files.readString(work.resolve("x.png"), StandardCharsets.ISO_8859_1);
    var hash = services.models().find("mountains").hash();
    assertTrue(file.contains("\"modelHash\":\"" + hash + "\""), "the bundle's hash");
    assertTrue(file.contains("\"seed\":7"), "the seed");
    assertTrue(file.contains("\"device\":\"CPU, 3 threads\""), "the device");
    assertTrue(file.contains("\"precision\":\"float32\""), "the precision");
    assertTrue(
        file.contains("parameters\0Steps: 25, Sampler: DPM++ 2M, Seed: 7, Size: 20x20, Model: mo"),
        "for people");
  }

  @Test
  void settingsReachTheRecipe() {
    assertEquals(
        0,
        run(
            "generate",
            "--seed=-3",
            "--size=8",
            "--sampler=ddim",
            "--steps=40",
            "--eta=0.25",
            "--exact-statistics",
            "--model=mountains",
            "--out=" + path("x.png")),
        err);
    var recipe = services.generated.getFirst();
    assertEquals(-3, recipe.seed());
    assertEquals(40, recipe.steps());
    assertEquals(SamplerKind.DDIM, recipe.sampler());
    assertEquals(0.25, recipe.eta());
    assertEquals(List.of(true), services.exact);
  }

  @Test
  void ddimTakesTheModelsOwnSteps() {
    run("generate", "--size=8", "--sampler=ddim", "--out=" + path("x.png"));
    assertEquals(200, services.generated.getFirst().steps());
  }

  @Test
  void eulersMethodHasStepsOfItsOwn() {
    for (var name : List.of("euler", "euler_a")) {
      assertEquals(
          0, run("generate", "--size=8", "--sampler=" + name, "--out=" + path("x.png")), err);
      var recipe = services.generated.getLast();
      assertEquals(name, recipe.sampler().name().toLowerCase(Locale.ROOT));
      assertEquals(RecipeDefaults.EULER_STEPS, recipe.steps());
    }
    run("generate", "--size=8", "--sampler=euler_a", "--steps=7", "--out=" + path("x.png"));
    assertEquals(7, services.generated.getLast().steps());
  }

  @Test
  void aBatchIsNumberedBySeed() throws IOException {
    assertEquals(
        0,
        run(
            "generate",
            "--seed=7",
            "--count=3",
            "--size=8",
            "--out=" + path("x.y.png"),
            "--field=" + path("f")));
    assertEquals(List.of("f-7", "f-8", "f-9", "x.y-7.png", "x.y-8.png", "x.y-9.png"), names());
    assertEquals(List.of(7L, 8L, 9L), services.generated.stream().map(r -> r.seed()).toList());
  }

  @Test
  void theSeedAfterTheLastIsZero() throws IOException {
    assertEquals(
        0,
        run(
            "generate",
            "--seed=18446744073709551615",
            "--count=2",
            "--size=8",
            "--out=" + path("x.png")),
        err);
    assertEquals(List.of("x-0.png", "x-18446744073709551615.png"), names());
    assertEquals(List.of(-1L, 0L), services.generated.stream().map(r -> r.seed()).toList());
    assertTrue(out.contains("seed 18446744073709551615"), out);
    assertEquals(
        0,
        run(
            "generate",
            "--seed=9223372036854775807",
            "--count=2",
            "--size=8",
            "--out=" + path("y.png")));
    assertTrue(names().contains("y-9223372036854775808.png"), () -> out);
    assertFails(
        2,
        "not a whole number from 0 to 18446744073709551615",
        "generate",
        "--seed=18446744073709551616",
        "--size=8",
        "--out=" + path("x.png"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ar-EG",
        "fa-IR",
        "th-TH-u-nu-thai",
        "hi-IN-u-nu-deva",
        "my-MM",
        "bn-BD",
        "ne-NP",
        "de-DE"
      })
  void numbersHaveOneScriptWhereverTheUserIs(String tag) {
    var before = Locale.getDefault();
    Locale.setDefault(Locale.forLanguageTag(tag));
    try {
      var said = new StringBuilder();
      for (var command :
          List.of(
              new String[] {"generate", "--seed=7", "--size=8", "--out=" + path("x.png")},
              new String[] {"generate", "--seed=7", "--size=8", "--field=" + path("x.infd")},
              new String[] {"generate", "--count=0", "--out=" + path("x.png")},
              new String[] {"generate", "--size=99999999999", "--out=" + path("x.png")},
              new String[] {"models"},
              new String[] {"devices"},
              new String[] {"bench"},
              new String[] {"generate", "--help"})) {
        run(command);
        said.append(out).append(err);
      }
      var others =
          said.codePoints().filter(sign -> sign > '9' && Character.isDigit(sign)).toArray();
      assertEquals(0, others.length, said::toString);
      assertTrue(said.toString().contains("8×8 pixels, seed 7"), said::toString);
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void classesAreChecked() throws IOException {
    services.install("animals", 10);
    assertFails(
        1, "0 to 9, and 10", "generate", "--model=animals", "--class=10", "--out=" + path("x.png"));
    assertFails(
        1,
        "has no classes",
        "generate",
        "--model=mountains",
        "--class=1",
        "--out=" + path("x.png"));
    assertEquals(List.of(), names());
    for (var given : List.of("--class=9", "--quiet")) {
      assertEquals(
          0, run("generate", "--model=animals", given, "--size=8", "--out=" + path("x.png")), err);
    }
    assertEquals(9, services.generated.getFirst().classLabel());
    assertEquals(0, services.generated.getLast().classLabel(), "the model needs one");
  }

  @Test
  void promptsReachTheRecipeAndThePicture() throws IOException {
    services.installText("words");
    var target = "--out=" + path("x.png");
    assertEquals(0, run("generate", "--model=words", "--prompt= Lake ", "--size=8", target), err);
    var usual = services.generated.getLast();
    assertEquals("Lake", usual.prompt());
    assertNull(usual.negativePrompt());
    assertEquals(3, usual.guidanceScale());
    assertEquals(
        0,
        run(
            "generate",
            "--model=words",
            "--prompt=Säntis",
            "--negative=fog",
            "--guidance=4.5",
            "--size=8",
            target),
        err);
    var asked = services.generated.getLast();
    assertEquals("fog", asked.negativePrompt());
    assertEquals(4.5, asked.guidanceScale());
    var file = new String(Files.readAllBytes(work.resolve("x.png")), StandardCharsets.UTF_8);
    assertTrue(file.contains("\"prompt\":\"Säntis\",\"negativePrompt\":\"fog\""), "exactly");
    var latin = Files.readString(work.resolve("x.png"), StandardCharsets.ISO_8859_1);
    assertTrue(latin.contains("parameters\0Säntis\nNegative prompt: fog\nSteps: 25"), "for people");
    assertTrue(latin.contains("CFG scale: 4.5"), "for people");

    assertEquals(0, run("generate", "--model=words", "--size=8", "--prompt=", target), err);
    assertNull(services.generated.getLast().prompt());
    assertEquals(1, services.generated.getLast().guidanceScale());
  }

  @Test
  void promptsAreRefusedWhereTheyMeanNothing() throws IOException {
    services.installText("words");
    var target = "--out=" + path("x.png");
    assertFails(1, "takes no prompt", "generate", "--prompt=a lake", target);
    assertFails(1, "takes no prompt", "generate", "--negative=fog", target);
    assertFails(1, "Give a prompt", "generate", "--model=words", "--guidance=3", target);
    assertFails(
        1, "between 0 and 100", "generate", "--model=words", "--prompt=a", "--guidance=-1", target);
    assertFails(2, "--guidance", "generate", "--model=words", "--guidance=much", target);
    assertEquals(List.of(), names());
  }

  @Test
  void aRegionEqualsTheSamePixelsOfTheWhole() throws IOException {
    assertEquals(
        0,
        run(
            "generate",
            "--seed=7",
            "--size=400",
            "--out=" + path("whole.png"),
            "--field=" + path("x.infd")));
    assertEquals(
        0,
        run(
            "render",
            path("x.infd"),
            "--size=100x50",
            "--region=0.5,0.25,0.125,0.25",
            "--out=" + path("part.png")),
        err);
    assertEquals(0, run("render", path("x.infd"), "--size=400x300", "--out=" + path("crop.png")));
    var whole = ImageIO.read(work.resolve("whole.png").toFile());
    assertSame(whole.getSubimage(100, 200, 100, 50), "part.png");
    assertSame(whole.getSubimage(0, 50, 400, 300), "crop.png");
  }
}
