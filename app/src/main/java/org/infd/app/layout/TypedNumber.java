package org.infd.app.layout;

import java.text.NumberFormat;
import java.util.Locale;
import java.util.Optional;

/** Numbers as people type and read them. */
final class TypedNumber {
  private static final int DIGITS = 1;

  private TypedNumber() {}

  /** A number with as many digits as it needs, one behind the point at most. */
  static String text(double number) {
    var format = NumberFormat.getNumberInstance(Locale.getDefault(Locale.Category.FORMAT));
    format.setMaximumFractionDigits(DIGITS);
    format.setGroupingUsed(false);
    return format.format(number);
  }

  /** What was typed, with a comma or a point, with or without a percent sign. */
  static Optional<Double> parse(String typed) {
    var text = typed.strip().replaceFirst("\\s*%$", "").replace(',', '.');
    try {
      return Optional.of(Double.valueOf(text)).filter(Double::isFinite);
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }
}
