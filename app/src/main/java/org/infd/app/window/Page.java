package org.infd.app.window;

import org.infd.app.control.Shortcut;

/** The pages of the window. */
public enum Page {
  PICTURE("Picture", Shortcut.PICTURE_PAGE),
  GALLERY("Gallery", Shortcut.GALLERY_PAGE),
  MODELS("Models", Shortcut.MODELS_PAGE),
  SETTINGS("Settings", Shortcut.SETTINGS_PAGE),
  ABOUT("About", Shortcut.ABOUT_PAGE);

  private final String title;
  private final Shortcut shortcut;

  Page(String title, Shortcut shortcut) {
    this.title = title;
    this.shortcut = shortcut;
  }

  /** What the user calls it. */
  public String title() {
    return title;
  }

  /** The key that goes to it. */
  public Shortcut shortcut() {
    return shortcut;
  }
}
