package org.infd.inference.generation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import javax.imageio.ImageIO;
import org.infd.inference.Problem;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.field.Rectangle;
import org.infd.inference.runtime.Cancellation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PhotoTest {
  @TempDir Path folder;

  private static BufferedImage image(int width, int height, int... colours) {
    var image = new BufferedImage(width, height, BufferedImage.TYPE_INT_ARGB);
    for (int i = 0; i < width * height; i++) {
      image.setRGB(i % width, i / width, colours[i % colours.length]);
    }
    return image;
  }

  private static int[] bytes(Photo photo, int size) {
    var rgb = photo.resampled(photo.square(0, 0, Math.min(photo.width(), photo.height())), size);
    var bytes = new int[rgb.elements()];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (int) Math.rint((rgb.get(i) + 1) * 127.5);
    }
    return bytes;
  }

  @Test
  void atItsOwnSizeNothingChanges() {
    var photo = Photo.of("a", "", image(2, 2, 0xFF102030, 0xFFFFFFFF, 0xFF000000, 0xFF80C0E0));
    assertArrayEquals(
        new int[] {0x10, 0xFF, 0, 0x80, 0x20, 0xFF, 0, 0xC0, 0x30, 0xFF, 0, 0xE0}, bytes(photo, 2));
  }

  @Test
  void smallerMeansTheMeanOfTheLight() {
    // half black, half white: half the light is display value 188, not 128
    var board = Photo.of("a", "", image(2, 2, 0xFF000000, 0xFFFFFFFF));
    assertArrayEquals(new int[] {188, 188, 188}, bytes(board, 1));
    // three pixels on two: the middle one counts half on each side
    var row = Photo.of("a", "", image(3, 3, 0xFFFFFFFF, 0xFF000000, 0xFF000000));
    var two = bytes(row, 2);
    assertEquals(213, two[0], "two thirds of the light");
    assertEquals(0, two[1]);
  }

  @Test
  void aFlatPhotoStaysFlatAtEverySize() {
    var photo = Photo.of("a", "", image(37, 37, 0xFF5A8C14));
    for (int size : new int[] {1, 7, 36, 37, 38, 100}) {
      var found = bytes(photo, size);
      int plane = size * size;
      for (int i = 0; i < plane; i++) {
        assertEquals(0x5A, found[i]);
        assertEquals(0x8C, found[plane + i]);
        assertEquals(0x14, found[2 * plane + i]);
      }
    }
  }

  @Test
  void pixelsOfAFieldDoNotDependOnTheRectangle() {
    var image = new BufferedImage(50, 40, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 2000; i++) {
      image.setRGB(i % 50, i / 50, i * 7919 & 0xFFFFFF);
    }
    var photo = Photo.of("a", "", image);
    var field = photo.field(photo.square(3, 5, 33));
    for (int side : new int[] {10, 33, 90}) {
      var whole = field.render(side, Rectangle.whole(side), Cancellation.never());
      var part = field.render(side, new Rectangle(2, 4, 5, 3), Cancellation.never());
      for (int row = 0; row < 5; row++) {
        for (int column = 0; column < 3; column++) {
          assertEquals(whole.get((2 + row) * side + 4 + column), part.get(row * 3 + column), 0f);
        }
      }
    }
  }

  @Test
  void transparencyLiesOverWhite() {
    var photo = Photo.of("a", "", image(1, 1, 0x80000000));
    assertEquals(0xFF7F7F7F, photo.argb(0, 0));
  }

  @Test
  void squaresLieInside() {
    var photo = Photo.of("a", "ff", image(4, 3, 0xFF000000));
    assertEquals(new Recipe.Photo("a", "ff", 0, 1, 3), photo.square(0, 1, 3));
    for (int[] wrong : new int[][] {{1, 1, 3}, {0, 2, 3}, {-1, 0, 1}, {0, 0, 0}}) {
      assertThrows(
          IllegalArgumentException.class, () -> photo.square(wrong[0], wrong[1], wrong[2]));
    }
  }

  @Test
  void filesAreReadWithTheirHash() throws IOException {
    for (var format : new String[] {"png", "bmp", "tiff"}) {
      var file = folder.resolve("a." + format);
      var image = new BufferedImage(3, 2, BufferedImage.TYPE_INT_RGB);
      image.setRGB(2, 1, 0x123456);
      ImageIO.write(image, format, file.toFile());
      var photo = PhotoFile.read(file, Cancellation.never());
      assertEquals(3, photo.width());
      assertEquals(0xFF123456, photo.argb(1, 2));
      assertEquals(
          new Recipe.Photo("a." + format, ModelBundle.sha256(file), 0, 0, 2),
          photo.square(0, 0, 2));
    }
  }

  @Test
  void filesThatAreNoPicturesAreRefusedInASentence() throws IOException {
    var file = folder.resolve("a.png");
    assertTrue(problem(file).startsWith("There is no file "));
    Files.writeString(file, "no picture");
    assertTrue(problem(file).startsWith("'a.png' is no picture"), problem(file));
    ImageIO.write(image(20, 20, 0xFF000000, 0xFF00FF00), "png", file.toFile());
    var bytes = Files.readAllBytes(file);
    // nothing of the picture is there yet
    for (int length = 0; length < 40; length++) {
      Files.write(file, Arrays.copyOf(bytes, length));
      assertTrue(problem(file).startsWith("'a.png' "), "cut at " + length);
    }
  }

  @Test
  void whatIsNoFileIsRefusedWithoutBeingOpened() throws Exception {
    var inner = Files.createDirectory(folder.resolve("holiday.png"));
    assertTrue(problem(inner).startsWith("'holiday.png' is a folder. "), problem(inner));
    var pipe = folder.resolve("pipe.png");
    try {
      new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor();
    } catch (IOException e) {
      // no such thing on this system
      return;
    }
    if (Files.exists(pipe)) {
      assertTimeoutPreemptively(
          Duration.ofSeconds(5), () -> assertTrue(problem(pipe).contains("is not a file")));
    }
  }

  private static String problem(Path file) {
    return assertThrows(Problem.class, () -> PhotoFile.read(file, Cancellation.never()))
        .getMessage();
  }

  @Test
  void camerasThatWereTurnedAreTurnedBack() throws IOException {
    // bright at the upper left when upright
    var upright = new BufferedImage(32, 16, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 64; i++) {
      upright.setRGB(i % 8, i / 8, 0xFFFFFF);
    }
    for (int code = 1; code <= 8; code++) {
      var file = folder.resolve(code + ".jpg");
      Files.write(file, withOrientation(stored(upright, code), code));
      var photo = PhotoFile.read(file, Cancellation.never());
      assertEquals(32, photo.width(), "code " + code);
      assertTrue((photo.argb(4, 4) & 0xFF) > 200, "code " + code);
      assertTrue((photo.argb(12, 28) & 0xFF) < 50, "code " + code);
      assertTrue((photo.argb(12, 4) & 0xFF) < 50, "code " + code);
    }
  }

  /** The rows and columns as a camera that was held so stores them (Exif 2.3, figure of 0x0112). */
  private static BufferedImage stored(BufferedImage seen, int code) {
    int width = seen.getWidth();
    int height = seen.getHeight();
    boolean turned = code >= 5;
    var stored =
        new BufferedImage(
            turned ? height : width, turned ? width : height, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < stored.getHeight(); y++) {
      for (int x = 0; x < stored.getWidth(); x++) {
        int rgb =
            switch (code) {
              case 2 -> seen.getRGB(width - 1 - x, y);
              case 3 -> seen.getRGB(width - 1 - x, height - 1 - y);
              case 4 -> seen.getRGB(x, height - 1 - y);
              case 5 -> seen.getRGB(y, x);
              // row 0 is the right side, column 0 the top
              case 6 -> seen.getRGB(width - 1 - y, x);
              // row 0 is the right side, column 0 the bottom
              case 7 -> seen.getRGB(width - 1 - y, height - 1 - x);
              // row 0 is the left side, column 0 the bottom
              case 8 -> seen.getRGB(y, height - 1 - x);
              default -> seen.getRGB(x, y);
            };
        stored.setRGB(x, y, rgb);
      }
    }
    return stored;
  }

  private static byte[] withOrientation(BufferedImage image, int code) throws IOException {
    var jpeg = new ByteArrayOutputStream();
    ImageIO.write(image, "jpg", jpeg);
    var bytes = jpeg.toByteArray();
    var exif = ByteBuffer.allocate(36).order(ByteOrder.BIG_ENDIAN);
    exif.putShort((short) 0xFFE1).putShort((short) 34);
    exif.put(new byte[] {'E', 'x', 'i', 'f', 0, 0});
    exif.order(ByteOrder.LITTLE_ENDIAN);
    exif.put(new byte[] {'I', 'I'}).putShort((short) 42).putInt(8).putShort((short) 1);
    exif.putShort((short) 0x0112).putShort((short) 3).putInt(1).putShort((short) code);
    exif.putShort((short) 0).putInt(0);
    var whole = new ByteArrayOutputStream();
    whole.write(bytes, 0, 20);
    whole.writeBytes(exif.array());
    whole.write(bytes, 20, bytes.length - 20);
    return whole.toByteArray();
  }
}
