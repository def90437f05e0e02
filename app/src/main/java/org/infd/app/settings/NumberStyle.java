package org.infd.app.settings;

import java.util.Locale;

/** How numbers are written. */
public enum NumberStyle {
  SYSTEM("As the system"),
  POINT("1,234.5"),
  COMMA("1.234,5"),
  SPACE("1 234,5");

  private final String title;

  NumberStyle(String title) {
    this.title = title;
  }

  /** What the user is shown. */
  public String title() {
    return title;
  }

  /**
   * A locale that writes numbers like this.
   *
   * @param system the system's own
   */
  public Locale locale(Locale system) {
    return switch (this) {
      case SYSTEM -> system;
      case POINT -> Locale.US;
      case COMMA -> Locale.GERMANY;
      case SPACE -> Locale.FRANCE;
    };
  }
}
