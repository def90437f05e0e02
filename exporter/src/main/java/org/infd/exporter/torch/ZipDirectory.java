package org.infd.exporter.torch;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.infd.inference.Problem;

/**
 * Reads the central directory of a mapped zip or zip64 archive. Sizes and places come from here
 * alone; local headers are compared with it later, by {@link ZipArchive}.
 */
final class ZipDirectory {
  private static final int END_LENGTH = 22;
  private static final int END_SIGNATURE = 0x06054b50;
  private static final int LOCATOR_LENGTH = 20;
  private static final int LOCATOR_SIGNATURE = 0x07064b50;
  private static final int END64_LENGTH = 56;
  private static final int END64_SIGNATURE = 0x06064b50;
  private static final int HEADER_LENGTH = 46;
  private static final int HEADER_SIGNATURE = 0x02014b50;
  private static final int ZIP64_EXTRA = 1;
  private static final long MASK32 = 0xffff_ffffL;

  /** A checkpoint of the largest published model with optimiser has about 4,000. */
  private static final int MOST_ENTRIES = 100_000;

  private static final int LONGEST_NAME = 1024;

  /** Bits of encryption: traditional, strong, hidden headers. */
  private static final int ENCRYPTED = 1 | 1 << 6 | 1 << 13;

  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final Path file;
  private final MemorySegment zip;
  private final long size;
  private long start;
  private long end;
  private long count;

  private ZipDirectory(Path file, MemorySegment zip) {
    this.file = file;
    this.zip = zip;
    this.size = zip.byteSize();
  }

  /**
   * One entry of the directory.
   *
   * @param method 0 stored, 8 deflated
   * @param crc of the uncompressed bytes
   * @param header place of the local header in the file
   */
  record Entry(
      String name, int flags, int method, long crc, long packedSize, long size, long header) {}

  /**
   * @param entries by name, in directory order
   * @param start place of the directory in the file, behind all data
   */
  record Content(Map<String, Entry> entries, long start) {}

  /**
   * @throws Problem if the archive is cut short, contradicts itself, is encrypted, has unsafe or
   *     repeated names, or absurdly many entries
   */
  static Content read(Path file, MemorySegment zip) {
    var directory = new ZipDirectory(file, zip);
    directory.locate();
    return new Content(directory.entries(), directory.start);
  }

  private void locate() {
    long place = endRecord();
    count = u16(place + 10);
    long length = u32(place + 12);
    start = u32(place + 16);
    if (u16(place + 4) != 0 || u16(place + 6) != 0 || u16(place + 8) != count) {
      throw damaged("it is one part of a divided archive");
    }
    end = place;
    if (place >= LOCATOR_LENGTH && i32(place - LOCATOR_LENGTH) == LOCATOR_SIGNATURE) {
      long big = i64(place - LOCATOR_LENGTH + 8);
      if (big < 0 || big > place - LOCATOR_LENGTH - END64_LENGTH || i32(big) != END64_SIGNATURE) {
        throw damaged("its zip64 end record is not where it should be");
      }
      if (disagrees(count, 0xffff, i64(big + 32))
          || disagrees(length, MASK32, i64(big + 40))
          || disagrees(start, MASK32, i64(big + 48))
          || i64(big + 24) != i64(big + 32)) {
        throw damaged("its two end records disagree");
      }
      count = i64(big + 32);
      length = i64(big + 40);
      start = i64(big + 48);
      end = big;
    }
    if (count < 0 || count > MOST_ENTRIES) {
      throw new Problem(
          file
              + " claims to hold "
              + Long.toUnsignedString(count)
              + " entries; a checkpoint has at most "
              + MOST_ENTRIES
              + ". This is no checkpoint.");
    }
    if (start < 0 || length < 0 || length != end - start || count * HEADER_LENGTH > length) {
      throw damaged("its directory is not where its end record says");
    }
  }

  private static boolean disagrees(long small, long saturated, long big) {
    return small != saturated && small != big;
  }

  /** The last end record whose comment reaches exactly to the end of the file. */
  private long endRecord() {
    long last = Math.max(0, size - END_LENGTH - 0xffff);
    for (long place = size - END_LENGTH; place >= last; place--) {
      if (i32(place) == END_SIGNATURE && place + END_LENGTH + u16(place + 20) == size) {
        return place;
      }
    }
    throw damaged("the end of the archive is missing");
  }

  private Map<String, Entry> entries() {
    Map<String, Entry> entries = LinkedHashMap.newLinkedHashMap((int) count);
    long place = start;
    for (long i = 0; i < count; i++) {
      if (end - place < HEADER_LENGTH || i32(place) != HEADER_SIGNATURE) {
        throw damaged("its directory ends early");
      }
      int nameLength = u16(place + 28);
      int extraLength = u16(place + 30);
      long next = place + HEADER_LENGTH + nameLength + extraLength + u16(place + 32);
      if (next > end) {
        throw damaged("its directory ends early");
      }
      var name = name(place + HEADER_LENGTH, nameLength);
      var entry = entry(name, place, place + HEADER_LENGTH + nameLength, extraLength);
      if (entries.put(name, entry) != null) {
        throw damaged("it has two entries named " + SourceLocation.quote(name));
      }
      place = next;
    }
    if (place != end) {
      throw damaged("its directory is longer than its entries");
    }
    return entries;
  }

  private Entry entry(String name, long place, long extra, int extraLength) {
    int flags = u16(place + 8);
    if ((flags & ENCRYPTED) != 0) {
      throw new Problem(
          file
              + " is encrypted (entry "
              + SourceLocation.quote(name)
              + "). Decrypt the archive first.");
    }
    long packedSize = u32(place + 20);
    long unpackedSize = u32(place + 24);
    long header = u32(place + 42);
    int disk = u16(place + 34);
    // large values stand in the zip64 field, in this order, only where the short one is saturated
    int wanted =
        (unpackedSize == MASK32 ? 1 : 0)
            + (packedSize == MASK32 ? 1 : 0)
            + (header == MASK32 ? 1 : 0);
    if (wanted > 0) {
      long field = zip64Field(name, extra, extraLength, wanted * 8);
      if (unpackedSize == MASK32) {
        unpackedSize = i64(field);
        field += 8;
      }
      if (packedSize == MASK32) {
        packedSize = i64(field);
        field += 8;
      }
      if (header == MASK32) {
        header = i64(field);
      }
    }
    boolean placed =
        header >= 0 && packedSize >= 0 && unpackedSize >= 0 && header < start && disk == 0;
    if (!placed || packedSize > start - header) {
      throw damaged("entry " + SourceLocation.quote(name) + " lies outside the file");
    }
    int method = u16(place + 10);
    if (method == 0 && packedSize != unpackedSize) {
      throw damaged("the two sizes of the stored entry " + SourceLocation.quote(name) + " differ");
    }
    return new Entry(name, flags, method, u32(place + 16), packedSize, unpackedSize, header);
  }

  private long zip64Field(String name, long extra, int extraLength, int needed) {
    long place = extra;
    long limit = extra + extraLength;
    while (limit - place >= 4) {
      int length = u16(place + 2);
      if (u16(place) == ZIP64_EXTRA && length >= needed && place + 4 + length <= limit) {
        return place + 4;
      }
      place += 4 + length;
    }
    throw damaged("the large size of entry " + SourceLocation.quote(name) + " is missing");
  }

  private String name(long place, int length) {
    if (length == 0 || length > LONGEST_NAME) {
      throw damaged("an entry has a name of " + length + " bytes");
    }
    var bytes = zip.asSlice(place, length).toArray(ValueLayout.JAVA_BYTE);
    var name = decode(bytes);
    boolean unsafe =
        name.startsWith("/")
            || name.indexOf('\\') >= 0
            || name.indexOf('\0') >= 0
            || name.matches("(?s)[A-Za-z]:.*")
            || ("/" + name + "/").contains("/../");
    if (unsafe) {
      throw new Problem(
          file
              + " is refused: its entry "
              + SourceLocation.quote(name)
              + " points outside the archive. Use a checkpoint from a source you trust.");
    }
    return name;
  }

  private static String decode(byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      // archives of an old tool: one character for one byte, so that names stay distinct
      return new String(bytes, StandardCharsets.ISO_8859_1);
    }
  }

  private Problem damaged(String reason) {
    return new Problem(
        file + " is not a whole zip archive: " + reason + ". Copy or download the file again.");
  }

  private int u16(long place) {
    return Short.toUnsignedInt(zip.get(SHORT, place));
  }

  private int i32(long place) {
    return zip.get(INT, place);
  }

  private long u32(long place) {
    return Integer.toUnsignedLong(i32(place));
  }

  private long i64(long place) {
    return zip.get(LONG, place);
  }
}
