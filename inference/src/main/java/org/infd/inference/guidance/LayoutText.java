package org.infd.inference.guidance;

import java.util.regex.Pattern;
import org.infd.inference.Problem;
import org.jspecify.annotations.Nullable;

/** Texts in layouts: bounded, and made of whole characters, so that every file can hold them. */
final class LayoutText {
  /** As in recipes. */
  static final int LONGEST = 10_000;

  private static final Pattern LONE_SURROGATES = Pattern.compile("[\\x{d800}-\\x{dfff}]");

  private LayoutText() {}

  static String require(String what, @Nullable String text) {
    if (text == null) {
      throw new Problem("A box has no " + what + ".");
    }
    if (text.length() > LONGEST) {
      throw new Problem(
          "A "
              + what
              + " has "
              + text.length()
              + " characters; at most "
              + LONGEST
              + " can be kept. Shorten it.");
    }
    if (LONE_SURROGATES.matcher(text).find()) {
      throw new Problem(
          "A " + what + " holds half of a character (a lone surrogate). Type it again.");
    }
    return text;
  }

  /** Null for a blank text. */
  static @Nullable String optional(String what, @Nullable String text) {
    return text == null || text.isBlank() ? null : require(what, text);
  }
}
