package org.infd.app.export;

/** The shape of an exported picture. Whatever it is, the picture is cropped and never stretched. */
public enum Aspect {
  /** As wide as tall. */
  SQUARE("1 : 1"),
  /** As wide as a film. */
  WIDE("16 : 9"),
  /** Like the screen: a wallpaper. */
  SCREEN("Screen"),
  /** Any. */
  FREE("Free");

  private final String title;

  Aspect(String title) {
    this.title = title;
  }

  /** What people call it. */
  public String title() {
    return title;
  }
}
