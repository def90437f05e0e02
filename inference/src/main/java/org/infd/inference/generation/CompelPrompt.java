package org.infd.inference.generation;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Prompts as InvokeAI weighs them (its library Compel), written as they are weighed here. There
 * {@code word++} is 1.1 for each +, {@code word-} 0.9 for each −, {@code (some words)1.3} and
 * {@code (some words)++} weigh a group, brackets alone and square brackets weigh nothing.
 *
 * @param text with the weights of here; as it was where it cannot be written so
 * @param left what cannot be written so; empty for nothing
 */
record CompelPrompt(String text, Optional<String> left) {
  private static final Pattern FUNCTION = Pattern.compile("[)\"]\\.(blend|and|swap)\\(");

  /** What weighs what stands before it, up to where a word ends. */
  private static final Pattern SIGNS = Pattern.compile("(\\++|-+)(?![\\p{L}\\p{N}_+\\-])");

  private static final Pattern NUMBER =
      Pattern.compile("[-+]?(?:\\d{1,9}(?:\\.\\d{0,9})?|\\.\\d{1,9})");
  private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}_'’]++");
  private static final Pattern QUOTED = Pattern.compile("\"([^\"()\\\\]*+)\"");

  static CompelPrompt of(String text) {
    var function = FUNCTION.matcher(text);
    if (function.find()) {
      return new CompelPrompt(text, Optional.of("." + function.group(1) + "()"));
    }
    return new Translation(text)
        .done()
        .map(done -> new CompelPrompt(done, Optional.empty()))
        .orElseGet(() -> new CompelPrompt(text, Optional.of("brackets that are not closed")));
  }

  private static final class Translation {
    private final String text;
    private final StringBuilder out = new StringBuilder();
    private final ArrayDeque<Integer> open = new ArrayDeque<>();

    Translation(String text) {
      this.text = text;
    }

    Optional<String> done() {
      int at = 0;
      while (at < text.length()) {
        at = next(at);
      }
      return open.isEmpty() ? Optional.of(out.toString()) : Optional.empty();
    }

    private int next(int at) {
      char sign = text.charAt(at);
      switch (sign) {
        case '\\' -> {
          int end = Math.min(at + 2, text.length());
          out.append(text, at, end);
          return end;
        }
        case '(' -> open.push(out.length());
        case ')' -> {
          if (open.isEmpty()) {
            out.append("\\)");
          } else {
            return weigh(open.pop(), at + 1, true);
          }
        }
        case '[', ']' -> out.append('\\').append(sign);
        case '"' -> {
          var quoted = QUOTED.matcher(text).region(at, text.length());
          if (quoted.lookingAt()
              && SIGNS.matcher(text).region(quoted.end(), text.length()).lookingAt()) {
            int from = out.length();
            out.append(quoted.group(1));
            return weigh(from, quoted.end(), false);
          }
          out.append(sign);
        }
        default -> {
          var word = WORD.matcher(text).region(at, text.length());
          if (word.lookingAt()) {
            int from = out.length();
            out.append(word.group());
            return weigh(from, word.end(), false);
          }
          out.append(sign);
        }
      }
      return at + 1;
    }

    /** Weighs what was written last by what follows it; returns where that ends. */
    private int weigh(int from, int at, boolean isGroup) {
      var signs = SIGNS.matcher(text).region(at, text.length()).useTransparentBounds(true);
      if (signs.lookingAt()) {
        double each = signs.group().charAt(0) == '+' ? 1.1 : 0.9;
        weigh(from, Math.pow(each, signs.group().length()));
        return signs.end();
      }
      var number = NUMBER.matcher(text).region(at, text.length());
      if (isGroup && number.lookingAt()) {
        weigh(from, Double.parseDouble(number.group()));
        return number.end();
      }
      return at;
    }

    private void weigh(int from, double weight) {
      var shown =
          new BigDecimal(Math.min(weight, 1e9)).round(new MathContext(4)).stripTrailingZeros();
      out.insert(from, '(').append(':').append(shown.toPlainString()).append(')');
    }
  }
}
