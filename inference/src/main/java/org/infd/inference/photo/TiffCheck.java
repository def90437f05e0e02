package org.infd.inference.photo;

import com.twelvemonkeys.imageio.metadata.tiff.TIFF;
import com.twelvemonkeys.imageio.plugins.tiff.TIFFImageMetadata;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.Optional;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Checks the compressed strips or tiles of a TIFF: whether they lie in the file, whether their
 * codes are such that a writer makes, and whether they hold what they must (TIFF 6.0, sections 9
 * and 13; Adobe's TIFF Technical Note 3). Its reader takes what comes.
 */
final class TiffCheck {
  private static final int PIECE = 1 << 16;

  /** More is left to the reader of the pixels. */
  private static final long MOST_UNPACKED = 64L << 20;

  private static final int HEAD = 8;
  private static final int ENTRY = 12;
  private static final int CLASSIC = 42;

  /** Ways of packing that are not read, by their numbers. */
  private static final Map<Integer, String> FOREIGN =
      Map.ofEntries(
          Map.entry(50_000, "Zstandard"),
          Map.entry(34_925, "LZMA"),
          Map.entry(50_001, "WebP"),
          Map.entry(34_887, "LERC"),
          Map.entry(50_002, "JPEG XL"),
          Map.entry(52_546, "JPEG XL"),
          Map.entry(34_712, "JPEG 2000"),
          Map.entry(33_003, "JPEG 2000"),
          Map.entry(33_005, "JPEG 2000"),
          Map.entry(34_661, "JBIG"),
          Map.entry(34_676, "SGI Log"),
          Map.entry(34_677, "SGI Log"));

  /** The bytes of a value of each type (TIFF 6.0, section 2). */
  private static final int[] TYPE_BYTES = {1, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8};

  private static final int YCBCR = 6;
  private static final int CLEAR = 256;
  private static final int END = 257;
  private static final int FIRST_CODE = 258;
  private static final int SHORTEST_CODE = 9;
  private static final int LONGEST_CODE = 12;

  private final byte[] file;
  private final TIFFImageMetadata metadata;
  private final Runnable check;

  private TiffCheck(byte[] file, TIFFImageMetadata metadata, Runnable check) {
    this.file = file;
    this.metadata = metadata;
    this.check = check;
  }

  /** What the pieces of the first picture of a file say. */
  static Soundness of(byte[] file, TIFFImageMetadata metadata, Runnable check) {
    return new TiffCheck(file, metadata, check).soundness();
  }

  /**
   * Whether a file ends before its first directory does, or before a value that it points to: many
   * writers put it behind the pixels.
   */
  static boolean isDirectoryCut(byte[] file) {
    if (file.length < HEAD) {
      return true;
    }
    var bytes = ByteBuffer.wrap(file);
    bytes.order(file[0] == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    long at = Integer.toUnsignedLong(bytes.getInt(Integer.BYTES));
    if (bytes.getShort(Short.BYTES) != CLASSIC) {
      return false;
    }
    if (at + Short.BYTES > file.length) {
      return true;
    }
    int count = Short.toUnsignedInt(bytes.getShort((int) at));
    if (at + Short.BYTES + (long) count * ENTRY > file.length) {
      return true;
    }
    for (int i = 0; i < count; i++) {
      int entry = (int) at + Short.BYTES + i * ENTRY;
      int type = Short.toUnsignedInt(bytes.getShort(entry + Short.BYTES));
      long size =
          Integer.toUnsignedLong(bytes.getInt(entry + Integer.BYTES))
              * (type < TYPE_BYTES.length ? TYPE_BYTES[type] : 1);
      boolean isElsewhere = size > Integer.BYTES;
      if (isElsewhere && Integer.toUnsignedLong(bytes.getInt(entry + HEAD)) + size > file.length) {
        return true;
      }
    }
    return false;
  }

  /** How its pieces are packed, where that is a way that is not read. */
  static Optional<String> foreignPacking(TIFFImageMetadata metadata) {
    return Optional.ofNullable(
        FOREIGN.get(TiffFields.number(metadata, TIFF.TAG_COMPRESSION).orElse(0)));
  }

  private Soundness soundness() {
    boolean isTiled = metadata.getTIFFField(TIFF.TAG_TILE_OFFSETS) != null;
    var offsets = numbers(isTiled ? TIFF.TAG_TILE_OFFSETS : TIFF.TAG_STRIP_OFFSETS);
    var counts = numbers(isTiled ? TIFF.TAG_TILE_BYTE_COUNTS : TIFF.TAG_STRIP_BYTE_COUNTS);
    boolean isDamaged = false;
    boolean isCut = false;
    for (int i = 0; i < Math.min(offsets.length, counts.length); i++) {
      check.run();
      if (offsets[i] + counts[i] > file.length || offsets[i] < 0 || counts[i] < 0) {
        isCut = true;
      } else {
        isDamaged |= !isSound(i, (int) offsets[i], (int) counts[i], isTiled);
      }
    }
    return new Soundness(
        isCut,
        isDamaged ? Soundness.Doubt.PICTURE : Soundness.Doubt.NONE,
        Soundness.SOUND.surePart());
  }

  private boolean isSound(int index, int start, int count, boolean isTiled) {
    long rowBytes = rowBytes(isTiled);
    long expected = rowBytes * rows(index, isTiled);
    if (expected <= 0 || expected > MOST_UNPACKED || number(TIFF.TAG_FILL_ORDER, 1) != 1) {
      return true;
    }
    return switch (number(TIFF.TAG_COMPRESSION, 1)) {
      case 8, 32_946 -> isInflated(start, count, expected);
      case 5 -> isUnpackedByCodes(start, start + count, expected, rowBytes);
      case 32_773 -> isUnpackedByRuns(start, start + count, expected);
      default -> true;
    };
  }

  /** The bytes of a row of a piece; −1 where that is not so simple. */
  private long rowBytes(boolean isTiled) {
    boolean isPlanar = number(TIFF.TAG_PLANAR_CONFIGURATION, 1) == 2;
    long bits = 0;
    for (long one : numbers(TIFF.TAG_BITS_PER_SAMPLE)) {
      bits = isPlanar ? one : bits + one;
    }
    // half the samples of such colours are missing
    boolean isThinned = number(TIFF.TAG_PHOTOMETRIC_INTERPRETATION, 0) == YCBCR;
    long width = number(isTiled ? TIFF.TAG_TILE_WIDTH : TIFF.TAG_IMAGE_WIDTH, 0);
    return isThinned || bits == 0 ? -1 : Math.ceilDiv(width * bits, Byte.SIZE);
  }

  /** The rows of a piece that count; −1 where that is not said. */
  private long rows(int index, boolean isTiled) {
    if (isTiled) {
      return number(TIFF.TAG_TILE_HEIGTH, -1);
    }
    int height = number(TIFF.TAG_IMAGE_HEIGHT, 0);
    if (height <= 0) {
      return -1;
    }
    int rows = Math.clamp(number(TIFF.TAG_ROWS_PER_STRIP, height), 1, height);
    int strips = Math.ceilDiv(height, rows);
    return index % strips == strips - 1 ? height - (strips - 1) * rows : rows;
  }

  private boolean isInflated(int start, int count, long expected) {
    var buffer = new byte[PIECE];
    long done = 0;
    try (var inflater = new Inflater()) {
      inflater.setInput(file, start, count);
      while (!inflater.finished()) {
        check.run();
        int got = inflater.inflate(buffer);
        done += got;
        if (got == 0 && !inflater.finished()) {
          return false;
        }
        if (done > MOST_UNPACKED) {
          return true;
        }
      }
      return done >= expected;
    } catch (DataFormatException e) {
      return false;
    }
  }

  /** LZW; the variety of before TIFF 5, which begins otherwise, is taken as it is. */
  private boolean isUnpackedByCodes(int start, int end, long expected, long rowBytes) {
    if (end - start < 2 || (file[start] == 0 && (file[start + 1] & 1) == 1)) {
      return true;
    }
    var lengths = new int[1 << LONGEST_CODE];
    java.util.Arrays.fill(lengths, 0, CLEAR, 1);
    int next = FIRST_CODE;
    int width = SHORTEST_CODE;
    int before = -1;
    long done = 0;
    long bit = 0;
    long bits = (long) (end - start) * Byte.SIZE;
    while (bit + width <= bits) {
      int code = code(start, bit, width);
      bit += width;
      if (code == END) {
        return isWhole(done, expected, rowBytes);
      }
      if (code == CLEAR) {
        next = FIRST_CODE;
        width = SHORTEST_CODE;
        before = -1;
        continue;
      }
      if (code > next || (before < 0 && code >= CLEAR)) {
        return false;
      }
      if (before >= 0) {
        if (next >= lengths.length) {
          return false;
        }
        lengths[next] = lengths[before] + 1;
        next++;
        // one code earlier than in GIF
        width = Math.min(LONGEST_CODE, Integer.SIZE - Integer.numberOfLeadingZeros(next + 1));
      }
      done += lengths[code];
      before = code;
    }
    // some writers leave the end away
    return isWhole(done, expected, rowBytes);
  }

  /** Some writers fill the last strip up with more rows. */
  private static boolean isWhole(long done, long expected, long rowBytes) {
    return done >= expected && done % rowBytes == 0;
  }

  private int code(int start, long bit, int width) {
    int at = start + (int) (bit / Byte.SIZE);
    int word = 0;
    for (int i = 0; i < 3; i++) {
      word = word << Byte.SIZE | (at + i < file.length ? file[at + i] & 0xFF : 0);
    }
    return (word >> (24 - (int) (bit % Byte.SIZE) - width)) & ((1 << width) - 1);
  }

  private boolean isUnpackedByRuns(int start, int end, long expected) {
    long done = 0;
    int at = start;
    while (at < end && done < expected) {
      int count = file[at];
      at++;
      if (count >= 0) {
        done += count + 1;
        at += count + 1;
      } else if (count != Byte.MIN_VALUE) {
        done += 1 - count;
        at++;
      }
    }
    return done == expected && at <= end;
  }

  private int number(int tag, int otherwise) {
    var all = numbers(tag);
    return all.length == 0 ? otherwise : Math.clamp(all[0], 0, Integer.MAX_VALUE);
  }

  private long[] numbers(int tag) {
    var entry = metadata.getTIFFField(tag);
    return switch (entry == null ? null : entry.getValue()) {
      case Number one -> new long[] {one.longValue()};
      case long[] many -> many;
      case int[] many -> java.util.Arrays.stream(many).asLongStream().toArray();
      case short[] many -> {
        var wide = new long[many.length];
        for (int i = 0; i < many.length; i++) {
          wide[i] = Short.toUnsignedLong(many[i]);
        }
        yield wide;
      }
      case null, default -> new long[0];
    };
  }
}
