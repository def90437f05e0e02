package org.infd.app.viewer;

import org.infd.inference.field.Viewport;

/**
 * The camera: a window of device pixels over a square image that has no size of its own. Zoom is
 * any number here; {@link #atRest()} gives the four integers that are rendered. Every value is
 * legal: the constructor keeps zoom between its limits and the image over the window. Immutable.
 *
 * @param width the window's width in device pixels, at least 1
 * @param height the window's height in device pixels, at least 1
 * @param side N, the side of the whole image in device pixels, not necessarily whole
 * @param centreX the part of the image's width that is left of the window's centre, 0 to 1
 * @param centreY the part of the image's height that is above the window's centre, 0 to 1
 */
public record Camera(int width, int height, double side, double centreX, double centreY) {
  /** The largest N of any image; a double holds a quarter of its pixels. */
  public static final long LARGEST = Viewport.LARGEST_SIDE;

  /** The image can be made this much smaller than the window, so that it is seen as a whole. */
  private static final double SMALLEST_SHARE = 0.25;

  /** Brings zoom and centre into their limits. */
  public Camera {
    width = Math.max(1, width);
    height = Math.max(1, height);
    // whole, so that the smallest image can rest too
    double smallest = Math.max(1, Math.floor(Math.min(width, height) * SMALLEST_SHARE));
    side = Double.isFinite(side) ? Math.clamp(side, smallest, LARGEST) : smallest;
    double square = Math.min(width, height) / side;
    centreX = clampCentre(centreX, square);
    centreY = clampCentre(centreY, square);
  }

  /**
   * An image that fits stays in the middle; a larger one always fills the largest square in the
   * window's middle. Just so much freedom lets every point of an image that fitted stay under the
   * pointer while it is enlarged.
   */
  private static double clampCentre(double centre, double shown) {
    if (!(shown < 1) || !Double.isFinite(centre)) {
      return 0.5;
    }
    return Math.clamp(centre, shown / 2, 1 - shown / 2);
  }

  /**
   * The whole image in the window.
   *
   * @param margin device pixels left free on each side
   */
  public static Camera fit(int width, int height, int margin) {
    double free = Math.max(1, Math.min(width, height) - 2.0 * margin);
    return new Camera(width, height, Math.floor(free), 0.5, 0.5);
  }

  /** The device column of the image's left edge. */
  public double left() {
    return width / 2.0 - centreX * side;
  }

  /** The device row of the image's upper edge. */
  public double top() {
    return height / 2.0 - centreY * side;
  }

  /** The part of the image's width that lies left of a device column; outside 0 to 1 beside it. */
  public double imageX(double x) {
    return (x - left()) / side;
  }

  /** The part of the image's height that lies above a device row; outside 0 to 1 beside it. */
  public double imageY(double y) {
    return (y - top()) / side;
  }

  /** This view with the image {@code factor} times as large, the point under (x, y) kept there. */
  public Camera zoomed(double factor, double x, double y) {
    return withSide(side * factor, x, y);
  }

  /** This view with another N, the point under (x, y) kept there. */
  public Camera withSide(double newSide, double x, double y) {
    var limited = new Camera(width, height, newSide, 0.5, 0.5).side;
    return new Camera(
        width,
        height,
        limited,
        imageX(x) + (width / 2.0 - x) / limited,
        imageY(y) + (height / 2.0 - y) / limited);
  }

  /** This view with the image moved by device pixels to the right and down. */
  public Camera panned(double dx, double dy) {
    return new Camera(width, height, side, centreX - dx / side, centreY - dy / side);
  }

  /**
   * The view in which a box of this window fills the window as far as its aspect allows.
   *
   * @param x the box's first device column
   * @param y its first device row
   * @param boxWidth its width, more than 0
   * @param boxHeight its height, more than 0
   */
  public Camera onto(double x, double y, double boxWidth, double boxHeight) {
    double factor = Math.min(width / boxWidth, height / boxHeight);
    return new Camera(
        width,
        height,
        Math.rint(Math.min(side * factor, LARGEST)),
        imageX(x + boxWidth / 2),
        imageY(y + boxHeight / 2));
  }

  /**
   * A view on the way to another one of the same window: zoom changes evenly to the eye, and what
   * both show moves on a straight line.
   *
   * @param part of the way, 0 to 1
   */
  public Camera towards(Camera target, double part) {
    double between = side * Math.pow(target.side / side, part);
    double whole = 1 / side - 1 / target.side;
    // an equal zoom leaves nothing to divide by: then the way is even
    double left =
        Math.abs(Math.log(target.side / side)) < 1e-6
            ? 1 - part
            : (1 / between - 1 / target.side) / whole;
    return new Camera(
        target.width,
        target.height,
        between,
        target.centreX + (centreX - target.centreX) * left,
        target.centreY + (centreY - target.centreY) * left);
  }

  /** How far the middle of another view is, in windows of whichever view shows more. */
  public double windowsTo(Camera other) {
    double wider = Math.min(side, other.side);
    return Math.hypot(centreX - other.centreX, centreY - other.centreY)
        * wider
        / Math.min(width, height);
  }

  /** This view in a window of another size: same zoom, same centre. */
  public Camera resized(int newWidth, int newHeight) {
    return new Camera(newWidth, newHeight, side, centreX, centreY);
  }

  /** Whether N is whole, so that the image can be rendered for exactly these pixels. */
  public boolean isWhole() {
    return side == Math.rint(side);
  }

  /** This view with N rounded to the nearest integer; the centre stays. */
  public Camera snapped() {
    return new Camera(width, height, Math.rint(side), centreX, centreY);
  }

  /** What is rendered for this view at rest: N and the origin rounded to device pixels. */
  public Viewport atRest() {
    var whole = snapped();
    return new Viewport(
        (long) whole.side,
        (long) -Math.rint(whole.top()),
        (long) -Math.rint(whole.left()),
        height,
        width);
  }
}
