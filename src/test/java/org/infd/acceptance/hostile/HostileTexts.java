package org.infd.acceptance.hostile;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;

/** Lists of merges that are none, or far too long. */
final class HostileTexts {
  private HostileTexts() {}

  /** A few kilobytes that are very many. */
  static byte[] packedBomb(Random random) throws IOException {
    var block = new byte[1 << 20];
    java.util.Arrays.fill(block, (byte) (random.nextBoolean() ? 'a' : '\n'));
    int blocks = 1 << random.nextInt(7);
    var out = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(out)) {
      for (int i = 0; i < blocks; i++) {
        gzip.write(block);
      }
    }
    return out.toByteArray();
  }

  /** Lines that are no merges, packed or not. */
  static byte[] merges(Random random) throws IOException {
    var text = new StringBuilder("#version: 0.2\n");
    int lines = random.nextInt(3) == 0 ? 300_000 : random.nextInt(200);
    var parts =
        List.of(
            "a b",
            "a  b",
            "a",
            " ",
            "a b c",
            "\u00e9 \u4e2d",
            "\ufffe x",
            "x".repeat(500) + " y",
            "\0 \0");
    for (int i = 0; i < lines; i++) {
      text.append(parts.get(random.nextInt(parts.size())))
          .append(random.nextBoolean() ? "\n" : "\r\n");
    }
    var bytes = text.toString().getBytes(StandardCharsets.UTF_8);
    if (random.nextBoolean()) {
      return bytes;
    }
    var out = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    }
    return out.toByteArray();
  }
}
