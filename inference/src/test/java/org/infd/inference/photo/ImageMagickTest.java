package org.infd.inference.photo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.infd.inference.runtime.Cancellation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Reads small pictures of every kind and compares them with what ImageMagick makes of them:
 * upright, in sRGB, over white. The README beside the pictures says how they and the references
 * were made.
 */
class ImageMagickTest {
  /** In display values. */
  private static final int MOST_APART = 2;

  @TempDir private Path folder;

  private static Path resource(String name) throws URISyntaxException {
    return Path.of(Objects.requireNonNull(ImageMagickTest.class.getResource(name)).toURI());
  }

  static List<String> names() throws IOException, URISyntaxException {
    try (Stream<Path> files = Files.list(resource("cases"))) {
      return files.map(file -> String.valueOf(file.getFileName())).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("names")
  void aPictureIsReadAsImageMagickReadsIt(String name) throws IOException, URISyntaxException {
    assertAlike(name, resource("imagemagick/" + name + ".png"));
  }

  /** The same with the ImageMagick of this machine, so that the references stay honest. */
  @Test
  void theImageMagickOfThisMachineAgrees() throws Exception {
    assumeTrue(isInstalled(), "ImageMagick is not installed, so only its recorded readings count");
    for (var name : names()) {
      var reference = folder.resolve("reference.png");
      var command =
          Stream.of(
                  List.of("convert", resource("cases/" + seen(name)) + "[0]", "-auto-orient"),
                  name.contains("profile")
                      ? List.of("-profile", resource("sRGB.icc").toString())
                      : List.<String>of(),
                  List.of("-colorspace", "sRGB", "-background", "white", "-alpha", "remove"),
                  List.of("-type", "TrueColor", "-depth", "8", "-strip", "PNG24:" + reference))
              .flatMap(List::stream)
              .toList();
      run(command);
      assertAlike(name, reference);
    }
  }

  /** ImageMagick 6 turns by the Exif data of JPEG and TIFF only: there are the same pictures so. */
  private static String seen(String name) {
    return name.startsWith("orientation-") ? name.replaceFirst("\\.(png|webp)$", ".tif") : name;
  }

  private static boolean isInstalled() throws InterruptedException {
    try {
      var version = new ProcessBuilder("convert", "-version").redirectErrorStream(true).start();
      var said = new String(version.getInputStream().readAllBytes());
      return version.waitFor() == 0 && said.contains("ImageMagick 6");
    } catch (IOException e) {
      return false;
    }
  }

  private static void run(List<String> command) throws IOException, InterruptedException {
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getInputStream().readAllBytes();
    assertTrue(process.waitFor(60, TimeUnit.SECONDS), () -> "endless: " + command);
  }

  private static void assertAlike(String name, Path reference)
      throws IOException, URISyntaxException {
    var expected = ImageIO.read(reference.toFile());
    var found =
        PictureReader.read(
            name, Files.readAllBytes(resource("cases/" + name)), Cancellation.never());
    assertEquals(expected.getWidth(), found.width(), name);
    assertEquals(expected.getHeight(), found.height(), name);
    int apart = 0;
    String where = "";
    for (int y = 0; y < found.height(); y++) {
      for (int x = 0; x < found.width(); x++) {
        int ours = found.rgb()[y * found.width() + x];
        int theirs = expected.getRGB(x, y);
        for (int shift = 0; shift <= 16; shift += 8) {
          int difference = Math.abs((ours >> shift & 0xFF) - (theirs >> shift & 0xFF));
          if (difference > apart) {
            apart = difference;
            where = "at %d, %d: %06x, not %06x".formatted(x, y, ours, theirs & 0xFFFFFF);
          }
        }
      }
    }
    assertTrue(apart <= MOST_APART, name + ": " + apart + " apart " + where);
  }
}
