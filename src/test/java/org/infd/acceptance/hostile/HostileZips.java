package org.infd.acceptance.hostile;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.infd.exporter.torch.TestZip;

/** Zip archives that lie. */
final class HostileZips {
  private static final List<String> NAMES =
      List.of(
          "../evil",
          "/etc/passwd",
          "..",
          "C:/evil",
          "a\\..\\evil",
          "a\0b",
          "",
          "/",
          "con",
          "\u001b[2J",
          "\u202ename",
          "a/".repeat(20_000),
          "n".repeat(65_000));

  private static final int[] EXPANSIONS = {1 << 20, 8 << 20, 70 << 20};
  private static final int[] COUNTS = {257, 1000, 70_000};

  /** The records of the format, with the places and widths of their numbers (APPNOTE 4.3). */
  private record Layout(String signature, int... places) {}

  private static final List<Layout> RECORDS =
      List.of(
          new Layout("PK\3\4", 4, 2, 6, 2, 8, 2, 10, 4, 14, 4, 18, 4, 22, 4, 26, 2, 28, 2),
          new Layout(
              "PK\1\2", 4, 2, 6, 2, 8, 2, 10, 2, 16, 4, 20, 4, 24, 4, 28, 2, 30, 2, 32, 2, 34, 2,
              38, 4, 42, 4),
          new Layout("PK\5\6", 4, 2, 6, 2, 8, 2, 10, 2, 12, 4, 16, 4, 20, 2),
          new Layout("PK\6\6", 4, 8, 12, 2, 16, 4, 20, 4, 24, 8, 32, 8, 40, 8, 48, 8),
          new Layout("PK\6\7", 4, 4, 8, 8, 16, 4));

  private static final long[] BOUNDS = {
    0,
    1,
    8,
    0x7f,
    0xff,
    0x7fff,
    0xffff,
    0x7fffffffL,
    0x80000000L,
    0xffffffffL,
    0x100000000L,
    Long.MAX_VALUE,
    -1,
    -2,
    Long.MIN_VALUE
  };

  private HostileZips() {}

  /**
   * Makers of archives that lie about these entries.
   *
   * @param entries the content of a sound archive, by name
   */
  static Map<String, Source> sources(Map<String, byte[]> entries) {
    var sources = new LinkedHashMap<String, Source>();
    sources.put("zip numbers", random -> numbers(zip(entries).bytes(), random));
    sources.put("zip64 numbers", random -> numbers(zip64(zip(entries).bytes()), random));
    sources.put("zip headers", random -> headers(entries, random));
    sources.put("zip bomb", random -> bomb(entries, random));
    sources.put("zip names", random -> names(entries, random));
    sources.put("zip overlaps", random -> overlaps(entries, random));
    sources.put("zip counts", random -> counts(entries, random));
    sources.put("zip surroundings", random -> surroundings(entries, random));
    return sources;
  }

  /** A sound archive. */
  static TestZip zip(Map<String, byte[]> entries) {
    var zip = new TestZip();
    entries.forEach(zip::stored);
    return zip;
  }

  /** The same with one entry of other content, and everything else as it should be. */
  static byte[] with(Map<String, byte[]> entries, String name, byte[] content) {
    var other = new LinkedHashMap<>(entries);
    other.put(name, content);
    return zip(other).bytes();
  }

  private static String any(Map<String, byte[]> entries, Random random) {
    return List.copyOf(entries.keySet()).get(random.nextInt(entries.size()));
  }

  /** One to three numbers of its records are bounds, or a little off. */
  private static byte[] numbers(byte[] sound, Random random) {
    var bytes = ByteBuffer.wrap(sound.clone()).order(ByteOrder.LITTLE_ENDIAN);
    int lies = 1 + random.nextInt(3);
    for (int i = 0; i < lies; i++) {
      var layout = RECORDS.get(random.nextInt(RECORDS.size()));
      var found = places(sound, layout.signature);
      if (found.isEmpty()) {
        continue;
      }
      int field = 2 * random.nextInt(layout.places.length / 2);
      int at = found.get(random.nextInt(found.size())) + layout.places[field];
      int width = layout.places[field + 1];
      if (at + width > sound.length) {
        continue;
      }
      long value =
          random.nextBoolean()
              ? BOUNDS[random.nextInt(BOUNDS.length)]
              : get(bytes, at, width) + random.nextInt(129) - 64;
      put(bytes, at, width, value);
    }
    return bytes.array();
  }

  private static long get(ByteBuffer bytes, int at, int width) {
    return width == 2 ? bytes.getShort(at) : width == 4 ? bytes.getInt(at) : bytes.getLong(at);
  }

  private static void put(ByteBuffer bytes, int at, int width, long value) {
    switch (width) {
      case 2 -> bytes.putShort(at, (short) value);
      case 4 -> bytes.putInt(at, (int) value);
      default -> bytes.putLong(at, value);
    }
  }

  private static List<Integer> places(byte[] bytes, String signature) {
    var text = new String(bytes, StandardCharsets.ISO_8859_1);
    var places = new ArrayList<Integer>();
    for (int at = text.indexOf(signature); at >= 0; at = text.indexOf(signature, at + 1)) {
      places.add(at);
    }
    return places;
  }

  /** The same archive with a directory that is told by the records of large files. */
  static byte[] zip64(byte[] sound) {
    int end = sound.length - 22;
    var old = ByteBuffer.wrap(sound).order(ByteOrder.LITTLE_ENDIAN);
    long count = old.getShort(end + 10) & 0xffff;
    long size = old.getInt(end + 12) & 0xffffffffL;
    long start = old.getInt(end + 16) & 0xffffffffL;
    var records = ByteBuffer.allocate(56 + 20 + 22).order(ByteOrder.LITTLE_ENDIAN);
    records.putInt(0x06064b50).putLong(44).putShort((short) 45).putShort((short) 45).putLong(0);
    records.putLong(count).putLong(count).putLong(size).putLong(start);
    records.putInt(0x07064b50).putInt(0).putLong(end).putInt(1);
    records.putInt(0x06054b50).putInt(0).putShort((short) -1).putShort((short) -1);
    records.putInt(-1).putInt(-1);
    var out = new ByteArrayOutputStream();
    out.write(sound, 0, end);
    out.writeBytes(records.array());
    return out.toByteArray();
  }

  private static byte[] headers(Map<String, byte[]> entries, Random random) {
    var zip = zip(entries);
    var item = zip.item(any(entries, random));
    int bound = (int) BOUNDS[random.nextInt(BOUNDS.length)];
    switch (random.nextInt(9)) {
      case 0 -> item.localName("other");
      case 1 -> item.method(1 + random.nextInt(100));
      case 2 -> item.localMethod(8);
      case 3 -> item.flags(1 << random.nextInt(16));
      case 4 -> item.crc(bound);
      case 5 -> item.sizes(bound, bound);
      case 6 -> item.size(bound);
      case 7 -> item.localSize(bound);
      default -> item.headerShift(bound);
    }
    return zip.bytes();
  }

  private static byte[] bomb(Map<String, byte[]> entries, Random random) {
    var name = any(entries, random);
    var zip = zip(entries).without(name);
    int size = EXPANSIONS[random.nextInt(EXPANSIONS.length)];
    var item = zip.deflated(name, new byte[size]);
    switch (random.nextInt(4)) {
      case 0 -> item.size(entries.getOrDefault(name, new byte[0]).length);
      case 1 -> item.size(Integer.MAX_VALUE);
      case 2 -> item.method(0);
      default -> {
        // as it is
      }
    }
    return zip.bytes();
  }

  private static byte[] names(Map<String, byte[]> entries, Random random) {
    var zip = zip(entries);
    var name =
        random.nextInt(3) == 0 ? any(entries, random) : NAMES.get(random.nextInt(NAMES.size()));
    zip.stored(name, new byte[random.nextInt(100)]);
    return zip.bytes();
  }

  /** Entries whose bytes are others' too: a small file is many times as large unpacked. */
  private static byte[] overlaps(Map<String, byte[]> entries, Random random) {
    var zip = zip(entries);
    var kernel = new byte[1000 + random.nextInt(30_000)];
    zip.stored("kernel", kernel);
    int back = 30 + "kernel".length() + kernel.length;
    int copies = 1 + random.nextInt(200);
    for (int i = 0; i < copies; i++) {
      var name = "copy" + i;
      var item = zip.stored(name, new byte[0]);
      item.sizes(kernel.length, kernel.length).localName(random.nextBoolean() ? "kernel" : name);
      item.headerShift(-back);
      back += 30 + name.length();
    }
    return zip.bytes();
  }

  private static byte[] counts(Map<String, byte[]> entries, Random random) {
    var zip = zip(entries);
    switch (random.nextInt(4)) {
      case 0 -> zip.claimEntries(random.nextInt(70_000));
      case 1 -> zip.shiftDirectory(BOUNDS[random.nextInt(BOUNDS.length)]);
      case 2 -> zip.without(any(entries, random));
      default -> {
        int count = COUNTS[random.nextInt(COUNTS.length)];
        for (int i = 0; i < count; i++) {
          zip.stored("e" + i, new byte[0]);
        }
      }
    }
    return zip.bytes();
  }

  /** Something before it, behind it, in it, or two of it. */
  private static byte[] surroundings(Map<String, byte[]> entries, Random random) {
    var sound = zip(entries).bytes();
    var out = new ByteArrayOutputStream();
    switch (random.nextInt(4)) {
      case 0 -> {
        out.writeBytes(new byte[1 + random.nextInt(100)]);
        out.writeBytes(sound);
      }
      case 1 -> {
        out.writeBytes(sound);
        out.writeBytes(new byte[1 + random.nextInt(70_000)]);
      }
      case 2 -> {
        out.writeBytes(sound);
        out.writeBytes(sound);
      }
      default -> {
        byte[] inner = sound;
        for (int i = 0; i < 5; i++) {
          inner = with(entries, any(entries, random), inner);
        }
        out.writeBytes(inner);
      }
    }
    return out.toByteArray();
  }
}
