package org.infd.app.layout;

import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import javafx.scene.Cursor;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyEvent;
import javafx.scene.input.MouseButton;
import javafx.scene.input.MouseEvent;
import org.infd.app.control.KeyActions;
import org.infd.app.control.Shortcut;
import org.infd.app.viewer.Camera;
import org.infd.app.viewer.ViewerCanvas;
import org.infd.app.viewer.ViewerModel;

/**
 * Sends mouse and keys on the picture to the boxes while the editor is open: dragging draws, moves
 * and resizes, the modifier of shortcuts always draws, Alt turns snapping off. The wheel, the
 * middle button, Space with a drag and Shift with a drag go on to the picture.
 */
public final class BoxMouse {
  private static final int MANY = 10;

  private final LayoutModel model;
  private final BoxDragController hand;
  private final ViewerModel viewer;
  private final ViewerCanvas canvas;
  private final BooleanSupplier resting;
  private final Consumer<DraftBox> drawn;
  private final KeyActions keys;
  private boolean spaceDown;
  private int countBefore;

  /**
   * @param resting whether boxes are only looked at for now
   * @param drawn told of a box that was drawn
   */
  public BoxMouse(
      LayoutModel model,
      BoxDragController hand,
      ViewerModel viewer,
      ViewerCanvas canvas,
      BooleanSupplier resting,
      Consumer<DraftBox> drawn) {
    this.model = model;
    this.hand = hand;
    this.viewer = viewer;
    this.canvas = canvas;
    this.resting = resting;
    this.drawn = drawn;
    keys = keys();
    canvas.addEventFilter(MouseEvent.MOUSE_PRESSED, this::pressed);
    canvas.addEventFilter(MouseEvent.MOUSE_DRAGGED, this::dragged);
    canvas.addEventFilter(MouseEvent.MOUSE_RELEASED, this::released);
    canvas.addEventFilter(MouseEvent.MOUSE_CLICKED, this::clicked);
    canvas.addEventFilter(MouseEvent.MOUSE_MOVED, this::movedOver);
    canvas.addEventFilter(KeyEvent.KEY_PRESSED, this::keyPressed);
    canvas.addEventFilter(KeyEvent.KEY_RELEASED, this::keyReleased);
    model
        .openProperty()
        .subscribe(
            open -> {
              if (!open) {
                hand.cancel();
                canvas.setCursor(Cursor.DEFAULT);
              }
            });
  }

  private boolean isActive() {
    return model.openProperty().get() && !resting.getAsBoolean();
  }

  private Camera camera() {
    return viewer.cameraProperty().get();
  }

  private double scale() {
    return camera().width() / Math.max(1, canvas.getWidth());
  }

  private VisibleArea eye() {
    return VisibleArea.of(camera(), scale());
  }

  private double row(MouseEvent event) {
    return camera().imageY(event.getY() * scale());
  }

  private double column(MouseEvent event) {
    return camera().imageX(event.getX() * scale());
  }

  private void pressed(MouseEvent event) {
    if (!isActive()
        || event.getButton() != MouseButton.PRIMARY
        || spaceDown
        || event.isShiftDown()) {
      return;
    }
    canvas.requestFocus();
    countBefore = model.boxes().size();
    hand.press(row(event), column(event), eye(), event.isShortcutDown());
    event.consume();
  }

  private void dragged(MouseEvent event) {
    if (hand.isDown()) {
      hand.drag(row(event), column(event), eye(), event.isAltDown());
      event.consume();
    }
  }

  private void released(MouseEvent event) {
    if (hand.isDown()) {
      hand.release(row(event), column(event));
      event.consume();
      if (model.boxes().size() > countBefore) {
        model.selectedProperty().get().ifPresent(drawn);
      }
    }
  }

  /** A double click zooms the picture, but not when it means a box. */
  private void clicked(MouseEvent event) {
    if (isActive()
        && event.getButton() == MouseButton.PRIMARY
        && !spaceDown
        && !event.isShiftDown()) {
      event.consume();
    }
  }

  private void movedOver(MouseEvent event) {
    if (isActive() && !spaceDown) {
      canvas.setCursor(
          event.isShortcutDown() || event.isShiftDown()
              ? Cursor.CROSSHAIR
              : hand.over(row(event), column(event), eye())
                  .map(grip -> grip.handle().cursor())
                  .orElse(Cursor.CROSSHAIR));
    }
  }

  private void keyReleased(KeyEvent event) {
    if (event.getCode() == KeyCode.SPACE) {
      spaceDown = false;
    }
  }

  private void keyPressed(KeyEvent event) {
    if (event.getCode() == KeyCode.SPACE) {
      spaceDown = true;
    }
    keys.act(event);
  }

  /** Adds a box where the user looks. */
  public void add() {
    model.add(eye().middle(), null).ifPresent(drawn);
  }

  private KeyActions keys() {
    BooleanSupplier selected = () -> model.selectedProperty().get().isPresent();
    return new KeyActions(this::isActive)
        .on(
            Shortcut.DESELECT_BOX,
            () -> hand.isDown() || selected.getAsBoolean(),
            () -> {
              if (hand.isDown()) {
                hand.cancel();
              } else {
                model.deselect();
              }
            })
        .on(Shortcut.NEW_BOX, this::add)
        .on(Shortcut.BOX_BEFORE, () -> model.selectNext(-1))
        .on(Shortcut.BOX_AFTER, () -> model.selectNext(1))
        .on(Shortcut.DUPLICATE_BOX, model::duplicate)
        .on(Shortcut.NUDGE_LEFT, selected, event -> model.nudge(0, -step(event)))
        .on(Shortcut.NUDGE_RIGHT, selected, event -> model.nudge(0, step(event)))
        .on(Shortcut.NUDGE_UP, selected, event -> model.nudge(-step(event), 0))
        .on(Shortcut.NUDGE_DOWN, selected, event -> model.nudge(step(event), 0))
        .on(Shortcut.DELETE_BOX, selected, () -> model.delete())
        .on(Shortcut.TYPE_PROMPT, selected, () -> model.selectedProperty().get().ifPresent(drawn));
  }

  private double step(KeyEvent event) {
    return eye().pixel() * (event.isShiftDown() ? MANY : 1);
  }
}
