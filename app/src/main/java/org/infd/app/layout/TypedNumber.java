package org.infd.app.layout;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.text.DecimalFormatSymbols;
import java.util.Optional;
import org.infd.inference.NumberText;

/** Numbers as people type and read them. */
final class TypedNumber {
  private static final int DIGITS = 1;

  private static final char ARABIC_POINT = '\u066b';
  private static final char MINUS = '\u2212';

  private TypedNumber() {}

  private static String digits(String text) {
    var plain = new StringBuilder();
    text.codePoints()
        .forEach(
            sign -> {
              int digit = Character.digit(sign, 10);
              if (digit < 0) {
                plain.appendCodePoint(sign);
              } else {
                plain.append(digit);
              }
            });
    return plain.toString();
  }

  /** A number with as many digits as it needs, one behind the point at most. */
  static String text(double number) {
    var point = DecimalFormatSymbols.getInstance(NumberText.locale()).getDecimalSeparator();
    var rounded = BigDecimal.valueOf(number).setScale(DIGITS, RoundingMode.HALF_EVEN);
    return rounded.signum() == 0
        ? "0"
        : rounded.stripTrailingZeros().toPlainString().replace('.', point);
  }

  /**
   * What was typed, in the digits of any script, with a comma or a point, with or without a percent
   * sign.
   */
  static Optional<Double> parse(String typed) {
    var text =
        digits(typed.strip().replaceFirst("\\s*[%٪]$", ""))
            .replace(',', '.')
            .replace(ARABIC_POINT, '.')
            .replace(MINUS, '-');
    try {
      return Optional.of(Double.valueOf(text)).filter(Double::isFinite);
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }
}
