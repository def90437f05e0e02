package org.infd.app.viewer;

import org.infd.inference.NumberText;

/** The zoom in words. */
public final class ZoomText {
  /** From here on percents have too many digits to be read at a glance. */
  private static final double MANY_TIMES = 10;

  private ZoomText() {}

  /**
   * The zoom against a reference size, for example "25 % of 2048 px" or "×1,024 of 2048 px".
   *
   * @param side N, the side of the whole image on screen
   * @param reference the side of an exported picture
   */
  public static String zoom(double side, int reference) {
    double zoom = side / reference;
    var much =
        zoom < MANY_TIMES ? number(100 * zoom) + " %" : NumberText.format("×%,d", Math.round(zoom));
    return much + " of " + reference + " px";
  }

  private static String number(double percent) {
    if (percent >= 9.95 || Math.abs(percent - Math.rint(percent)) < 0.005) {
      return Long.toString(Math.round(percent));
    }
    return NumberText.format(percent < 1 ? "%.2f" : "%.1f", percent);
  }

  /**
   * A place in pixels of a reference size, for example "x 512, y 40"; empty beside the image.
   *
   * @param x the part of the image's width left of the place
   * @param y the part of the image's height above the place
   */
  public static String place(double x, double y, int reference) {
    if (!(x >= 0 && x < 1 && y >= 0 && y < 1)) {
      return "";
    }
    return "x " + (int) (x * reference) + ", y " + (int) (y * reference);
  }
}
