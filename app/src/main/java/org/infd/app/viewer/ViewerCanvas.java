package org.infd.app.viewer;

import java.nio.IntBuffer;
import java.util.IdentityHashMap;
import java.util.List;
import javafx.animation.AnimationTimer;
import javafx.scene.Cursor;
import javafx.scene.Scene;
import javafx.scene.canvas.Canvas;
import javafx.scene.canvas.GraphicsContext;
import javafx.scene.image.Image;
import javafx.scene.image.PixelBuffer;
import javafx.scene.image.PixelFormat;
import javafx.scene.image.WritableImage;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyEvent;
import javafx.scene.input.MouseButton;
import javafx.scene.input.MouseEvent;
import javafx.scene.input.ScrollEvent;
import javafx.scene.input.ZoomEvent;
import javafx.scene.layout.Region;
import javafx.scene.transform.Scale;
import javafx.stage.Screen;
import javafx.stage.Window;
import org.infd.app.control.KeyActions;
import org.infd.app.control.Shortcut;

/**
 * Draws a {@link ViewerModel} and hands it what mouse, wheel and fingers do. As large as its place,
 * never larger; one device pixel of the window is one pixel of the model at any display scale.
 */
public final class ViewerCanvas extends Region {
  /** What every GPU has whose driver the toolkit uses. */
  private static final double LARGEST_TEXTURE = 8192;

  /** A notch of a mouse wheel zooms by this factor. */
  private static final double NOTCH = 1.25;

  /** What JavaFX reports for a notch. */
  private static final double NOTCH_DELTA = 40;

  private static final double DOUBLE_CLICK = 2;

  /** The part of a drag that decides how fast the image glides on. */
  private static final double SPEED_SMOOTHING = 0.6;

  /** A hand that rested this long before letting go does not throw. */
  private static final long THROW_NANOS = 60_000_000;

  static final double MARGIN = 20;

  private double margin = MARGIN;

  private final ViewerModel model;
  private final Canvas canvas = new Canvas();
  private final Scale enlargement = new Scale();
  private IdentityHashMap<IntBuffer, Image> images = new IdentityHashMap<>();
  private final AnimationTimer timer =
      new AnimationTimer() {
        @Override
        public void handle(long now) {
          pulse();
        }
      };
  private double pressedX;
  private double pressedY;
  private double lastX;
  private double lastY;
  private double speedX;
  private double speedY;
  private long draggedAt;
  private boolean held;
  private boolean boxing;
  private boolean spaceDown;
  private final KeyActions keys =
      new KeyActions().on(Shortcut.GIVE_UP_ZOOM_BOX, () -> boxing, this::endBox);
  private final Region box = new Region();

  /**
   * @param model what is drawn
   */
  public ViewerCanvas(ViewerModel model) {
    this.model = model;
    getStyleClass().add("viewer-canvas");
    canvas.setManaged(false);
    canvas.getTransforms().add(enlargement);
    box.getStyleClass().add("zoom-box");
    box.setId("zoom-box");
    box.setManaged(false);
    box.setVisible(false);
    box.setMouseTransparent(true);
    getChildren().addAll(canvas, box);
    setFocusTraversable(true);
    setMinSize(1, 1);
    // the window may move to a screen with another scale
    sceneProperty()
        .flatMap(Scene::windowProperty)
        .flatMap(Window::renderScaleXProperty)
        .subscribe(scale -> requestLayout());
    setOnScroll(this::scrolled);
    setOnZoom(this::pinched);
    setOnMousePressed(this::pressed);
    setOnMouseDragged(this::dragged);
    setOnMouseReleased(this::released);
    setOnMouseClicked(this::clicked);
    setOnKeyPressed(this::keyPressed);
    setOnKeyReleased(
        event -> {
          if (event.getCode() == KeyCode.SPACE) {
            spaceDown = false;
            showCursor();
          }
        });
    setOnMouseMoved(event -> model.point(event.getX() * scale(), event.getY() * scale()));
    setOnMouseExited(event -> model.point(-1, -1));
  }

  /** Draws again from the next frame on, for as long as the model has something to do. */
  public void wake() {
    timer.start();
  }

  /** Pixels that are drawn per unit of the scene: device pixels, in all but huge windows. */
  private double scale() {
    var scene = getScene();
    var window = scene == null ? null : scene.getWindow();
    return bounded(window == null ? 1 : window.getRenderScaleX(), getWidth(), getHeight());
  }

  /**
   * A scale at which a canvas is no larger than every GPU's textures; one that is larger shows
   * nothing, or throws. A window over several screens is drawn a little coarser then.
   *
   * @param width in units of the scene
   * @param height in units of the scene
   */
  static double bounded(double scale, double width, double height) {
    double side = Math.max(width, height);
    return side * scale <= LARGEST_TEXTURE ? scale : LARGEST_TEXTURE / side;
  }

  /**
   * The pixels of a canvas's texture per unit of the canvas: the toolkit takes the scale of the
   * densest screen and rounds it up. Drawn at the window's scale the texture would be resampled;
   * the canvas is made smaller and enlarged instead, so that a pixel of it is a pixel of the
   * window.
   */
  private static double textureScale() {
    return Screen.getScreens().stream()
        .mapToDouble(screen -> Math.max(screen.getOutputScaleX(), screen.getOutputScaleY()))
        .map(Math::ceil)
        .max()
        .orElse(1);
  }

  /** What is left free around a picture that is shown as a whole. */
  void keepFree(double around) {
    if (around != margin) {
      margin = around;
      requestLayout();
    }
  }

  @Override
  protected void layoutChildren() {
    int width = (int) Math.round(getWidth() * scale());
    int height = (int) Math.round(getHeight() * scale());
    if (width > 0 && height > 0) {
      double texture = textureScale();
      canvas.setWidth(Math.ceil(width / texture));
      canvas.setHeight(Math.ceil(height / texture));
      enlargement.setX(texture / scale());
      enlargement.setY(texture / scale());
      model.resize(width, height, (int) Math.round(margin * scale()));
    }
    wake();
  }

  private void pulse() {
    if (!model.tick(System.nanoTime())) {
      timer.stop();
    }
    draw(model.frame());
  }

  private void draw(List<Placement> frame) {
    var graphics = canvas.getGraphicsContext2D();
    graphics.setTransform(1, 0, 0, 1, 0, 0);
    graphics.clearRect(0, 0, canvas.getWidth(), canvas.getHeight());
    graphics.scale(1 / textureScale(), 1 / textureScale());
    boolean smooth = !model.isMoving() || model.isPreviewing();
    // what is not on screen is kept by the tile store only
    var kept = new IdentityHashMap<IntBuffer, Image>();
    for (var placement : frame) {
      var image = images.get(placement.pixels());
      if (image == null) {
        image = toImage(placement);
      }
      kept.put(placement.pixels(), image);
      graphics.setGlobalAlpha(placement.opacity());
      graphics.setImageSmoothing(false);
      graphics.drawImage(
          image, placement.x(), placement.y(), placement.width(), placement.height());
      if (smooth && !placement.isExact() && placement.opacity() == 1) {
        drawSmoothly(graphics, image, placement);
      }
    }
    images = kept;
    graphics.setGlobalAlpha(1);
  }

  /**
   * Draws over an enlarged image a smooth one, up to the middles of the outermost pixels: beyond
   * them the software pipeline mixes in the colours of the opposite edge.
   */
  private static void drawSmoothly(GraphicsContext graphics, Image image, Placement placement) {
    double columns = (double) placement.width() / placement.pixelWidth();
    double rows = (double) placement.height() / placement.pixelHeight();
    graphics.setImageSmoothing(true);
    graphics.drawImage(
        image,
        0.5,
        0.5,
        placement.pixelWidth() - 1.0,
        placement.pixelHeight() - 1.0,
        placement.x() + columns / 2,
        placement.y() + rows / 2,
        placement.width() - columns,
        placement.height() - rows);
  }

  private static Image toImage(Placement placement) {
    return new WritableImage(
        new PixelBuffer<>(
            placement.pixelWidth(),
            placement.pixelHeight(),
            placement.pixels(),
            PixelFormat.getIntArgbPreInstance()));
  }

  private void scrolled(ScrollEvent event) {
    if (model.isEmpty() || event.getDeltaY() == 0) {
      return;
    }
    double factor = Math.pow(NOTCH, event.getDeltaY() / NOTCH_DELTA);
    model.zoom(factor, event.getX() * scale(), event.getY() * scale(), System.nanoTime());
    event.consume();
  }

  private void pinched(ZoomEvent event) {
    model.zoom(
        event.getZoomFactor(), event.getX() * scale(), event.getY() * scale(), System.nanoTime());
    event.consume();
  }

  /** Space shows the hand, as elsewhere, and Escape gives up a box that is being drawn. */
  private void keyPressed(KeyEvent event) {
    if (event.getCode() == KeyCode.SPACE) {
      spaceDown = true;
      showCursor();
      event.consume();
    } else {
      keys.act(event);
    }
  }

  private void showCursor() {
    if (held) {
      setCursor(boxing ? Cursor.CROSSHAIR : Cursor.CLOSED_HAND);
    } else {
      setCursor(spaceDown ? Cursor.OPEN_HAND : Cursor.DEFAULT);
    }
  }

  private void pressed(MouseEvent event) {
    requestFocus();
    if (event.getButton() == MouseButton.BACK) {
      model.back(System.nanoTime());
    } else if (event.getButton() == MouseButton.FORWARD) {
      model.forward(System.nanoTime());
    }
    if (event.getButton() != MouseButton.PRIMARY && event.getButton() != MouseButton.MIDDLE) {
      return;
    }
    model.hold();
    held = true;
    boxing = event.isShiftDown() && !spaceDown && !model.isEmpty();
    pressedX = event.getX();
    pressedY = event.getY();
    lastX = event.getX();
    lastY = event.getY();
    speedX = 0;
    speedY = 0;
    draggedAt = System.nanoTime();
  }

  private void dragged(MouseEvent event) {
    if (!held) {
      return;
    }
    showCursor();
    if (boxing) {
      drawBox(event.getX(), event.getY());
      return;
    }
    double dx = (event.getX() - lastX) * scale();
    double dy = (event.getY() - lastY) * scale();
    long now = System.nanoTime();
    double seconds = Math.max(1e-3, (now - draggedAt) / 1e9);
    speedX += SPEED_SMOOTHING * (dx / seconds - speedX);
    speedY += SPEED_SMOOTHING * (dy / seconds - speedY);
    draggedAt = now;
    lastX = event.getX();
    lastY = event.getY();
    model.drag(dx, dy);
    model.point(event.getX() * scale(), event.getY() * scale());
  }

  private void drawBox(double x, double y) {
    double left = Math.clamp(Math.min(x, pressedX), 0, getWidth());
    double top = Math.clamp(Math.min(y, pressedY), 0, getHeight());
    double right = Math.clamp(Math.max(x, pressedX), 0, getWidth());
    double bottom = Math.clamp(Math.max(y, pressedY), 0, getHeight());
    box.resizeRelocate(left, top, right - left, bottom - top);
    box.setVisible(true);
  }

  private void endBox() {
    boxing = false;
    held = false;
    box.setVisible(false);
    showCursor();
  }

  private void released(MouseEvent event) {
    long now = System.nanoTime();
    if (boxing) {
      endBox();
      drawBox(event.getX(), event.getY());
      box.setVisible(false);
      model.zoomOnto(
          box.getLayoutX() * scale(),
          box.getLayoutY() * scale(),
          box.getWidth() * scale(),
          box.getHeight() * scale(),
          now);
      return;
    }
    if (!held) {
      return;
    }
    held = false;
    showCursor();
    if (now - draggedAt < THROW_NANOS) {
      model.release(speedX, speedY, now);
    }
  }

  private void clicked(MouseEvent event) {
    if (event.getButton() == MouseButton.PRIMARY
        && event.getClickCount() == DOUBLE_CLICK
        && event.isStillSincePress()) {
      double factor = event.isShiftDown() || event.isAltDown() ? 0.5 : 2;
      model.zoom(factor, event.getX() * scale(), event.getY() * scale(), System.nanoTime());
    }
  }
}
