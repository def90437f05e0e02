package org.infd.app.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import javax.imageio.ImageIO;
import org.infd.inference.export.Frame.Region;
import org.infd.inference.generation.Recipe.SamplerKind;
import org.infd.inference.guidance.Guidance;
import org.infd.inference.guidance.GuidanceSettings;
import org.infd.inference.guidance.Layout;
import org.infd.inference.guidance.LayoutBox;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The commands that follow layouts, and those that go out from an image or a photo. */
class ImageCommandsTest extends CommandLineCase {
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
            "--exact=4",
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
                GuidanceSettings.StepRule.DPS, GuidanceSettings.Depth.FULL, 0.25, 2, 0, 3, 4)),
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
}
