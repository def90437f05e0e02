package org.infd.app.viewer;

import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import javafx.beans.property.ReadOnlyIntegerProperty;
import javafx.beans.property.ReadOnlyIntegerWrapper;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import org.infd.inference.export.Frame;
import org.infd.inference.field.Rectangle;
import org.infd.inference.field.Viewport;
import org.jspecify.annotations.Nullable;

/**
 * Where the user is in a field, what is to be rendered for that, and what is to be drawn. Knows no
 * toolkit: time comes in as nanoseconds of one clock, positions as device pixels of the window. All
 * methods belong to the user interface's thread.
 *
 * <p>While the zoom changes, tiles of φ's side times a power of two are wanted; {@link #REST_NANOS}
 * after its last change N becomes whole and tiles of exactly this N are wanted, so that no pixel is
 * resampled. Panning does not change N.
 */
public final class ViewerModel {
  /** How long the zoom has to stay the same before the exact scale is rendered. */
  public static final long REST_NANOS = 150_000_000;

  /** About 750 tiles: a dozen full screens. */
  public static final long CACHE_BYTES = 192L << 20;

  /** Boxes with a smaller side, in device pixels, are not drawn on purpose. */
  private static final double SMALLEST_BOX = 8;

  private final Executor ui;
  private long cacheBytes;
  private ViewHistory history = new ViewHistory();
  private final Motion motion = new Motion();
  private final ReadOnlyObjectWrapper<Camera> camera =
      new ReadOnlyObjectWrapper<>(this, "camera", Camera.fit(1, 1, 0));
  private final ReadOnlyObjectWrapper<Optional<Field>> field =
      new ReadOnlyObjectWrapper<>(this, "field", Optional.empty());
  private final ReadOnlyIntegerWrapper pending = new ReadOnlyIntegerWrapper(this, "pending");
  private Consumer<String> failures = sentence -> {};
  private Runnable wake = () -> {};
  private @Nullable FieldTiles tiles;
  private Optional<PixelImage> backdrop = Optional.empty();
  private @Nullable Camera beforePreview;
  private boolean previewing;
  private boolean fitted = true;
  private boolean resting = true;
  private boolean reducedMotion;
  private boolean departed;
  private int margin;
  private long zoomedAt;
  private double pointerX = -1;
  private double pointerY = -1;

  /**
   * @param ui runs what tiles cause on the user interface's thread
   */
  public ViewerModel(Executor ui) {
    this(ui, CACHE_BYTES);
  }

  /**
   * @param ui runs what tiles cause on the user interface's thread
   * @param cacheBytes the most bytes of pixels that are kept
   */
  public ViewerModel(Executor ui, long cacheBytes) {
    this.ui = ui;
    this.cacheBytes = cacheBytes;
  }

  /** Where the user is. */
  public ReadOnlyObjectProperty<Camera> cameraProperty() {
    return camera.getReadOnlyProperty();
  }

  /** What is shown. */
  public ReadOnlyObjectProperty<Optional<Field>> fieldProperty() {
    return field.getReadOnlyProperty();
  }

  /** How many tiles are wanted and not there yet. */
  public ReadOnlyIntegerProperty pendingProperty() {
    return pending.getReadOnlyProperty();
  }

  /**
   * Says who draws and who tells the user.
   *
   * @param drawer called when {@link #tick} has something to do again
   * @param failed takes a sentence when a tile could not be rendered
   */
  public void attach(Runnable drawer, Consumer<String> failed) {
    wake = drawer;
    failures = failed;
  }

  /** The most bytes of pixels that are kept of the next field shown. */
  public void setCacheBytes(long bytes) {
    cacheBytes = bytes;
  }

  /** Whether nothing glides and fades. */
  public void setReducedMotion(boolean reduced) {
    reducedMotion = reduced;
  }

  /** Whether there is nothing to see. */
  public boolean isEmpty() {
    return field.get().isEmpty() && backdrop.isEmpty();
  }

  /** Shows another field, as a whole. What was last previewed stands in until its first tile. */
  public void show(Field next) {
    close();
    previewing = false;
    history = new ViewHistory();
    fit();
    // the tiles first: who hears of the field may ask for them
    tiles =
        new FieldTiles(
            next,
            cacheBytes,
            ui,
            () -> {
              countPending();
              wake.run();
            },
            sentence -> failures.accept(sentence));
    field.set(Optional.of(next));
    wake.run();
  }

  /** Shows nothing, and gives what was shown, to be shown again as it was; empty for nothing. */
  public Optional<SuspendedView> suspend() {
    preview(Optional.empty());
    var left = tiles;
    var shown = field.get();
    if (left == null || shown.isEmpty()) {
      clear();
      return Optional.empty();
    }
    var view = place().orElse(null);
    left.pause();
    tiles = null;
    clear();
    return Optional.of(new SuspendedView(shown.get(), left, history, view));
  }

  /** Where the user is; empty for the whole image, which is the whole in every window. */
  public Optional<SavedView> place() {
    return fitted ? Optional.empty() : Optional.of(SavedView.of(camera.get()));
  }

  /** Shows a field again that was put aside, with its view and the views before it. */
  public void show(SuspendedView back) {
    clear();
    history = back.history();
    back.view().ifPresentOrElse(this::jumpTo, this::fit);
    tiles = back.tiles();
    field.set(Optional.of(back.field()));
    wake.run();
  }

  /** Shows nothing. */
  public void clear() {
    close();
    previewing = false;
    backdrop = Optional.empty();
    field.set(Optional.empty());
    wake.run();
  }

  /**
   * Shows what a picture in the making will look like, instead of the field; empty goes back to the
   * field and to where the user was in it.
   */
  public void preview(Optional<PixelImage> image) {
    if (image.isPresent()) {
      backdrop = image;
      if (!previewing) {
        previewing = true;
        beforePreview = fitted ? null : camera.get();
        fit();
      }
    } else if (previewing) {
      previewing = false;
      backdrop = Optional.empty();
      if (beforePreview != null) {
        fitted = false;
        settle(beforePreview.resized(camera.get().width(), camera.get().height()));
      }
    }
    wake.run();
  }

  /** Whether the picture shown is one in the making. */
  public boolean isPreviewing() {
    return previewing;
  }

  /**
   * The window has another size.
   *
   * @param freeMargin device pixels left free around an image that is shown as a whole
   */
  public void resize(int width, int height, int freeMargin) {
    margin = freeMargin;
    var old = camera.get();
    if (old.width() == width && old.height() == height) {
      return;
    }
    if (fitted) {
      settle(Camera.fit(width, height, freeMargin));
    } else {
      camera.set(old.resized(width, height));
      resting &= camera.get().isWhole();
    }
    wake.run();
  }

  private void fit() {
    fitted = true;
    settle(Camera.fit(camera.get().width(), camera.get().height(), margin));
  }

  private void settle(Camera view) {
    motion.stop();
    camera.set(view);
    resting = view.isWhole();
  }

  /** The pointer is here; tiles near it come first. Negative coordinates: it has left. */
  public void point(double x, double y) {
    pointerX = x;
    pointerY = y;
  }

  /** A hand holds the image. */
  public void hold() {
    departed = motion.isActive();
    motion.stop();
    wake.run();
  }

  /** Moves the image by a hand's drag. */
  public void drag(double dx, double dy) {
    departOnce();
    motion.stop();
    fitted = false;
    camera.set(camera.get().panned(dx, dy));
    wake.run();
  }

  /** The hand has let go with this speed, in device pixels a second. */
  public void release(double vx, double vy, long now) {
    if (!reducedMotion) {
      motion.glide(vx, vy, now);
      wake.run();
    }
  }

  /** Sends the image a way further, in device pixels; quick calls add up. */
  public void push(double dx, double dy, long now) {
    depart();
    if (reducedMotion) {
      drag(dx, dy);
    } else {
      fitted = false;
      motion.push(dx, dy, now);
      wake.run();
    }
  }

  /** Remembers the view that the user is about to leave, so that there is a way back. */
  private void depart() {
    if (!motion.isActive() && !previewing && field.get().isPresent()) {
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
  public void back(long now) {
    history.back(camera.get()).ifPresent(view -> flyTo(view, now));
  }

  /** Undoes {@link #back}. */
  public void forward(long now) {
    history.forward(camera.get()).ifPresent(view -> flyTo(view, now));
  }

  /** Goes to a view, which may be of a window of another size. */
  public void goTo(Camera view, long now) {
    depart();
    flyTo(view, now);
  }

  /** Goes to a view at once, without a way back. */
  public void jumpTo(SavedView view) {
    fitted = false;
    settle(view.in(camera.get().width(), camera.get().height()));
    wake.run();
  }

  /** Is where another view is: for two pictures over one another. */
  public void follow(Camera view, long now) {
    if (view.side() != camera.get().side()) {
      touchZoom(now);
    }
    motion.stop();
    fitted = false;
    camera.set(view);
    resting &= view.isWhole();
    wake.run();
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
    wake.run();
  }

  /** Enlarges a box of the window to the whole window; too small a box is a slip of the hand. */
  public void zoomOnto(double x, double y, double width, double height, long now) {
    if (width >= SMALLEST_BOX && height >= SMALLEST_BOX) {
      goTo(camera.get().onto(x, y, width, height), now);
    }
  }

  /** Brings a place of the image to the window's middle, at once. */
  public void centre(double imageX, double imageY) {
    departOnce();
    motion.stop();
    fitted = false;
    var view = camera.get();
    camera.set(new Camera(view.width(), view.height(), view.side(), imageX, imageY));
    wake.run();
  }

  /** Zooms by a factor around a point; factors of quick calls multiply. */
  public void zoom(double factor, double x, double y, long now) {
    zoomTo(motion.goal(camera.get()) * factor, x, y, now);
  }

  /** Zooms around the window's middle to where the whole image has this side. */
  public void zoomTo(double side, long now) {
    zoomTo(side, camera.get().width() / 2.0, camera.get().height() / 2.0, now);
  }

  private void zoomTo(double side, double x, double y, long now) {
    depart();
    fitted = false;
    touchZoom(now);
    if (reducedMotion) {
      camera.set(camera.get().withSide(side, x, y));
    } else {
      motion.zoomTo(side, x, y, now);
    }
    wake.run();
  }

  /** Shows the whole image. */
  public void fit(long now) {
    var view = camera.get();
    zoomTo(Camera.fit(view.width(), view.height(), margin).side(), now);
    fitted = true;
  }

  private void touchZoom(long now) {
    resting = false;
    zoomedAt = now;
  }

  /**
   * Moves on to a time: glides, comes to rest, asks for tiles.
   *
   * @return whether there will be something to draw without any further event
   */
  public boolean tick(long now) {
    if (motion.isActive()) {
      double before = camera.get().side();
      camera.set(motion.step(camera.get(), now));
      if (camera.get().side() != before) {
        touchZoom(now);
      }
    }
    if (!resting && !motion.changesZoom() && now - zoomedAt >= REST_NANOS) {
      camera.set(camera.get().snapped());
      resting = true;
    }
    boolean fading = false;
    if (tiles != null) {
      fading = tiles.tick(now, reducedMotion);
      if (!previewing) {
        var view = wanted();
        double scale = view.imageSide() / camera.get().side();
        boolean pointed = pointerX >= 0 && pointerY >= 0;
        tiles.show(
            view,
            (pointed ? pointerY : camera.get().height() / 2.0) * scale,
            (pointed ? pointerX : camera.get().width() / 2.0) * scale,
            resting);
        countPending();
      }
    }
    return motion.isActive() || !resting || fading;
  }

  /** Whether the largest side is on screen: there is nothing below. */
  public boolean isAtFloor() {
    return field.get().isPresent() && camera.get().side() >= Camera.LARGEST;
  }

  /** The whole image, small; empty until its first tile has come. */
  public Optional<PixelImage> overview() {
    return Optional.ofNullable(previewing ? null : tiles)
        .flatMap(FieldTiles::root)
        .map(
            tile -> {
              var area = tile.key().rectangle();
              return new PixelImage(area.width(), area.height(), tile.pixels());
            });
  }

  /** The bytes of pixels that are held. */
  public long cachedBytes() {
    return tiles == null ? 0 : tiles.bytes();
  }

  private void countPending() {
    pending.set(tiles == null ? 0 : tiles.pending());
  }

  /** The view at the scale that is rendered for it. */
  Viewport wanted() {
    var exact = camera.get().atRest();
    var shown = tiles;
    return resting || shown == null ? exact : exact.at(shown.levels().nearest(camera.get().side()));
  }

  /** The pixels of the image that are on the screen when the view is at rest. */
  public Optional<Frame> shownFrame() {
    var view = camera.get().atRest();
    int side = view.imageSide();
    int top = Math.max(0, view.row());
    int left = Math.max(0, view.column());
    int bottom = (int) Math.min(side, view.rowEnd());
    int right = (int) Math.min(side, view.columnEnd());
    return field.get().isEmpty() || bottom <= top || right <= left
        ? Optional.empty()
        : Optional.of(new Frame(side, new Rectangle(top, left, bottom - top, right - left)));
  }

  /** What to draw, the lowest first. */
  public List<Placement> frame() {
    var drawn = new ArrayList<Placement>();
    var shown = previewing ? null : tiles;
    boolean covered = shown != null && shown.coversAll();
    if (covered) {
      backdrop = Optional.empty();
    }
    backdrop.ifPresent(
        image ->
            drawn.add(
                place(image.pixels(), image.width(), image.height(), 1, Rectangle.whole(1), 1)));
    if (shown != null) {
      for (var tile : shown.toDraw(wanted())) {
        var area = tile.key().rectangle();
        drawn.add(
            place(
                tile.pixels(),
                area.width(),
                area.height(),
                tile.key().imageSide(),
                area,
                shown.opacity(tile.key())));
      }
    }
    return drawn;
  }

  /** Neighbours share their edges, and these lie on whole pixels. */
  private Placement place(
      IntBuffer pixels, int width, int height, int imageSide, Rectangle area, double opacity) {
    var view = camera.get();
    double scale = view.side() / imageSide;
    double left = Math.rint(view.left());
    double top = Math.rint(view.top());
    int x = (int) Math.rint(left + area.column() * scale);
    int y = (int) Math.rint(top + area.row() * scale);
    int right = (int) Math.rint(left + area.columnEnd() * scale);
    int bottom = (int) Math.rint(top + area.rowEnd() * scale);
    return new Placement(pixels, width, height, x, y, right - x, bottom - y, opacity);
  }

  /** Whether the zoom is changing, so that speed counts more than smoothness. */
  public boolean isMoving() {
    return motion.isActive() || !resting;
  }

  /** Frees what the field shown holds. */
  public void close() {
    if (tiles != null) {
      tiles.close();
      tiles = null;
    }
    pending.set(0);
  }
}
