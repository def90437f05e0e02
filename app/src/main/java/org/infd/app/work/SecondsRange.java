package org.infd.app.work;

import java.util.Locale;

/**
 * How long something takes, as far as that can be said beforehand.
 *
 * @param least in seconds
 * @param most in seconds, not less than {@code least}
 */
public record SecondsRange(double least, double most) {
  private static final int MINUTE = 60;
  private static final int HOUR = 3600;

  /** Checks the order. */
  public SecondsRange {
    if (!(least >= 0 && least <= most)) {
      throw new IllegalArgumentException(least + " to " + most);
    }
  }

  /** For example "under a second", "25 to 40 s", "1 to 2 min", "about 3 min", "1.5 to 2 h". */
  public String text() {
    if (most < 1) {
      return "under a second";
    }
    if (most < 1.5 * MINUTE) {
      return text(whole(least, step(most)), whole(most, step(most)), "s");
    }
    if (most < 1.5 * HOUR) {
      return text(whole(least / MINUTE, 1), whole(most / MINUTE, 1), "min");
    }
    return text(half(least / HOUR), half(most / HOUR), "h");
  }

  private static String text(String from, String to, String unit) {
    return from.equals(to) ? "about " + to + " " + unit : from + " to " + to + " " + unit;
  }

  /** Nobody knows 37 from 38 seconds beforehand. */
  private static int step(double most) {
    return most < 10 ? 1 : 5;
  }

  private static String whole(double value, int step) {
    return Long.toString(Math.max(1, Math.round(value / step) * step));
  }

  private static String half(double hours) {
    double rounded = Math.max(0.5, Math.rint(hours * 2) / 2);
    return rounded == Math.rint(rounded)
        ? Long.toString((long) rounded)
        : String.format(Locale.getDefault(Locale.Category.FORMAT), "%.1f", rounded);
  }
}
