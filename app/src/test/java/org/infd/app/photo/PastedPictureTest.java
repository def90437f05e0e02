package org.infd.app.photo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import javafx.scene.image.PixelBuffer;
import javafx.scene.image.PixelFormat;
import javafx.scene.image.WritableImage;
import javafx.scene.input.Clipboard;
import javafx.scene.input.DataFormat;
import javax.imageio.ImageIO;
import org.infd.inference.Problem;
import org.infd.inference.generation.Photo;
import org.infd.inference.runtime.Cancellation;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.testfx.api.FxToolkit;
import org.testfx.util.WaitForAsyncUtils;

/** Half-transparent pixels lie over white: 128 of 255 at half is 191. */
class PastedPictureTest {
  /** Grey, red, blue, brown at several alphas, clear and opaque ones. */
  private static final int[] COLOURS = {
    0x80808080, 0x40FF0000, 0xC00000FF, 0xC8804020, 0x01FFFFFF, 0x00000000, 0xFF28C85A, 0xFE000000
  };

  @BeforeAll
  static void startToolkit() throws TimeoutException {
    FxToolkit.registerPrimaryStage();
  }

  private static int overWhite(int argb) {
    double alpha = (argb >>> 24) / 255.0;
    int seen = 0xFF;
    for (int shift = 16; shift >= 0; shift -= 8) {
      seen = seen << 8 | (int) Math.rint(255 - alpha * (255 - (argb >> shift & 0xFF)));
    }
    return seen;
  }

  private static void assertSeen(Photo photo, int off, int... colours) {
    assertEquals(colours.length, photo.width());
    for (int x = 0; x < colours.length; x++) {
      int wanted = overWhite(colours[x]);
      for (int shift = 0; shift < 24; shift += 8) {
        assertEquals(
            wanted >> shift & 0xFF,
            photo.argb(0, x) >> shift & 0xFF,
            off,
            Integer.toHexString(colours[x]) + " is seen as " + Integer.toHexString(wanted));
      }
    }
  }

  /** A picture that says that its colours are multiplied. */
  private static WritableImage multiplied(int... stored) {
    var bytes = ByteBuffer.allocate(4 * stored.length);
    for (int pixel : stored) {
      bytes.putInt(Integer.reverseBytes(pixel));
    }
    return new WritableImage(
        new PixelBuffer<>(stored.length, 1, bytes.flip(), PixelFormat.getByteBgraPreInstance()));
  }

  @Test
  void coloursThatAreNotMultipliedAsTheyShouldBeAreTakenAsTheyAre() {
    assertSeen(PastedPicture.of(multiplied(COLOURS)).orElseThrow(), 1, COLOURS);
  }

  @Test
  void multipliedColoursAreDividedAgain() {
    // 128 of 255 at an alpha of 128 is stored as 64
    assertSeen(
        PastedPicture.of(multiplied(0x80404040, 0xFF28C85A, 0x40400000)).orElseThrow(),
        2,
        0x80808080,
        0xFF28C85A,
        0x40FF0000);
    var straight = new WritableImage(COLOURS.length, 1);
    for (int x = 0; x < COLOURS.length; x++) {
      straight.getPixelWriter().setArgb(x, 0, COLOURS[x]);
    }
    assertSeen(PastedPicture.of(straight).orElseThrow(), 2, COLOURS);
  }

  private static byte[] file(String format, int... argb) throws IOException {
    var image =
        new BufferedImage(
            argb.length,
            1,
            format.equals("jpg") ? BufferedImage.TYPE_INT_RGB : BufferedImage.TYPE_INT_ARGB);
    image.setRGB(0, 0, argb.length, 1, argb, 0, argb.length);
    var bytes = new ByteArrayOutputStream();
    assertTrue(ImageIO.write(image, format, bytes));
    return bytes.toByteArray();
  }

  private static DataFormat format(String name) {
    return Optional.ofNullable(DataFormat.lookupMimeType(name))
        .orElseGet(() -> new DataFormat(name));
  }

  private static Optional<byte[]> copied(Map<DataFormat, Object> content) {
    return WaitForAsyncUtils.waitForAsyncFx(
        60_000,
        () -> {
          Clipboard.getSystemClipboard().setContent(content);
          return PastedPicture.file(Clipboard.getSystemClipboard());
        });
  }

  @Test
  void theFileOnTheClipboardIsReadAsItIs() throws IOException {
    var png = file("png", COLOURS);
    var copied =
        copied(
            Map.of(
                format("image/jpeg"), ByteBuffer.wrap(file("jpg", COLOURS)),
                format("image/png"), ByteBuffer.wrap(png)));
    assertArrayEquals(png, copied.orElseThrow());
    assertSeen(PastedPicture.read(png, Cancellation.never()), 1, COLOURS);
  }

  @Test
  void whatIsNoFileOfAPictureIsNotTaken() {
    assertTrue(copied(Map.of(DataFormat.PLAIN_TEXT, "image/png")).isEmpty());
    assertTrue(copied(Map.of(format("image/png"), ByteBuffer.allocate(0))).isEmpty());
    assertTrue(copied(Map.of(format("image/png"), "no bytes")).isEmpty());
  }

  @Test
  void damagedBytesAreSaid() {
    var problem =
        assertThrows(
            Problem.class,
            () ->
                PastedPicture.read(
                    "no picture at all".getBytes(StandardCharsets.UTF_8), Cancellation.never()));
    assertTrue(problem.getMessage().contains("pasted picture"), problem.getMessage());
  }
}
