package org.infd.inference;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/**
 * A value in a JSON file that knows its place: every look at it says what is allowed, and what is
 * not is told as a sentence with the place, what stands there, and what may stand there.
 */
public final class JsonValue {
  private static final int LONGEST_SHOWN = 40;

  private final JsonNode node;
  private final String path;

  private JsonValue(JsonNode node, String path) {
    this.node = node;
    this.path = path;
  }

  /**
   * The whole of a file.
   *
   * @throws Problem if it is no JSON object
   */
  public static JsonValue parse(byte[] bytes) {
    var node = StrictJson.tree(bytes);
    if (!node.isObject()) {
      throw new Problem("It is no JSON object.");
    }
    return new JsonValue(node, "");
  }

  /** Where it stands, as "renderer.norms[0].channels". */
  public String path() {
    return path;
  }

  /** Whether nothing stands there. */
  public boolean isAbsent() {
    return node.isMissingNode() || node.isNull();
  }

  /** A part of an object; an absent value if there is none of that name. */
  public JsonValue get(String name) {
    return new JsonValue(node.path(name), path.isEmpty() ? name : path + "." + name);
  }

  /**
   * A part that has to be an object.
   *
   * @throws Problem if it is something else
   */
  public JsonValue object(String name) {
    var part = get(name);
    if (!part.node.isObject()) {
      throw part.wrong("an object");
    }
    return part;
  }

  /**
   * The parts of an object by name, in their order.
   *
   * @throws Problem if it is no object, or has more than {@code most}
   */
  public Map<String, JsonValue> entries(int most) {
    if (!node.isObject()) {
      throw wrong("an object");
    }
    if (node.size() > most) {
      throw tooMany(most);
    }
    var entries = new LinkedHashMap<String, JsonValue>();
    for (var entry : node.properties()) {
      entries.put(entry.getKey(), get(entry.getKey()));
    }
    return entries;
  }

  /**
   * The items of a list.
   *
   * @throws Problem if it is no list, or has more than {@code most}
   */
  public List<JsonValue> items(int most) {
    if (!node.isArray()) {
      throw wrong("a list");
    }
    if (node.size() > most) {
      throw tooMany(most);
    }
    var items = new ArrayList<JsonValue>();
    for (int i = 0; i < node.size(); i++) {
      items.add(new JsonValue(node.path(i), path + "[" + i + "]"));
    }
    return items;
  }

  private Problem tooMany(int most) {
    return new Problem(
        shownPath() + " has " + node.size() + " entries; at most " + most + " are possible.");
  }

  /**
   * A whole number from {@code min} to {@code max}.
   *
   * @throws Problem if it is something else
   */
  public int whole(int min, int max) {
    double value = StrictJson.number(node);
    if (!(value >= min && value <= max && value == Math.rint(value))) {
      throw wrong(
          min == max
              ? Integer.toString(min)
              : NumberText.format("a whole number from %d to %d", min, max));
    }
    return (int) value;
  }

  /**
   * A number of things, from 0 up.
   *
   * @throws Problem if it is something else
   */
  public long count() {
    if (!node.isIntegralNumber() || !node.canConvertToLong() || node.longValue() < 0) {
      throw wrong("a whole number from 0 to " + Long.MAX_VALUE);
    }
    return node.longValue();
  }

  /**
   * A number from {@code min} to {@code max}.
   *
   * @throws Problem if it is something else
   */
  public double number(double min, double max) {
    double value = StrictJson.number(node);
    if (!(value >= min && value <= max)) {
      throw wrong(String.format(Locale.ROOT, "a number from %s to %s", plain(min), plain(max)));
    }
    return value;
  }

  private static String plain(double bound) {
    return bound == Math.rint(bound) ? Long.toString((long) bound) : Double.toString(bound);
  }

  /**
   * True or false.
   *
   * @throws Problem if it is something else
   */
  public boolean flag() {
    if (!node.isBoolean()) {
      throw wrong("true or false");
    }
    return node.booleanValue();
  }

  /**
   * A text.
   *
   * @throws Problem if it is something else, or longer than {@code longest}
   */
  public String text(int longest) {
    if (!node.isString() || node.stringValue().length() > longest) {
      throw wrong("a text of at most " + longest + " characters");
    }
    return node.stringValue();
  }

  /**
   * One of some words, in any case.
   *
   * @throws Problem if it is none of them
   */
  public <E extends Enum<E>> E word(Class<E> words) {
    for (var word : words.getEnumConstants()) {
      if (node.isString() && word.name().equalsIgnoreCase(node.stringValue())) {
        return word;
      }
    }
    throw wrong(
        Arrays.stream(words.getEnumConstants())
            .map(word -> "'" + word.name().toLowerCase(Locale.ROOT) + "'")
            .collect(Collectors.joining(" or ")));
  }

  /** The problem of a value that has to be something else. */
  public Problem wrong(String allowed) {
    return new Problem(
        shownPath()
            + (node.isMissingNode()
                ? " is missing"
                : node.isNull() ? " has no value" : " is " + shown())
            + "; it has to be "
            + allowed
            + ".");
  }

  private String shownPath() {
    var line = ShownText.line(path);
    return line.length() <= 2 * LONGEST_SHOWN ? line : line.substring(0, 2 * LONGEST_SHOWN) + "…";
  }

  private String shown() {
    if (node.isObject()) {
      return "an object";
    }
    if (node.isArray()) {
      return "a list";
    }
    var shown = StrictJson.shown(node);
    return node.isString() ? "'" + shown + "'" : shown;
  }
}
