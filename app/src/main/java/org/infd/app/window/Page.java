package org.infd.app.window;

/** The pages of the window. */
public enum Page {
  PICTURE("Picture", "1"),
  GALLERY("Gallery", "2"),
  MODELS("Models", "3"),
  SETTINGS("Settings", "4"),
  ABOUT("About", "5");

  private final String title;
  private final String digit;

  Page(String title, String digit) {
    this.title = title;
    this.digit = digit;
  }

  /** What the user calls it. */
  public String title() {
    return title;
  }

  /** The key that, with Ctrl, goes to it. */
  public String digit() {
    return digit;
  }
}
