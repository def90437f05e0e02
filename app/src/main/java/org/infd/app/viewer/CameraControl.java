package org.infd.app.viewer;

import java.util.Optional;
import java.util.function.BooleanSupplier;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;

/**
 * Moves the {@link Camera} of a viewer: by drags and wheel, by animations, and back and forth
 * through the history of views. Times are nanoseconds of one clock, positions and speeds device
 * pixels of the window. All methods belong to the user interface's thread.
 */
final class CameraControl {
  /** Boxes with a smaller side, in device pixels, are not drawn on purpose. */
  private static final double SMALLEST_BOX = 8;

  private final Motion motion = new Motion();
  private final ReadOnlyObjectWrapper<Camera> camera;
  private final Runnable changed;
  private final BooleanSupplier hasViews;
  private ViewHistory history = new ViewHistory();
  private double largest = Camera.LARGEST;
  private boolean fitted = true;
  private boolean resting = true;
  private boolean reducedMotion;
  private boolean departed;
  private int margin;
  private long zoomedAt;

  /**
   * @param bean whose property the camera is
   * @param changed called when {@link #tick} or the drawing has something to do again
   * @param hasViews whether what is shown has views that are worth coming back to
   */
  CameraControl(Object bean, Runnable changed, BooleanSupplier hasViews) {
    camera = new ReadOnlyObjectWrapper<>(bean, "camera", Camera.fit(1, 1, 0));
    this.changed = changed;
    this.hasViews = hasViews;
  }

  ReadOnlyObjectProperty<Camera> cameraProperty() {
    return camera.getReadOnlyProperty();
  }

  Camera view() {
    return camera.get();
  }

  /**
   * No view shows the image larger.
   *
   * @param side N
   */
  void setLargest(double side) {
    largest = side;
    put(camera.get());
  }

  private void put(Camera view) {
    camera.set(
        view.side() <= largest
            ? view
            : view.withSide(largest, view.width() / 2.0, view.height() / 2.0));
  }

  /** Whether the image is as large as it gets. */
  boolean isAtLargest() {
    return camera.get().side() >= largest;
  }

  /** Whether nothing glides. */
  void setReducedMotion(boolean reduced) {
    reducedMotion = reduced;
  }

  /** Whether the whole image is shown, in a window of any size. */
  boolean isFitted() {
    return fitted;
  }

  /** Whether N is whole and stays as it is. */
  boolean isResting() {
    return resting;
  }

  /** Whether the view changes by itself, or has changed a moment ago. */
  boolean isMoving() {
    return motion.isActive() || !resting;
  }

  /** The views that the user has left. */
  ViewHistory history() {
    return history;
  }

  /** Begins with other views to come back to. */
  void setHistory(ViewHistory views) {
    history = views;
  }

  /**
   * The window has another size.
   *
   * @param freeMargin device pixels left free around an image that is shown as a whole
   */
  void resize(int width, int height, int freeMargin) {
    margin = freeMargin;
    var old = camera.get();
    if (old.width() == width && old.height() == height) {
      return;
    }
    if (fitted) {
      settle(Camera.fit(width, height, freeMargin));
    } else {
      motion.resize(old.width(), old.height(), width, height);
      put(old.resized(width, height));
      resting &= camera.get().isWhole();
    }
    changed.run();
  }

  /** Shows the whole image at once. */
  void fit() {
    fitted = true;
    settle(Camera.fit(camera.get().width(), camera.get().height(), margin));
  }

  /** Shows a view at once, which may be of a window of another size. */
  void jumpTo(Camera view) {
    fitted = false;
    settle(view.resized(camera.get().width(), camera.get().height()));
  }

  private void settle(Camera view) {
    motion.stop();
    put(view);
    resting = camera.get().isWhole();
  }

  /** Stops where the view is: a hand holds it. */
  void hold() {
    departed = motion.isActive();
    motion.stop();
    changed.run();
  }

  /** Moves the image by a hand's drag. */
  void drag(double dx, double dy) {
    departOnce();
    motion.stop();
    fitted = false;
    camera.set(camera.get().panned(dx, dy));
    changed.run();
  }

  /** Lets the image glide on with this speed. */
  void release(double vx, double vy, long now) {
    if (!reducedMotion) {
      motion.glide(vx, vy, now);
      changed.run();
    }
  }

  /** Sends the image a way further; quick calls add up. */
  void push(double dx, double dy, long now) {
    depart();
    if (reducedMotion) {
      drag(dx, dy);
    } else {
      fitted = false;
      motion.push(dx, dy, now);
      changed.run();
    }
  }

  /** Remembers the view that the user is about to leave, so that there is a way back. */
  private void depart() {
    if (!motion.isActive() && hasViews.getAsBoolean()) {
      history.leave(camera.get());
    }
  }

  /** The same, at the first move of a hand that holds the image. */
  private void departOnce() {
    if (!departed) {
      depart();
      departed = true;
    }
  }

  /** Goes to the view before; does nothing where there is none. */
  void back(long now) {
    history.back(camera.get()).ifPresent(view -> flyTo(view, now));
  }

  /** Undoes {@link #back}. */
  void forward(long now) {
    history.forward(camera.get()).ifPresent(view -> flyTo(view, now));
  }

  /** Goes to a view, which may be of a window of another size. */
  void goTo(Camera view, long now) {
    depart();
    flyTo(view, now);
  }

  /** Is where another view is. */
  void follow(Camera view, long now) {
    if (view.side() != camera.get().side()) {
      touchZoom(now);
    }
    motion.stop();
    fitted = false;
    put(view);
    resting &= camera.get().isWhole();
    changed.run();
  }

  private void flyTo(Camera view, long now) {
    var target = view.resized(camera.get().width(), camera.get().height());
    fitted = false;
    if (reducedMotion) {
      settle(target);
      touchZoom(now);
    } else {
      motion.flyTo(camera.get(), target, now);
    }
    changed.run();
  }

  /** Enlarges a box of the window to the whole window; too small a box is a slip of the hand. */
  void zoomOnto(double x, double y, double width, double height, long now) {
    if (width >= SMALLEST_BOX && height >= SMALLEST_BOX) {
      goTo(camera.get().onto(x, y, width, height), now);
    }
  }

  /** Brings a place of the image to the window's middle, at once. */
  void centre(double imageX, double imageY) {
    departOnce();
    motion.stop();
    fitted = false;
    var view = camera.get();
    camera.set(new Camera(view.width(), view.height(), view.side(), imageX, imageY));
    changed.run();
  }

  /** Zooms by a factor around a point; factors of quick calls multiply. */
  void zoom(double factor, double x, double y, long now) {
    zoomTo(motion.goal(camera.get()) * factor, x, y, now);
  }

  /** Zooms around the window's middle to where the whole image has this side. */
  void zoomTo(double side, long now) {
    zoomTo(side, camera.get().width() / 2.0, camera.get().height() / 2.0, now);
  }

  private void zoomTo(double side, double x, double y, long now) {
    depart();
    fitted = false;
    touchZoom(now);
    double goal = Math.min(side, largest);
    if (reducedMotion) {
      camera.set(camera.get().withSide(goal, x, y));
    } else {
      motion.zoomTo(goal, x, y, now);
    }
    changed.run();
  }

  /** Zooms to the whole image. */
  void fit(long now) {
    var view = camera.get();
    zoomTo(Camera.fit(view.width(), view.height(), margin).side(), now);
    fitted = true;
  }

  private void touchZoom(long now) {
    resting = false;
    zoomedAt = now;
  }

  /**
   * Moves on to a time: glides, flies, comes to rest.
   *
   * @return whether the view will change without any further event
   */
  boolean tick(long now) {
    if (motion.isActive()) {
      double before = camera.get().side();
      put(motion.step(camera.get(), now));
      if (camera.get().side() != before) {
        touchZoom(now);
      }
    }
    if (!resting && !motion.changesZoom() && now - zoomedAt >= ViewerModel.REST_NANOS) {
      camera.set(camera.get().snapped());
      resting = true;
    }
    return isMoving();
  }

  /** The view that a picture comes back to; empty for the whole image. */
  Optional<Camera> place() {
    return fitted ? Optional.empty() : Optional.of(camera.get());
  }
}
