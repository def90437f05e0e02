package org.infd.app.settings;

/** Which theme the user wants. */
public enum ThemeMode {
  SYSTEM("As the system"),
  LIGHT("Light"),
  DARK("Dark");

  private final String title;

  ThemeMode(String title) {
    this.title = title;
  }

  /** What the user is shown. */
  public String title() {
    return title;
  }

  /** The wish for a theme that was asked for. */
  public static ThemeMode of(Theme theme) {
    return theme == Theme.DARK ? DARK : LIGHT;
  }

  /**
   * The theme to show.
   *
   * @param systemIsDark whether the system's own windows are dark
   */
  public Theme theme(boolean systemIsDark) {
    return switch (this) {
      case SYSTEM -> systemIsDark ? Theme.DARK : Theme.LIGHT;
      case LIGHT -> Theme.LIGHT;
      case DARK -> Theme.DARK;
    };
  }
}
