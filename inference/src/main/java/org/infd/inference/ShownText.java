package org.infd.inference;

/**
 * Makes text that came from outside (names and prompts in files, arguments, what libraries say) fit
 * to be shown in a terminal or a label: control characters would move the cursor or colour the
 * screen, and overrides of the writing direction make one name look like another. The one place
 * that does so; what is kept in files stays as it is.
 */
public final class ShownText {
  /** Stands where a character was that cannot be shown. */
  private static final char STAND_IN = '\ufffd';

  private ShownText() {}

  /**
   * Text of several lines: line feeds and tabs stay, everything else that would do something to the
   * screen is replaced by U+FFFD.
   */
  public static String lines(String text) {
    return clean(text, true);
  }

  /** Text that must stay on one line: ends of lines and tabs become blanks. */
  public static String line(String text) {
    return clean(text, false);
  }

  /**
   * Text on one line and of bounded length: blanks are made one, and what is longer is cut and ends
   * in an ellipsis.
   *
   * @param most the most characters (code points) of the result, 1 or more
   */
  public static String shortened(String text, int most) {
    var line = line(text).strip().replaceAll("\\s+", " ");
    return line.codePointCount(0, line.length()) <= most
        ? line
        : line.substring(0, line.offsetByCodePoints(0, most - 1)) + "…";
  }

  private static String clean(String text, boolean lines) {
    int first = 0;
    while (first < text.length() && isPlain(text.charAt(first))) {
      first++;
    }
    if (first == text.length()) {
      return text;
    }
    var clean = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); ) {
      int sign = text.codePointAt(i);
      i += Character.charCount(sign);
      if (sign == '\r' && i < text.length() && text.charAt(i) == '\n') {
        continue;
      }
      if (sign == '\n' || sign == '\t' || sign == '\r') {
        clean.append(lines ? (sign == '\t' ? '\t' : '\n') : ' ');
      } else if (isShowable(sign)) {
        clean.appendCodePoint(sign);
      } else {
        clean.append(STAND_IN);
      }
    }
    return clean.toString();
  }

  /** Most characters of most texts, without asking what they are. */
  private static boolean isPlain(char sign) {
    return sign >= ' ' && sign < 0x7f;
  }

  private static boolean isShowable(int sign) {
    return switch (Character.getType(sign)) {
      case Character.CONTROL,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      case Character.FORMAT -> isFormatOfScripts(sign);
      default -> true;
    };
  }

  /**
   * Invisible signs that scripts and emoji are written with: joiners, soft hyphen, signs of Arabic,
   * Syriac and Kaithi numbers, tags of flags. Marks and overrides of direction are not among them.
   */
  private static boolean isFormatOfScripts(int sign) {
    return sign == 0x200c
        || sign == 0x200d
        || sign == 0xad
        || sign == 0x2060
        || (sign >= 0x600 && sign <= 0x605)
        || sign == 0x6dd
        || sign == 0x70f
        || sign == 0x8e2
        || sign == 0x110bd
        || sign == 0x110cd
        || (sign >= 0xe0020 && sign <= 0xe007f);
  }
}
