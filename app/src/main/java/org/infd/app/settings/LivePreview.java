package org.infd.app.settings;

/** How often a preview of a running sampling is shown. */
public enum LivePreview {
  EVERY_STEP("After every step", 1),
  EVERY_SECOND("After every second step", 2),
  EVERY_FIFTH("After every fifth step", 5),
  OFF("Not at all", 0);

  private final String title;
  private final int steps;

  LivePreview(String title, int steps) {
    this.title = title;
    this.steps = steps;
  }

  /** What the user is shown. */
  public String title() {
    return title;
  }

  /** After how many steps one is shown, 0 for never. */
  public int steps() {
    return steps;
  }
}
