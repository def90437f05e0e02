package org.infd.acceptance.hostile;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;

/** Pictures that say they are larger than they are, or are it. */
final class HostilePictures {
  private static final int[] SIDES = {
    0,
    1,
    2,
    255,
    256,
    4096,
    10_000,
    24_000,
    30_000,
    65_535,
    1 << 20,
    Integer.MAX_VALUE,
    -1,
    Integer.MIN_VALUE
  };

  private HostilePictures() {}

  /** A small picture of colours. */
  static byte[] sound(String format) throws IOException {
    int type =
        format.equals("png") || format.equals("tif")
            ? BufferedImage.TYPE_INT_ARGB
            : BufferedImage.TYPE_INT_RGB;
    var picture = new BufferedImage(40, 30, type);
    for (int y = 0; y < 30; y++) {
      for (int x = 0; x < 40; x++) {
        picture.setRGB(x, y, 0xFF000000 | x * 6 << 16 | y * 8 << 8 | (x * y & 0xFF));
      }
    }
    var out = new ByteArrayOutputStream();
    if (!ImageIO.write(picture, format, out)) {
      throw new IOException("no writer of " + format);
    }
    return out.toByteArray();
  }

  /** A PNG with chunks of these types and contents between its header and its end. */
  static byte[] png(byte[] header, Map<String, byte[]> chunks) {
    var out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'});
    chunk(out, "IHDR", header);
    chunks.forEach((type, content) -> chunk(out, type, content));
    chunk(out, "IEND", new byte[0]);
    return out.toByteArray();
  }

  /** The header of a PNG (PNG 1.2, 4.1.1). */
  static byte[] header(int width, int height, int depth, int colours, int interlaced) {
    return ByteBuffer.allocate(13)
        .putInt(width)
        .putInt(height)
        .put((byte) depth)
        .put((byte) colours)
        .put((byte) 0)
        .put((byte) 0)
        .put((byte) interlaced)
        .array();
  }

  private static void chunk(ByteArrayOutputStream out, String type, byte[] content) {
    var name = type.getBytes(StandardCharsets.US_ASCII);
    var crc = new CRC32();
    crc.update(name);
    crc.update(content);
    out.writeBytes(ByteBuffer.allocate(4).putInt(content.length).array());
    out.writeBytes(name);
    out.writeBytes(content);
    out.writeBytes(ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
  }

  /** Makers of pictures that are not what they say, for any format by its bytes. */
  static Map<String, Source> sources(byte[] sound, int... placesOfSides) {
    return placesOfSides.length == 0
        ? Map.of()
        : Map.of("picture sides", random -> sides(sound, placesOfSides, random));
  }

  /** Whoever reads a number of a format may read it of both ends. */
  private static byte[] sides(byte[] sound, int[] places, Random random) {
    var bytes = ByteBuffer.wrap(sound.clone());
    int lies = 1 + random.nextInt(2);
    for (int i = 0; i < lies; i++) {
      int at = places[random.nextInt(places.length)];
      bytes.order(random.nextBoolean() ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
      int side = SIDES[random.nextInt(SIDES.length)];
      if (random.nextBoolean()) {
        bytes.putShort(at, (short) side);
      } else {
        bytes.putInt(at, side);
      }
    }
    return bytes.array();
  }

  /** Makers of PNGs. */
  static Map<String, Source> ofPng() {
    var sources = new LinkedHashMap<String, Source>();
    sources.put("png header", HostilePictures::strangeHeader);
    sources.put("png bomb", Source.slow(random -> bomb(random, 6000 + random.nextInt(3000))));
    sources.put("png profile", Source.slow(HostilePictures::profile));
    return sources;
  }

  /** Makers of PNGs whose texts are far longer than the file. */
  static Map<String, Source> ofText() {
    return Map.of("png text bomb", Source.slow(HostilePictures::textBomb));
  }

  /** Makers of JPEGs. */
  static Map<String, Source> ofJpeg() throws IOException {
    var sources = new LinkedHashMap<String, Source>();
    var progressive = progressive();
    var sound = sound("jpg");
    sources.put(
        "jpeg frame",
        Source.slow(random -> frame(random.nextBoolean() ? sound : progressive, random)));
    sources.put("jpeg scans", random -> scans(progressive, random));
    return sources;
  }

  private static byte[] progressive() throws IOException {
    var picture = ImageIO.read(new ByteArrayInputStream(sound("jpg")));
    var writer = ImageIO.getImageWritersByFormatName("jpg").next();
    var out = new ByteArrayOutputStream();
    try (var stream = ImageIO.createImageOutputStream(out)) {
      writer.setOutput(stream);
      var settings = writer.getDefaultWriteParam();
      settings.setProgressiveMode(ImageWriteParam.MODE_DEFAULT);
      writer.write(null, new IIOImage(picture, null, null), settings);
    } finally {
      writer.dispose();
    }
    return out.toByteArray();
  }

  /** Another size, depth, count or sampling of components (ITU T.81, B.2.2). */
  private static byte[] frame(byte[] sound, Random random) {
    var bytes = ByteBuffer.wrap(sound.clone());
    int at = segment(sound, 0xC0, 0xC2);
    switch (random.nextInt(4)) {
      case 0 ->
          bytes
              .putShort(at + 5, (short) (1 + random.nextInt(65_535)))
              .putShort(at + 7, (short) (1 + random.nextInt(65_535)));
      case 1 -> bytes.put(at + 4 + random.nextInt(16), (byte) random.nextInt(256));
      case 2 -> bytes.putShort(at + 2, (short) random.nextInt(65_536));
      default -> bytes.putInt(at + 5, 0x27102710);
    }
    return bytes.array();
  }

  /** The same scans over and over, of a large picture: each goes through all of it. */
  private static byte[] scans(byte[] sound, Random random) {
    int frame = segment(sound, 0xC0, 0xC2);
    int scan = segment(sound, 0xDA, 0xDA);
    int end = sound.length - 2;
    var out = new ByteArrayOutputStream();
    var head = ByteBuffer.wrap(Arrays.copyOf(sound, scan));
    int side = 1000 + random.nextInt(64_000);
    head.putShort(frame + 5, (short) side).putShort(frame + 7, (short) side);
    out.writeBytes(head.array());
    int times = 1 + random.nextInt(200);
    for (int i = 0; i < times; i++) {
      out.write(sound, scan, end - scan);
    }
    out.write(sound, end, 2);
    return out.toByteArray();
  }

  private static int segment(byte[] jpeg, int first, int last) {
    for (int at = 2; at + 4 < jpeg.length; ) {
      int marker = jpeg[at + 1] & 0xff;
      if (marker >= first && marker <= last) {
        return at;
      }
      at += 2 + ByteBuffer.wrap(jpeg).getShort(at + 2);
    }
    throw new IllegalStateException("no such segment");
  }

  /** Makers of TIFFs. */
  static Map<String, Source> ofTiff() throws IOException {
    var sound = sound("tif");
    return Map.of("tiff entries", random -> entries(sound, random));
  }

  /** Other types, counts and values in the directory (TIFF 6.0, section 2). */
  private static byte[] entries(byte[] sound, Random random) {
    var bytes = ByteBuffer.wrap(sound.clone());
    bytes.order(sound[0] == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    int directory = bytes.getInt(4);
    int count = bytes.getShort(directory);
    int lies = 1 + random.nextInt(3);
    for (int i = 0; i < lies; i++) {
      int entry = directory + 2 + 12 * random.nextInt(count);
      int side = SIDES[random.nextInt(SIDES.length)];
      switch (random.nextInt(5)) {
        case 0 -> bytes.putShort(entry + 2, (short) random.nextInt(14));
        case 1 -> bytes.putInt(entry + 4, side);
        case 2 -> bytes.putInt(entry + 8, side);
        case 3 -> bytes.putShort(entry + 8, (short) random.nextInt(40));
        default -> bytes.putShort(entry, (short) (254 + random.nextInt(90)));
      }
    }
    return bytes.array();
  }

  private static byte[] strangeHeader(Random random) {
    var header =
        header(
            SIDES[random.nextInt(SIDES.length)],
            SIDES[random.nextInt(SIDES.length)],
            List.of(0, 1, 2, 4, 8, 16, 3, 32).get(random.nextInt(8)),
            random.nextInt(8),
            random.nextInt(3));
    return png(header, Map.of("IDAT", deflated(new byte[1000], 1)));
  }

  /** A few kilobytes that are a picture of a hundred million pixels. */
  static byte[] bomb(Random random, int side) {
    int[] colours = {0, 2, 3, 4, 6};
    int colour = colours[random.nextInt(colours.length)];
    int depth = colour == 3 ? 8 : 8 << random.nextInt(2);
    int samples = colour == 2 ? 3 : colour == 4 ? 2 : colour == 6 ? 4 : 1;
    int interlaced = random.nextInt(4) == 0 ? 1 : 0;
    var row = new byte[1 + side * samples * depth / 8];
    row[0] = (byte) random.nextInt(5);
    var chunks = new LinkedHashMap<String, byte[]>();
    if (colour == 3) {
      chunks.put("PLTE", new byte[] {0, 0, 0, -1, -1, -1});
    }
    chunks.put("IDAT", deflated(row, side));
    return png(header(side, side, depth, colour, interlaced), chunks);
  }

  static byte[] deflated(byte[] row, int times) {
    try (var deflater = new Deflater(1)) {
      var out = new ByteArrayOutputStream();
      var buffer = new byte[1 << 16];
      for (int i = 0; i < times; i++) {
        deflater.setInput(row);
        while (!deflater.needsInput()) {
          out.write(buffer, 0, deflater.deflate(buffer));
        }
      }
      deflater.finish();
      while (!deflater.finished()) {
        out.write(buffer, 0, deflater.deflate(buffer));
      }
      return out.toByteArray();
    }
  }

  private static byte[] textBomb(Random random) {
    var packed = deflated(new byte[1 << 20], 1 + random.nextInt(100));
    var keyword = List.of("infd", "parameters", "x").get(random.nextInt(3));
    var content = new ByteArrayOutputStream();
    boolean international = random.nextBoolean();
    content.writeBytes(
        (keyword + (international ? "\0\1\0\0\0" : "\0\0")).getBytes(StandardCharsets.US_ASCII));
    content.writeBytes(packed);
    return png(
        header(1, 1, 8, 2, 0),
        Map.of(
            international ? "iTXt" : "zTXt",
            content.toByteArray(),
            "IDAT",
            deflated(new byte[4], 1)));
  }

  private static byte[] profile(Random random) {
    var noise = new byte[128 + random.nextInt(400)];
    random.nextBytes(noise);
    System.arraycopy("acsp".getBytes(StandardCharsets.US_ASCII), 0, noise, 36, 4);
    var content = new ByteArrayOutputStream();
    content.writeBytes("icc\0\0".getBytes(StandardCharsets.US_ASCII));
    content.writeBytes(random.nextBoolean() ? deflated(noise, 1) : deflated(new byte[1 << 20], 60));
    return png(
        header(1, 1, 8, 2, 0),
        Map.of("iCCP", content.toByteArray(), "IDAT", deflated(new byte[4], 1)));
  }
}
