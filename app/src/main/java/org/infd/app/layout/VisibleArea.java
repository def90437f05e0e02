package org.infd.app.layout;

import org.infd.app.viewer.Camera;

/**
 * The part of the image that is on screen and the size of a screen pixel, in fractions of the
 * image's side. Empty where there is no image.
 *
 * @param pixel the side of a pixel of the scene
 * @param top the first row that is seen, 0 to 1
 * @param left the first column
 * @param bottom where it ends
 * @param right where it ends
 */
public record VisibleArea(double pixel, double top, double left, double bottom, double right) {
  /**
   * How a camera sees it.
   *
   * @param scale device pixels per pixel of the scene
   */
  public static VisibleArea of(Camera camera, double scale) {
    return new VisibleArea(
        scale / camera.side(),
        Math.clamp(camera.imageY(0), 0, 1),
        Math.clamp(camera.imageX(0), 0, 1),
        Math.clamp(camera.imageY(camera.height()), 0, 1),
        Math.clamp(camera.imageX(camera.width()), 0, 1));
  }

  /** Whether a place covers all that is seen: then it is not an object to take hold of. */
  boolean isFilledBy(NormalizedBox place) {
    return place.row() <= top
        && place.column() <= left
        && place.rowEnd() >= bottom
        && place.columnEnd() >= right;
  }

  /** A place in the middle of what is seen, a third of it. */
  NormalizedBox middle() {
    double height = (bottom - top) / 3;
    double width = (right - left) / 3;
    return new NormalizedBox(top + height, left + width, height, width);
  }

  /** Whether anything of a place is seen. */
  boolean sees(NormalizedBox place) {
    return place.row() < bottom
        && place.rowEnd() > top
        && place.column() < right
        && place.columnEnd() > left;
  }
}
