package org.infd.inference.text;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Character references of HTML, such as {@code &amp;} and {@code &#9968;}, by the rules of the HTML
 * standard with its repairs of wrong ones (docs/spec/clip.md 8.2).
 */
final class HtmlReferences {
  private static final Pattern REFERENCE =
      Pattern.compile("&(#[0-9]+;?|#[xX][0-9a-fA-F]+;?|[^\\t\\n\\f <&#;]{1,32};?)");

  /** What counts as a reference in text that is no HTML: it must be closed. */
  private static final Pattern CLOSED = Pattern.compile("&#?[0-9A-Za-z]{1,24};");

  private static final Charset WINDOWS = Charset.forName("windows-1252");
  private static final int REPLACEMENT = 0xfffd;

  /** Characters by name; most names end in a semicolon, some old ones exist without. */
  private static final Map<String, String> NAMES = names();

  private HtmlReferences() {}

  private static Map<String, String> names() {
    try (var in = HtmlReferences.class.getResourceAsStream("html-entities.txt")) {
      if (in == null) {
        throw new IllegalStateException("html-entities.txt is missing from the program");
      }
      var names = new HashMap<String, String>();
      for (var line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n")) {
        if (!line.startsWith("#")) {
          var fields = line.split(" ");
          var characters = new StringBuilder();
          for (int i = 1; i < fields.length; i++) {
            characters.appendCodePoint(Integer.parseInt(fields[i], 16));
          }
          names.put(fields[0], characters.toString());
        }
      }
      return names;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Replaces every reference; what is none stays. */
  static String unescape(String text) {
    return text.indexOf('&') < 0
        ? text
        : REFERENCE.matcher(text).replaceAll(match -> quoted(character(match.group(1))));
  }

  /**
   * Replaces references in text that is probably no HTML: only those that end in a semicolon, and
   * also names in capitals of which only the small form exists.
   */
  static String unescapeClosed(String text) {
    return text.indexOf('&') < 0
        ? text
        : CLOSED.matcher(text).replaceAll(match -> quoted(closed(match)));
  }

  private static String quoted(String text) {
    return java.util.regex.Matcher.quoteReplacement(text);
  }

  private static String closed(MatchResult match) {
    var reference = match.group();
    var name = reference.substring(1);
    if (name.startsWith("#")) {
      var character = unescape(reference);
      return character.indexOf(';') < 0 ? character : reference;
    }
    var known = NAMES.get(name);
    if (known != null) {
      return known;
    }
    var small = name.toLowerCase(Locale.ROOT);
    var lower = NAMES.get(small);
    boolean capitals = name.equals(small.toUpperCase(Locale.ROOT)) && prefix(name) == null;
    return lower != null && capitals ? lower.toUpperCase(Locale.ROOT) : reference;
  }

  private static String character(String reference) {
    if (reference.startsWith("#")) {
      return numbered(reference);
    }
    var known = NAMES.get(reference);
    if (known != null) {
      return known;
    }
    var prefix = prefix(reference);
    return prefix == null
        ? "&" + reference
        : NAMES.get(prefix) + reference.substring(prefix.length());
  }

  /** The longest name that a text begins with, which may go without a semicolon, or null. */
  private static @Nullable String prefix(String text) {
    for (int length = text.length() - 1; length > 1; length--) {
      var prefix = text.substring(0, length);
      if (NAMES.containsKey(prefix)) {
        return prefix;
      }
    }
    return null;
  }

  private static String numbered(String reference) {
    var digits = reference.substring(1).replace(";", "");
    boolean hexadecimal = digits.startsWith("x") || digits.startsWith("X");
    var significant = (hexadecimal ? digits.substring(1) : digits).replaceFirst("^0+", "");
    if (significant.isEmpty() || significant.length() > 8) {
      return Character.toString(REPLACEMENT);
    }
    long number = Long.parseLong(significant, hexadecimal ? 16 : 10);
    if (number > Character.MAX_CODE_POINT || (number >= 0xd800 && number <= 0xdfff)) {
      return Character.toString(REPLACEMENT);
    }
    int code = (int) number;
    if (code == '\r') {
      return "\r";
    }
    if (code >= 0x80 && code <= 0x9f) {
      return windows(code);
    }
    return isForbidden(code) ? "" : Character.toString(code);
  }

  /** Controls, and code points that can never be characters. */
  private static boolean isForbidden(int code) {
    boolean control = code < 0x20 && code != '\t' && code != '\n' && code != '\f';
    return control
        || code == 0x7f
        || (code >= 0xfdd0 && code <= 0xfdef)
        || (code & 0xfffe) == 0xfffe;
  }

  /** The character of a byte 128 to 159 in windows-1252; the five unused bytes stay themselves. */
  static String windows(int code) {
    var character = new String(new byte[] {(byte) code}, WINDOWS);
    return character.codePointAt(0) == REPLACEMENT ? Character.toString(code) : character;
  }
}
