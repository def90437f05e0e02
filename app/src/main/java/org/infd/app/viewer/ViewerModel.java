package org.infd.app.viewer;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import javafx.beans.property.ReadOnlyIntegerProperty;
import javafx.beans.property.ReadOnlyIntegerWrapper;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
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

  private final Executor ui;
  private long cacheBytes;
  private final ReadOnlyObjectWrapper<Optional<Field>> field =
      new ReadOnlyObjectWrapper<>(this, "field", Optional.empty());
  private final ReadOnlyIntegerWrapper pending = new ReadOnlyIntegerWrapper(this, "pending");
  private Consumer<String> failures = sentence -> {};
  private Runnable wake = () -> {};
  private final CameraControl control =
      new CameraControl(this, () -> wake.run(), this::hasViewsToReturnTo);
  private @Nullable FieldTiles tiles;
  private @Nullable Field whole;
  private boolean deep = true;
  private final Cover cover = new Cover(control);
  private boolean reducedMotion;
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

  private boolean hasViewsToReturnTo() {
    return !cover.isThere() && field.get().isPresent();
  }

  /** Where the user is. */
  public ReadOnlyObjectProperty<Camera> cameraProperty() {
    return control.cameraProperty();
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

  /** Whether pictures go on below their field's own scale. */
  public void setDeep(boolean goesOn) {
    if (goesOn == deep) {
      return;
    }
    deep = goesOn;
    var shown = whole;
    if (shown != null && tiles != null && shown.depths().isPresent()) {
      tiles.close();
      control.setLargest((double) seen(shown).largestSide());
      put(shown, seen(shown), tiles(seen(shown)));
    }
  }

  /** Whether nothing glides and fades. */
  public void setReducedMotion(boolean reduced) {
    reducedMotion = reduced;
    control.setReducedMotion(reduced);
  }

  /** Whether there is nothing to see. */
  public boolean isEmpty() {
    return field.get().isEmpty() && cover.image().isEmpty();
  }

  /** Shows another field, as a whole. What was last previewed stands in until its first tile. */
  public void show(Field next) {
    close();
    cover.end();
    control.setHistory(new ViewHistory());
    var seen = seen(next);
    control.setLargest((double) seen.largestSide());
    control.fit();
    put(next, seen, tiles(seen));
  }

  /** As much of a picture as is to be seen. */
  private Field seen(Field picture) {
    return deep ? picture : picture.alone();
  }

  private FieldTiles tiles(Field seen) {
    return new FieldTiles(
        seen,
        cacheBytes,
        ui,
        () -> {
          countPending();
          wake.run();
        },
        sentence -> failures.accept(sentence));
  }

  private void put(Field picture, Field seen, FieldTiles shown) {
    whole = picture;
    // the tiles first: who hears of the field may ask for them
    tiles = shown;
    field.set(Optional.of(seen));
    wake.run();
  }

  /** Shows nothing, and gives what was shown, to be shown again as it was; empty for nothing. */
  public Optional<SuspendedView> suspend() {
    cover.takeAway();
    var left = tiles;
    var shown = whole;
    if (left == null || shown == null) {
      clear();
      return Optional.empty();
    }
    var view = place().orElse(null);
    left.pause();
    tiles = null;
    clear();
    return Optional.of(new SuspendedView(shown, left, control.history(), view));
  }

  /**
   * Where the user is, or was before a preview; empty for the whole image, which is the whole in
   * every window.
   */
  public Optional<SavedView> place() {
    return cover.place().map(SavedView::of);
  }

  /** Shows a field again that was put aside, with its view and the views before it. */
  public void show(SuspendedView back) {
    clear();
    control.setHistory(back.history());
    var seen = seen(back.field());
    control.setLargest((double) seen.largestSide());
    back.view().ifPresentOrElse(this::jumpTo, control::fit);
    var shown = back.tiles();
    if (shown.isDeep() != seen.depths().isPresent()) {
      shown.close();
      shown = tiles(seen);
    }
    put(back.field(), seen, shown);
  }

  /** Shows nothing. */
  public void clear() {
    close();
    cover.end();
    cover.forget();
    field.set(Optional.empty());
    wake.run();
  }

  /**
   * Shows what a picture in the making will look like, instead of the field; empty goes back to the
   * field and to where the user was in it.
   */
  public void preview(Optional<PixelImage> image) {
    cover.preview(image);
    wake.run();
  }

  /**
   * Shows a small picture of what is being opened instead of the field, unless something is in the
   * making; empty goes back to the field and to where the user was in it.
   */
  public void standIn(Optional<PixelImage> image) {
    cover.standIn(image);
    wake.run();
  }

  /** Whether the picture shown is one in the making. */
  public boolean isPreviewing() {
    return cover.isPreview();
  }

  /** The last preview of the picture in the making; empty while none is shown. */
  public Optional<PixelImage> previewed() {
    return cover.isPreview() ? cover.image() : Optional.empty();
  }

  /**
   * The window has another size.
   *
   * @param freeMargin device pixels left free around an image that is shown as a whole
   */
  public void resize(int width, int height, int freeMargin) {
    control.resize(width, height, freeMargin);
  }

  /** The pointer is here; tiles near it come first. Negative coordinates: it has left. */
  public void point(double x, double y) {
    pointerX = x;
    pointerY = y;
  }

  /** A hand holds the image. */
  public void hold() {
    control.hold();
  }

  /** Moves the image by a hand's drag. */
  public void drag(double dx, double dy) {
    control.drag(dx, dy);
  }

  /** The hand has let go with this speed, in device pixels a second. */
  public void release(double vx, double vy, long now) {
    control.release(vx, vy, now);
  }

  /** Sends the image a way further, in device pixels; quick calls add up. */
  public void push(double dx, double dy, long now) {
    control.push(dx, dy, now);
  }

  /** Goes to the view before; does nothing where there is none. */
  public void back(long now) {
    control.back(now);
  }

  /** Undoes {@link #back}. */
  public void forward(long now) {
    control.forward(now);
  }

  /** Goes to a view, which may be of a window of another size. */
  public void goTo(Camera view, long now) {
    control.goTo(view, now);
  }

  /** Goes to a view at once, without a way back. */
  public void jumpTo(SavedView view) {
    var window = cameraProperty().get();
    control.jumpTo(view.in(window.width(), window.height()));
    wake.run();
  }

  /** Is where another view is: for two pictures over one another. */
  public void follow(Camera view, long now) {
    control.follow(view, now);
  }

  /** Enlarges a box of the window to the whole window; too small a box is a slip of the hand. */
  public void zoomOnto(double x, double y, double width, double height, long now) {
    control.zoomOnto(x, y, width, height, now);
  }

  /** Brings a place of the image to the window's middle, at once. */
  public void centre(double imageX, double imageY) {
    control.centre(imageX, imageY);
  }

  /** Zooms by a factor around a point; factors of quick calls multiply. */
  public void zoom(double factor, double x, double y, long now) {
    control.zoom(factor, x, y, now);
  }

  /** Zooms around the window's middle to where the whole image has this side. */
  public void zoomTo(double side, long now) {
    control.zoomTo(side, now);
  }

  /** Shows the whole image. */
  public void fit(long now) {
    control.fit(now);
  }

  /**
   * Moves on to a time: glides, comes to rest, asks for tiles.
   *
   * @return whether there will be something to draw without any further event
   */
  public boolean tick(long now) {
    boolean moving = control.tick(now);
    boolean fading = false;
    if (tiles != null) {
      fading = tiles.tick(now, reducedMotion);
      if (!cover.isThere()) {
        var window = control.view();
        var view = wanted();
        double scale = view.imageSide() / window.side();
        boolean pointed = pointerX >= 0 && pointerY >= 0;
        tiles.show(
            view,
            (pointed ? pointerY : window.height() / 2.0) * scale,
            (pointed ? pointerX : window.width() / 2.0) * scale,
            control.isResting());
        countPending();
      }
    }
    return moving || fading;
  }

  /** How many levels of invention are on screen; 0 where all is the field's own. */
  public int depth() {
    return cover.isThere()
        ? 0
        : field.get().map(shown -> shown.depthAt(control.view().side())).orElse(0);
  }

  /** Whether the largest side is on screen: there is nothing below. */
  public boolean isAtFloor() {
    return field.get().isPresent() && control.isAtLargest();
  }

  /** The whole image, small; empty until its first tile has come. */
  public Optional<PixelImage> overview() {
    return Optional.ofNullable(cover.isThere() ? null : tiles)
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

  private ViewComposer composer(@Nullable FieldTiles of) {
    return new ViewComposer(control.view(), control.isResting(), of);
  }

  /** The view at the scale that is rendered for it. */
  Viewport wanted() {
    return composer(tiles).wanted();
  }

  /** The pixels of the image that are on the screen when the view is at rest. */
  public Optional<Viewport> shownPart() {
    return field.get().isEmpty() ? Optional.empty() : composer(tiles).shownPart();
  }

  /** What to draw, the lowest first. */
  public List<Placement> frame() {
    var shown = cover.isThere() ? null : tiles;
    if (shown != null && shown.coversAll()) {
      cover.forget();
    }
    return composer(shown).frame(cover.image());
  }

  /** Whether the zoom is changing, so that speed counts more than smoothness. */
  public boolean isMoving() {
    return control.isMoving();
  }

  /** Frees what the field shown holds. */
  public void close() {
    whole = null;
    if (tiles != null) {
      tiles.close();
      tiles = null;
    }
    pending.set(0);
  }
}
