package org.infd.inference.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import javax.imageio.ImageIO;
import org.infd.inference.Problem;
import org.infd.inference.dive.DiveLattice;
import org.infd.inference.dive.DiveView;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FilmTest {
  private static final FilmPath PATH =
      FilmPath.to(new DiveLattice(256, 32, 512), 0.42, 0.61, 20, 12, 22, 41);
  private final List<Long> sides = new ArrayList<>();

  @TempDir Path folder;

  private Film film(String identity) {
    return new Film(
        (side, view) -> {
          sides.add(side);
          return (n, at, cancellation) -> Tensor.zeros(1, 3, at.height(), at.width());
        },
        PATH,
        7,
        identity,
        PngText.NONE);
  }

  private List<String> names() throws IOException {
    try (var files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void theScaleGrowsEvenlyFromTheWholePictureToThePlace() {
    var path = FilmPath.to(new DiveLattice(256, 32, 512), 0.42, 0.61, 20, 101, 220, 410);
    var first = path.view(0);
    assertEquals(410, first.side());
    assertEquals(new DiveView(410, first.shown(), 205, 205), first);
    var last = path.view(100);
    assertEquals(512L << 20, last.side());
    assertEquals(Math.round(0.42 * last.side() - 110), last.shown().row());
    double middle = Math.log(path.view(51).side()) - Math.log(path.view(50).side());
    double before = 0;
    for (int i = 0; i < 100; i++) {
      var view = path.view(i);
      assertTrue(view.shown().fits(view.side()), "frame " + i);
      double step = Math.log(path.view(i + 1).side()) - Math.log(view.side());
      assertTrue(step >= 0, "frame " + i);
      if (i >= 11 && i < 89) {
        assertEquals(middle, step, 1e-3, "frame " + i);
      } else {
        assertTrue(step <= middle + 1e-3, "soft at the ends: " + i);
      }
      // where the place is in the frame, it comes to the middle and does not turn back
      double at = (0.61 * view.side() - view.shown().column()) / 410;
      assertTrue(i == 0 || at <= before + 0.01, "frame " + i);
      before = at;
    }
    assertEquals(0.5, before, 0.02);
  }

  @ParameterizedTest
  @ValueSource(strings = {"film", "film.gif", "film.avi"})
  void aFilmIsThereWhenItIsCompleteAndNothingBesideIt(String name) throws IOException {
    film("a").write(folder.resolve(name), (done, all) -> {}, Cancellation.never());
    assertEquals(List.of(name), names());
    assertEquals(12, sides.size(), "each at its own scale");
    assertTrue(sides.getLast() == 512L << 20);
  }

  @Test
  void aGifHasAllFramesAndPlaysAtItsSpeed() throws IOException {
    var target = folder.resolve("film.gif");
    film("a").write(target, (done, all) -> {}, Cancellation.never());
    var reader = ImageIO.getImageReadersByFormatName("gif").next();
    try (var input = ImageIO.createImageInputStream(target.toFile())) {
      reader.setInput(input);
      assertEquals(12, reader.getNumImages(true));
      assertEquals(41, reader.getWidth(0));
      assertEquals(22, reader.getHeight(0));
    }
    assertTrue(
        new String(Files.readAllBytes(target), StandardCharsets.ISO_8859_1).contains("NETSCAPE"));
  }

  /** Sizes and offsets of the RIFF file are those of what is there. */
  @Test
  void anAviHoldsJpegsThatItsIndexFinds() throws IOException {
    var target = folder.resolve("film.avi");
    film("a").write(target, (done, all) -> {}, Cancellation.never());
    var bytes = ByteBuffer.wrap(Files.readAllBytes(target)).order(ByteOrder.LITTLE_ENDIAN);
    assertEquals(bytes.capacity() - 8, bytes.getInt(4));
    int headers = bytes.getInt(16);
    int movie = 12 + 8 + headers;
    assertEquals("LIST", code(bytes, movie));
    assertEquals("movi", code(bytes, movie + 8));
    int index = movie + 8 + bytes.getInt(movie + 4);
    assertEquals("idx1", code(bytes, index));
    assertEquals(12 * 16, bytes.getInt(index + 4));
    for (int i = 0; i < 12; i++) {
      int entry = index + 8 + 16 * i;
      int chunk = movie + 8 + bytes.getInt(entry + 8);
      assertEquals("00dc", code(bytes, chunk));
      assertEquals(bytes.getInt(entry + 12), bytes.getInt(chunk + 4));
      var jpeg = new byte[bytes.getInt(chunk + 4)];
      bytes.get(chunk + 8, jpeg);
      assertEquals(41, ImageIO.read(new java.io.ByteArrayInputStream(jpeg)).getWidth());
    }
  }

  private static String code(ByteBuffer bytes, int at) {
    var letters = new byte[4];
    bytes.get(at, letters);
    return new String(letters, StandardCharsets.US_ASCII);
  }

  @Test
  void aStoppedFilmGoesOnAndIsTheSameAndAnotherIsNotTakenForIt() throws IOException {
    var target = folder.resolve("film.gif");
    var cancellation = new Cancellation();
    assertThrows(
        CancellationException.class,
        () ->
            film("a")
                .write(
                    target,
                    (done, all) -> {
                      if (done == 5) {
                        cancellation.cancel();
                      }
                    },
                    cancellation));
    assertEquals(List.of("film.gif.frames"), names());
    var other = film("b");
    var refused =
        assertThrows(
            OtherExport.class, () -> other.write(target, (done, all) -> {}, Cancellation.never()));
    assertEquals("another film", refused.different());
    assertEquals(5, sides.size());
    film("a").write(target, (done, all) -> {}, Cancellation.never());
    assertEquals(12, sides.size(), "no frame is rendered twice");
    assertEquals(List.of("film.gif"), names());
  }

  @Test
  void theFramesOfAStoppedFilmAreForgottenAndNothingElse() throws IOException {
    var own = Files.createDirectory(folder.resolve("own.gif.frames")).resolve("a.png");
    Files.createFile(own);
    Film.forget(folder.resolve("own.gif"));
    assertTrue(Files.exists(own), "it is of no film");
    var target = folder.resolve("film.gif");
    var cancellation = new Cancellation();
    assertThrows(
        CancellationException.class,
        () -> film("a").write(target, (done, all) -> cancellation.cancel(), cancellation));
    assertTrue(Files.exists(Film.framesOf(target)));
    Film.forget(target);
    assertEquals(List.of("own.gif.frames"), names());
    Film.forget(target);
  }

  @Test
  void withoutFfmpegTheReasonIsSaid() {
    var message =
        String.valueOf(assertThrows(Problem.class, () -> Ffmpeg.find(folder + "")).getMessage());
    assertTrue(message.contains("Install it"), message);
    assertFalse(message.contains("null"), message);
  }
}
