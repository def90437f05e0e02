package org.infd.app.viewer;

import org.jspecify.annotations.Nullable;

/**
 * Animated motion of a view: the glide after a drag, the approach to a zoom goal, the flight to
 * another view. Not thread-safe; times are nanoseconds of one clock.
 */
final class Motion {
  /** A glide has lost two thirds of its speed after this time. */
  private static final double GLIDE_SECONDS = 0.2;

  /** Slower glides, in device pixels a second, are not seen to move any more. */
  private static final double SLOWEST = 20;

  /** Two thirds of the way to a zoom goal are done after this time. */
  private static final double ZOOM_SECONDS = 0.06;

  /** As close to the goal, as a ratio, as makes no difference of a pixel in a window. */
  private static final double CLOSE = 2e-4;

  /** A flight to another view takes this long. */
  private static final double FLIGHT_SECONDS = 0.3;

  /** A flight over more windows than this would show nothing but a blur. */
  private static final double FARTHEST_FLIGHT = 3;

  private record Flight(Camera from, Camera to, long since) {}

  private @Nullable Flight flight;
  private double velocityX;
  private double velocityY;
  private double goal;
  private double anchorX;
  private double anchorY;
  private long last;

  /** Whether anything moves. */
  boolean isActive() {
    return isGliding() || changesZoom();
  }

  /** Whether the view is on its way to another zoom. */
  boolean changesZoom() {
    return isZooming() || flight != null;
  }

  private boolean isZooming() {
    return goal > 0;
  }

  private boolean isGliding() {
    return velocityX != 0 || velocityY != 0;
  }

  /** The zoom goal, or the view's own N when there is none. */
  double goal(Camera view) {
    if (flight != null) {
      return flight.to.side();
    }
    return isZooming() ? goal : view.side();
  }

  /** Stops everything where it is. */
  void stop() {
    velocityX = 0;
    velocityY = 0;
    goal = 0;
    flight = null;
  }

  /** The window has another size, and shows the same in its middle. */
  void resize(int oldWidth, int oldHeight, int width, int height) {
    anchorX += (width - oldWidth) / 2.0;
    anchorY += (height - oldHeight) / 2.0;
    if (flight != null) {
      flight =
          new Flight(
              flight.from.resized(width, height), flight.to.resized(width, height), flight.since);
    }
  }

  /** Lets the view glide on, in device pixels a second. */
  void glide(double vx, double vy, long now) {
    if (Math.hypot(vx, vy) < SLOWEST) {
      return;
    }
    velocityX = vx;
    velocityY = vy;
    last = now;
  }

  /** Sends the view a way further, in device pixels; quick calls add up. */
  void push(double dx, double dy, long now) {
    goal = 0;
    flight = null;
    if (!isGliding()) {
      last = now;
    }
    velocityX += dx / GLIDE_SECONDS;
    velocityY += dy / GLIDE_SECONDS;
  }

  /** Goes to another view of the same window; what is far away is jumped to. */
  void flyTo(Camera from, Camera to, long now) {
    stop();
    boolean near = from.windowsTo(to) <= FARTHEST_FLIGHT;
    flight = new Flight(near ? from : to, to, now);
  }

  /** Approaches another N around a point of the window. */
  void zoomTo(double side, double x, double y, long now) {
    if (!isActive()) {
      last = now;
    }
    velocityX = 0;
    velocityY = 0;
    flight = null;
    goal = Math.max(1, side);
    anchorX = x;
    anchorY = y;
  }

  /** The view at a time. */
  Camera step(Camera view, long now) {
    double seconds = Math.clamp((now - last) / 1e9, 0, 0.1);
    last = now;
    var moved = view;
    if (flight != null) {
      double part = Math.clamp((now - flight.since) / 1e9 / FLIGHT_SECONDS, 0, 1);
      moved = flight.from.towards(flight.to, part * part * (3 - 2 * part));
      if (part == 1) {
        moved = flight.to;
        flight = null;
      }
    }
    if (isGliding()) {
      double left = Math.exp(-seconds / GLIDE_SECONDS);
      double way = GLIDE_SECONDS * (1 - left);
      moved = moved.panned(velocityX * way, velocityY * way);
      velocityX *= left;
      velocityY *= left;
      if (Math.hypot(velocityX, velocityY) < SLOWEST) {
        velocityX = 0;
        velocityY = 0;
      }
    }
    if (isZooming()) {
      double part = 1 - Math.exp(-seconds / ZOOM_SECONDS);
      double side = moved.side() * Math.pow(goal / moved.side(), part);
      if (Math.abs(Math.log(goal / side)) < CLOSE) {
        side = goal;
      }
      var zoomed = moved.withSide(side, anchorX, anchorY);
      // at a limit of the zoom there is no way on
      if (side == goal || (zoomed.side() == moved.side() && seconds > 0)) {
        goal = 0;
      }
      moved = zoomed;
    }
    return moved;
  }
}
