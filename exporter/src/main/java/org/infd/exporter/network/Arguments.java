package org.infd.exporter.network;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.infd.inference.Problem;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of a model or network as a checkpoint stores them: read by name, with defaults,
 * types and limits checked. Remembers what was read, so that the rest can be named.
 */
public final class Arguments {
  private final String path;
  private final Map<?, ?> values;
  private final Set<String> read = new LinkedHashSet<>();

  private Arguments(String path, Map<?, ?> values) {
    this.path = path;
    this.values = values;
  }

  /**
   * Arguments from a plain value.
   *
   * @param path how messages call it, for example "model.args"
   * @param value a map with text keys; null means no arguments
   * @throws Problem if it is something else
   */
  public static Arguments of(String path, @Nullable Object value) {
    if (value == null) {
      return new Arguments(path, Map.of());
    }
    if (value instanceof Map<?, ?> map) {
      return new Arguments(path, map);
    }
    throw new Problem(
        "The checkpoint's " + path + " should be a table of settings. It is not an INFD model.");
  }

  private @Nullable Object value(String name) {
    read.add(name);
    return values.get(name);
  }

  /** Whether there is a value that is not null; does not count as reading it. */
  public boolean has(String name) {
    return values.get(name) != null;
  }

  /** Marks names as understood, whatever they hold. */
  public void skip(String... names) {
    read.addAll(List.of(names));
  }

  /** The names that nobody asked for. */
  public List<String> unread() {
    return values.keySet().stream().map(String::valueOf).filter(n -> !read.contains(n)).toList();
  }

  /**
   * Refuses names that nobody asked for.
   *
   * @throws Problem naming the first
   */
  public void refuseUnread() {
    var unread = unread();
    if (!unread.isEmpty()) {
      throw new Problem(
          "The checkpoint sets "
              + path
              + "."
              + clip(unread.getFirst())
              + ", which this importer does not know, so the network would not be the trained"
              + " one.");
    }
  }

  /**
   * A whole number.
   *
   * @throws Problem if it is not one, or outside min … max
   */
  public int integer(String name, int absent, int min, int max) {
    var value = value(name);
    if (value == null) {
      return absent;
    }
    return number(name, value, min, max);
  }

  private int number(String name, @Nullable Object value, int min, int max) {
    if (value instanceof Number number
        && number.doubleValue() == Math.rint(number.doubleValue())
        && number.doubleValue() >= min
        && number.doubleValue() <= max) {
      return number.intValue();
    }
    throw wrong(name, value, "a whole number from " + min + " to " + max);
  }

  /**
   * A list of whole numbers.
   *
   * @throws Problem if it is not one, is longer than {@code longest}, or a number lies outside min
   *     … max
   */
  public List<Integer> integers(String name, List<Integer> absent, int longest, int min, int max) {
    var value = value(name);
    if (value == null) {
      return absent;
    }
    if (!(value instanceof List<?> list) || list.size() > longest) {
      throw wrong(name, value, "a list of at most " + longest + " whole numbers");
    }
    var numbers = new ArrayList<Integer>();
    for (var item : list) {
      numbers.add(number(name, item, min, max));
    }
    return numbers;
  }

  /**
   * A number.
   *
   * @throws Problem if it is not one or outside min … max
   */
  public double real(String name, double absent, double min, double max) {
    var value = value(name);
    if (value == null) {
      return absent;
    }
    if (value instanceof Number number
        && number.doubleValue() >= min
        && number.doubleValue() <= max) {
      return number.doubleValue();
    }
    throw wrong(name, value, "a number from " + min + " to " + max);
  }

  /**
   * A truth value.
   *
   * @throws Problem if it is not one
   */
  public boolean flag(String name, boolean absent) {
    var value = value(name);
    if (value == null) {
      return absent;
    }
    if (value instanceof Boolean flag) {
      return flag;
    }
    if (value instanceof Number number && (number.intValue() == 0 || number.intValue() == 1)) {
      return number.intValue() == 1;
    }
    throw wrong(name, value, "true or false");
  }

  /**
   * A text.
   *
   * @throws Problem if it is not one
   */
  public String text(String name, String absent) {
    var value = value(name);
    if (value == null) {
      return absent;
    }
    if (value instanceof String text) {
      return text;
    }
    throw wrong(name, value, "a text");
  }

  /** Nested arguments; empty if absent. */
  public Arguments child(String name) {
    return of(path + "." + name, value(name));
  }

  /**
   * A {@code {name, args}} pair.
   *
   * @throws Problem if there is none
   */
  public Component component(String name) {
    var child = child(name);
    if (!child.has("name")) {
      throw new Problem(
          "The checkpoint's "
              + path
              + (has(name) ? "." + name + " has no name" : " has no '" + name + "'")
              + ", so what its network is cannot be known. Save the checkpoint again with the"
              + " arguments of its model.");
    }
    var component = new Component(child.text("name", ""), child.child("args"));
    child.refuseUnread();
    return component;
  }

  /**
   * A network chosen by name.
   *
   * @param name the registered name, empty if absent
   */
  public record Component(String name, Arguments args) {}

  private Problem wrong(String name, @Nullable Object value, String expected) {
    return new Problem(
        "The checkpoint's "
            + path
            + "."
            + name
            + " is "
            + (value == null ? "nothing" : clip(value.toString()))
            + "; it should be "
            + expected
            + ". The model cannot be imported.");
  }

  private static String clip(String text) {
    return text.length() <= 60 ? text : text.substring(0, 57) + "...";
  }

  @Override
  public String toString() {
    return path;
  }
}
