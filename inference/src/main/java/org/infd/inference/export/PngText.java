package org.infd.inference.export;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.infd.inference.ShownText;

/**
 * The text chunks of a PNG file: {@code tEXt} where Latin-1 suffices, because every program reads
 * it, else {@code iTXt} (UTF-8).
 *
 * @param texts text by keyword; a keyword has 1 to 79 Latin-1 characters
 */
public record PngText(Map<String, String> texts) {
  /** The keyword under which people and image browsers look for how a picture was made. */
  public static final String PARAMETERS = "parameters";

  /** The keyword of the exact recipe, JSON, always {@code iTXt}. */
  public static final String RECIPE = "infd";

  /** No text. */
  public static final PngText NONE = new PngText(Map.of());

  /**
   * Copies the texts, sorted by their keywords, without control characters, and checks the
   * keywords.
   */
  public PngText {
    // sorted, so that the same texts are the same bytes in every run
    var copy = new TreeMap<>(texts);
    for (var keyword : copy.keySet()) {
      if (keyword.isBlank() || keyword.length() > 79 || !isLatin(keyword)) {
        throw new IllegalArgumentException("keyword: " + keyword);
      }
    }
    copy.replaceAll((keyword, text) -> keyword.equals(RECIPE) ? text : clean(text));
    texts = java.util.Collections.unmodifiableMap(copy);
  }

  /** Without control characters, which JSON escapes by itself and nobody expects in a text. */
  private static String clean(String text) {
    var shown = ShownText.lines(text);
    var plain = shown.replace('\ufffd', '?');
    // Latin-1 stays Latin-1, which more programs read
    return isLatin(plain) ? plain : shown;
  }

  /** Whether Latin-1 can say it. */
  static boolean isLatin(String text) {
    return StandardCharsets.ISO_8859_1.newEncoder().canEncode(text);
  }
}
