package org.infd.inference.export;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.infd.inference.NumberText;
import org.infd.inference.Problem;
import org.jspecify.annotations.Nullable;

/**
 * TIFF 6.0, baseline RGB, not compressed: every size and place is known before the first pixel, so
 * the file streams. What people read is its description (UTF-8), the recipe a private tag.
 */
final class TiffFile {
  static final int DESCRIPTION = 270;

  /** Among the tags that are free for everybody's own use. */
  static final int RECIPE = 65_000;

  private static final int STRIP_PLACES = 273;
  private static final int STRIP_SIZES = 279;
  private static final int SOFTWARE = 305;
  private static final int CHANNELS = 3;
  private static final short ASCII = 2;
  private static final short SHORT = 3;
  private static final short LONG = 4;
  private static final short RATIONAL = 5;
  private static final int ENTRY = 12;
  private static final long LARGEST = 0xFFFF_FFFFL;

  /** As many rows as about fill this are one strip. */
  private static final int STRIP = 1 << 16;

  private TiffFile() {}

  /** A field: what is longer than four bytes lies behind the folder. */
  private record Entry(int tag, short type, int count, ByteBuffer value) {}

  /**
   * Makes sure that offsets of four bytes suffice.
   *
   * @throws Problem if they do not
   */
  static void requireFits(int height, int width, PngText text) {
    long size = (long) height * width * CHANNELS + head(height, width, text).length;
    if (size > LARGEST) {
      throw new Problem(
          NumberText.format(
              "TIFF holds at most 4 GB, and this picture takes %.1f GB. Choose PNG.",
              size / (double) (1L << 30)));
    }
  }

  /** Everything before the pixels. */
  static byte[] head(int height, int width, PngText text) {
    int rows = Math.clamp(STRIP / ((long) width * CHANNELS), 1, height);
    int strips = Math.ceilDiv(height, rows);
    var entries = new ArrayList<Entry>();
    entries.add(number(256, width));
    entries.add(number(257, height));
    entries.add(shorts(258, 8, 8, 8));
    entries.add(shorts(259, 1));
    entries.add(shorts(262, 2));
    text(DESCRIPTION, text.texts().get(PngText.PARAMETERS), entries);
    entries.add(new Entry(STRIP_PLACES, LONG, strips, ByteBuffer.allocate(4 * strips)));
    entries.add(shorts(277, CHANNELS));
    entries.add(number(278, rows));
    entries.add(new Entry(STRIP_SIZES, LONG, strips, ByteBuffer.allocate(4 * strips)));
    entries.add(new Entry(282, RATIONAL, 1, ByteBuffer.allocate(8).putInt(72).putInt(1)));
    entries.add(new Entry(283, RATIONAL, 1, ByteBuffer.allocate(8).putInt(72).putInt(1)));
    entries.add(shorts(284, 1));
    entries.add(shorts(296, 2));
    text(SOFTWARE, text.texts().get("Software"), entries);
    text(RECIPE, text.texts().get(PngText.RECIPE), entries);
    int size = 8 + 2 + ENTRY * entries.size() + 4;
    for (var entry : entries) {
      size += outside(entry);
    }
    fillStrips(entries, size, rows, height, (long) width * CHANNELS);
    return write(entries, size);
  }

  private static void fillStrips(
      List<Entry> entries, int start, int rows, int height, long rowBytes) {
    for (var entry : entries) {
      var values = entry.value;
      if (entry.tag == STRIP_PLACES) {
        for (long strip = 0; strip < entry.count; strip++) {
          values.putInt((int) (start + strip * rows * rowBytes));
        }
      } else if (entry.tag == STRIP_SIZES) {
        for (int strip = 0; strip < entry.count; strip++) {
          values.putInt((int) (Math.min(rows, height - strip * rows) * rowBytes));
        }
      }
    }
  }

  private static byte[] write(List<Entry> entries, int size) {
    var file = ByteBuffer.allocate(size);
    file.put((byte) 'M').put((byte) 'M').putShort((short) 42).putInt(8);
    file.putShort((short) entries.size());
    int behind = 8 + 2 + ENTRY * entries.size() + 4;
    for (var entry : entries) {
      file.putShort((short) entry.tag).putShort(entry.type).putInt(entry.count);
      int length = entry.value.capacity();
      if (outside(entry) == 0) {
        file.put(file.position(), entry.value, 0, length).position(file.position() + 4);
      } else {
        file.putInt(behind).put(behind, entry.value, 0, length);
        behind += outside(entry);
      }
    }
    return file.array();
  }

  /** The bytes behind the folder, an even number. */
  private static int outside(Entry entry) {
    return entry.value.capacity() <= 4 ? 0 : (entry.value.capacity() + 1) / 2 * 2;
  }

  private static Entry number(int tag, int value) {
    return new Entry(tag, LONG, 1, ByteBuffer.allocate(4).putInt(value));
  }

  private static Entry shorts(int tag, int... values) {
    var bytes = ByteBuffer.allocate(2 * values.length);
    for (int value : values) {
      bytes.putShort((short) value);
    }
    return new Entry(tag, SHORT, values.length, bytes);
  }

  private static void text(int tag, @Nullable String text, List<Entry> to) {
    if (text != null) {
      var bytes = (text.replace('\0', ' ') + '\0').getBytes(StandardCharsets.UTF_8);
      to.add(new Entry(tag, ASCII, bytes.length, ByteBuffer.wrap(bytes)));
    }
  }
}
