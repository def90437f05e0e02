package org.infd.app.settings;

/** What is below the scale that a model was taught. */
public enum Below {
  INVENTED("The picture goes on"),
  NOTHING("The picture ends");

  private final String title;

  Below(String title) {
    this.title = title;
  }

  /** What the user is shown. */
  public String title() {
    return title;
  }
}
