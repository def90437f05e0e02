package org.infd.acceptance.golden;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.infd.inference.field.Rectangle;
import org.jspecify.annotations.Nullable;

/**
 * What the words of an array's name say. Words are separated by underscores, dots, strokes or
 * slashes, and by the change from letters to digits; what stands before the words that say what it
 * is, says whose it is.
 */
record ArrayName(String text, List<String> words) {
  private static final Pattern WORD =
      Pattern.compile("eta\\d+(?:[.p]\\d+)?|[a-z]+\\d+|[a-z]+|\\d+(?:\\.\\d+)?");
  private static final Pattern PART =
      Pattern.compile(
          "r(?:ows?)?_?(\\d+)_(?:to_)?(\\d+)_?_?c(?:ol(?:umn)?s?)?_?(\\d+)_(?:to_)?(\\d+)");
  private static final Pattern RUN =
      Pattern.compile("zt\\d+|xt\\d+|t\\d+|ddim\\d+|eta.*|steps?\\d+");

  static ArrayName of(String text) {
    var words = new ArrayList<String>();
    var match = WORD.matcher(text.toLowerCase(Locale.ROOT));
    while (match.find()) {
      words.add(match.group());
    }
    return new ArrayName(text, List.copyOf(words));
  }

  /** Whether a word is one of these, digits at its end aside. */
  boolean says(String... wanted) {
    for (var word : words) {
      var bare = word.replaceAll("\\d+$", "");
      for (var w : wanted) {
        if (word.equals(w) || bare.equals(w)) {
          return true;
        }
      }
    }
    return false;
  }

  /** Whether the last word, qualifiers aside, is one of these. */
  boolean ends(String... wanted) {
    for (int i = words.size() - 1; i >= 0; i--) {
      var word = words.get(i);
      if (word.matches("every\\d*|ema|raw|first|novq|no|vq|\\d+") && i > 0) {
        continue;
      }
      var bare = word.replaceAll("\\d+$", "");
      return List.of(wanted).contains(word) || List.of(wanted).contains(bare);
    }
    return false;
  }

  /** The number that follows a word, or 0. */
  int number(String word) {
    for (int i = 0; i < words.size(); i++) {
      var w = words.get(i);
      if (w.matches(Pattern.quote(word) + "\\d+")) {
        return Integer.parseInt(w.substring(word.length()));
      }
      if (w.equals(word) && i + 1 < words.size() && words.get(i + 1).matches("\\d{1,7}")) {
        return Integer.parseInt(words.get(i + 1));
      }
    }
    return 0;
  }

  /** All whole numbers in the name, those of two digits or more. */
  List<Integer> numbers() {
    var numbers = new ArrayList<Integer>();
    var match = Pattern.compile("\\d+").matcher(text);
    while (match.find()) {
      if (match.group().length() > 1 && match.group().length() < 6) {
        numbers.add(Integer.parseInt(match.group()));
      }
    }
    return numbers;
  }

  /** Whether the quantiser is said to be left out. */
  boolean withoutQuantiser() {
    return text.toLowerCase(Locale.ROOT)
        .matches(".*(no|non|without|un|skip)[_-]?(vq|quant).*|.*continuous.*");
  }

  /** Rows and columns with exclusive ends, where they are stated. */
  @Nullable Rectangle part() {
    var match = PART.matcher(text.toLowerCase(Locale.ROOT));
    if (!match.find()) {
      return null;
    }
    int row = Integer.parseInt(match.group(1));
    int column = Integer.parseInt(match.group(3));
    int height = Integer.parseInt(match.group(2)) - row;
    int width = Integer.parseInt(match.group(4)) - column;
    return height > 0 && width > 0 ? new Rectangle(row, column, height, width) : null;
  }

  /** The words that tell one sampling run or noise level from another. */
  List<String> run() {
    return words.stream().filter(word -> RUN.matcher(word).matches()).toList();
  }

  /** Whether an array of this name may have been made of one of that name: same run or none. */
  boolean mayComeFrom(ArrayName source) {
    return run().containsAll(source.run());
  }

  private int commonWords(ArrayName other) {
    int common = 0;
    while (common < Math.min(words.size(), other.words.size())
        && words.get(common).equals(other.words.get(common))) {
      common++;
    }
    return common;
  }

  /**
   * Orders possible sources of this array: those of the same run first, then by how many first
   * words are shared; the given order decides between equals.
   */
  List<String> nearest(List<String> sources) {
    return sources.stream()
        .filter(source -> mayComeFrom(of(source)))
        .sorted(
            Comparator.comparingInt((String source) -> -of(source).run().size())
                .thenComparingInt(source -> -commonWords(of(source))))
        .toList();
  }
}
