package org.infd.inference.export;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.Deflater;
import org.infd.inference.field.Rectangle;
import org.jspecify.annotations.Nullable;

/**
 * BigTIFF, little-endian, in tiles, with all smaller sizes of the picture. Tiles come first, as
 * they are made; the directories follow, and the place of the first goes into the header when
 * everything else is on the disk: until then no program takes the file for a TIFF. The sizes are a
 * chain of directories, which most readers of pyramids know, or children of the first.
 */
final class BigTiffLayout implements PictureLayout.OfFile {
  /** Bytes of an entry of a directory. */
  static final int ENTRY = 20;

  private static final int TILE = 512;
  private static final int HEADER = 16;
  private static final int CHANNELS = 3;
  private static final int LEVEL = 3;
  private static final short ASCII = 2;
  private static final short SHORT = 3;
  private static final short LONG = 4;
  private static final short RATIONAL = 5;
  private static final short LONG8 = 16;
  private static final short FOLDER8 = 18;
  private static final int SUB_FOLDERS = 330;

  /** How tiles are compressed. */
  public enum Compression {
    /** Without loss. */
    DEFLATE,
    /** With loss, small. */
    JPEG
  }

  private final PyramidPlan plan;
  private final Compression compression;
  private final float quality;
  private final boolean children;
  private final PngText text;

  /**
   * @param quality of JPEG, 0 to 1
   * @param children whether the smaller sizes are children of the first directory
   */
  BigTiffLayout(
      Frame frame, Compression compression, float quality, boolean children, PngText text) {
    plan = PyramidPlan.toOneTile(frame, TILE);
    this.compression = compression;
    this.quality = quality;
    this.children = children;
    this.text = text;
  }

  /** A field of a directory, its values little-endian. */
  private record Entry(int tag, short type, long count, ByteBuffer value) {}

  @Override
  public PyramidPlan plan() {
    return plan;
  }

  @Override
  public byte[] head() {
    return buffer(HEADER)
        .put((byte) 'I')
        .put((byte) 'I')
        .putShort((short) 43)
        .putShort((short) 8)
        .array();
  }

  @Override
  public Encoded encode(PyramidPlan.Tile tile, byte[] rgb) throws IOException {
    var whole = padded(rgb, tile.area());
    return new Encoded(
        switch (compression) {
          case JPEG -> JpegCoder.encode(whole, TILE, TILE, quality);
          case DEFLATE -> deflated(whole);
        },
        0);
  }

  /** A full tile; what lies beyond the picture repeats its edge. */
  private static byte[] padded(byte[] rgb, Rectangle area) {
    if (area.height() == TILE && area.width() == TILE) {
      return rgb.clone();
    }
    var whole = new byte[TILE * TILE * CHANNELS];
    int stride = TILE * CHANNELS;
    for (int row = 0; row < TILE; row++) {
      int from = Math.min(row, area.height() - 1) * area.width() * CHANNELS;
      System.arraycopy(rgb, from, whole, row * stride, area.width() * CHANNELS);
      for (int at = area.width() * CHANNELS; at < stride; at++) {
        whole[row * stride + at] = whole[row * stride + at - CHANNELS];
      }
    }
    return whole;
  }

  /** Differences from the left (predictor 2), deflated. */
  private static byte[] deflated(byte[] rgb) {
    int stride = TILE * CHANNELS;
    for (int row = 0; row < TILE; row++) {
      for (int at = stride - 1; at >= CHANNELS; at--) {
        rgb[row * stride + at] -= rgb[row * stride + at - CHANNELS];
      }
    }
    var deflater = new Deflater(LEVEL);
    try {
      deflater.setInput(rgb);
      deflater.finish();
      var bytes = new byte[rgb.length / 4];
      int length = 0;
      while (true) {
        length += deflater.deflate(bytes, length, bytes.length - length);
        if (deflater.finished()) {
          return Arrays.copyOf(bytes, length);
        }
        bytes = Arrays.copyOf(bytes, bytes.length * 2);
      }
    } finally {
      deflater.end();
    }
  }

  @Override
  public byte[] tail(Written written, long at) {
    var bytes = new ByteArrayOutputStream();
    long start = even(at) - at;
    bytes.writeBytes(new byte[(int) start]);
    long[] places = new long[plan.levels().size()];
    // the smaller sizes first where they are children: their places stand in their parent
    long next = even(at);
    long tile = HEADER;
    var folders = new ArrayList<List<Entry>>();
    for (var level : plan.levels()) {
      folders.add(entries(level, written, tile));
      for (int i = 0; i < level.tiles(); i++) {
        tile += written.length(level.first() + i);
      }
    }
    for (int step = 0; step < places.length; step++) {
      places[step] = next;
      next += size(folders.get(step));
    }
    if (children && places.length > 1) {
      var kids = buffer(8 * (places.length - 1));
      Arrays.stream(places).skip(1).forEach(kids::putLong);
      fill(folders.getFirst(), kids);
    }
    for (int step = 0; step < places.length; step++) {
      boolean last = step == places.length - 1 || children;
      bytes.writeBytes(folder(folders.get(step), places[step], last ? 0 : places[step + 1]));
    }
    return bytes.toByteArray();
  }

  private static void fill(List<Entry> folder, ByteBuffer places) {
    for (var entry : folder) {
      if (entry.tag == SUB_FOLDERS) {
        entry.value.put(0, places, 0, places.capacity());
      }
    }
  }

  @Override
  public byte[] patch(long tail) {
    return buffer(8).putLong(even(tail)).array();
  }

  @Override
  public long patchAt() {
    return 8;
  }

  private static long even(long at) {
    return (at + 1) / 2 * 2;
  }

  private List<Entry> entries(PyramidPlan.Level level, Written written, long at) {
    boolean first = level.step() == 0;
    boolean jpeg = compression == Compression.JPEG;
    var entries = new ArrayList<Entry>();
    entries.add(number(254, first ? 0 : 1));
    entries.add(number(256, level.width()));
    entries.add(number(257, level.height()));
    entries.add(shorts(258, 8, 8, 8));
    entries.add(shorts(259, jpeg ? 7 : 8));
    entries.add(shorts(262, jpeg ? 6 : 2));
    if (first) {
      text(TiffFile.DESCRIPTION, text.texts().get(PngText.PARAMETERS), entries);
    }
    entries.add(shorts(277, CHANNELS));
    entries.add(new Entry(282, RATIONAL, 1, buffer(8).putInt(72).putInt(1)));
    entries.add(new Entry(283, RATIONAL, 1, buffer(8).putInt(72).putInt(1)));
    entries.add(shorts(284, 1));
    entries.add(shorts(296, 2));
    if (first) {
      text(305, text.texts().get("Software"), entries);
    }
    if (!jpeg) {
      entries.add(shorts(317, 2));
    }
    entries.add(number(322, TILE));
    entries.add(number(323, TILE));
    var places = buffer(Math.multiplyExact(8, level.tiles()));
    var lengths = buffer(Math.multiplyExact(4, level.tiles()));
    for (int i = 0; i < level.tiles(); i++) {
      places.putLong(at);
      lengths.putInt(written.length(level.first() + i));
      at += written.length(level.first() + i);
    }
    entries.add(new Entry(324, LONG8, level.tiles(), places));
    entries.add(new Entry(325, LONG, level.tiles(), lengths));
    if (first && children && plan.levels().size() > 1) {
      int kids = plan.levels().size() - 1;
      entries.add(new Entry(SUB_FOLDERS, FOLDER8, kids, buffer(8 * kids)));
    }
    if (jpeg) {
      entries.add(shorts(530, 2, 2));
    }
    if (first) {
      text(TiffFile.RECIPE, text.texts().get(PngText.RECIPE), entries);
    }
    return entries;
  }

  private static long size(List<Entry> entries) {
    long size = 8 + (long) ENTRY * entries.size() + 8;
    for (var entry : entries) {
      size += outside(entry);
    }
    return size;
  }

  private static byte[] folder(List<Entry> entries, long at, long next) {
    var folder = new byte[Math.toIntExact(size(entries))];
    var bytes = ByteBuffer.wrap(folder).order(ByteOrder.LITTLE_ENDIAN);
    int behind = 8 + ENTRY * entries.size() + 8;
    bytes.putLong(entries.size());
    for (var entry : entries) {
      bytes.putShort((short) entry.tag).putShort(entry.type).putLong(entry.count);
      int length = entry.value.capacity();
      if (outside(entry) == 0) {
        bytes.put(bytes.position(), entry.value, 0, length).position(bytes.position() + 8);
      } else {
        bytes.putLong(at + behind).put(behind, entry.value, 0, length);
        behind += outside(entry);
      }
    }
    bytes.putLong(next);
    return folder;
  }

  /** The bytes behind the directory, an even number. */
  private static int outside(Entry entry) {
    return entry.value.capacity() <= 8 ? 0 : (entry.value.capacity() + 1) / 2 * 2;
  }

  private static ByteBuffer buffer(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static Entry number(int tag, int value) {
    return new Entry(tag, LONG, 1, buffer(4).putInt(value));
  }

  private static Entry shorts(int tag, int... values) {
    var bytes = buffer(2 * values.length);
    for (int value : values) {
      bytes.putShort((short) value);
    }
    return new Entry(tag, SHORT, values.length, bytes);
  }

  private static void text(int tag, @Nullable String text, List<Entry> to) {
    if (text != null) {
      var bytes = (text.replace('\0', ' ') + '\0').getBytes(StandardCharsets.UTF_8);
      to.add(new Entry(tag, ASCII, bytes.length, buffer(bytes.length).put(bytes)));
    }
  }
}
