package org.infd.app.viewer;

/**
 * A view that means the same in windows of every size.
 *
 * @param shown the part of the image's side that the shorter side of the window shows
 * @param centreX the part of the image's width that is left of the window's centre, 0 to 1
 * @param centreY the part of the image's height that is above the window's centre, 0 to 1
 */
public record SavedView(double shown, double centreX, double centreY) {
  /** Replaces what cannot be by the whole image. */
  public SavedView {
    if (!(shown > 0) || !Double.isFinite(shown)) {
      shown = 1;
    }
    centreX = centreX >= 0 && centreX <= 1 ? centreX : 0.5;
    centreY = centreY >= 0 && centreY <= 1 ? centreY : 0.5;
  }

  /** The view of a window. */
  public static SavedView of(Camera view) {
    return new SavedView(
        Math.min(view.width(), view.height()) / view.side(), view.centreX(), view.centreY());
  }

  /** This view in a window of so many device pixels, with a whole N. */
  public Camera in(int width, int height) {
    return new Camera(width, height, Math.rint(Math.min(width, height) / shown), centreX, centreY);
  }
}
