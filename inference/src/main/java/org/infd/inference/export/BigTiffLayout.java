package org.infd.inference.export;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
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
  private static final int TILE = 512;
  private static final int HEADER = 16;
  private static final int CHANNELS = 3;
  private static final int LEVEL = 3;
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

  @Override
  public PyramidPlan plan() {
    return plan;
  }

  @Override
  public byte[] head() {
    return TiffDirectory.Kind.BIG
        .buffer(HEADER)
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
    bytes.writeBytes(new byte[(int) (even(at) - at)]);
    int count = plan.levels().size();
    // where the smaller sizes are children their places stand in their parent
    var kids = children && count > 1 ? TiffDirectory.Kind.BIG.buffer(8 * (count - 1)) : null;
    var directories = new ArrayList<TiffDirectory>();
    long tile = HEADER;
    for (var level : plan.levels()) {
      directories.add(directory(level, written, tile, kids));
      for (int i = 0; i < level.tiles(); i++) {
        tile += written.length(level.first() + i);
      }
    }
    var places = new long[count];
    long next = even(at);
    for (int step = 0; step < count; step++) {
      places[step] = next;
      next += directories.get(step).size();
    }
    if (kids != null) {
      Arrays.stream(places).skip(1).forEach(kids::putLong);
    }
    for (int step = 0; step < count; step++) {
      boolean last = step == count - 1 || children;
      bytes.writeBytes(directories.get(step).bytes(places[step], last ? 0 : places[step + 1]));
    }
    return bytes.toByteArray();
  }

  @Override
  public byte[] patch(long tail) {
    return TiffDirectory.Kind.BIG.buffer(8).putLong(even(tail)).array();
  }

  @Override
  public long patchAt() {
    return 8;
  }

  private static long even(long at) {
    return (at + 1) / 2 * 2;
  }

  /**
   * The directory of a size.
   *
   * @param at where its first tile begins
   * @param kids where its children begin, to be filled later; null for none
   */
  private TiffDirectory directory(
      PyramidPlan.Level level, Written written, long at, @Nullable ByteBuffer kids) {
    boolean first = level.step() == 0;
    boolean jpeg = compression == Compression.JPEG;
    var directory = new TiffDirectory(TiffDirectory.Kind.BIG);
    directory.number(254, first ? 0 : 1);
    directory.number(256, level.width());
    directory.number(257, level.height());
    directory.shorts(258, 8, 8, 8);
    directory.shorts(259, jpeg ? 7 : 8);
    directory.shorts(262, jpeg ? 6 : 2);
    if (first) {
      directory.text(TiffFile.DESCRIPTION, text.texts().get(PngText.PARAMETERS));
    }
    directory.shorts(277, CHANNELS);
    directory.rational(282, 72);
    directory.rational(283, 72);
    directory.shorts(284, 1);
    directory.shorts(296, 2);
    if (first) {
      directory.text(TiffFile.SOFTWARE, text.texts().get("Software"));
    }
    if (!jpeg) {
      directory.shorts(317, 2);
    }
    directory.number(322, TILE);
    directory.number(323, TILE);
    var places = TiffDirectory.Kind.BIG.buffer(Math.multiplyExact(8, level.tiles()));
    var lengths = TiffDirectory.Kind.BIG.buffer(Math.multiplyExact(4, level.tiles()));
    for (int i = 0; i < level.tiles(); i++) {
      places.putLong(at);
      lengths.putInt(written.length(level.first() + i));
      at += written.length(level.first() + i);
    }
    directory.add(324, LONG8, level.tiles(), places);
    directory.add(325, TiffDirectory.LONG, level.tiles(), lengths);
    if (first && kids != null) {
      directory.add(SUB_FOLDERS, FOLDER8, kids.capacity() / 8, kids);
    }
    if (jpeg) {
      directory.shorts(530, 2, 2);
    }
    if (first) {
      directory.text(TiffFile.RECIPE, text.texts().get(PngText.RECIPE));
    }
    return directory;
  }
}
