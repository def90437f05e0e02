package org.infd.app.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.infd.inference.Problem;
import org.infd.inference.dive.DiveKey;
import org.infd.inference.generation.PictureMetadata;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The commands that show what lies below the scale of an image. */
class DiveCommandsTest extends CommandLineCase {
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
}
