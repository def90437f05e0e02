package org.infd.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.infd.app.Main;
import org.infd.app.cli.CommandLineInterface;
import org.infd.app.cli.EngineServices;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command line from a checkpoint to pictures, with a small real model. */
class CommandLineTest {
  @TempDir static Path models;
  private static Path bundle = Path.of("");

  @TempDir Path folder;
  private String out = "";
  private String err = "";

  @BeforeAll
  static void importTheModel() {
    bundle = models.resolve("tiny bundle");
    var test = new CommandLineTest();
    assertEquals(
        0,
        test.run(
            "import",
            checkpoint().toString(),
            "--out=" + bundle,
            "--id=tiny",
            "--name=Tiny",
            "--trained-scale=64..512"),
        test.err);
    assertTrue(test.out.contains("z_dm_ema"), "the report: " + test.out);
  }

  private static Path checkpoint() {
    var resource = CommandLineTest.class.getResource("/golden/infd-tiny/last-model.pth");
    if (resource == null) {
      throw new IllegalStateException("the checkpoint is not among the test resources");
    }
    return Path.of(URI.create(resource.toString()));
  }

  @BeforeEach
  void empty() throws IOException {
    assertEquals(List.of(), names());
  }

  @Test
  void aRegionEqualsTheSamePixelsOfTheWhole() throws IOException {
    generate("--seed=7", "--size=300", "--out=" + path("whole.png"), "--field=" + path("x.infd"));
    ok("render", path("x.infd"), "--size=300", model(), "--out=" + path("again.png"));
    ok(
        "render",
        path("x.infd"),
        "--size=75x60",
        "--region=0.25,0.5,0.2,0.25",
        model(),
        "--out=" + path("part.png"));
    var whole = picture("whole.png");
    assertSame(whole, picture("again.png"));
    assertSame(whole.getSubimage(150, 75, 75, 60), picture("part.png"));
    assertTrue(spread(whole) > 10, "not a flat picture");
  }

  @Test
  void seedsAndSettingsDecideThePicture() throws IOException {
    generate("--seed=7", "--count=2", "--size=64", "--out=" + path("a.png"));
    generate("--seed=8", "--size=64", "--out=" + path("b.png"));
    generate("--seed=8", "--size=64", "--sampler=ddim", "--eta=0", "--out=" + path("c.png"));
    generate("--seed=8", "--size=64", "--exact-statistics", "--out=" + path("d.png"));
    assertEquals(List.of("a-7.png", "a-8.png", "b.png", "c.png", "d.png"), names());
    assertSame(picture("a-8.png"), picture("b.png"));
    assertNotEquals(sum(picture("a-7.png")), sum(picture("b.png")));
    assertNotEquals(sum(picture("c.png")), sum(picture("b.png")));
    var bytes = Files.readString(path(folder, "b.png"), StandardCharsets.ISO_8859_1);
    assertTrue(bytes.contains("\"seed\":8"), "the recipe is in the file");
    assertTrue(bytes.contains("Steps: 4, Sampler: DPM++ 2M, Seed: 8"), "also for people");
  }

  @Test
  void aModelWithAChangedByteIsRefused() throws IOException {
    var copy = Files.createDirectory(models.resolve("changed"));
    try (var files = Files.list(bundle)) {
      for (var file : (Iterable<Path>) files::iterator) {
        Files.copy(file, copy.resolve(file.getFileName()));
      }
    }
    ok("verify", copy.toString());
    var weights = copy.resolve("unet.bin");
    var bytes = Files.readAllBytes(weights);
    bytes[bytes.length / 2] ^= 1;
    Files.write(weights, bytes);
    var out1 = "--out=" + path("x.png");
    fails(1, "was changed", "generate", "--model=" + copy, "--size=64", "--steps=2", out1);
    fails(1, "damaged", "verify", copy.toString());
    Files.writeString(copy.resolve("bundle.json"), "{");
    fails(1, "damaged", "generate", "--model=" + copy, "--size=64", "--steps=2", out1);
    Files.delete(copy.resolve("bundle.json"));
    fails(1, "not a model bundle", "generate", "--model=" + copy, out1);
    assertEquals(List.of(), names());
  }

  @Test
  void brokenCheckpointsCostASentenceAndLeaveNothing() throws IOException {
    var bytes = Files.readAllBytes(checkpoint());
    var broken = Files.createDirectory(models.resolve("broken"));
    var empty = Files.write(broken.resolve("empty.pth"), new byte[0]);
    var text = Files.writeString(broken.resolve("text.pth"), "This is no checkpoint.");
    var half = Files.write(broken.resolve("half.pth"), Arrays.copyOf(bytes, bytes.length / 2));
    var target = "--out=" + path("bundle");
    fails(1, "empty.pth", "import", empty.toString(), target);
    fails(1, "text.pth", "import", text.toString(), target);
    fails(1, "half.pth", "import", half.toString(), target);
    fails(1, "no folder", "import", checkpoint().toString(), "--out=" + path("none/at/all"));
    fails(1, "tiny bundle", "import", checkpoint().toString(), "--out=" + bundle);
    fails(1, "id", "import", checkpoint().toString(), target, "--id=Not An Id");
    assertEquals(List.of(), names());
    ok("verify", bundle.toString());
  }

  @Test
  void brokenFieldsCostASentenceAndLeaveNothing() throws IOException {
    generate("--seed=7", "--field=" + path("x.infd"));
    var bytes = Files.readAllBytes(path(folder, "x.infd"));
    Files.delete(path(folder, "x.infd"));
    var broken = Files.createDirectory(models.resolve("fields"));
    var half = Files.write(broken.resolve("half.infd"), Arrays.copyOf(bytes, bytes.length / 2));
    var text = Files.writeString(broken.resolve("text.infd"), "no field");
    var whole = Files.write(broken.resolve("whole.infd"), bytes);
    var target = "--out=" + path("x.png");
    fails(1, "half.infd", "render", half.toString(), "--size=64", model(), target);
    fails(1, "text.infd", "render", text.toString(), "--size=64", model(), target);
    fails(1, "none.infd", "render", path("none.infd"), "--size=64", model(), target);
    fails(1, "'tiny'", "render", whole.toString(), "--size=64", target);
    assertEquals(List.of(), names());
  }

  @RepeatedTest(2)
  void controlCInTheMiddleOfATileEndsInOrder() throws Exception {
    assumeTrue(!System.getProperty("os.name").startsWith("Windows"), "needs kill");
    var process =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "generate",
                "--steps=2",
                "--size=8192",
                model(),
                "--out=" + path("x.png"))
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .start();
    try {
      var said = new StringBuilder();
      while (said.indexOf("Rendering: ") < 0) {
        int next = process.getInputStream().read();
        assertTrue(next >= 0, () -> said + " ended early: " + process.onExit().join().exitValue());
        said.append((char) next);
      }
      new ProcessBuilder("kill", "-TERM", Long.toString(process.pid())).start().waitFor();
      said.append(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
      assertTrue(process.waitFor(120, TimeUnit.SECONDS));
      assertEquals(130, process.exitValue(), said.toString());
      assertTrue(said.toString().contains("Cancelled"), said.toString());
      assertEquals(List.of(), names(), "no picture, no half file, no report of a crash");
    } finally {
      process.destroyForcibly();
    }
  }

  private void generate(String... arguments) {
    var all = new ArrayList<>(List.of("generate", "--steps=4", model()));
    all.addAll(List.of(arguments));
    ok(all.toArray(String[]::new));
  }

  private static String model() {
    return "--model=" + bundle;
  }

  private void ok(String... arguments) {
    assertEquals(0, run(arguments), err);
  }

  private void fails(int code, String part, String... arguments) {
    assertEquals(code, run(arguments), out + err);
    assertTrue(err.contains(part), err);
    assertFalse(err.contains("Exception"), err);
    assertFalse(err.contains("unexpected"), err);
  }

  private int run(String... arguments) {
    var outText = new StringWriter();
    var errText = new StringWriter();
    int code =
        new CommandLineInterface(
                new EngineServices(),
                (_, _) -> {},
                new PrintWriter(outText),
                new PrintWriter(errText),
                false)
            .run(arguments);
    out = outText.toString();
    err = errText.toString();
    return code;
  }

  private BufferedImage picture(String name) throws IOException {
    return ImageIO.read(path(folder, name).toFile());
  }

  private static void assertSame(BufferedImage expected, BufferedImage actual) {
    assertEquals(expected.getWidth(), actual.getWidth());
    assertEquals(expected.getHeight(), actual.getHeight());
    for (int row = 0; row < expected.getHeight(); row++) {
      for (int column = 0; column < expected.getWidth(); column++) {
        assertEquals(expected.getRGB(column, row), actual.getRGB(column, row), row + ", " + column);
      }
    }
  }

  private static long sum(BufferedImage image) {
    long sum = 0;
    for (int row = 0; row < image.getHeight(); row++) {
      for (int column = 0; column < image.getWidth(); column++) {
        sum = sum * 31 + image.getRGB(column, row);
      }
    }
    return sum;
  }

  /** The difference between the lightest and the darkest green. */
  private static int spread(BufferedImage image) {
    int least = 255;
    int most = 0;
    for (int row = 0; row < image.getHeight(); row++) {
      for (int column = 0; column < image.getWidth(); column++) {
        int green = image.getRGB(column, row) >> 8 & 0xff;
        least = Math.min(least, green);
        most = Math.max(most, green);
      }
    }
    return most - least;
  }

  private String path(String name) {
    return path(folder, name).toString();
  }

  private static Path path(Path folder, String name) {
    return folder.resolve(name);
  }

  private List<String> names() throws IOException {
    try (var entries = Files.list(folder)) {
      return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
    }
  }
}
