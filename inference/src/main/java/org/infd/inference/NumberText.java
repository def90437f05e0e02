package org.infd.inference;

import java.util.IllformedLocaleException;
import java.util.Locale;

/**
 * How numbers are shown, decided once: in the digits 0 to 9 wherever the user is, since seeds,
 * sizes and versions come from Java as those and would mix with others in one line; with the
 * separators that the user's settings or system want. Files and what programs read have {@link
 * Locale#ROOT} instead.
 */
public final class NumberText {
  private static final String DIGITS = "nu";
  private static final String LATIN = "latn";

  private NumberText() {}

  /**
   * Text with numbers in it.
   *
   * @param pattern as of {@link String#format(Locale, String, Object...)}
   */
  @SuppressWarnings("AnnotateFormatMethod") // the annotation would be a library more at run time
  public static String format(String pattern, Object... values) {
    return String.format(locale(), pattern, values);
  }

  /** The present locale of numbers, with the digits 0 to 9. */
  public static Locale locale() {
    return withLatinDigits(Locale.getDefault(Locale.Category.FORMAT));
  }

  /** The same locale with the digits 0 to 9. */
  public static Locale withLatinDigits(Locale locale) {
    if (LATIN.equals(locale.getUnicodeLocaleType(DIGITS))) {
      return locale;
    }
    try {
      return new Locale.Builder().setLocale(locale).setUnicodeLocaleKeyword(DIGITS, LATIN).build();
    } catch (IllformedLocaleException e) {
      // a variant that only an old Java wrote
      return withLatinDigits(Locale.of(locale.getLanguage(), locale.getCountry()));
    }
  }
}
