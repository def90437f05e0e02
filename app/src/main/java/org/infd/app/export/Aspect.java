package org.infd.app.export;

import java.util.OptionalDouble;

/** The shape of an exported picture. Whatever it is, the picture is cropped and never stretched. */
public enum Aspect {
  /** As wide as tall. */
  SQUARE("1:1", 1),
  /** As most cameras see. */
  PHOTO("3:2", 1.5),
  /** As wide as a film. */
  WIDE("16:9", 16.0 / 9),
  /** As a phone is held. */
  TALL("9:16", 9.0 / 16),
  /** Like the screen: a wallpaper. */
  SCREEN("Screen", 0),
  /** Any. */
  FREE("Free", 0);

  private final String title;
  private final double ratio;

  Aspect(String title, double ratio) {
    this.title = title;
    this.ratio = ratio;
  }

  /** What people call it. */
  public String title() {
    return title;
  }

  /**
   * Width by height; empty where it is free.
   *
   * @param screen that of the screen
   */
  OptionalDouble ratio(double screen) {
    return switch (this) {
      case SQUARE, PHOTO, WIDE, TALL -> OptionalDouble.of(ratio);
      case SCREEN -> OptionalDouble.of(screen);
      case FREE -> OptionalDouble.empty();
    };
  }
}
