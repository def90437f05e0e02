package org.infd.exporter.torch;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.infd.inference.Problem;
import org.jspecify.annotations.Nullable;

/**
 * A zip archive over a mapped file: stored entries are handed out as views of the mapping, of any
 * size; small ones can also be unpacked. Nothing is ever written to disk. Thread-safe; views end
 * with {@link #close()}.
 */
final class ZipArchive implements AutoCloseable {
  private static final int STORED = 0;
  private static final int DEFLATED = 8;
  private static final int LOCAL_LENGTH = 30;
  private static final int LOCAL_SIGNATURE = 0x04034b50;
  private static final int SIZES_FOLLOW = 1 << 3;
  private static final int COMPARED_FLAGS = 1 | SIZES_FOLLOW | 1 << 6 | 1 << 13;
  private static final long MASK32 = 0xffff_ffffL;

  /** Pickles shrink by 3 to 15; a bomb reaches 1000. */
  private static final long LARGEST_RATIO = 100;

  private static final int CHUNK = 1 << 26;

  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final Path file;
  private final MappedFile mapped;
  private final MemorySegment zip;
  private final Map<String, ZipDirectory.Entry> entries;
  private final long[] boundaries;

  private ZipArchive(MappedFile mapped) {
    this.mapped = mapped;
    file = mapped.path();
    zip = mapped.bytes();
    var content = ZipDirectory.read(file, zip);
    entries = content.entries();
    boundaries = new long[entries.size() + 1];
    int i = 0;
    for (var entry : entries.values()) {
      boundaries[i++] = entry.header();
    }
    boundaries[i] = content.start();
    Arrays.sort(boundaries);
    for (int k = 1; k < boundaries.length; k++) {
      if (boundaries[k] == boundaries[k - 1]) {
        throw damaged("two of its entries lie in the same place");
      }
    }
  }

  /**
   * Maps the file and reads its directory.
   *
   * @throws Problem if the file cannot be read or its directory is damaged or refused
   */
  static ZipArchive open(Path file) {
    return MappedFile.open(file, ZipArchive::new);
  }

  /** The entries by name, in directory order. */
  Map<String, ZipDirectory.Entry> entries() {
    return entries;
  }

  ZipDirectory.@Nullable Entry entry(String name) {
    return entries.get(name);
  }

  /**
   * The mapped bytes of a stored entry.
   *
   * @throws Problem if it is compressed, or its local header contradicts the directory
   */
  MemorySegment stored(ZipDirectory.Entry entry) {
    if (entry.method() != STORED) {
      throw refused(entry, "is compressed; tensors are only read uncompressed");
    }
    return packed(entry);
  }

  /**
   * The bytes of a small entry, unpacked if it is deflated, and checked against its checksum.
   *
   * @param limit largest size that is accepted, in bytes
   * @throws Problem if it is larger, expands absurdly, or is damaged
   */
  byte[] contents(ZipDirectory.Entry entry, int limit) {
    if (entry.size() > limit) {
      throw refused(entry, "has " + entry.size() + " bytes; at most " + limit + " are read");
    }
    var packed = packed(entry);
    var bytes =
        switch (entry.method()) {
          case STORED -> packed.toArray(ValueLayout.JAVA_BYTE);
          case DEFLATED -> inflate(entry, packed);
          default -> throw refused(entry, "is compressed by a method that is not supported");
        };
    var crc = new CRC32();
    crc.update(bytes);
    if (crc.getValue() != entry.crc()) {
      throw damaged("the checksum of " + SourceLocation.quote(entry.name()) + " is wrong");
    }
    return bytes;
  }

  /** Reads a stored entry and compares it with its checksum. */
  boolean matchesChecksum(ZipDirectory.Entry entry) {
    var bytes = stored(entry);
    var crc = new CRC32();
    for (long at = 0; at < bytes.byteSize(); at += CHUNK) {
      crc.update(bytes.asSlice(at, Math.min(CHUNK, bytes.byteSize() - at)).asByteBuffer());
    }
    return crc.getValue() == entry.crc();
  }

  private byte[] inflate(ZipDirectory.Entry entry, MemorySegment packed) {
    if (entry.size() > LARGEST_RATIO * Math.max(1, entry.packedSize())) {
      throw refused(entry, "expands more than " + LARGEST_RATIO + " times");
    }
    try (var inflater = new Inflater(true)) {
      inflater.setInput(packed.asByteBuffer());
      var bytes = new byte[(int) entry.size()];
      int filled = 0;
      while (filled < bytes.length && !inflater.finished()) {
        int step = inflater.inflate(bytes, filled, bytes.length - filled);
        if (step == 0 && (inflater.needsInput() || inflater.needsDictionary())) {
          break;
        }
        filled += step;
      }
      boolean more = !inflater.finished() && inflater.inflate(new byte[1]) > 0;
      if (filled != bytes.length || more) {
        throw damaged("the size of " + SourceLocation.quote(entry.name()) + " is wrong");
      }
      return bytes;
    } catch (DataFormatException e) {
      throw damaged("the compressed bytes of " + SourceLocation.quote(entry.name()) + " are wrong");
    }
  }

  /** The bytes behind the local header, which must agree with the directory. */
  private MemorySegment packed(ZipDirectory.Entry entry) {
    long header = entry.header();
    if (boundaries[boundaries.length - 1] - header < LOCAL_LENGTH
        || zip.get(INT, header) != LOCAL_SIGNATURE) {
      throw disagreement(entry);
    }
    int flags = u16(header + 6);
    long data = header + LOCAL_LENGTH + u16(header + 26) + u16(header + 28);
    boolean agrees =
        u16(header + 8) == entry.method()
            && ((flags ^ entry.flags()) & COMPARED_FLAGS) == 0
            && sameName(entry, header + LOCAL_LENGTH, u16(header + 26))
            && agrees(flags, u32(header + 14), entry.crc())
            && agreesOrLarge(flags, u32(header + 18), entry.packedSize())
            && agreesOrLarge(flags, u32(header + 22), entry.size());
    if (!agrees) {
      throw disagreement(entry);
    }
    int own = Arrays.binarySearch(boundaries, header);
    if (data > boundaries[own + 1] || entry.packedSize() > boundaries[own + 1] - data) {
      throw damaged("entry " + SourceLocation.quote(entry.name()) + " overlaps the next one");
    }
    return zip.asSlice(data, entry.packedSize());
  }

  private boolean sameName(ZipDirectory.Entry entry, long place, int length) {
    if (place + length > zip.byteSize()) {
      return false;
    }
    var bytes = zip.asSlice(place, length).toArray(ValueLayout.JAVA_BYTE);
    return Arrays.equals(bytes, entry.name().getBytes(StandardCharsets.UTF_8))
        || Arrays.equals(bytes, entry.name().getBytes(StandardCharsets.ISO_8859_1));
  }

  /** When sizes follow the data, the header holds zeros. */
  private static boolean agrees(int flags, long local, long central) {
    return local == central || ((flags & SIZES_FOLLOW) != 0 && local == 0);
  }

  private static boolean agreesOrLarge(int flags, long local, long central) {
    return local == MASK32 || agrees(flags, local, central);
  }

  private Problem disagreement(ZipDirectory.Entry entry) {
    return damaged(
        "the header of entry "
            + SourceLocation.quote(entry.name())
            + " disagrees with the directory");
  }

  private Problem refused(ZipDirectory.Entry entry, String reason) {
    return new Problem(
        file
            + " is refused: its entry "
            + SourceLocation.quote(entry.name())
            + " "
            + reason
            + ". Save the checkpoint again with torch.save.");
  }

  private Problem damaged(String reason) {
    return new Problem(file + " is damaged: " + reason + ". Copy or download the file again.");
  }

  private int u16(long place) {
    return Short.toUnsignedInt(zip.get(SHORT, place));
  }

  private long u32(long place) {
    return Integer.toUnsignedLong(zip.get(INT, place));
  }

  @Override
  public void close() {
    mapped.close();
  }
}
