package org.infd.inference.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.infd.inference.Problem;
import org.infd.inference.export.PictureExport.Encoding;
import org.infd.inference.field.FieldRenderer;
import org.infd.inference.field.Rectangle;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class PictureExportTest {
  private static final PngText TEXT =
      new PngText(
          Map.of(
              "Software",
              "INFD Studio test",
              PngText.PARAMETERS,
              "山 at dawn\nSteps: 20, Seed: 7",
              PngText.RECIPE,
              "{\"prompt\":\"山 at dawn\",\"seed\":7}"));

  @TempDir Path folder;

  /** Colours that change slowly, so that JPEG has nothing to lose. */
  private static final FieldRenderer SOFT =
      (side, rectangle, cancellation) -> {
        var rgb = Tensor.zeros(1, 3, rectangle.height(), rectangle.width());
        int index = 0;
        for (int channel = 0; channel < 3; channel++) {
          for (int row = rectangle.row(); row < rectangle.rowEnd(); row++) {
            for (int column = rectangle.column(); column < rectangle.columnEnd(); column++) {
              rgb.set(index++, (float) Math.sin((row + 2 * column) / (60.0 + 20 * channel)));
            }
          }
        }
        return rgb;
      };

  private Path write(PictureFormat format, FieldRenderer renderer, Frame frame, PngText text) {
    var target = folder.resolve("a" + format.endings().getFirst());
    PictureExport.write(
        target,
        Encoding.of(format),
        renderer,
        frame,
        text,
        PngExport.Progress.NONE,
        Cancellation.never());
    return target;
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "255, 3", "256, 256", "257, 300", "700, 513", "1, 600"})
  void tiffHoldsEveryPixel(int height, int width) throws IOException {
    var frame = new Frame(900, new Rectangle(17, 33, height, width));
    var file = write(PictureFormat.TIFF, new FakeRenderer(), frame, TEXT);
    var image = ImageIO.read(file.toFile());
    assertEquals(height, image.getHeight());
    assertEquals(width, image.getWidth());
    for (int row = 0; row < height; row++) {
      for (int column = 0; column < width; column++) {
        int expected = 0;
        for (int channel = 0; channel < 3; channel++) {
          expected = expected << 8 | FakeRenderer.expected(900, row + 17, column + 33, channel);
        }
        assertEquals(expected, image.getRGB(column, row) & 0xFFFFFF, row + ", " + column);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "256, 256", "700, 513", "13, 600"})
  void jpegIsNearEveryPixel(int height, int width) throws IOException {
    var frame = new Frame(900, new Rectangle(17, 33, height, width));
    var image = ImageIO.read(write(PictureFormat.JPEG, SOFT, frame, TEXT).toFile());
    var png = ImageIO.read(write(PictureFormat.PNG, SOFT, frame, TEXT).toFile());
    assertEquals(height, image.getHeight());
    assertEquals(width, image.getWidth());
    for (int row = 0; row < height; row++) {
      for (int column = 0; column < width; column++) {
        for (int shift = 0; shift <= 16; shift += 8) {
          int expected = png.getRGB(column, row) >> shift & 0xFF;
          int found = image.getRGB(column, row) >> shift & 0xFF;
          assertEquals(expected, found, 14, row + ", " + column);
        }
      }
    }
  }

  @Test
  void jpegOfLowQualityIsSmaller() throws IOException {
    var target = folder.resolve("a.jpg");
    var sizes = new ArrayList<Long>();
    for (float quality : new float[] {0.3f, 0.9f}) {
      PictureExport.write(
          target,
          new Encoding(PictureFormat.JPEG, quality),
          new FakeRenderer(),
          Frame.square(300),
          TEXT,
          PngExport.Progress.NONE,
          Cancellation.never());
      sizes.add(Files.size(target));
    }
    assertTrue(sizes.getFirst() < sizes.getLast() / 2, sizes.toString());
  }

  @ParameterizedTest
  @EnumSource
  void everyFormatHoldsTheRecipe(PictureFormat format) throws IOException {
    var file = write(format, SOFT, Frame.square(64), TEXT);
    assertEquals(Optional.of("{\"prompt\":\"山 at dawn\",\"seed\":7}"), PictureText.recipe(file));
    assertEquals(Optional.empty(), recipeOf(write(format, SOFT, Frame.square(64), PngText.NONE)));
    assertEquals(Optional.of(format), PictureFormat.of(file));
  }

  private static Optional<String> recipeOf(Path file) throws IOException {
    return PictureText.recipe(file);
  }

  @Test
  void othersFindTheParametersInJpegAndTiff() throws IOException {
    var jpeg = Files.readAllBytes(write(PictureFormat.JPEG, SOFT, Frame.square(16), TEXT));
    var words = "山 at dawn\nSteps: 20, Seed: 7".getBytes(StandardCharsets.UTF_16BE);
    assertEquals(0xE1, jpeg[21] & 0xFF, "Exif follows JFIF");
    assertTrue(indexOf(jpeg, words) > 0);
    var tiff = Files.readAllBytes(write(PictureFormat.TIFF, SOFT, Frame.square(16), TEXT));
    assertTrue(indexOf(tiff, "山 at dawn\nSteps".getBytes(StandardCharsets.UTF_8)) > 0);
  }

  private static int indexOf(byte[] bytes, byte[] part) {
    for (int i = 0; i + part.length <= bytes.length; i++) {
      if (Arrays.equals(bytes, i, i + part.length, part, 0, part.length)) {
        return i;
      }
    }
    return -1;
  }

  @ParameterizedTest
  @EnumSource
  void halfAFileIsReadWithoutHarm(PictureFormat format) throws IOException {
    var bytes = Files.readAllBytes(write(format, SOFT, Frame.square(4), TEXT));
    var half = folder.resolve("half");
    for (int length = 0; length < bytes.length; length++) {
      Files.write(half, Arrays.copyOf(bytes, length));
      var recipe = PictureText.recipe(half);
      assertTrue(recipe.isEmpty() || recipe.get().startsWith("{"), "cut at " + length);
    }
    for (int i = 4; i < Math.min(bytes.length, 600); i++) {
      var broken = bytes.clone();
      broken[i] = (byte) 0xFF;
      Files.write(half, broken);
      assertTrue(PictureText.recipe(half).map(String::length).orElse(0) < 1 << 20);
    }
  }

  @Test
  void othersChunksSurviveWhenAPictureIsSavedAgain() throws IOException {
    var file = write(PictureFormat.PNG, SOFT, Frame.square(64), TEXT);
    var bytes = Files.readAllBytes(file);
    var added = new ByteArrayOutputStream();
    added.write(bytes, 0, 33);
    added.writeBytes(chunk("tEXt", "Comment\0of a friend"));
    added.writeBytes(chunk("tEXt", "parameters\0of another program"));
    added.writeBytes(chunk("prVt", "safe to copy"));
    added.writeBytes(chunk("prVT", "not safe"));
    added.write(bytes, 33, bytes.length - 33);
    Files.write(file, added.toByteArray());
    assertEquals(file, write(PictureFormat.PNG, SOFT, Frame.square(32), TEXT));
    assertEquals(32, ImageIO.read(file.toFile()).getWidth());
    var found = new ArrayList<String>();
    try (var stream = Files.newInputStream(file)) {
      PngChunks.read(
          stream, chunk -> found.add(new String(chunk.content(), StandardCharsets.ISO_8859_1)));
    }
    assertTrue(found.contains("Comment\0of a friend"));
    assertTrue(found.contains("safe to copy"));
    assertFalse(found.contains("not safe"));
    assertFalse(found.contains("parameters\0of another program"));
    assertEquals(Optional.of("{\"prompt\":\"山 at dawn\",\"seed\":7}"), PictureText.recipe(file));
  }

  @Test
  void aPictureOfOthersIsReplacedAsAWhole() throws IOException {
    var file = write(PictureFormat.PNG, SOFT, Frame.square(8), PngText.NONE);
    var bytes = Files.readAllBytes(file);
    var added = new ByteArrayOutputStream();
    added.write(bytes, 0, 33);
    added.writeBytes(chunk("tEXt", "Comment\0of a friend"));
    added.write(bytes, 33, bytes.length - 33);
    Files.write(file, added.toByteArray());
    write(PictureFormat.PNG, SOFT, Frame.square(8), TEXT);
    assertTrue(
        indexOf(Files.readAllBytes(file), "of a friend".getBytes(StandardCharsets.US_ASCII)) < 0);
  }

  private static byte[] chunk(String type, String content) {
    var bytes = content.getBytes(StandardCharsets.ISO_8859_1);
    var crc = new CRC32();
    crc.update(type.getBytes(StandardCharsets.ISO_8859_1));
    crc.update(bytes);
    return ByteBuffer.allocate(12 + bytes.length)
        .putInt(bytes.length)
        .put(type.getBytes(StandardCharsets.ISO_8859_1))
        .put(bytes)
        .putInt((int) crc.getValue())
        .array();
  }

  @ParameterizedTest
  @EnumSource
  void cancellingLeavesNothing(PictureFormat format) throws IOException {
    var cancellation = new Cancellation();
    var target = folder.resolve("a.file");
    assertThrows(
        CancellationException.class,
        () ->
            PictureExport.write(
                target,
                Encoding.of(format),
                SOFT,
                Frame.square(600),
                TEXT,
                (done, total) -> {
                  if (done > total / 2) {
                    cancellation.cancel();
                  }
                },
                cancellation));
    try (var files = Files.list(folder)) {
      assertEquals(List.of(), files.toList());
    }
  }

  @Test
  void whatAFormatCannotHoldIsSaidBefore() {
    assertEquals(
        "JPEG holds at most 65535 pixels a side, and this picture has 70000. Choose PNG.",
        problem(PictureFormat.JPEG, 70_000));
    assertEquals(
        "TIFF holds at most 4 GB, and this picture takes 4.5 GB. Choose PNG.",
        problem(PictureFormat.TIFF, 40_000));
  }

  private String problem(PictureFormat format, int side) {
    return assertThrows(Problem.class, () -> write(format, SOFT, Frame.square(side), TEXT))
        .getMessage();
  }
}
