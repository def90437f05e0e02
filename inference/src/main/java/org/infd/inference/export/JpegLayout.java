package org.infd.inference.export;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * JPEG in bands between restart markers, where the standard lets a decoder begin anew: each band is
 * compressed by itself. What people read is the Exif comment, where image browsers look for it, and
 * the exact recipe a plain comment.
 */
final class JpegLayout implements PictureLayout.OfFile {
  /** How a comment begins that holds the recipe. */
  static final String RECIPE_MARK = "infd ";

  static final int COMMENT = 0xFE;

  private static final int EXIF = 0xE1;
  private static final int FRAME = 0xC0;
  private static final int SCAN = 0xDA;
  private static final int RESTART_INTERVAL = 0xDD;
  private static final int RESTART = 0xD0;
  private static final int RESTARTS = 8;

  /** The start of the image and the JFIF segment, which is always as long. */
  private static final int AFTER_JFIF = 20;

  /** A segment counts its own length in two bytes. */
  private static final int LARGEST_SEGMENT = 65_533;

  /** Pixels across of the least piece: two 8×8 blocks, since colours are at half the scale. */
  private static final int UNIT = 16;

  /** A restart interval is counted in two bytes. */
  private static final int LONGEST_INTERVAL = 65_535;

  private static final int ROWS = 256;
  private static final int CHANNELS = 3;
  private static final byte[] EXIF_MARK = {'E', 'x', 'i', 'f', 0, 0};
  private static final byte[] UNICODE_MARK = {'U', 'N', 'I', 'C', 'O', 'D', 'E', 0};
  private static final int EXIF_FOLDER_TAG = 0x8769;
  private static final int USER_COMMENT_TAG = 0x9286;
  private static final short LONG = 4;
  private static final short UNDEFINED = 7;

  private final PyramidPlan plan;
  private final float quality;

  /** Columns of pixels between restarts: all of them, but for pictures that the coder refuses. */
  private final int columns;

  /** Rows of pixels between restarts. */
  private final int rows;

  private final byte[] head;

  JpegLayout(Frame frame, float quality, PngText text) throws IOException {
    this.quality = quality;
    var size = frame.rectangle();
    int across = Math.ceilDiv(size.width(), UNIT);
    int parts = size.width() <= JpegCoder.LARGEST_SIDE ? 1 : leastDivisor(across);
    columns = parts == 1 ? size.width() : across / parts * UNIT;
    rows = parts == 1 ? Math.min(ROWS, LONGEST_INTERVAL / across * UNIT) : UNIT;
    plan = PyramidPlan.bands(frame, parts == 1 ? rows : ROWS);
    head = head(size.height(), size.width(), rows / UNIT * (across / parts), text);
  }

  private static int leastDivisor(int number) {
    int divisor = 2;
    while (number % divisor != 0) {
      divisor++;
    }
    return divisor;
  }

  /** What a picture of one unit begins with, with the size and the interval of this one. */
  private byte[] head(int height, int width, int interval, PngText text) throws IOException {
    var sample = JpegCoder.encode(new byte[UNIT * UNIT * CHANNELS], UNIT, UNIT, quality);
    var bytes = new ByteArrayOutputStream();
    bytes.write(sample, 0, AFTER_JFIF);
    bytes.writeBytes(segments(text));
    int scan = segment(sample, SCAN);
    int frame = segment(sample, FRAME);
    if (sample[frame + 9] != CHANNELS || sample[frame + 11] != 0x22) {
      throw new IllegalStateException("the JPEG coder does not halve colours");
    }
    ByteBuffer.wrap(sample).putShort(frame + 5, (short) height).putShort(frame + 7, (short) width);
    bytes.write(sample, AFTER_JFIF, scan - AFTER_JFIF);
    put(bytes, RESTART_INTERVAL, ByteBuffer.allocate(2).putShort((short) interval).array());
    bytes.write(sample, scan, length(sample, scan));
    return bytes.toByteArray();
  }

  private static int length(byte[] jpeg, int segment) {
    return 2 + Short.toUnsignedInt(ByteBuffer.wrap(jpeg).getShort(segment + 2));
  }

  /** Where the first segment of a kind begins. */
  private static int segment(byte[] jpeg, int marker) {
    int at = 2;
    while ((jpeg[at + 1] & 0xFF) != marker) {
      at += length(jpeg, at);
    }
    return at;
  }

  /** The segments of a text; what is too long for one is left out, as the format has it. */
  private static byte[] segments(PngText text) {
    var segments = new ByteArrayOutputStream();
    var parameters = text.texts().get(PngText.PARAMETERS);
    if (parameters != null) {
      put(segments, EXIF, exif(parameters));
    }
    var recipe = text.texts().get(PngText.RECIPE);
    if (recipe != null) {
      put(segments, COMMENT, (RECIPE_MARK + recipe).getBytes(StandardCharsets.UTF_8));
    }
    return segments.toByteArray();
  }

  private static void put(ByteArrayOutputStream segments, int marker, byte[] content) {
    if (content.length > LARGEST_SEGMENT) {
      return;
    }
    segments.write(0xFF);
    segments.write(marker);
    segments.write((content.length + 2) >> 8);
    segments.write(content.length + 2);
    segments.writeBytes(content);
  }

  /** A folder of one entry, which leads to a folder of one entry: the user's comment. */
  private static byte[] exif(String comment) {
    var words = comment.getBytes(StandardCharsets.UTF_16BE);
    int size = UNICODE_MARK.length + words.length;
    var bytes = ByteBuffer.allocate(EXIF_MARK.length + 8 + 18 + 18 + size);
    bytes.order(ByteOrder.BIG_ENDIAN);
    bytes.put(EXIF_MARK);
    bytes.put((byte) 'M').put((byte) 'M').putShort((short) 42).putInt(8);
    entry(bytes, EXIF_FOLDER_TAG, LONG, 1, 8 + 18);
    entry(bytes, USER_COMMENT_TAG, UNDEFINED, size, 8 + 18 + 18);
    return bytes.put(UNICODE_MARK).put(words).array();
  }

  private static void entry(ByteBuffer bytes, int tag, short type, int count, int value) {
    bytes.putShort((short) 1).putShort((short) tag).putShort(type).putInt(count).putInt(value);
    bytes.putInt(0);
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
  public Encoded encode(PyramidPlan.Tile tile, byte[] rgb) throws IOException {
    var bytes = new ByteArrayOutputStream();
    var area = tile.area();
    int across = Math.ceilDiv(area.width(), columns);
    int restart = area.row() / rows * across;
    for (int row = 0; row < area.height(); row += rows) {
      for (int column = 0; column < area.width(); column += columns) {
        if (restart > 0) {
          bytes.write(0xFF);
          bytes.write(RESTART + (restart - 1) % RESTARTS);
        }
        restart++;
        int height = Math.min(rows, area.height() - row);
        int width = Math.min(columns, area.width() - column);
        var jpeg =
            JpegCoder.encode(
                part(rgb, area.width(), row, column, height, width), height, width, quality);
        int scan = segment(jpeg, SCAN);
        int start = scan + length(jpeg, scan);
        // without the marker of the end
        bytes.write(jpeg, start, jpeg.length - 2 - start);
      }
    }
    return new Encoded(bytes.toByteArray(), 0);
  }

  private static byte[] part(byte[] rgb, int stride, int row, int column, int height, int width) {
    if (width == stride) {
      return Arrays.copyOfRange(rgb, row * stride * CHANNELS, (row + height) * stride * CHANNELS);
    }
    var part = new byte[height * width * CHANNELS];
    for (int i = 0; i < height; i++) {
      System.arraycopy(
          rgb,
          ((row + i) * stride + column) * CHANNELS,
          part,
          i * width * CHANNELS,
          width * CHANNELS);
    }
    return part;
  }

  @Override
  public byte[] tail(Written written, long at) {
    return new byte[] {(byte) 0xFF, (byte) 0xD9};
  }
}
