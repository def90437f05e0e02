package org.infd.acceptance.hostile;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** JSON that no reader should build, and what is nearly JSON. */
final class HostileJson {
  private static final int[] DEPTHS = {63, 64, 65, 1000, 100_000, 2_000_000};
  private static final int[] COUNTS = {1000, 20_000, 250_000};
  private static final List<String> SHORT =
      List.of(
          "",
          " ",
          "null",
          "0",
          "\"a\"",
          "[]",
          "{}",
          "[null]",
          "[[]]",
          "{\"\":null}",
          "true",
          "{",
          "[1,",
          "\"",
          "{\"a\"}",
          "'a'",
          "/**/{}",
          "{}{}",
          "{} x",
          "{,}",
          "[,]",
          "[1 2]",
          "\\u0000",
          "-",
          "+1",
          ".5",
          "01",
          "0x10",
          "1e",
          "NaN",
          "Infinity",
          "nul",
          "{\"a\":undefined}");

  /** What is JSON, and of no kind that any reader asks for. */
  private static final List<String> NULLS = List.of("null", "[]", "{}", "[null]");

  private static final List<Charset> CHARSETS =
      List.of(
          StandardCharsets.UTF_16LE,
          StandardCharsets.UTF_16BE,
          StandardCharsets.UTF_16,
          StandardCharsets.ISO_8859_1,
          Charset.forName("UTF-32LE"),
          Charset.forName("UTF-32BE"));

  private HostileJson() {}

  /**
   * Makers of hostile texts.
   *
   * @param sound a text that is read
   */
  static Map<String, Source> sources(byte[] sound) {
    var text = new String(sound, StandardCharsets.UTF_8);
    var sources = new LinkedHashMap<String, Source>();
    sources.put("json values", random -> Mutations.spoiledJson(sound, random));
    sources.put("json null", random -> bytes(one(NULLS, random)));
    sources.put("json of nothing", random -> bytes(one(SHORT, random)));
    sources.put("json depth", HostileJson::deep);
    sources.put("json length", HostileJson::large);
    sources.put("json names", random -> bytes(names(text, random)));
    sources.put("json charset", random -> text.getBytes(one(CHARSETS, random)));
    sources.put("json no UTF-8", random -> broken(sound, random));
    sources.put(
        "json end", random -> bytes(text + one(List.of("x", "{}", "]", "\0", ","), random)));
    return sources;
  }

  private static <T> T one(List<T> list, Random random) {
    return list.get(random.nextInt(list.size()));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] deep(Random random) {
    int depth = DEPTHS[random.nextInt(DEPTHS.length)];
    return switch (random.nextInt(3)) {
      case 0 -> bytes("[".repeat(depth));
      case 1 -> bytes("[".repeat(depth) + "]".repeat(depth));
      default -> bytes("{\"a\":".repeat(depth) + "1" + "}".repeat(depth));
    };
  }

  private static byte[] large(Random random) {
    int count = COUNTS[random.nextInt(COUNTS.length)];
    return switch (random.nextInt(6)) {
      case 0 -> bytes("[" + "null,".repeat(count) + "null]");
      case 1 -> bytes("[" + "{},".repeat(count) + "{}]");
      case 2 -> bytes("\"" + "\\u0041".repeat(count) + "\"");
      case 3 -> bytes("[" + "9".repeat(count) + "]");
      case 4 -> bytes("[0." + "1".repeat(count) + "e-" + "9".repeat(9) + "]");
      default -> {
        var names = new StringBuilder("{");
        for (int i = 0; i < count; i++) {
          names.append('"').append(i).append("\":1,");
        }
        yield bytes(names + "\"\":1}");
      }
    };
  }

  /** A name doubled, made strange, or far too long. */
  private static String names(String text, Random random) {
    int at = text.indexOf('{');
    if (at < 0) {
      return "{" + text;
    }
    var first = text.indexOf('"', at) < 0 ? "a" : text.substring(text.indexOf('"', at) + 1);
    var name = first.substring(0, Math.max(0, first.indexOf('"')));
    var added =
        switch (random.nextInt(4)) {
          case 0 -> "\"" + name + "\":1,";
          case 1 -> "\"" + "n".repeat(5000) + "\":1,";
          case 2 -> "\"\\u001b[31m\\u0000\\ud800\":1,";
          default -> "\"__proto__\":{},\"@class\":\"java.lang.Runtime\",\"kind\":\"x\",";
        };
    return text.substring(0, at + 1) + added + text.substring(at + 1);
  }

  private static byte[] broken(byte[] sound, Random random) {
    var bytes = sound.clone();
    int[] wrong = {0xff, 0xc0, 0xed, 0xf5, 0x80, 0xfe};
    for (int i = 0; i < 3 && bytes.length > 0; i++) {
      bytes[random.nextInt(bytes.length)] = (byte) wrong[random.nextInt(wrong.length)];
    }
    return bytes;
  }
}
