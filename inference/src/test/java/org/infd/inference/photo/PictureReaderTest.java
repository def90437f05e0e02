package org.infd.inference.photo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import org.infd.inference.Problem;
import org.infd.inference.runtime.Cancellation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bounds, damage, and files that are something else. */
class PictureReaderTest {
  private static DecodedPicture read(byte[] file) {
    return PictureReader.read("a picture", file, Cancellation.never());
  }

  private static String problem(byte[] file) {
    return assertThrows(Problem.class, () -> read(file)).getMessage();
  }

  private static byte[] resource(String name) throws IOException {
    try (var stream = PictureReaderTest.class.getResourceAsStream("cases/" + name)) {
      return Objects.requireNonNull(stream, name).readAllBytes();
    }
  }

  /** Even rows and columns differ little, so that readings at an eighth are near. */
  private static BufferedImage ramp(int width, int height) {
    var picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        picture.setRGB(x, y, 255 * x / width << 16 | 255 * y / height << 8 | 100);
      }
    }
    return picture;
  }

  private static byte[] jpeg(BufferedImage picture, boolean progressive) throws IOException {
    var writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    var settings = writer.getDefaultWriteParam();
    settings.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
    settings.setCompressionQuality(0.95f);
    settings.setProgressiveMode(
        progressive ? ImageWriteParam.MODE_DEFAULT : ImageWriteParam.MODE_DISABLED);
    var bytes = new ByteArrayOutputStream();
    try (var stream = ImageIO.createImageOutputStream(bytes)) {
      writer.setOutput(stream);
      writer.write(null, new IIOImage(picture, null, null), settings);
    }
    return bytes.toByteArray();
  }

  private static byte[] encoded(BufferedImage picture, String format) throws IOException {
    var bytes = new ByteArrayOutputStream();
    assertTrue(ImageIO.write(picture, format, bytes));
    return bytes.toByteArray();
  }

  /** A PNG of one value, without its pixels in memory. */
  private static byte[] flatPng(int width, int height, int type, int depth, int bytesOfRow)
      throws IOException {
    var file = new ByteArrayOutputStream();
    var out = new DataOutputStream(file);
    out.writeLong(0x89504E470D0A1A0AL);
    var head = ByteBuffer.allocate(13).putInt(width).putInt(height);
    chunk(out, "IHDR", head.put((byte) depth).put((byte) type).array());
    var pixels = new ByteArrayOutputStream();
    try (var deflated = new DeflaterOutputStream(pixels)) {
      var row = new byte[1 + bytesOfRow];
      for (int y = 0; y < height; y++) {
        deflated.write(row);
      }
    }
    chunk(out, "IDAT", pixels.toByteArray());
    chunk(out, "IEND", new byte[0]);
    return file.toByteArray();
  }

  private static void chunk(DataOutputStream out, String type, byte[] content) throws IOException {
    var crc = new CRC32();
    crc.update(type.getBytes(StandardCharsets.US_ASCII));
    crc.update(content);
    out.writeInt(content.length);
    out.writeBytes(type);
    out.write(content);
    out.writeInt((int) crc.getValue());
  }

  @Test
  void whatIsFarTooLargeIsCalledTooLarge() throws IOException {
    var said = problem(flatPng(60_000, 60_000, 0, 1, 7_500));
    assertTrue(said.contains("too large") && said.contains("60000 × 60000"), said);
    assertTrue(problem(flatPng(40_000, 20_000, 3, 8, 1)).contains("too large"));
  }

  @Test
  void aSmallFileThatUnpacksToVeryMuchIsRefused() throws IOException {
    var said = problem(flatPng(10_000, 10_000, 6, 16, 80_000));
    assertTrue(said.contains("10000 × 10000") && said.contains("smaller"), said);
  }

  @Test
  void whatIsLargeIsThinnedOutWhileItIsRead() throws IOException {
    var found = read(flatPng(9_000, 9_000, 0, 1, 1_125));
    assertEquals(2, found.reduction());
    assertEquals(4_500, found.width());
    assertTrue(found.note().orElse("").contains("very large"), found.note().toString());
  }

  @Test
  void aSmallProgressiveJpegOfManyPixelsIsReadByTheMeansOfItsBlocks() throws IOException {
    // the head of one whose pixels would take 570 MB, with nearly no data
    var small = jpeg(ramp(64, 64), true);
    for (int i = 0; i < small.length - 9; i++) {
      if (small[i] == (byte) 0xFF && small[i + 1] == (byte) 0xC2) {
        ByteBuffer.wrap(small).putShort(i + 5, (short) 10_000).putShort(i + 7, (short) 10_000);
        break;
      }
    }
    var found = read(small);
    assertEquals(8, found.reduction());
    assertEquals(1_250, found.width());
    assertTrue(
        found.note().orElse("").contains("hardly anything of its picture is there"),
        found.note().toString());
  }

  @ParameterizedTest
  @CsvSource({"true, 480, 320", "true, 1250, 655", "false, 480, 320", "false, 377, 603"})
  void meansOfBlocksAreNearThePicture(boolean progressive, int width, int height)
      throws IOException {
    var file = jpeg(ramp(width, height), progressive);
    var watch = new Watch(Cancellation.never(), Duration.ofMinutes(1));
    var frame = JpegFrame.of(file).orElseThrow();
    assertEquals(width, frame.width());
    var means = JpegMeans.read(file, frame, watch);
    assertEquals(1, watch.part());
    assertEquals(Math.ceilDiv(width, 8), means.getWidth());
    // blocks that lie wholly inside
    for (int y = 0; y < height / 8; y++) {
      for (int x = 0; x < width / 8; x++) {
        int found = means.getRGB(x, y);
        assertEquals(255.0 * (8 * x + 3.5) / width, found >> 16 & 0xFF, 12);
        assertEquals(255.0 * (8 * y + 3.5) / height, found >> 8 & 0xFF, 12);
        assertEquals(100, found & 0xFF, 12);
      }
    }
  }

  @Test
  void meansOfBlocksOfGreyAndOfWholeColours() throws IOException {
    for (var name : new String[] {"grey.jpg", "rgb.jpg"}) {
      var file = resource(name);
      var watch = new Watch(Cancellation.never(), Duration.ofMinutes(1));
      var means = JpegMeans.read(file, JpegFrame.of(file).orElseThrow(), watch);
      var whole = read(file);
      long sum = 0;
      for (int i = 0; i < 64; i++) {
        sum += whole.rgb()[i / 8 * whole.width() + i % 8] >> 8 & 0xFF;
      }
      var pixel = means.getRaster().getPixel(0, 0, (int[]) null);
      assertEquals(sum / 64.0, pixel[pixel.length == 1 ? 0 : 1], 4, name);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"jpeg", "png", "bmp", "gif"})
  void whatIsCutSaysSoAndOffersWhatIsThere(String format) throws IOException {
    var picture = ramp(120, 200);
    // noise keeps PNG and GIF from becoming so small that a cut cuts nothing
    var random = new Random(3);
    for (int i = 0; i < 120 * 200; i++) {
      picture.setRGB(i % 120, i / 120, picture.getRGB(i % 120, i / 120) ^ random.nextInt(16));
    }
    var file = encoded(picture, format);
    assertTrue(read(file).note().isEmpty());
    for (double part : new double[] {0.45, 0.6, 0.9}) {
      var found = read(Arrays.copyOf(file, (int) (file.length * part)));
      var note = found.note().orElse("");
      assertTrue(note.contains("cut short") && note.contains("% of its picture"), note);
      assertEquals(200, found.height());
      // the rows that are there come from the top, except in BMP
      int there = format.equals("bmp") ? 190 : 10;
      assertEquals(
          picture.getRGB(60, there) >> 8 & 0xFF,
          found.rgb()[there * 120 + 60] >> 8 & 0xFF,
          format.equals("gif") ? 60 : 8);
      int missing = format.equals("bmp") ? 2 : 198;
      assertEquals(0xFFFFFF, found.rgb()[missing * 120 + 60], format + " " + part);
    }
  }

  @Test
  void anInterlacedPngThatIsCutIsCoarse() throws IOException {
    var writer = ImageIO.getImageWritersByFormatName("png").next();
    var settings = writer.getDefaultWriteParam();
    settings.setProgressiveMode(ImageWriteParam.MODE_DEFAULT);
    var bytes = new ByteArrayOutputStream();
    try (var stream = ImageIO.createImageOutputStream(bytes)) {
      writer.setOutput(stream);
      writer.write(null, new IIOImage(ramp(200, 160), null, null), settings);
    }
    var whole = bytes.toByteArray();
    var found = read(Arrays.copyOf(whole, whole.length * 6 / 10));
    assertTrue(found.note().orElse("").contains("coarse"), found.note().toString());
    for (int y = 0; y < 160; y += 13) {
      assertEquals(255 * y / 160, found.rgb()[y * 200 + 99] >> 8 & 0xFF, 16);
    }
  }

  @Test
  void cuttingAtAnyByteEndsInASentenceOrAPicture() throws IOException {
    for (var name :
        new String[] {
          "rgb.jpg",
          "rgb-progressive.jpg",
          "rgb8-alpha.png",
          "rgb16.tif",
          "rgb32.bmp",
          "rgb.gif",
          "rgb-alpha-lossy.webp",
          "rgb-lossless.webp",
          "cmyk-profile.jpg",
          "rgb8-interlaced.png"
        }) {
      var whole = resource(name);
      for (int length = 0; length < whole.length; length += 7) {
        readOrRefuse(Arrays.copyOf(whole, length));
      }
    }
  }

  @Test
  void changedBytesEndInASentenceOrAPicture() throws IOException {
    var random = new Random(11);
    for (var name :
        new String[] {
          "rgb.jpg",
          "grey16.tif",
          "tiled.tif",
          "cmyk-profile.tif",
          "rgb8-alpha.png",
          "rle.bmp",
          "rgb-interlaced.gif",
          "rgb-lossy.webp",
          "profile-swapped.webp",
          "ycck.jpg",
          "orientation-6.png",
          "orientation-5.tif"
        }) {
      for (int round = 0; round < 40; round++) {
        var file = resource(name);
        for (int i = 0; i < 3; i++) {
          file[random.nextInt(file.length)] = (byte) random.nextInt();
        }
        readOrRefuse(file);
      }
    }
  }

  private static void readOrRefuse(byte[] file) {
    try {
      read(file);
    } catch (Problem e) {
      assertTrue(e.getMessage().startsWith("'a picture' "), e.getMessage());
      assertFalse(e.getMessage().contains("Exception"), e.getMessage());
    }
  }

  @Test
  void whatIsSomethingElseIsNamedWithWhatToDo() {
    assertTrue(problem(head("\0\0\0\u001cftypavif\0\0\0\0avifmif1")).contains("an AVIF picture"));
    assertTrue(problem(head("\0\0\0\u001cftypmif1\0\0\0\0mif1avif")).contains("an AVIF picture"));
    assertTrue(problem(head("\0\0\0\u0018ftypheic\0\0\0\0mif1heic")).contains("a HEIC picture"));
    assertTrue(problem(head("\0\0\0\u0018ftypheix\0\0\0\0mif1heix")).contains("a HEIC picture"));
    assertTrue(problem(head("\u00FF\n\u00FA\u001F")).contains("JPEG XL"));
    assertTrue(problem(head("\0\0\0\fjP  \r\n\u0087\n")).contains("JPEG 2000"));
    assertTrue(problem(head("8BPS\0\u0001")).contains("Photoshop"));
    assertTrue(problem(head("<?xml version='1.0'?><svg xmlns='a'/>")).contains("SVG"));
    assertTrue(
        problem("<!DOCTYPE html><html>".getBytes(StandardCharsets.US_ASCII)).contains("web page"));
    assertTrue(problem(head("%PDF-1.7\n")).contains("PDF"));
    assertTrue(problem(head("no picture")).contains("is no picture"));
    assertTrue(problem(new byte[0]).contains("empty"));
    assertTrue(problem(head("\0\0\0\u0018ftypheic\0\0\0\0mif1heic")).contains("Export it as JPEG"));
  }

  private static byte[] head(String text) {
    return Arrays.copyOf(text.getBytes(StandardCharsets.ISO_8859_1), 200);
  }

  private static byte[] sound(String name) throws IOException {
    try (var stream = PictureReaderTest.class.getResourceAsStream("sound/" + name)) {
      return Objects.requireNonNull(stream, name).readAllBytes();
    }
  }

  @Test
  void aBigTiffIsReadAndTurned() throws IOException {
    var found = read(sound("bigtiff-orientation-6.tif"));
    assertEquals(48, found.width());
    assertEquals(64, found.height());
    // navy above, orange below; turned clockwise
    assertTrue((found.rgb()[24 * 48] & 0xFF) < 110, Integer.toHexString(found.rgb()[24 * 48]));
    assertTrue((found.rgb()[24 * 48 + 47] & 0xFF) > 100);
  }

  @Test
  void aTiffThatIsPackedInAForeignWayNamesIt() throws IOException {
    var said = problem(sound("zstandard.tif"));
    assertTrue(said.contains("packed with Zstandard") && said.contains("as PNG"), said);
  }

  @Test
  void theFirstPictureOfAnAnimationLiesOnItsSheet() throws IOException {
    var found = read(sound("animation-right-half.webp"));
    assertEquals(64, found.width());
    assertEquals(48, found.height());
    assertEquals(0xFFFFFF, found.rgb()[20 * 64 + 10]);
    assertTrue(found.rgb()[20 * 64 + 50] != 0xFFFFFF);
  }

  @Test
  void cancellingEndsIt() throws IOException {
    var cancelled = new Cancellation();
    cancelled.cancel();
    var file = flatPng(9_000, 9_000, 0, 1, 1_125);
    assertThrows(
        CancellationException.class, () -> PictureReader.read("a picture", file, cancelled));
  }

  @Test
  void whatTakesTooLongIsGivenUp() throws IOException {
    var file = flatPng(9_000, 9_000, 0, 1, 1_125);
    var said =
        assertThrows(
                Problem.class,
                () ->
                    PictureReader.read(
                        "a picture", file, Cancellation.never(), Duration.ofNanos(1)))
            .getMessage();
    assertTrue(said.contains("takes too long"), said);
  }
}
