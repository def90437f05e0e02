package org.infd.inference.export;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.Adler32;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/**
 * PNG, 8-bit RGB, in bands that are deflated independently: each ends on a byte with nothing
 * pending, so that one behind the other they are one stream, whose checksum is put together from
 * theirs. Bands are the same whatever made them at the same time.
 */
final class PngLayout implements PictureLayout.OfFile {
  /**
   * Deflate's level: on soft synthetic pictures levels 1 to 5 differ by under 2 % in size, and this
   * is near the fastest.
   */
  private static final int LEVEL = 3;

  /** Bytes of one band: at 256 rows enough for pictures of 87,000 columns, wider get flatter. */
  private static final long BAND_BYTES = 64L << 20;

  private static final int ROWS = 256;
  private static final int CHANNELS = 3;

  /** The largest prime below 2^16, by which Adler-32 counts. */
  private static final long ADLER = 65_521;

  private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};

  private final PyramidPlan plan;
  private final byte[] head;

  /**
   * @param kept chunks of others that go behind the header, as they lie in a file
   */
  PngLayout(Frame frame, PngText text, byte[] kept) {
    var size = frame.rectangle();
    plan = PyramidPlan.bands(frame, bandRows(size.width()));
    var bytes = new ByteArrayOutputStream();
    bytes.writeBytes(SIGNATURE);
    var header = ByteBuffer.allocate(13).putInt(size.width()).putInt(size.height());
    put(bytes, "IHDR", header.put(new byte[] {8, 2, 0, 0, 0}).array());
    bytes.writeBytes(kept);
    // rendering intent: perceptual
    put(bytes, "sRGB", new byte[] {0});
    text.texts().forEach((keyword, words) -> put(bytes, keyword, words));
    // a window of 32 kB, fast
    put(bytes, "IDAT", new byte[] {0x78, 0x5E});
    head = bytes.toByteArray();
  }

  static int bandRows(int width) {
    return Math.clamp(BAND_BYTES / ((long) width * CHANNELS), 1, ROWS);
  }

  private static void put(ByteArrayOutputStream to, String keyword, String text) {
    var key = keyword.getBytes(StandardCharsets.ISO_8859_1);
    var content = new ByteArrayOutputStream();
    content.writeBytes(key);
    content.write(0);
    if (PngText.isLatin(text) && !keyword.equals(PngText.RECIPE)) {
      content.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
      put(to, "tEXt", content.toByteArray());
    } else {
      // not compressed, no language, no translated keyword
      content.writeBytes(new byte[4]);
      content.writeBytes(text.getBytes(StandardCharsets.UTF_8));
      put(to, "iTXt", content.toByteArray());
    }
  }

  private static void put(ByteArrayOutputStream to, String type, byte[] content) {
    to.writeBytes(chunk(type, content, content.length));
  }

  private static byte[] chunk(String type, byte[] content, int length) {
    var name = type.getBytes(StandardCharsets.ISO_8859_1);
    var crc = new CRC32();
    crc.update(name);
    crc.update(content, 0, length);
    return ByteBuffer.allocate(length + 12)
        .putInt(length)
        .put(name)
        .put(content, 0, length)
        .putInt((int) crc.getValue())
        .array();
  }

  @Override
  public PyramidPlan plan() {
    return plan;
  }

  @Override
  public byte[] head() {
    return head;
  }

  @Override
  public Encoded encode(PyramidPlan.Tile tile, byte[] rgb) {
    int width = tile.area().width() * CHANNELS;
    var filtered = new PngFilter(width).filter(rgb, tile.area().height());
    var adler = new Adler32();
    adler.update(filtered);
    return new Encoded(deflated(filtered), (int) adler.getValue());
  }

  private static byte[] deflated(byte[] filtered) {
    var deflater = new Deflater(LEVEL, true);
    try {
      deflater.setInput(filtered);
      var bytes = new byte[filtered.length / 4 + 1024];
      int length = 0;
      while (true) {
        length += deflater.deflate(bytes, length, bytes.length - length, Deflater.SYNC_FLUSH);
        if (length < bytes.length) {
          return chunk("IDAT", bytes, length);
        }
        bytes = java.util.Arrays.copyOf(bytes, bytes.length * 2);
      }
    } finally {
      deflater.end();
    }
  }

  @Override
  public byte[] tail(Written written, long at) {
    long sum = 1;
    for (int piece = 0; piece < plan.count(); piece++) {
      var area = plan.tile(piece).area();
      sum =
          joined(
              sum,
              Integer.toUnsignedLong(written.sum(piece)),
              (long) area.height() * (area.width() * (long) CHANNELS + 1));
    }
    var bytes = new ByteArrayOutputStream();
    // an empty last block, and the sum over everything that was deflated
    put(
        bytes,
        "IDAT",
        ByteBuffer.allocate(6).put((byte) 3).put((byte) 0).putInt((int) sum).array());
    put(bytes, "IEND", new byte[0]);
    return bytes.toByteArray();
  }

  /**
   * Adler-32 of two pieces one behind the other.
   *
   * @param length the bytes of the second
   */
  static long joined(long first, long second, long length) {
    long low = (first & 0xFFFF) + (second & 0xFFFF) - 1;
    long high =
        (first >>> 16) + (second >>> 16) + (length % ADLER) * ((first & 0xFFFF) - 1 + ADLER);
    return Math.floorMod(high, ADLER) << 16 | Math.floorMod(low, ADLER);
  }
}
