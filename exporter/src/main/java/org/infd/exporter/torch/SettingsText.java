package org.infd.exporter.torch;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.infd.inference.Problem;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/**
 * Settings written as JSON or YAML, read as data: {@code Map<String, Object>}, {@code List}, {@code
 * String}, {@code Long}, {@code Double}, {@code Boolean} and null. Tags of classes are refused;
 * size, depth and repetition are bounded.
 */
public final class SettingsText {
  private static final int LONGEST = 4 << 20;
  private static final int DEEPEST = 64;
  private static final int MOST_VALUES = 200_000;

  private final String where;
  private int copied;

  private SettingsText(String where) {
    this.where = where;
  }

  /**
   * Reads one document.
   *
   * @param where what it is, for sentences
   * @throws Problem if it is neither JSON nor YAML, or absurdly large or deep
   */
  public static @Nullable Object parse(String where, String text) {
    if (text.length() > LONGEST) {
      throw new Problem(where + " is far larger than the settings of a model.");
    }
    var plain = text.startsWith("\uFEFF") ? text.substring(1) : text;
    requireFlat(where, plain);
    var settings =
        LoadSettings.builder()
            .setLabel("settings")
            .setSchema(new CoreSchema())
            .setCodePointLimit(LONGEST)
            .setAllowDuplicateKeys(false)
            .setAllowRecursiveKeys(false)
            .build();
    try {
      // JSON is YAML
      return new SettingsText(where).copy(new Load(settings).loadFromString(plain), 1);
    } catch (YamlEngineException e) {
      var reason =
          SourceLocation.plain(String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
      throw new Problem(
          where + " is neither sound JSON nor sound YAML: " + reason + ". Write it again.", e);
    }
  }

  /** The parser recurses, so that depth is bounded before it begins. */
  private static void requireFlat(String where, String text) {
    int open = 0;
    int indent = 0;
    boolean start = true;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\n') {
        indent = 0;
        start = true;
      } else if (start && (c == ' ' || c == '-' || c == '?' || c == ':' || c == '\t')) {
        indent++;
      } else {
        start = false;
      }
      open += c == '[' || c == '{' ? 1 : c == ']' || c == '}' ? -1 : 0;
      if (open > 4 * DEEPEST || indent > 8 * DEEPEST) {
        throw new Problem(where + " is nested far deeper than the settings of a model.");
      }
    }
  }

  private @Nullable Object copy(@Nullable Object value, int depth) {
    if (depth > DEEPEST || ++copied > MOST_VALUES) {
      throw new Problem(where + " is nested or repeated far more than the settings of a model.");
    }
    return switch (value) {
      case null -> null;
      case Map<?, ?> map -> {
        Map<String, @Nullable Object> copy = new LinkedHashMap<>();
        for (var entry : map.entrySet()) {
          copy.put(String.valueOf(entry.getKey()), copy(entry.getValue(), depth + 1));
        }
        yield Collections.unmodifiableMap(copy);
      }
      case Iterable<?> list -> {
        List<@Nullable Object> copy = new ArrayList<>();
        for (var item : list) {
          copy.add(copy(item, depth + 1));
        }
        yield Collections.unmodifiableList(copy);
      }
      case Integer number -> number.longValue();
      case BigInteger number -> number.bitLength() < Long.SIZE ? number.longValueExact() : number;
      case Long _, Double _, Boolean _, String _ -> value;
      default -> String.valueOf(value);
    };
  }
}
