package org.infd.inference.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.infd.inference.Problem;
import org.infd.inference.field.FieldRenderer;
import org.infd.inference.field.Rectangle;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PngExportTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "1, 0, 0, 1, 1",
    "255, 0, 0, 255, 255",
    "256, 0, 0, 256, 256",
    "257, 0, 0, 257, 257",
    "1000, 17, 333, 513, 641",
    "1048576, 1048319, 1048000, 257, 576",
    "600, 599, 0, 1, 600",
    "600, 0, 599, 600, 1"
  })
  void everyPixelIsTheRenderers(int side, int row, int column, int height, int width)
      throws IOException {
    var renderer = new FakeRenderer();
    var frame = new Frame(side, new Rectangle(row, column, height, width));
    var target = folder.resolve("a.png");
    var steps = new ArrayList<Long>();
    PngExport.write(
        target,
        renderer,
        frame,
        PngText.NONE,
        (done, total) -> {
          assertEquals((long) height * width, total);
          steps.add(done);
        },
        Cancellation.never());
    assertPixels(frame, ImageIO.read(target.toFile()));
    assertEquals(0, steps.getFirst());
    assertEquals(renderer.tiles.get() + 1, steps.size());
    assertEquals((long) height * width, steps.getLast());
    assertTrue(renderer.largestTile <= 256 * 256, "tiles stay small");
    assertEquals(List.of("a.png"), names());
  }

  @Test
  void coloursOutsideTheRangeAreClampedAndNothingWraps() throws IOException {
    float[] colours = {-9f, -1f, 0f, 1f, 9f, Float.NaN};
    int[] bytes = {0, 0, 127, 255, 255, 0};
    FieldRenderer renderer =
        (side, rectangle, cancellation) -> {
          var values = new float[3 * colours.length];
          for (int i = 0; i < values.length; i++) {
            values[i] = colours[i % colours.length];
          }
          return Tensor.of(values, 1, 3, 1, colours.length);
        };
    var target = folder.resolve("a.png");
    var frame = new Frame(8, new Rectangle(0, 0, 1, colours.length));
    PngExport.write(
        target, renderer, frame, PngText.NONE, PngExport.Progress.NONE, Cancellation.never());
    var image = ImageIO.read(target.toFile());
    for (int i = 0; i < bytes.length; i++) {
      assertEquals(bytes[i] * 0x010101, image.getRGB(i, 0) & 0xffffff, "colour " + colours[i]);
    }
  }

  @Test
  void textIsLatinWherePossibleAndUnicodeElsewhere() throws IOException {
    var texts = new LinkedHashMap<String, String>();
    texts.put("parameters", "Bergkämme\nSteps: 20, Seed: 7");
    texts.put("Title", "山水");
    texts.put("infd", "{\"seed\":7}");
    var target = folder.resolve("a.png");
    write(target, new PngText(texts), AtomicFile.Disk.REAL);
    var chunks = chunks(target);
    assertEquals("Bergkämme\nSteps: 20, Seed: 7", chunks.get("tEXt parameters"));
    assertEquals("山水", chunks.get("iTXt Title"));
    assertEquals("{\"seed\":7}", chunks.get("iTXt infd"));
    assertTrue(chunks.containsKey("sRGB"), chunks.keySet().toString());
  }

  @Test
  void cancellingAnywhereLeavesNothing() throws IOException {
    for (int tiles : new int[] {1, 2, 4, 7}) {
      var cancellation = new Cancellation();
      var target = folder.resolve("a.png");
      assertThrows(
          CancellationException.class,
          () ->
              PngExport.write(
                  target,
                  new FakeRenderer(),
                  Frame.square(600),
                  PngText.NONE,
                  (done, total) -> {
                    if (done >= tiles * total / 9) {
                      cancellation.cancel();
                    }
                  },
                  cancellation));
      assertEquals(List.of(), names());
    }
  }

  @Test
  void whatTheRendererThrowsPassesAndLeavesNothing() throws IOException {
    FieldRenderer broken =
        (side, rectangle, cancellation) -> {
          throw new Problem("The device is gone.");
        };
    var problem =
        assertThrows(
            Problem.class,
            () ->
                PngExport.write(
                    folder.resolve("a.png"),
                    broken,
                    Frame.square(600),
                    PngText.NONE,
                    PngExport.Progress.NONE,
                    Cancellation.never()));
    assertEquals("The device is gone.", problem.getMessage());
    assertEquals(List.of(), names());
  }

  @Test
  void aFullDiskIsASentenceAndLeavesNothing() throws IOException {
    var disk =
        new AtomicFile.Disk() {
          private long room = 10_000;

          @Override
          public void write(FileChannel channel, ByteBuffer bytes) throws IOException {
            room -= bytes.remaining();
            if (room < 0) {
              throw new IOException("No space left on device");
            }
            AtomicFile.Disk.super.write(channel, bytes);
          }
        };
    var target = folder.resolve("a.png");
    var problem = assertThrows(Problem.class, () -> write(target, PngText.NONE, disk));
    assertTrue(problem.getMessage().startsWith("The disk is full"), problem.getMessage());
    assertEquals(List.of(), names());
  }

  @Test
  void aMissingFolderIsToldBeforeAnythingIsRendered() {
    var renderer = new FakeRenderer();
    var problem =
        assertThrows(
            Problem.class,
            () ->
                PngExport.write(
                    folder.resolve("none/a.png"),
                    renderer,
                    Frame.square(64),
                    PngText.NONE,
                    PngExport.Progress.NONE,
                    Cancellation.never()));
    assertTrue(problem.getMessage().contains("There is no folder"), problem.getMessage());
    assertEquals(0, renderer.tiles.get());
  }

  @Test
  void aQuarterOfAGigapixelFitsInHalfAGigabyte() throws Exception {
    var target = folder.resolve("large.png");
    var process =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-Xmx512m",
                "-cp",
                System.getProperty("java.class.path"),
                Large.class.getName(),
                target.toString())
            .inheritIO()
            .start();
    assertTrue(process.waitFor(600, TimeUnit.SECONDS), "takes too long");
    assertEquals(0, process.exitValue());
    try (var input = ImageIO.createImageInputStream(target.toFile())) {
      var reader = ImageIO.getImageReaders(input).next();
      reader.setInput(input);
      assertEquals(16384, reader.getWidth(0));
      assertEquals(16384, reader.getHeight(0));
      reader.dispose();
    }
  }

  /** Writes a flat picture of 16384×16384 pixels. */
  static final class Large {
    private Large() {}

    public static void main(String[] arguments) {
      var tile = Tensor.zeros(1, 3, 256, 256);
      PngExport.write(
          Path.of(arguments[0]),
          (side, rectangle, cancellation) -> tile,
          Frame.square(16384),
          PngText.NONE,
          PngExport.Progress.NONE,
          Cancellation.never());
    }
  }

  private static void write(Path target, PngText text, AtomicFile.Disk disk) {
    PngExport.write(
        target,
        new FakeRenderer(),
        Frame.square(600),
        text,
        PngExport.Progress.NONE,
        Cancellation.never(),
        disk);
  }

  private static void assertPixels(Frame frame, BufferedImage image) {
    var size = frame.rectangle();
    assertEquals(size.width(), image.getWidth());
    assertEquals(size.height(), image.getHeight());
    for (int row = 0; row < size.height(); row++) {
      for (int column = 0; column < size.width(); column++) {
        int expected = 0;
        for (int channel = 0; channel < 3; channel++) {
          expected =
              expected << 8
                  | FakeRenderer.expected(
                      frame.imageSide(), size.row() + row, size.column() + column, channel);
        }
        if (expected != (image.getRGB(column, row) & 0xffffff)) {
          assertEquals(expected, image.getRGB(column, row) & 0xffffff, row + ", " + column);
        }
      }
    }
  }

  /** Text by "chunk keyword", other chunks by their name. */
  private static LinkedHashMap<String, String> chunks(Path file) throws IOException {
    var found = new LinkedHashMap<String, String>();
    var bytes = ByteBuffer.wrap(Files.readAllBytes(file)).position(8);
    while (bytes.hasRemaining()) {
      var data = new byte[bytes.getInt()];
      var type = new byte[4];
      bytes.get(type).get(data).getInt();
      var name = new String(type, StandardCharsets.US_ASCII);
      if (!name.endsWith("Xt")) {
        found.put(name, "");
        continue;
      }
      int end = 0;
      while (data[end] != 0) {
        end++;
      }
      var keyword = new String(data, 0, end, StandardCharsets.ISO_8859_1);
      // iTXt: compression flag and method, empty language and translated keyword
      boolean international = name.equals("iTXt");
      int start = international ? end + 5 : end + 1;
      var charset = international ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1;
      found.put(name + " " + keyword, new String(data, start, data.length - start, charset));
    }
    return found;
  }

  private List<String> names() throws IOException {
    try (var entries = Files.list(folder)) {
      return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
    }
  }
}
