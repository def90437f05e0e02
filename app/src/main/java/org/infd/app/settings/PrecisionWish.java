package org.infd.app.settings;

/** How a GPU is to compute. */
public enum PrecisionWish {
  AUTO("Half where it is good enough"),
  FULL("Full");

  private final String title;

  PrecisionWish(String title) {
    this.title = title;
  }

  /** What the user is shown. */
  public String title() {
    return title;
  }
}
