package org.infd.app.control;

/** The groups of the help sheet of keys. */
public enum KeyGroup {
  LOOK("Look"),
  MAKE("Make"),
  FILES("Files"),
  PHOTO("Photo"),
  LAYOUT("Layout"),
  TABS("Tabs"),
  WINDOW("Window");

  private final String title;

  KeyGroup(String title) {
    this.title = title;
  }

  /** What the user calls it. */
  public String title() {
    return title;
  }
}
