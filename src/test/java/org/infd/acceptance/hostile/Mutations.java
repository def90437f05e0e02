package org.infd.acceptance.hostile;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Spoils files: by a seed, by cutting, and by what is known to have stopped readers before. */
final class Mutations {
  private static final int MOST_CHANGES = 6;
  private static final int[] BOUNDS = {0, 1, 0x7f, 0x80, 0xff, 0x1b, '"', '{', '[', 'P', '.'};

  /** What stands where a number, a word or an object should. */
  private static final List<String> VALUES =
      List.of(
          "null",
          "true",
          "-1",
          "0",
          "-0.0",
          "0.5",
          "1e999",
          "-1e999999999",
          "1e-999999999",
          "4294967296",
          "2147483647",
          "2147483648",
          "9223372036854775807",
          "9223372036854775808",
          "-9223372036854775809",
          "9".repeat(401),
          "1".repeat(100_000),
          "\"\"",
          "\"\\u0000\"",
          "\"a\\u0000b\"",
          "\"/\"",
          "\"../../etc/passwd\"",
          "\"/dev/zero\"",
          "\"C:\\\\con\"",
          "\"*?<>|\"",
          "\"\\u001b[2J\\u202e\"",
          "\"\\ud800\"",
          "\"\\ufeff\\u200b\"",
          "\"1e999999999\"",
          "\"NaN\"",
          "\"" + "x".repeat(70_000) + "\"",
          "[]",
          "{}",
          "[null]",
          "[[]]",
          "{\"kind\":null}",
          "[".repeat(2000) + "]".repeat(2000),
          "{\"a\":".repeat(90) + "1" + "}".repeat(90),
          "{\"a\":1,\"a\":1}",
          "[" + "1,".repeat(20_000) + "1]",
          "NaN");

  private Mutations() {}

  /** A file with some bytes changed, taken away, doubled, moved or filled with bounds. */
  static byte[] spoiled(byte[] file, Random random) {
    var bytes = file.clone();
    int changes = 1 + random.nextInt(MOST_CHANGES);
    for (int i = 0; i < changes && bytes.length > 0; i++) {
      bytes = changed(bytes, random);
    }
    return bytes;
  }

  private static byte[] changed(byte[] bytes, Random random) {
    // heads and ends of files say how long everything is
    int at =
        switch (random.nextInt(3)) {
          case 0 -> random.nextInt(Math.min(bytes.length, 64));
          case 1 -> bytes.length - 1 - random.nextInt(Math.min(bytes.length, 128));
          default -> random.nextInt(bytes.length);
        };
    int length = Math.min(bytes.length - at, 1 + random.nextInt(16));
    switch (random.nextInt(6)) {
      case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
      case 1 -> bytes[at] = (byte) BOUNDS[random.nextInt(BOUNDS.length)];
      case 2 -> Arrays.fill(bytes, at, at + length, (byte) BOUNDS[random.nextInt(BOUNDS.length)]);
      case 3 -> {
        return joined(bytes, at, new byte[0], at + length);
      }
      case 4 -> {
        return joined(bytes, at, Arrays.copyOfRange(bytes, at, at + length), at);
      }
      default -> {
        int from = random.nextInt(bytes.length - length + 1);
        System.arraycopy(bytes.clone(), from, bytes, at, length);
      }
    }
    return bytes;
  }

  private static byte[] joined(byte[] bytes, int end, byte[] middle, int rest) {
    var out = new ByteArrayOutputStream(bytes.length + middle.length);
    out.write(bytes, 0, end);
    out.writeBytes(middle);
    out.write(bytes, rest, bytes.length - rest);
    return out.toByteArray();
  }

  /** A JSON text in which some values are what should not stand there. */
  static byte[] spoiledJson(byte[] file, Random random) {
    var text = new String(file, StandardCharsets.UTF_8);
    int changes = 1 + random.nextInt(2);
    for (int i = 0; i < changes; i++) {
      text = replaced(text, random);
    }
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String replaced(String text, Random random) {
    var starts = new ArrayList<Integer>();
    for (int i = 0; i < text.length(); i++) {
      if (":[,".indexOf(text.charAt(i)) >= 0) {
        starts.add(i + 1);
      }
    }
    if (starts.isEmpty()) {
      return text;
    }
    int from = starts.get(random.nextInt(starts.size()));
    int to = from;
    while (to < text.length() && ",}]\n".indexOf(text.charAt(to)) < 0) {
      to++;
    }
    return text.substring(0, from) + VALUES.get(random.nextInt(VALUES.size())) + text.substring(to);
  }
}
