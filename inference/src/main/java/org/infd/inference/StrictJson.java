package org.infd.inference;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.type.LogicalType;

/**
 * The one place that makes readers and writers of JSON. Files are not trusted: depth, lengths and
 * digits are bounded before anything is built from them, a name that stands twice is refused, and
 * nothing may follow the value. What goes wrong is told by {@link FileReason}.
 */
public final class StrictJson {
  private static final int LONGEST_SHOWN = 40;

  private static final StreamReadConstraints BOUNDS =
      StreamReadConstraints.builder()
          .maxNestingDepth(64)
          .maxNumberLength(1000)
          .maxNameLength(4096)
          .maxStringLength(16 << 20)
          .build();

  private static final JsonMapper FILES =
      base()
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
          // a fraction cut off, or a place in a list of words, would be another value in silence
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .enable(EnumFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
          // nor is a number or a truth a text
          .withCoercionConfig(
              LogicalType.Textual,
              texts ->
                  texts
                      .setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                      .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                      .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
          .build();

  private static final JsonMapper MEMORY =
      base().disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES).build();

  private static final JsonMapper LINES =
      FILES.rebuild().disable(SerializationFeature.INDENT_OUTPUT).build();

  private StrictJson() {}

  private static JsonMapper.Builder base() {
    return JsonMapper.builder(JsonFactory.builder().streamReadConstraints(BOUNDS).build())
        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
        .enable(SerializationFeature.INDENT_OUTPUT);
  }

  /**
   * For files that people pass on: a number is never null, a whole number has no fraction, words
   * are read in any case and have no numbers, and texts are texts.
   */
  public static JsonMapper files() {
    return FILES;
  }

  /** The same, written on one line. */
  public static JsonMapper lines() {
    return LINES;
  }

  /** For what the program remembers for itself: a number that is missing or null is 0. */
  public static JsonMapper memory() {
    return MEMORY;
  }

  /**
   * Reads any value.
   *
   * @throws Problem if it is no JSON; a sentence that begins with "It"
   */
  public static JsonNode tree(byte[] bytes) {
    try {
      return FILES.readTree(bytes);
    } catch (JacksonException e) {
      var clause = FileReason.of(e);
      throw new Problem(Character.toUpperCase(clause.charAt(0)) + clause.substring(1) + ".", e);
    }
  }

  /**
   * Reads a file of any value.
   *
   * @param largest how many bytes it may have
   * @throws Problem if it cannot be read, is larger, or is no JSON; the sentence names the file
   */
  public static JsonNode tree(Path file, long largest) {
    try {
      if (Files.size(file) > largest) {
        throw new Problem(file + " is far larger than such a file can be. Use another copy.");
      }
      return FILES.readTree(Files.readAllBytes(file));
    } catch (IOException e) {
      throw FileReason.unreadable(file, e);
    } catch (JacksonException e) {
      throw new Problem(
          file
              + " could not be read as JSON: "
              + FileReason.of(e)
              + ". Mend it, or use another copy.",
          e);
    }
  }

  /** What stands there, for a sentence: on one line, and no longer than a person reads. */
  public static String shown(JsonNode node) {
    var text = ShownText.line(node.isString() ? node.stringValue() : node.toString());
    int end = Math.min(LONGEST_SHOWN, text.length());
    if (end > 0 && end < text.length() && Character.isHighSurrogate(text.charAt(end - 1))) {
      end--;
    }
    return text.length() > end ? text.substring(0, end) + "…" : text;
  }

  /** A number as a double, infinite where it is beyond all measure; NaN for what is no number. */
  public static double number(JsonNode node) {
    if (!node.isNumber()) {
      return Double.NaN;
    }
    // the library's own way throws for large integers
    return node.isIntegralNumber()
        ? node.bigIntegerValue().doubleValue()
        : node.isBigDecimal() ? node.decimalValue().doubleValue() : node.doubleValue();
  }
}
