package org.infd.inference.photo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Objects;
import java.util.Random;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import org.infd.inference.Problem;
import org.infd.inference.runtime.Cancellation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Damage in the middle of a picture, and ends of which only a few bytes are missing. */
class DamagedPictureTest {
  private static final int WIDTH = 120;
  private static final int HEIGHT = 200;

  private static DecodedPicture read(byte[] file) {
    return PictureReader.read("a picture", file, Cancellation.never());
  }

  private static String note(byte[] file) {
    return read(file).note().orElse("");
  }

  /** A slope with noise, so that no format makes it very small. */
  private static BufferedImage noisy() {
    var picture = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
    var random = new Random(3);
    for (int i = 0; i < WIDTH * HEIGHT; i++) {
      int x = i % WIDTH;
      int y = i / WIDTH;
      picture.setRGB(x, y, (2 * x << 16 | y << 8 | 100) ^ random.nextInt(16));
    }
    return picture;
  }

  private static byte[] encoded(String format, String compression) throws IOException {
    var writers = ImageIO.getImageWritersByFormatName(format);
    var writer = writers.next();
    while (!writer.getClass().getModule().equals(ImageIO.class.getModule())) {
      writer = writers.next();
    }
    var settings = writer.getDefaultWriteParam();
    var picture = noisy();
    if (!compression.isEmpty()) {
      settings.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      settings.setCompressionType(compression);
    }
    if (format.equals("tiff")) {
      settings.setTilingMode(ImageWriteParam.MODE_EXPLICIT);
      settings.setTiling(WIDTH, 16, 0, 0);
    }
    if (compression.startsWith("BI_RLE")) {
      var palette = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_BYTE_INDEXED);
      palette.getGraphics().drawImage(picture, 0, 0, null);
      picture = palette;
    }
    var bytes = new ByteArrayOutputStream();
    try (var stream = ImageIO.createImageOutputStream(bytes)) {
      writer.setOutput(stream);
      writer.write(null, new IIOImage(picture, null, null), settings);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }

  private static byte[] encoded(String format) throws IOException {
    return encoded(format, "");
  }

  private static byte[] resource(String name) throws IOException {
    try (var stream = DamagedPictureTest.class.getResourceAsStream("sound/" + name)) {
      return Objects.requireNonNull(stream, name).readAllBytes();
    }
  }

  /** Where the content of a chunk of a PNG begins. */
  private static int chunk(byte[] png, String type) {
    return new String(png, StandardCharsets.ISO_8859_1).indexOf(type) + 4;
  }

  /** A PNG with a chunk before its pixels, the checksum of which is wrong. */
  private static byte[] withUnsoundChunk(String type) throws IOException {
    var png = encoded("png");
    int at = chunk(png, "IDAT") - 8;
    var content = new byte[300];
    new Random(1).nextBytes(content);
    return ByteBuffer.allocate(png.length + content.length + 12)
        .put(png, 0, at)
        .putInt(content.length)
        .put(type.getBytes(StandardCharsets.US_ASCII))
        .put(content)
        .putInt(1)
        .put(png, at, png.length - at)
        .array();
  }

  @ParameterizedTest
  @CsvSource({"png,", "jpeg,", "gif,", "bmp,", "bmp, BI_RLE8", "tiff, ZLib", "tiff, LZW"})
  void whatIsSoundIsNotDoubted(String format, String compression) throws IOException {
    assertEquals("", note(encoded(format, Objects.requireNonNullElse(compression, ""))));
  }

  @ParameterizedTest
  @ValueSource(strings = {"lossy.webp", "lossless.webp"})
  void soundWebpIsNotDoubted(String name) throws IOException {
    assertEquals("", note(resource(name)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"restarts.jpg", "progressive-4x1.jpg"})
  void soundJpegIsNotDoubted(String name) throws IOException {
    assertEquals("", note(resource(name)));
  }

  @Test
  void jpegsOfAllQualitiesAreNotDoubted() throws IOException {
    var writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    for (int quality = 0; quality <= 12; quality++) {
      for (int type : new int[] {BufferedImage.TYPE_INT_RGB, BufferedImage.TYPE_BYTE_GRAY}) {
        for (int mode : new int[] {ImageWriteParam.MODE_DISABLED, ImageWriteParam.MODE_DEFAULT}) {
          var picture = new BufferedImage(67, 45, type);
          picture.getGraphics().drawImage(noisy(), 0, 0, null);
          // the hardest edges that there are
          picture.getGraphics().fillRect(20, 10, 13, 17);
          var settings = writer.getDefaultWriteParam();
          settings.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
          settings.setCompressionQuality(quality / 12f);
          settings.setProgressiveMode(mode);
          var bytes = new ByteArrayOutputStream();
          try (var stream = ImageIO.createImageOutputStream(bytes)) {
            writer.setOutput(stream);
            writer.write(null, new IIOImage(picture, null, null), settings);
          }
          assertEquals("", note(bytes.toByteArray()), "quality " + quality + ", mode " + mode);
        }
      }
    }
    writer.dispose();
  }

  /** Where the restarts of a JPEG stand. */
  private static java.util.List<Integer> restarts(byte[] jpeg) {
    var found = new java.util.ArrayList<Integer>();
    for (int i = 0; i < jpeg.length - 1; i++) {
      if (jpeg[i] == (byte) 0xFF && (jpeg[i + 1] & 0xF8) == 0xD0) {
        found.add(i);
      }
    }
    return found;
  }

  @Test
  void aRestartThatIsMissingOrAnotherIsTold() throws IOException {
    var whole = resource("restarts.jpg");
    var places = restarts(whole);
    assertTrue(places.size() > 8, places.toString());
    for (int place : places.subList(0, 6)) {
      var other = whole.clone();
      other[place + 1] = (byte) (0xD0 | (other[place + 1] + 3 & 7));
      assertTrue(note(other).contains("is damaged"), "another at " + place);
      // the interval before it is gone with it
      var out = new ByteArrayOutputStream();
      out.write(whole, 0, place);
      int next = places.get(places.indexOf(place) + 1);
      out.write(whole, next, whole.length - next);
      assertTrue(note(out.toByteArray()).contains("is damaged"), "missing at " + place);
    }
  }

  @Test
  void dataOfAJpegThatAreTooFewOrTooManyAreTold() throws IOException {
    var whole = encoded("jpeg");
    var frame = JpegFrame.of(whole).orElseThrow();
    assertTrue(JpegCheck.isSound(whole, frame, () -> {}));
    for (int i = 0; i < whole.length - 9; i++) {
      if (whole[i] == (byte) 0xFF && whole[i + 1] == (byte) 0xC0) {
        for (int more : new int[] {-16, 16}) {
          var file = whole.clone();
          ByteBuffer.wrap(file).putShort(i + 5, (short) (HEIGHT + more));
          assertTrue(note(file).contains("is damaged"), note(file));
        }
        break;
      }
    }
  }

  @Test
  void codesOfALosslessWebpThatGoOnBehindItsPixelsAreTold() throws IOException {
    var whole = resource("lossless.webp");
    // one row less than was stored, so that something is left
    var file = whole.clone();
    int height = ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN).getInt(21) >> 14 & 0x3FFF;
    ByteBuffer.wrap(file)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(21, ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN).getInt(21) - (1 << 14));
    assertTrue(height > 1, "rows " + height);
    assertTrue(note(file).contains("is damaged"), note(file));
  }

  /**
   * Each byte of the pixels is changed, one at a time.
   *
   * @param told of a hundred changes, at least so many are seen: no format but PNG sees them all
   */
  @ParameterizedTest
  @CsvSource({"png, '', 100", "tiff, ZLib, 100", "tiff, LZW, 50", "gif, '', 60", "jpeg, '', 40"})
  void aChangedByteIsTold(String format, String compression, int told) throws IOException {
    assertTold(encoded(format, compression), told);
  }

  @ParameterizedTest
  @CsvSource({"lossy.webp, 70", "lossless.webp, 15"})
  void aChangedByteOfWebpIsTold(String name, int told) throws IOException {
    assertTold(resource(name), told);
  }

  private static void assertTold(byte[] whole, int told) {
    int seen = 0;
    var random = new Random(8);
    for (int i = 0; i < 100; i++) {
      var file = whole.clone();
      int from = file.length * 2 / 5;
      file[from + random.nextInt(file.length / 2)] ^= (byte) (1 + random.nextInt(255));
      var note = note(file);
      seen += note.contains("is damaged") || note.contains("is cut short") ? 1 : 0;
    }
    assertTrue(seen >= told, seen + " of 100");
  }

  @Test
  void aPngSaysHowMuchOfItIsSure() throws IOException {
    // the runtime writes pieces of 32 KB
    var png = encoded("png");
    png[png.length * 7 / 10] ^= 0x55;
    var note = note(png);
    assertTrue(note.matches(".*below its upper \\d\\d %\\.|.*is left white\\..*upper.*"), note);
    var found = read(png);
    var whole = read(encoded("png"));
    for (int i = 0; i < WIDTH * HEIGHT / 3; i++) {
      assertEquals(whole.rgb()[i], found.rgb()[i]);
    }
  }

  @Test
  void aPngWithAWrongSumOfItsPixelsIsTold() throws IOException {
    // all sums of chunks are right, and that of the deflated pixels is not
    var png = encoded("png");
    var file = PngFile.of(png, () -> {});
    var last = file.chunks().get(file.chunks().size() - 2);
    png[last.start() + last.length() - 1] ^= 1;
    var crc = new java.util.zip.CRC32();
    crc.update(png, last.start() - 4, last.length() + 4);
    ByteBuffer.wrap(png).putInt(last.start() + last.length(), (int) crc.getValue());
    assertTrue(note(png).contains("is damaged"), note(png));
  }

  @ParameterizedTest
  @CsvSource({
    "tEXt, beside its picture",
    "eXIf, beside its picture",
    "iCCP, what its colours mean",
    "gAMA, what its colours mean"
  })
  void damageBesideThePixelsLeavesThemThere(String type, String said) throws IOException {
    var found = read(withUnsoundChunk(type));
    assertTrue(found.note().orElse("").contains(said), found.note().toString());
    assertEquals(Arrays.hashCode(read(encoded("png")).rgb()), Arrays.hashCode(found.rgb()));
  }

  @Test
  void aPngIsReadOnBehindAChunkWhoseLengthIsDamaged() throws IOException {
    var whole = read(encoded("png"));
    for (int damage : new int[] {0x7FFF_FFFF, -1, 1_000_000, 3, 299}) {
      var png = withUnsoundChunk("tEXt");
      ByteBuffer.wrap(png).putInt(chunk(png, "tEXt") - 8, damage);
      var found = read(png);
      assertTrue(found.note().orElse("").contains("is damaged"), found.note().toString());
      assertTrue(Arrays.equals(whole.rgb(), found.rgb()), "length " + damage);
    }
  }

  @Test
  void aPngIsReadWhenTheNameOfItsPixelsIsDamaged() throws IOException {
    var png = encoded("png");
    png[chunk(png, "IDAT") - 2] ^= 0x20;
    assertTrue(note(png).contains("is damaged"), note(png));
    assertTrue(Arrays.equals(read(encoded("png")).rgb(), read(png).rgb()));
  }

  @ParameterizedTest
  @CsvSource({"png,", "jpeg,", "gif,", "bmp,", "bmp, BI_RLE8"})
  void aFewBytesThatAreMissingAtTheEndAreTold(String format, String compression)
      throws IOException {
    var whole = encoded(format, Objects.requireNonNullElse(compression, ""));
    for (int missing = 1; missing <= 20; missing++) {
      var note = note(Arrays.copyOf(whole, whole.length - missing));
      assertTrue(note.startsWith("'a picture' is cut short"), missing + ": " + note);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"lossy.webp", "lossless.webp"})
  void aFewBytesThatAreMissingAtTheEndOfAWebpAreTold(String name) throws IOException {
    var whole = resource(name);
    // the last may only fill up
    for (int missing = 2; missing <= 20; missing++) {
      var note = note(Arrays.copyOf(whole, whole.length - missing));
      assertTrue(note.startsWith("'a picture' is cut short"), missing + ": " + note);
    }
  }

  @Test
  void aTiffWithoutItsDirectoryIsCutShort() throws IOException {
    var whole = encoded("tiff", "LZW");
    boolean isLittle = whole[0] == 'I';
    var bytes = ByteBuffer.wrap(whole);
    bytes.order(isLittle ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    // as many writers do it, behind the pixels
    int directory = bytes.getInt(4);
    int count = bytes.getShort(directory);
    var moved = Arrays.copyOf(whole, whole.length + 2 + count * 12 + 4);
    System.arraycopy(whole, directory, moved, whole.length, 2 + count * 12);
    bytes = ByteBuffer.wrap(moved).order(bytes.order()).putInt(4, whole.length);
    assertEquals("", note(bytes.array()));
    var said =
        assertThrows(Problem.class, () -> read(Arrays.copyOf(moved, moved.length - 40)))
            .getMessage();
    assertTrue(said.contains("is cut short") && said.contains("Get it again"), said);
  }

  @Test
  void aTiffWithADamagedStripShowsTheOthers() throws IOException {
    var whole = encoded("tiff", "ZLib");
    var sound = read(whole);
    var file = whole.clone();
    // somewhere in the middle
    Arrays.fill(file, file.length / 2, file.length / 2 + 8, (byte) 0);
    var found = read(file);
    var note = found.note().orElse("");
    assertTrue(note.contains("is damaged"), note);
    var rows = new HashSet<Integer>();
    for (int i = 0; i < sound.rgb().length; i++) {
      if (sound.rgb()[i] != found.rgb()[i]) {
        rows.add(i / WIDTH);
      }
    }
    assertTrue(rows.size() < HEIGHT / 4, "rows " + rows);
    assertEquals(sound.rgb()[0], found.rgb()[0]);
    assertEquals(sound.rgb()[sound.rgb().length - 1], found.rgb()[sound.rgb().length - 1]);
  }

  @Test
  void zerosBeforeTheEndOfAJpegAreNoDamage() throws IOException {
    var whole = encoded("jpeg");
    var padded = new ByteArrayOutputStream();
    padded.write(whole, 0, whole.length - 2);
    padded.write(new byte[30], 0, 30);
    padded.write(whole, whole.length - 2, 2);
    assertEquals("", note(padded.toByteArray()));
    var other = padded.toByteArray();
    other[whole.length + 15] = 17;
    assertTrue(note(other).contains("is damaged"), note(other));
  }
}
