package org.infd.app.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.function.BiConsumer;
import javax.imageio.ImageIO;
import org.infd.inference.Problem;
import org.infd.inference.dive.DiveKey;
import org.infd.inference.export.Frame.Region;
import org.infd.inference.generation.Benchmark;
import org.infd.inference.generation.PictureMetadata;
import org.infd.inference.generation.Recipe.SamplerKind;
import org.infd.inference.guidance.Guidance;
import org.infd.inference.guidance.GuidanceSettings;
import org.infd.inference.guidance.Layout;
import org.infd.inference.guidance.LayoutBox;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.Device;
import org.infd.inference.runtime.ProbeResult;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandLineInterfaceTest {
  @TempDir Path folder;
  private FakeServices services;
  private Path work;
  private Path logs;
  private String out = "";
  private String err = "";
  private boolean interactive;
  private BiConsumer<StudioStart, Cancellation> studio = (_, _) -> {};

  @BeforeEach
  void install() throws IOException {
    var data = Files.createDirectory(folder.resolve("data"));
    services = new FakeServices(data);
    services.install("mountains", 0);
    work = Files.createDirectory(folder.resolve("work with spaces"));
    logs = folder.resolve("logs");
  }

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

  private void keepDiving() throws IOException {
    services.installDiving("deep");
    var hash = services.models().find("deep").hash();
    Files.writeString(work.resolve("x.infd"), "field\ndeep\n" + hash + "\n7");
  }

  @Test
  void diveWritesAPictureThatSaysWhatWasInvented() throws IOException {
    keepDiving();
    assertEquals(
        0,
        run(
            "dive",
            path("x.infd"),
            "--path=0.42,0.61",
            "--depth=3",
            "--size=40x30",
            "-o",
            path("x.png")),
        err);
    var image = ImageIO.read(work.resolve("x.png").toFile());
    assertEquals(40, image.getWidth());
    assertEquals(30, image.getHeight());
    assertTrue(err.contains("Invented from here, depth 3"), err);
    var said = PictureMetadata.read(work.resolve("x.png")).orElseThrow();
    var invented = said.dive();
    assertTrue(invented != null && invented.depth() == 3 && invented.side() == 512, "" + invented);
    assertEquals(Math.round(0.42 * 512 - 15), invented.row());
    assertTrue(said.parameters().contains("Invented from here: depth 3"), said.parameters());
    assertEquals(services.dives.getFirst(), invented.options().options());
  }

  @Test
  void diveTakesWishesAndSeedsOfSingleParts() throws IOException {
    keepDiving();
    assertEquals(
        0,
        run(
            "dive",
            path("x.infd"),
            "--path=0,0",
            "--depth=2",
            "--size=8",
            "-o",
            path("x.png"),
            "--strength=0.2",
            "--pull=1",
            "--reroll=99"),
        err);
    var options = services.dives.getFirst();
    assertEquals(0.2, options.strength());
    assertEquals(1, options.pull());
    assertEquals(Map.of(new DiveKey(2, 0, 0), 99L), options.seeds());
  }

  @Test
  void renderDivesOnlyWhereAskedTo() throws IOException {
    keepDiving();
    assertEquals(0, run("render", path("x.infd"), "--size=200", "-o", path("plain.png")), err);
    assertEquals(List.of(), services.dives);
    assertEquals(
        0, run("render", path("x.infd"), "--size=200", "--dive", "-o", path("y.png")), err);
    assertEquals(1, services.dives.size());
    var invented = PictureMetadata.read(work.resolve("y.png")).orElseThrow().dive();
    assertTrue(invented != null && invented.depth() == 2, "" + invented);
    assertEquals(0, run("render", path("x.infd"), "--size=64", "--dive", "-o", path("z.png")), err);
    assertTrue(PictureMetadata.read(work.resolve("z.png")).orElseThrow().dive() == null);
  }

  @Test
  void filmWritesFramesOfItsOwnScaleAndGoesOnWithThoseThatAreThere() throws IOException {
    keepDiving();
    String[] command = {
      "film",
      path("x.infd"),
      "--to=0.5,0.5",
      "--depth=1",
      "--seconds=1",
      "--fps=4",
      "--size=32x24",
      "--out=" + path("film")
    };
    var tiles = new java.util.concurrent.atomic.AtomicInteger();
    services.beforeTile =
        () -> {
          if (tiles.incrementAndGet() == 3) {
            throw new Problem("The disk is gone.");
          }
        };
    assertEquals(1, run(command));
    assertEquals(List.of("film.frames", "x.infd"), names());
    services.beforeTile = () -> {};
    assertEquals(0, run(command), err);
    assertEquals(List.of("film", "x.infd"), names());
    try (var frames = Files.list(work.resolve("film"))) {
      assertEquals(4, frames.count());
    }
    assertFails(1, "exists", command);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "2 | is no place         | dive x.infd --path 0.5 --depth 1 --size 8 --out x.png",
        "2 | is no place         | dive x.infd --path 0.5,1.5 --depth 1 --size 8 --out x.png",
        "1 | A depth is 0 to     | dive x.infd --path 0,0 --depth -1 --size 8 --out x.png",
        "1 | A depth is 0 to     | dive x.infd --path 0,0 --depth 4000 --size 8 --out x.png",
        "1 | nothing in it       | dive x.infd --path 0,0 --depth 1 --size 0 --out x.png",
        "1 | numbers from 0 to 1 | dive x.infd --path 0,0 --depth 1 --size 8 --pull 2 --out x.png",
        "1 | takes no prompt     | dive x.infd --path 0,0 --depth 1 --size 8 --depth-prompt 2=a"
            + " --out x.png",
        "1 | below the image     | dive x.infd --path 0,0 --depth 0 --size 8 --reroll 1 --out"
            + " x.png",
        "1 | 2 to 100000 frames  | film x.infd --to 0,0 --depth 1 --seconds 0.01 --out f.gif",
        "1 | frames a second     | film x.infd --to 0,0 --depth 1 --fps 500 --out f.gif",
        "1 | lasts up to         | film x.infd --to 0,0 --depth 1 --seconds NaN --out f.gif",
      })
  void whatNoDiveCanBeIsToldInASentence(int code, String part, String line) throws IOException {
    keepDiving();
    var arguments = line.replace("x.infd", path("x.infd").replace(" ", "\0")).split(" ");
    for (int i = 0; i < arguments.length; i++) {
      arguments[i] = arguments[i].replace('\0', ' ').replaceAll("^(x\\.png|f\\.gif)$", "$1");
      if (arguments[i].equals("x.png") || arguments[i].equals("f.gif")) {
        arguments[i] = path(arguments[i]);
      }
    }
    assertFails(code, part, arguments);
    assertEquals(List.of("x.infd"), names());
  }

  @Test
  void aModelWithoutAnEncoderSaysWhyItDoesNotDive() throws IOException {
    var hash = services.models().find("mountains").hash();
    Files.writeString(work.resolve("x.infd"), "field\nmountains\n" + hash + "\n7");
    assertFails(
        1,
        "has no encoder",
        "dive",
        path("x.infd"),
        "--path=0,0",
        "--depth=1",
        "--size=8",
        "-o",
        path("x.png"));
    assertFails(
        1, "has no encoder", "render", path("x.infd"), "--size=99", "--dive", "-o", path("x.png"));
  }

  @Test
  void renderingWithAnotherVersionOfTheModelIsSaid() throws IOException {
    Files.writeString(work.resolve("x.infd"), "field\nmountains\nanother\n7");
    assertEquals(0, run("render", path("x.infd"), "--size=8", "--out=" + path("x.png")));
    assertTrue(err.contains("another version of the model"), err);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1 | nothing in it        | generate --size 0 --out x.png",
        "1 | nothing in it        | generate --size -5 --out x.png",
        "1 | too large            | generate --size 1048577 --out x.png",
        "2 | --size               | generate --size 99999999999999999999 --out x.png",
        "2 | --size               | generate --size big --out x.png",
        "2 | --seed               | generate --seed 1.5 --out x.png",
        "1 | --steps is at least  | generate --steps 0 --out x.png",
        "1 | between 0 and 1      | generate --eta 1.5 --out x.png",
        "1 | between 0 and 1      | generate --eta NaN --out x.png",
        "1 | --count is between   | generate --count 0 --out x.png",
        "1 | --count is between   | generate --count 1000000 --out x.png",
        "1 | --threads is between | generate --threads -1 --out x.png",
        "1 | no device 'tpu'      | generate --device tpu --out x.png",
        "2 | sampler              | generate --sampler euler --out x.png",
        "1 | There is no model    | generate --model none --out x.png",
        "1 | bundle.json          | generate --model . --out x.png",
        "1 | Say where            | generate --seed 7",
        "1 | written as .png      | generate --out x.gif",
        "1 | There is no folder   | generate --out none/x.png",
        "1 | is a folder          | generate --field models.infd/.. --size 8",
        "1 | same file            | generate --out x.png --field x.png",
        "2 | Unknown option       | generate --sise 8 --out x.png",
        "2 | Unmatched argument   | generate x.png",
        "2 | Did you mean         | generat --out x.png",
        "2 | Missing required     | render x.infd --out x.png",
        "2 | is no size           | render x.infd --size 8by8 --out x.png",
        "1 | nothing in it        | render x.infd --size 0x8 --out x.png",
        "2 | is no region         | render x.infd --size 8 --region 0,0,1 --out x.png",
        "2 | does not lie in      | render x.infd --size 8 --region 0,0.5,1,1 --out x.png",
        "2 | is no region         | render x.infd --size 8 --region a,b,c,d --out x.png",
        "1 | could not be read    | render none.infd --size 8 --out x.png",
        "1 | would need           | render x.infd --size 8 --region 0,0,1e-9,1e-9 --out x.png",
        "2 | Name the checkpoint  | import",
        "2 | belong to --clip     | import c.pth --vocab m.txt",
        "2 | two imports          | import c.pth --clip m.pt",
        "2 | Say with --into      | import --clip m.pt",
        "1 | There is no file     | import --clip m.pt --into mountains",
        "1 | There is no file     | import none.pth --out x",
        "1 | is not a file        | import . --out x",
        "2 | is no range          | import . --out x --trained-scale 9..3",
        "2 | is no range          | import . --out x --trained-scale 256",
        "1 | There is no model    | verify none",
        "2 | Unmatched            | devices now"
      })
  void whatIsWrongIsSaidInASentence(int code, String part, String line) throws IOException {
    var arguments = line.strip().split(" ");
    for (int i = 1; i < arguments.length; i++) {
      if (arguments[i].matches("\\.|[a-z/]+\\.[a-z/.]+|x")) {
        arguments[i] = path(arguments[i]);
      }
    }
    assertFails(code, part.strip(), arguments);
    assertEquals(List.of(), names(), "no half files");
    assertEquals(List.of(), services.generated, "said before any work");
  }

  @Test
  void aFaultOfTheProgramIsKeptForDiagnosis() throws IOException {
    assertFails(1, "fault of the program", "devices", "--device=broken");
    var file = logs.resolve("last-fault.txt");
    assertTrue(err.contains(file.toString()), err);
    assertTrue(Files.readString(file).contains("IllegalStateException: a fault of the program"));
  }

  @Test
  void debugShowsTheStackTrace() {
    assertEquals(1, run("devices", "--device=tpu", "--debug"));
    assertTrue(err.contains("at org.infd.app.cli"), err);
  }

  @Test
  void tooLittleMemoryIsASentence() {
    assertFails(1, "not enough memory", "devices", "--device=huge");
  }

  @Test
  void aCancelledRunLeavesNothing() throws IOException {
    services.beforeTile =
        () -> {
          throw new CancellationException("stop");
        };
    assertEquals(130, run("generate", "--size=600", "--out=" + path("x.png")));
    assertTrue(err.contains("Cancelled"), err);
    assertEquals(List.of(), names());
  }

  @Test
  void progressIsPlainLinesUnlessThereIsAScreen() {
    run("generate", "--seed=7", "--size=600", "--out=" + path("x.png"));
    assertFalse(err.contains("\r"), err);
    assertTrue(err.contains("Sampling seed 7: 100 %, step 25 of 25"), err);
    assertTrue(err.contains("Rendering: 100 %, 0.4 of 0.4 megapixels"), err);
    assertTrue(err.lines().count() < 30, err);
    interactive = true;
    run("generate", "--seed=7", "--size=600", "--out=" + path("x.png"));
    assertTrue(err.contains("\rRendering [########################] 100 %"), err);
  }

  @Test
  void quietSaysOnlyResults() {
    interactive = true;
    assertEquals(0, run("generate", "-q", "--size=600", "--out=" + path("x.png")));
    assertEquals("", err);
    assertTrue(out.contains("600×600"), out);
  }

  @Test
  void theCommonOptionsStandBeforeACommandToo() {
    interactive = true;
    assertEquals(0, run("-q", "generate", "--size=600", "--out=" + path("x.png")));
    assertEquals("", err);
    assertTrue(out.contains("600×600"), out);
    assertEquals(1, run("--debug", "devices", "--device=tpu"));
    assertTrue(err.contains("\tat "), err);
  }

  @Test
  void importPassesEverythingOn() throws IOException {
    var checkpoint = Files.writeString(work.resolve("c.pth"), "x");
    assertEquals(
        0,
        run(
            "import",
            checkpoint.toString(),
            "--out=" + path("b"),
            "--id=tiny",
            "--name=Tiny one",
            "--fp16",
            "--trained-scale=256..1024",
            "--sharp-side=1024",
            "--overwrite",
            "--licence=CC0"));
    assertEquals("Found 3 tensors.", out.strip());
    assertEquals(
        new Services.ImportRequest(
            checkpoint,
            work.resolve("b"),
            "tiny",
            "Tiny one",
            true,
            new ScaleRange(256, 1024),
            1024,
            true,
            "CC0"),
        services.imported);
    assertEquals(0, run("import", checkpoint.toString()));
    assertNotNull(services.imported);
    assertNull(services.imported.folder());
  }

  @Test
  void aLayoutIsFollowedAndItsScoresAreShown() throws IOException {
    services.installText("told", true);
    var layout =
        new Layout(
            "sunset",
            null,
            List.of(
                LayoutBox.of(0, 0, 0.5, 0.5, "a lake"),
                LayoutBox.of(0.5, 0, 0.5, 0.5, "a very long prompt ".repeat(9))));
    var file = work.resolve("l.json");
    Files.write(file, layout.toBytes());
    assertEquals(
        0,
        run(
            "layout",
            file.toString(),
            "--model=told",
            "--seed=3",
            "--size=16",
            "--rule=dps",
            "--depth=full",
            "--strength=0.25",
            "--every=2",
            "--copies=0",
            "--repeats=3",
            "--steps=10",
            "--eta=0.5",
            "--out=" + path("l.png"),
            "--field=" + path("l.infd")),
        err);
    var recipe = services.generated.getLast();
    assertEquals("sunset", recipe.prompt());
    assertEquals(3, recipe.guidanceScale());
    assertEquals(10, recipe.steps());
    assertEquals(0.5, recipe.eta());
    assertEquals(SamplerKind.DDIM, recipe.sampler());
    assertEquals(
        new Guidance(
            layout,
            new GuidanceSettings(
                GuidanceSettings.StepRule.DPS, GuidanceSettings.Depth.FULL, 0.25, 2, 0, 3)),
        recipe.guidance());
    var lines = out.lines().toList();
    assertEquals(
        "box  prompt                                    unguided    guided    change",
        lines.get(0));
    assertEquals(
        "  1  a lake                                       0.125     0.500    +0.375",
        lines.get(1));
    assertTrue(lines.get(2).startsWith("  2  a very long prompt a very long prompt a…  "), out);
    assertEquals(List.of("l.infd", "l.json", "l.png"), names());
    var image = Files.readString(work.resolve("l.png"), StandardCharsets.ISO_8859_1);
    assertTrue(image.contains("\"guided\":0.5") && image.contains("Boxes: 2"), "in the file too");
  }

  @Test
  void aLayoutThatCannotBeFollowedIsSaidBeforeAnyWork() throws IOException {
    services.installText("told", true);
    services.installText("blind");
    var file = work.resolve("l.json");
    assertFails(1, "There is no file", "layout", file.toString());
    Files.writeString(file, "{\"version\":9,\"boxes\":[]}");
    assertFails(1, "newer INFD Studio", "layout", file.toString());
    Files.write(file, new Layout(null, null, List.of(LayoutBox.of(0, 0, 1, 1, "a"))).toBytes());
    assertFails(1, "has no CLIP", "layout", file.toString(), "--model=blind");
    assertFails(1, "through the network", "layout", file.toString(), "--model=told", "--rule=dps");
    assertFails(1, "between 0 and 1", "layout", file.toString(), "--model=told", "--strength=2");
    assertFails(1, "--eta", "layout", file.toString(), "--model=told", "--eta=2");
    assertFails(1, "written as .png", "layout", file.toString(), "--out=" + path("x.gif"));
    assertFails(2, "Invalid value", "layout", file.toString(), "--rule=other");
    assertEquals(List.of(), services.generated);
    assertEquals(List.of("l.json"), names());
  }

  @Test
  void aBoxIsRedone() throws IOException {
    assertEquals(0, run("generate", "--seed=4", "--size=8", "--field=" + path("x.infd")));
    assertEquals(
        0,
        run(
            "redo",
            path("x.infd"),
            "--box=0.5,0.25,0.25,0.5",
            "--seed=9",
            "--steps=7",
            "--size=16",
            "--field=" + path("y.infd"),
            "--out=" + path("y.png")),
        err);
    assertEquals(List.of(new Region(0.5, 0.25, 0.25, 0.5)), services.redone);
    var recipe = services.generated.getLast();
    assertEquals(List.of(9L, 7), List.of(recipe.seed(), recipe.steps()));
    assertEquals(List.of("x.infd", "y.infd", "y.png"), names());
    assertFails(2, "Missing required", "redo", path("x.infd"), "--field=" + path("y.infd"));
    assertFails(
        1, "could not be read", "redo", path("none"), "--box=0,0,1,1", "--field=" + path("z.infd"));
  }

  @Test
  void anImageIsVaried() throws IOException {
    assertEquals(0, run("generate", "--seed=4", "--size=8", "--field=" + path("x.infd")));
    assertEquals(
        0,
        run(
            "vary",
            path("x.infd"),
            "--strength=0.4",
            "--seed=9",
            "--size=16",
            "--field=" + path("y.infd"),
            "--out=" + path("y.jpg")),
        err);
    assertEquals(List.of(0.4), services.strengths);
    assertEquals(9, services.generated.getLast().seed());
    assertEquals(List.of("x.infd", "y.infd", "y.jpg"), names());
    var target = "--field=" + path("z.infd");
    var last = "18446744073709551615";
    assertEquals(0, run("vary", path("x.infd"), "--strength=1", "--seed=" + last, target), err);
    assertTrue(out.contains("every size, seed " + last), out);
    assertFails(1, "between 0 and 1", "vary", path("x.infd"), "--strength=1.5", target);
    assertFails(1, "Say where", "vary", path("x.infd"), "--strength=1");
    assertFails(2, "Missing required", "vary", path("x.infd"), target);
  }

  @Test
  void aSquareOfAPhotoIsEncoded() throws IOException {
    var photo = new BufferedImage(40, 30, BufferedImage.TYPE_INT_RGB);
    ImageIO.write(photo, "png", work.resolve("p.png").toFile());
    var target = "--field=" + path("y.infd");
    assertEquals(0, run("encode", path("p.png"), "--square=2,5,20", target), err);
    var square = services.squares.getLast();
    assertEquals(List.of(2, 5, 20), List.of(square.top(), square.left(), square.side()));
    assertEquals(
        0, run("encode", path("p.png"), "--size=16", "--out=" + path("y.png"), target), err);
    assertEquals(List.of("p.png", "y.infd", "y.png"), names());
    assertEquals(
        List.of(0, 5, 30),
        List.of(
            services.squares.getLast().top(),
            services.squares.getLast().left(),
            services.squares.getLast().side()));
    assertFails(1, "30 rows and 40 columns", "encode", path("p.png"), "--square=2,5,29", target);
    assertFails(2, "is no square", "encode", path("p.png"), "--square=2,5", target);
    assertFails(1, "There is no file", "encode", path("none.png"), target);
    Files.writeString(work.resolve("q.png"), "no picture");
    assertFails(1, "is no picture", "encode", path("q.png"), target);
  }

  @ParameterizedTest
  @CsvSource({"x.jpg, JPEG", "x.JPEG, JPEG", "x.tif, tiff", "x.tiff, tiff", "x.PNG, png"})
  void theEndingNamesTheFormat(String name, String format) throws IOException {
    assertEquals(0, run("generate", "--seed=4", "--size=20", "--out=" + path(name)), err);
    var file = work.resolve(name);
    try (var stream = ImageIO.createImageInputStream(file.toFile())) {
      var reader = ImageIO.getImageReaders(stream).next();
      assertEquals(format, reader.getFormatName());
      reader.dispose();
    }
    var said = org.infd.inference.generation.PictureMetadata.read(file).orElseThrow();
    assertEquals(4, said.recipe().seed());
    assertFails(1, ".png, .jpg and .tif", "generate", "--out=" + path("x.gif"));
  }

  @Test
  void aClipGoesIntoAModel() throws IOException {
    var clip = Files.writeString(work.resolve("clip.pt"), "x");
    assertFails(
        1, "There is no model", "import", "--clip=" + clip, "--vocab=" + path("m"), "--into=none");
    assertFails(2, "of no use", "import", "--clip=" + clip, "--into=mountains", "--fp16");
    assertNull(services.importedClip);
    assertEquals(0, run("import", "--clip=" + clip, "--vocab=" + path("m"), "--into=mountains"));
    assertEquals("A CLIP.", out.strip());
    var folder = services.models().find("mountains").folder();
    assertEquals(
        new Services.ClipRequest(clip, work.resolve("m"), null, folder, false),
        services.importedClip);
    assertFails(
        2,
        "quick_gelu or gelu",
        "import",
        "--clip=" + clip,
        "--into=mountains",
        "--activation=relu");
    assertFails(2, "belong to --clip", "import", clip.toString(), "--activation=gelu");
    assertEquals(
        0,
        run(
            "import",
            "--clip=" + clip,
            "--vocab=" + path("m"),
            "--activation=gelu",
            "--into=mountains"));
    assertEquals(
        new Services.ClipRequest(clip, work.resolve("m"), "gelu", folder, false),
        services.importedClip);
  }

  @Test
  void modelsListsBrokenOnesToo() throws IOException {
    services.install("animals", 10);
    Files.writeString(services.install("cut", 0).resolve("bundle.json"), "{");
    assertEquals(0, run("models"));
    assertTrue(out.contains("mountains            The mountains (installed)"), out);
    assertTrue(out.contains("pictures of 10 classes"), out);
    assertTrue(out.contains("cannot be used: "), out);
    assertFails(1, "One model is damaged", "verify");
    assertEquals(0, run("verify", "mountains"));
    assertTrue(out.contains("mountains: all files are as they were imported"), out);
  }

  @Test
  void devicesSaysWhatAndWhy() {
    services.findings =
        List.of(
            new ProbeResult.Works(Device.Kind.CUDA, "Pretend 9", 12L << 30, true),
            new ProbeResult.Fails(
                Device.Kind.TENSORRT, ProbeResult.Cause.FAILED, "It is broken.", "Mend it."));
    assertEquals(0, run("devices", "--threads=2"));
    assertTrue(out.contains("CUDA: works: Pretend 9, 12 GB, float32 and float16"), out);
    assertTrue(out.contains("TensorRT: It is broken. Mend it."), out);
    assertTrue(out.contains("In use:    CPU, 2 threads"), out);
    assertTrue(out.contains("Because:   asked for."), out);
  }

  @Test
  void benchPrintsATableAndALine() {
    services.rows =
        List.of(
            new Benchmark.Row(Benchmark.Stage.STEP, "CPU, 2 threads", 40.2, 41.5, 9, 0, null, null),
            new Benchmark.Row(Benchmark.Stage.TILE, "CUDA fp16 NHWC", 2, 2.5, 99, 26, 0.001, null),
            new Benchmark.Row(
                Benchmark.Stage.EXPORT, "CUDA fp32 NCHW", 0, 0, 0, 0, null, "It is full."));
    assertEquals(0, run("bench", "--seconds", "1"));
    assertTrue(out.contains("UNet step         CPU, 2 threads"), out);
    assertTrue(out.contains("26.00  0.1000 %"), out);
    assertTrue(out.contains("CUDA fp32 NCHW            It is full."), out);
    var last = out.lines().toList().getLast();
    assertTrue(last.contains("| UNet step, CPU, 2 threads: 41.5 ms |"), last);
    assertTrue(last.endsWith("| Export of 2048², CUDA fp32 NCHW: failed"), last);
    assertFails(1, "--seconds is between", "bench", "--seconds", "0");
  }

  @Test
  void onlyAGpuComputesInHalfPrecision() {
    assertFails(1, "full precision only", "devices", "--precision", "half");
    assertEquals(0, run("devices", "--precision", "full"));
    assertFails(1, "at least 256 MB", "devices", "--gpu-memory", "3");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "generate",
        "layout",
        "redo",
        "vary",
        "encode",
        "render",
        "batch",
        "info",
        "import",
        "models",
        "verify",
        "devices",
        "bench"
      })
  void everyCommandHasHelp(String command) {
    assertEquals(0, command.isEmpty() ? run("--help") : run(command, "--help"));
    assertTrue(out.startsWith(command.isEmpty() ? "Images that are" : "Usage: infd " + command));
    assertTrue(out.contains("--quiet"), out);
    assertEquals("", err);
    assertEquals(0, command.isEmpty() ? run("--version") : run(command, "--version"));
    assertTrue(out.startsWith("INFD Studio "), out);
  }

  @Test
  void withoutACommandTheStudioOpens() {
    var opened = new boolean[1];
    studio = (start, _) -> opened[0] = start.files().isEmpty();
    assertEquals(0, run());
    assertTrue(opened[0]);
    studio =
        (_, _) -> {
          throw new Problem("There is no display here.");
        };
    assertFails(1, "There is no display here.");
  }

  @Test
  void aFileOpensInTheStudioAndAnythingElseWasMeantAsACommand() {
    var opened = new ArrayList<Path>();
    var beside = new ArrayList<Boolean>();
    studio =
        (start, _) -> {
          opened.addAll(start.files());
          beside.add(start.newWindow());
        };
    assertEquals(0, run("lake view.infd"));
    assertEquals(List.of(Path.of("lake view.infd")), opened);
    assertEquals(2, run("genrate"));
    assertTrue(err.contains("generate"), err);
    assertEquals(1, opened.size());
    assertEquals(0, run("--new-window", "a.infd", "b.infd"));
    assertEquals(0, run("a.infd", "--new-window"));
    assertEquals(0, run("--new-window"));
    assertEquals(4, opened.size());
    assertEquals(List.of(false, true, true, true), beside);
  }

  private int run(String... arguments) {
    var outText = new StringWriter();
    var errText = new StringWriter();
    var terminal = new Terminal(new PrintWriter(outText), new PrintWriter(errText), interactive);
    int code = new CommandLineInterface(services, studio, terminal, logs).run(arguments);
    out = outText.toString();
    err = errText.toString();
    return code;
  }

  private void assertFails(int code, String part, String... arguments) {
    assertEquals(code, run(arguments), err);
    assertTrue(err.contains(part), err);
    assertFalse(err.contains("\tat "), err);
    assertFalse(err.contains("null"), err);
    assertFalse(out.contains("Usage"), out);
  }

  private void assertSame(BufferedImage expected, String file) throws IOException {
    var actual = ImageIO.read(work.resolve(file).toFile());
    assertEquals(expected.getWidth(), actual.getWidth());
    assertEquals(expected.getHeight(), actual.getHeight());
    for (int row = 0; row < expected.getHeight(); row++) {
      for (int column = 0; column < expected.getWidth(); column++) {
        assertEquals(expected.getRGB(column, row), actual.getRGB(column, row));
      }
    }
  }

  private String path(String name) {
    return work.resolve(name).toString();
  }

  private List<String> names() throws IOException {
    try (var entries = Files.list(work)) {
      return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void aValueThatIsNoNumberIsSaidInWords() {
    assertEquals(2, run("vary", "x.infd", "--strength=0,5", "--out=" + path("x.png")));
    assertTrue(err.toString().contains("'0,5' is not a number."), err.toString());
    assertEquals(2, run("generate", "--count=99999999999", "--out=" + path("x.png")));
    assertTrue(err.toString().contains("'99999999999' is not a whole number"), err.toString());
  }
}
