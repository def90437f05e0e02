package org.infd.inference.text;

import java.text.Normalizer;
import java.util.regex.Pattern;

/**
 * Small repairs of text that was damaged on its way, as the official tokenizer has them made before
 * anything else (docs/spec/clip.md 8.5): references, controls of a wrong code page, ligatures,
 * full-width letters, curly quotes, line ends, lone surrogates, terminal escapes, invisible
 * controls, and composed characters. Left out is the guessing of text that was decoded in a wrong
 * code page ("schÃ¶n"): it needs large tables of likely mistakes.
 */
final class TextRepair {
  private static final Pattern OLD_CONTROLS = Pattern.compile("[\\x{80}-\\x{9f}]");
  private static final Pattern LIGATURES =
      Pattern.compile("[Ĳĳŉ\\x{1c4}-\\x{1cc}\\x{1f1}-\\x{1f3}\\x{fb00}-\\x{fb06}]");
  private static final Pattern WIDE = Pattern.compile("[\\x{ff01}-\\x{ffef}]");
  private static final Pattern SINGLE_QUOTES = Pattern.compile("[\\x{2bc}\\x{2018}-\\x{201b}]");
  private static final Pattern DOUBLE_QUOTES = Pattern.compile("[\\x{201c}-\\x{201f}]");
  private static final Pattern LINE_ENDS = Pattern.compile("\\r\\n|[\\r\\x{85}\\x{2028}\\x{2029}]");
  private static final Pattern LONE_SURROGATES = Pattern.compile("[\\x{d800}-\\x{dfff}]");
  private static final Pattern TERMINAL_ESCAPES = Pattern.compile("\\x1b\\[[\\d;]*[a-zA-Z]");
  private static final Pattern INVISIBLE =
      Pattern.compile(
          "[\\x00-\\x08\\x0b\\x0e-\\x1f\\x7f\\x{206a}-\\x{206f}\\x{feff}\\x{fff9}-\\x{fffc}]");

  /** One repair can lay open another; two rounds are usual. */
  private static final int MOST_ROUNDS = 100;

  private TextRepair() {}

  /** The repaired text; text without damage is returned as it is. */
  static String repair(String text) {
    var repaired = text;
    boolean html = text.indexOf('<') >= 0;
    for (int round = 0; round < MOST_ROUNDS; round++) {
      var before = repaired;
      repaired = once(html ? before : HtmlReferences.unescapeClosed(before));
      if (repaired.equals(before)) {
        break;
      }
    }
    return repaired;
  }

  private static String once(String text) {
    var t = OLD_CONTROLS.matcher(text).replaceAll(m -> HtmlReferences.windows(m.group().charAt(0)));
    t = LIGATURES.matcher(t).replaceAll(m -> letters(m.group()));
    t = WIDE.matcher(t).replaceAll(m -> quoted(compatible(m.group()))).replace('\u3000', ' ');
    t = SINGLE_QUOTES.matcher(t).replaceAll("'");
    t = DOUBLE_QUOTES.matcher(t).replaceAll("\"");
    t = LINE_ENDS.matcher(t).replaceAll("\n");
    t = LONE_SURROGATES.matcher(t).replaceAll("\ufffd");
    t = TERMINAL_ESCAPES.matcher(t).replaceAll("");
    t = INVISIBLE.matcher(t).replaceAll("");
    return Normalizer.normalize(t, Normalizer.Form.NFC);
  }

  private static String letters(String ligature) {
    // the long s in this one stays long
    return ligature.equals("\ufb05") ? "\u017ft" : compatible(ligature);
  }

  private static String compatible(String character) {
    return Normalizer.normalize(character, Normalizer.Form.NFKC);
  }

  private static String quoted(String text) {
    // the full-width dollar and backslash become signs that a replacement would read
    return java.util.regex.Matcher.quoteReplacement(text);
  }
}
