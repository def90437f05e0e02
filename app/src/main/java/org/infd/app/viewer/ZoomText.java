package org.infd.app.viewer;

import org.infd.inference.NumberText;

/** The zoom in words. */
public final class ZoomText {
  private ZoomText() {}

  /**
   * The zoom against a reference size, for example "1 : 4 of 2048".
   *
   * @param side N, the side of the whole image on screen
   * @param reference the side of an exported picture
   */
  public static String zoom(double side, int reference) {
    double ratio = side / reference;
    return ratio >= 1
        ? number(ratio) + " : 1 of " + reference
        : "1 : " + number(1 / ratio) + " of " + reference;
  }

  private static String number(double ratio) {
    if (ratio >= 9.95 || Math.abs(ratio - Math.rint(ratio)) < 0.005) {
      return Long.toString(Math.round(ratio));
    }
    return NumberText.format(ratio < 1.95 ? "%.2f" : "%.1f", ratio);
  }

  /**
   * How large a cell of the feature map is on screen, for example "cell 6 px".
   *
   * @param side N, the side of the whole image on screen
   * @param cells the cells along a side of φ
   */
  public static String cell(double side, int cells) {
    double pixels = side / cells;
    return "cell " + (pixels < 9.95 ? number(pixels) : Math.round(pixels)) + " px";
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
