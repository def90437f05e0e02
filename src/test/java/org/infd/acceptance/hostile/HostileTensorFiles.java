package org.infd.acceptance.hostile;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Safetensors files that lie (docs/spec/clip.md 5.3). */
final class HostileTensorFiles {
  private static final long[] LENGTHS = {
    0,
    1,
    2,
    8,
    1 << 24,
    (1 << 24) + 1,
    Integer.MAX_VALUE,
    1L << 32,
    Long.MAX_VALUE,
    -1,
    Long.MIN_VALUE
  };

  private static final String HEADER =
      "{\"__metadata__\":{\"format\":\"pt\"},"
          + "\"a\":{\"dtype\":\"F32\",\"shape\":[2,2],\"data_offsets\":[0,16]},"
          + "\"b\":{\"dtype\":\"F16\",\"shape\":[4],\"data_offsets\":[16,24]}}";
  private static final int DATA = 24;

  private HostileTensorFiles() {}

  /** Makers of files. */
  static Map<String, Source> sources() {
    var sources = new LinkedHashMap<String, Source>();
    HostileJson.sources(HEADER.getBytes(StandardCharsets.UTF_8))
        .forEach((name, json) -> sources.put(name, random -> file(json.make(random), DATA)));
    sources.put("tensors length", HostileTensorFiles::length);
    sources.put("tensors ranges", HostileTensorFiles::ranges);
    sources.put("tensors mass", Source.slow(HostileTensorFiles::mass));
    return sources;
  }

  /** A sound one. */
  static byte[] sound() {
    return file(HEADER.getBytes(StandardCharsets.UTF_8), DATA);
  }

  private static byte[] file(byte[] header, int data) {
    return file(header.length, header, data);
  }

  private static byte[] file(long length, byte[] header, int data) {
    var file = ByteBuffer.allocate(8 + header.length + data).order(ByteOrder.LITTLE_ENDIAN);
    return file.putLong(length).put(header).array();
  }

  private static byte[] length(Random random) {
    var header = HEADER.getBytes(StandardCharsets.UTF_8);
    long length =
        random.nextBoolean()
            ? LENGTHS[random.nextInt(LENGTHS.length)]
            : header.length + random.nextInt(65) - 32;
    return file(length, header, DATA);
  }

  private static byte[] ranges(Random random) {
    long[] numbers = {0, 1, 8, 16, 20, 23, 24, 25, -1, 1L << 31, 1L << 62, Long.MAX_VALUE};
    var header = new StringBuilder("{");
    int count = 1 + random.nextInt(4);
    for (int i = 0; i < count; i++) {
      header.append(i == 0 ? "" : ",");
      header.append("\"t").append(random.nextInt(5)).append("\":{\"dtype\":\"");
      header.append(
          List.of("F32", "F16", "I64", "BOOL", "F8_E4M3", "", "f32").get(random.nextInt(7)));
      header.append("\",\"shape\":[");
      int axes = random.nextInt(20) == 0 ? 1000 : random.nextInt(4);
      for (int axis = 0; axis < axes; axis++) {
        header.append(axis == 0 ? "" : ",").append(numbers[random.nextInt(numbers.length)]);
      }
      header.append("],\"data_offsets\":[").append(numbers[random.nextInt(numbers.length)]);
      header.append(',').append(numbers[random.nextInt(numbers.length)]).append("]}");
    }
    return file(header.append('}').toString().getBytes(StandardCharsets.UTF_8), DATA);
  }

  /** As many as a header may hold. */
  private static byte[] mass(Random random) {
    int count = List.of(1000, 50_000, 250_000).get(random.nextInt(3));
    var header = new StringBuilder("{");
    for (int i = 0; i < count; i++) {
      header.append(i == 0 ? "\"" : ",\"").append(i);
      header.append("\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}");
    }
    return file(header.append('}').toString().getBytes(StandardCharsets.UTF_8), 0);
  }
}
