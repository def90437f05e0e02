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
import javax.imageio.ImageIO;
import org.infd.inference.Problem;
import org.infd.inference.runtime.Cancellation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files that are something else than a picture that is read, and what is said of them. */
class OtherKindsTest {
  private static final String NAME = "a picture";

  private static String problem(String name, byte[] file) {
    var said =
        assertThrows(Problem.class, () -> PictureReader.read(name, file, Cancellation.never()))
            .getMessage();
    assertTrue(said.startsWith("'" + name + "' "), said);
    return said;
  }

  private static byte[] head(String text) {
    return Arrays.copyOf(text.getBytes(StandardCharsets.ISO_8859_1), 600);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "8BPS\\0\\001 | a Photoshop picture",
        "\\377\\n\\372 | a JPEG XL picture",
        "\\0\\0\\0\\fJXL\\s | a JPEG XL picture",
        "\\0\\0\\0\\fjP \\s\\r\\n | a JPEG 2000 picture",
        "\\377O\\377Q\\0 | a JPEG 2000 picture",
        "II\\274\\001 | a JPEG XR picture",
        "gimp xcf v011 | a GIMP (XCF) picture",
        "PK\\003\\004..........................mimetypeimage/openraster | OpenRaster",
        "v/1\\001\\002 | an OpenEXR picture",
        "#?RADIANCE\\n | a Radiance (HDR) picture",
        "qoif\\0 | a QOI picture",
        "SIMPLE  =    T | a FITS picture",
        "P6\\n4 4\\n255\\n | a PPM picture",
        "P5 4 4 255 | a PGM picture",
        "P4\\n# a comment\\n | a PBM picture",
        "P7\\nWIDTH 4\\n | a PAM picture",
        "\\0\\0\\001\\0\\001\\0 | an ICO (icon) picture",
        "<?xml version='1.0'?><svg xmlns='a'/> | an SVG picture",
        "FUJIFILMCCD-RAW 0201 | a camera's raw picture",
        "IIRO\\b\\0 | a camera's raw picture",
        "IIU\\0\\b\\0 | a camera's raw picture",
        "II*\\0\\020\\0\\0\\0CR\\002\\0 | a camera's raw picture",
        "\\0\\0\\0\\030ftypcrx \\0 | a camera's raw picture",
        "FOVb\\0 | a camera's raw picture",
        "%PDF-1.7\\n | a PDF document, not a picture",
        "\\0\\0\\0\\030ftypisom\\0\\0\\002\\0isomiso2 | is a film",
        "\\0\\0\\0\\024ftypqt \\s\\0\\0\\0\\0qt | is a film",
        "\\0\\0\\0\\bwide\\0\\0\\0\\0mdat | is a film",
        "\\032E\\337\\243 | is a film",
        "\\037\\213\\b\\0 | compressed with gzip, not a picture. Unpack it first",
        "PK\\003\\004\\024\\0 | a zip archive, not a picture",
        "7z\\274\\257'\\034 | a 7z archive, not a picture",
        "\\177ELF\\002 | a program, not a picture"
      })
  void whatIsSomethingElseIsNamed(String begins, String named) {
    var said = problem(NAME, head(begins.translateEscapes()));
    assertTrue(said.contains(named), said);
    assertTrue(said.matches(".*(open that|Unpack it first|first|meant)\\.$"), said);
  }

  @Test
  void aPointerOfGitIsNamedWithWhatToDo() {
    var pointer =
        "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 12345\n"
            .getBytes(StandardCharsets.US_ASCII);
    assertTrue(problem(NAME, pointer).contains("git lfs pull"), problem(NAME, pointer));
  }

  @Test
  void aTargaIsKnownByItsEndOrItsName() {
    var targa = new byte[100];
    targa[2] = 2;
    assertTrue(problem("a.TGA", targa).contains("a TGA picture"));
    var end = "TRUEVISION-XFILE.\0".getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(end, 0, targa, targa.length - end.length, end.length);
    assertTrue(problem(NAME, targa).contains("a TGA picture"));
  }

  /** The kind of colours stands in the first directory, or in one below it. */
  @ParameterizedTest
  @CsvSource({"32803, false", "34892, false", "32803, true", "34892, true"})
  void theRawValuesOfACameraAreNotTakenForATiff(int photometric, boolean isBelow) {
    var file = ByteBuffer.allocate(200).order(ByteOrder.LITTLE_ENDIAN);
    file.put("II*\0".getBytes(StandardCharsets.US_ASCII)).putInt(8);
    if (isBelow) {
      file.putShort((short) 2);
      file.putShort((short) 262).putShort((short) 3).putInt(1).putInt(2);
      file.putShort((short) 330).putShort((short) 4).putInt(1).putInt(60);
      file.putInt(0).position(60);
    }
    file.putShort((short) 1);
    file.putShort((short) 262).putShort((short) 3).putInt(1).putInt(photometric).putInt(0);
    assertTrue(problem(NAME, file.array()).contains("a camera's raw picture"));
  }

  private static byte[] jpeg() throws IOException {
    var bytes = new ByteArrayOutputStream();
    ImageIO.write(new BufferedImage(20, 20, BufferedImage.TYPE_INT_RGB), "jpeg", bytes);
    return bytes.toByteArray();
  }

  /** Each way of coding has its own marker before the size (T.81, table B.1). */
  @ParameterizedTest
  @CsvSource({
    "0xC3, lossless coding",
    "0xC5, hierarchical coding",
    "0xC6, hierarchical coding",
    "0xC9, arithmetic coding",
    "0xCA, arithmetic coding",
    "0xCB, lossless arithmetic coding",
    "0xCD, hierarchical coding",
    "0xDE, hierarchical coding",
    "0xF7, JPEG-LS"
  })
  void aJpegThatIsCodedOtherwiseNamesIt(String marker, String coding) throws IOException {
    var file = jpeg();
    for (int i = 0; i < file.length; i++) {
      if (file[i] == (byte) 0xFF && file[i + 1] == (byte) 0xC0) {
        file[i + 1] = (byte) Integer.decode(marker).intValue();
        break;
      }
    }
    var said = problem(NAME, file);
    assertTrue(said.contains(coding) && said.contains("as an ordinary JPEG"), said);
  }

  @Test
  void aRealJpegWithArithmeticCodingNamesIt() throws IOException {
    try (var stream = OtherKindsTest.class.getResourceAsStream("sound/arithmetic.jpg")) {
      var said = problem(NAME, java.util.Objects.requireNonNull(stream).readAllBytes());
      assertTrue(said.contains("a JPEG with arithmetic coding"), said);
    }
  }

  @Test
  void aJpegOfTwelveBitsNamesIt() throws IOException {
    var file = jpeg();
    for (int i = 0; i < file.length; i++) {
      if (file[i] == (byte) 0xFF && file[i + 1] == (byte) 0xC0) {
        file[i + 4] = 12;
        break;
      }
    }
    assertTrue(problem(NAME, file).contains("samples of 12 bits"));
  }

  private static byte[] fields(int bits, int[] masks, int[] pixels) {
    int bytes = bits / 8;
    int head = masks.length > 3 ? 108 : 52;
    var file = ByteBuffer.allocate(14 + head + pixels.length * 4).order(ByteOrder.LITTLE_ENDIAN);
    file.put((byte) 'B').put((byte) 'M').putInt(file.capacity()).putInt(0).putInt(14 + head);
    file.putInt(head).putInt(pixels.length).putInt(1).putShort((short) 1).putShort((short) bits);
    file.putInt(3).putInt(0).putInt(0).putInt(0).putInt(0).putInt(0);
    for (int mask : masks) {
      file.putInt(mask);
    }
    file.position(14 + head);
    for (int pixel : pixels) {
      for (int i = 0; i < bytes; i++) {
        file.put((byte) (pixel >> 8 * i));
      }
    }
    return Arrays.copyOf(file.array(), 14 + head + (pixels.length * bytes + 3) / 4 * 4);
  }

  private static int[] read(byte[] file) {
    var found = PictureReader.read(NAME, file, Cancellation.never());
    assertEquals("", found.note().orElse(""));
    return found.rgb();
  }

  @Test
  void fieldsOfBitsHaveTheirOpacity() {
    int[] of1555 = {0x7C00, 0x3E0, 0x1F, 0x8000};
    var found = read(fields(16, of1555, new int[] {0xFC00, 0x83E0, 0x7C00, 0x801F}));
    assertEquals(0xFF0000, found[0]);
    assertEquals(0x00FF00, found[1]);
    assertEquals(0xFFFFFF, found[2]);
    assertEquals(0x0000FF, found[3]);
    int[] of4444 = {0xF00, 0xF0, 0xF, 0xF000};
    found = read(fields(16, of4444, new int[] {0xF08F, 0x0F00, 0x8000, 0xFFFF}));
    assertEquals(0x0088FF, found[0]);
    assertEquals(0xFFFFFF, found[1]);
    // 8 of 15 parts of black
    assertEquals(0x777777, found[2]);
    assertEquals(0xFFFFFF, found[3]);
  }

  @Test
  void fieldsOfBitsWithoutOpacity() {
    int[] of565 = {0xF800, 0x7E0, 0x1F};
    var found = read(fields(16, of565, new int[] {0xF800, 0x7E0, 0x1F, 0xFFFF}));
    assertEquals(
        Arrays.toString(new int[] {0xFF0000, 0xFF00, 0xFF, 0xFFFFFF}), Arrays.toString(found));
    int[] of1010 = {0x3FF00000, 0xFFC00, 0x3FF, 0};
    found = read(fields(32, of1010, new int[] {0x3FF00000, 0x80000, 0x3FF, 0}));
    assertEquals(Arrays.toString(new int[] {0xFF0000, 0x8000, 0xFF, 0}), Arrays.toString(found));
  }

  /** A TIFF of four pixels of L*a*b*. */
  private static byte[] lab(int bits, int[] samples) {
    int[][] entries = {
      {256, samples.length / 3},
      {257, 1},
      {258, bits},
      {259, 1},
      {262, 8},
      {273, 200},
      {277, 3},
      {278, 1},
      {279, samples.length * bits / 8}
    };
    var file = ByteBuffer.allocate(200 + samples.length * bits / 8).order(ByteOrder.LITTLE_ENDIAN);
    file.put("II*\0".getBytes(StandardCharsets.US_ASCII)).putInt(8);
    file.putShort((short) entries.length);
    for (var entry : entries) {
      boolean isBits = entry[0] == 258;
      file.putShort((short) entry[0]).putShort((short) 3).putInt(isBits ? 3 : 1);
      file.putInt(isBits ? 180 : entry[1]);
    }
    file.putInt(0).position(180);
    file.putShort((short) bits).putShort((short) bits).putShort((short) bits).position(200);
    for (int sample : samples) {
      if (bits == 8) {
        file.put((byte) sample);
      } else {
        file.putShort((short) sample);
      }
    }
    return file.array();
  }

  /** The colours are those of sRGB's red, green, blue and white (CIE 15). */
  @Test
  void lightnessWithTwoColoursIsRead() {
    double[] colours = {
      53.24, 80.09, 67.20, 87.73, -86.18, 83.18, 32.30, 79.19, -107.86, 100, 0, 0
    };
    var wide = new int[colours.length];
    var narrow = new int[colours.length];
    for (int i = 0; i < colours.length; i++) {
      wide[i] = (int) Math.round(i % 3 == 0 ? colours[i] * 655.35 : colours[i] * 256);
      narrow[i] = (int) Math.round(i % 3 == 0 ? colours[i] * 2.55 : colours[i]);
    }
    int[] expected = {0xFF0000, 0x00FF00, 0x0000FF, 0xFFFFFF};
    for (var file : new byte[][] {lab(16, wide), lab(8, narrow)}) {
      var found = read(file);
      for (int i = 0; i < expected.length; i++) {
        for (int shift = 0; shift <= 16; shift += 8) {
          int apart = Math.abs((found[i] >> shift & 0xFF) - (expected[i] >> shift & 0xFF));
          // dark light rises steeply, and 8 bits of a colour are coarse
          assertTrue(apart <= 14, "%d: %06x".formatted(i, found[i]));
        }
      }
    }
  }
}
