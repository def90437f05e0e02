package org.infd.inference.photo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.infd.inference.runtime.Cancellation;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Writes WebP pictures with many settings of cwebp and compares them with what dwebp makes of them.
 * Where these are not installed, the recorded ones of {@link ImageMagickTest} count.
 */
class CwebpTest {
  private static final int MOST_APART = 1;

  @TempDir private Path folder;

  @BeforeEach
  void bothAreInstalled() {
    assumeTrue(isThere("cwebp") && isThere("dwebp"), "cwebp and dwebp are not installed");
  }

  private static boolean isThere(String program) {
    try {
      return run(List.of(program, "-version")) == 0;
    } catch (IOException | InterruptedException e) {
      return false;
    }
  }

  private static int run(List<String> command) throws IOException, InterruptedException {
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getInputStream().readAllBytes();
    assertTrue(process.waitFor(60, TimeUnit.SECONDS), () -> "endless: " + command);
    return process.exitValue();
  }

  /** Slopes, hard edges, noise and flat parts; half of it may be clear. */
  private static BufferedImage source(int width, int height, boolean isClear) {
    var picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_ARGB);
    var random = new Random(5);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int colour = 4 * x << 16 | 5 * y << 8 & 0xFF00 | 90;
        if ((x - 20) * (x - 20) + (y - 20) * (y - 20) < 150) {
          colour = 0xE0D010;
        } else if (x > 40 && y > 20) {
          colour = random.nextInt(0x1000000);
        } else if (x > 40) {
          colour = (x + y) / 6 % 2 == 0 ? 0x102030 : 0xF8F0E0;
        }
        int opacity = isClear ? Math.min(255, 6 * Math.abs(x - y)) : 255;
        picture.setRGB(x, y, opacity << 24 | colour & 0xFFFFFF);
      }
    }
    return picture;
  }

  private void assertAlike(BufferedImage source, String settings) throws Exception {
    var png = folder.resolve("source.png");
    var webp = folder.resolve("picture.webp");
    var read = folder.resolve("read.png");
    ImageIO.write(source, "png", png.toFile());
    var command = new ArrayList<>(List.of("cwebp", png.toString(), "-o", webp.toString()));
    command.addAll(List.of(settings.split(" ")));
    assertEquals(0, run(command), settings);
    assertEquals(0, run(List.of("dwebp", webp.toString(), "-o", read.toString())), settings);
    var expected = ImageIO.read(read.toFile());
    var found = PictureReader.read("a picture", Files.readAllBytes(webp), Cancellation.never());
    assertEquals("", found.note().orElse(""), settings);
    assertEquals(expected.getWidth(), found.width(), settings);
    assertEquals(expected.getHeight(), found.height(), settings);
    for (int i = 0; i < found.rgb().length; i++) {
      int theirs = expected.getRGB(i % found.width(), i / found.width());
      for (int shift = 0; shift <= 16; shift += 8) {
        int white = 255 - (theirs >>> 24);
        int shown = ((theirs >> shift & 0xFF) * (theirs >>> 24) + 255 * white + 127) / 255;
        int apart = Math.abs((found.rgb()[i] >> shift & 0xFF) - shown);
        assertTrue(apart <= MOST_APART, settings + ": " + apart + " at " + i);
      }
    }
  }

  @Test
  void lossyPicturesAreReadAsDwebpReadsThem() throws Exception {
    var settings = new ArrayList<String>();
    for (int quality = 5; quality <= 100; quality += 19) {
      settings.add("-q " + quality);
      settings.add("-q " + quality + " -sns 100 -segments 4 -f 100");
    }
    for (int sharpness = 0; sharpness <= 7; sharpness++) {
      settings.add("-q 30 -f 100 -strong -sharpness " + sharpness);
      settings.add("-q 30 -f 70 -nostrong -sharpness " + sharpness);
    }
    for (int method = 0; method <= 6; method += 2) {
      settings.add("-q 60 -m " + method);
    }
    settings.add("-q 50 -f 0 -sns 0 -segments 1");
    settings.add("-q 50 -sharp_yuv");
    for (var setting : settings) {
      assertAlike(source(75, 58, false), setting);
    }
  }

  @Test
  void picturesOfOddSizesAreReadAsDwebpReadsThem() throws Exception {
    for (int side : new int[] {1, 2, 3, 15, 16, 17, 33}) {
      assertAlike(source(side, 64 / side, false), "-q 60");
      assertAlike(source(64 / side, side, true), "-q 20");
      assertAlike(source(side, side, true), "-lossless");
    }
  }

  @Test
  void clearPicturesAreReadAsDwebpReadsThem() throws Exception {
    for (var setting :
        List.of(
            "-alpha_method 0",
            "-alpha_filter none",
            "-alpha_filter fast",
            "-alpha_filter best",
            "-alpha_filter best -alpha_q 30")) {
      assertAlike(source(75, 58, true), setting);
    }
  }

  @Test
  void losslessPicturesAreReadAsDwebpReadsThem() throws Exception {
    for (var setting : List.of("-z 0", "-z 3", "-z 6", "-z 9", "-near_lossless 40")) {
      assertAlike(source(75, 58, false), "-lossless " + setting);
      assertAlike(source(75, 58, true), "-lossless -exact " + setting);
    }
    // palettes of which several places stand in one pixel
    for (int colours : new int[] {1, 2, 4, 5, 16, 17, 200}) {
      var picture = source(75, 58, false);
      for (int i = 0; i < 75 * 58; i++) {
        int grey = i * 31 % colours;
        picture.setRGB(i % 75, i / 75, 0xFF000000 | grey * 0x010101);
      }
      assertAlike(picture, "-lossless");
    }
  }

  @Test
  void theFirstPictureOfAnAnimationIsReadAsItIsAlone() throws Exception {
    assumeTrue(isThere("webpmux"), "webpmux is not installed");
    ImageIO.write(source(75, 58, true), "png", folder.resolve("a.png").toFile());
    var one = folder.resolve("a.webp").toString();
    var film = folder.resolve("film.webp").toString();
    run(List.of("cwebp", "-q", "70", folder.resolve("a.png").toString(), "-o", one));
    run(List.of("webpmux", "-frame", one, "+100", "-frame", one, "+100", "-o", film));
    var pictures =
        Stream.of(one, film)
            .map(
                name -> {
                  try {
                    return PictureReader.read(
                        name, Files.readAllBytes(Path.of(name)), Cancellation.never());
                  } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                  }
                })
            .toList();
    assertEquals("", pictures.getLast().note().orElse(""));
    assertTrue(java.util.Arrays.equals(pictures.getFirst().rgb(), pictures.getLast().rgb()));
  }
}
