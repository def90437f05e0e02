package org.infd.app.export;

import java.util.function.BooleanSupplier;
import javafx.scene.Cursor;
import javafx.scene.input.KeyEvent;
import javafx.scene.input.MouseButton;
import javafx.scene.input.MouseEvent;
import org.infd.app.control.Handle;
import org.infd.app.control.KeyActions;
import org.infd.app.control.Shortcut;
import org.infd.app.viewer.Camera;
import org.infd.app.viewer.ViewerCanvas;
import org.infd.app.viewer.ViewerModel;
import org.infd.inference.export.Frame.Region;
import org.jspecify.annotations.Nullable;

/**
 * Sends mouse and keys on the picture to the frame of an export while there is one. What does not
 * hit the frame, the wheel, and Shift with a drag go on to the picture.
 */
final class FrameHand {
  /** A hand may miss an edge by so many pixels. */
  private static final double REACH = 8;

  /** No edge takes more than this part of a small frame: its inside has to be held too. */
  private static final double EDGE_SHARE = 0.25;

  /** An arrow key moves by so many pixels of the screen. */
  private static final double STEP = 8;

  /** A frame is no smaller on the screen. */
  private static final double LEAST = 24;

  private final ExportChoices choices;
  private final ViewerModel viewer;
  private final ViewerCanvas canvas;
  private final BooleanSupplier active;
  private final KeyActions keys;
  private @Nullable Handle held;
  private Region from = Region.WHOLE;
  private double pressedRow;
  private double pressedColumn;
  private boolean pointed;

  /**
   * @param active whether there is a frame
   * @param export writes what is in it
   * @param leave takes it away
   */
  FrameHand(
      ExportChoices choices,
      ViewerModel viewer,
      ViewerCanvas canvas,
      BooleanSupplier active,
      Runnable export,
      Runnable leave) {
    this.choices = choices;
    this.viewer = viewer;
    this.canvas = canvas;
    this.active = active;
    keys = keys(export, leave);
    canvas.addEventFilter(MouseEvent.MOUSE_PRESSED, this::pressed);
    canvas.addEventFilter(MouseEvent.MOUSE_DRAGGED, this::dragged);
    canvas.addEventFilter(MouseEvent.MOUSE_RELEASED, this::released);
    canvas.addEventFilter(MouseEvent.MOUSE_CLICKED, this::clicked);
    canvas.addEventFilter(MouseEvent.MOUSE_MOVED, this::movedOver);
  }

  private Camera camera() {
    return viewer.cameraProperty().get();
  }

  private double scale() {
    return camera().width() / Math.max(1, canvas.getWidth());
  }

  /** A pixel of the scene in fractions of the image's side. */
  private double pixel() {
    return scale() / camera().side();
  }

  private double row(MouseEvent event) {
    return camera().imageY(event.getY() * scale());
  }

  private double column(MouseEvent event) {
    return camera().imageX(event.getX() * scale());
  }

  /** What of the frame lies under the pointer; null for nothing. */
  private @Nullable Handle over(MouseEvent event) {
    var place = choices.placeProperty().get();
    double reach = REACH * pixel();
    int down = side(row(event), place.top(), place.height(), reach);
    int across = side(column(event), place.left(), place.width(), reach);
    if (down == OUTSIDE || across == OUTSIDE) {
      return null;
    }
    var handle = Handle.of(down, across);
    return handle == Handle.INSIDE && fillsWindow(place) ? null : handle;
  }

  /** A frame of which no edge is seen is no thing to take hold of: the picture is. */
  private boolean fillsWindow(Region place) {
    var view = camera();
    return place.top() <= Math.max(0, view.imageY(0))
        && place.left() <= Math.max(0, view.imageX(0))
        && place.top() + place.height() >= Math.min(1, view.imageY(view.height()))
        && place.left() + place.width() >= Math.min(1, view.imageX(view.width()));
  }

  private static final int OUTSIDE = 2;

  /** −1 at the first edge, 1 at the last, 0 between them. */
  private static int side(double at, double first, double extent, double reach) {
    double inner = Math.min(reach, extent * EDGE_SHARE);
    if (at < first - reach || at > first + extent + reach) {
      return OUTSIDE;
    }
    if (at < first + inner) {
      return -1;
    }
    return at > first + extent - inner ? 1 : 0;
  }

  private boolean isMeant(MouseEvent event) {
    return active.getAsBoolean()
        && event.getButton() == MouseButton.PRIMARY
        && !event.isShiftDown();
  }

  private void pressed(MouseEvent event) {
    held = isMeant(event) ? over(event) : null;
    if (held != null) {
      canvas.requestFocus();
      from = choices.placeProperty().get();
      pressedRow = row(event);
      pressedColumn = column(event);
      event.consume();
    }
  }

  private void dragged(MouseEvent event) {
    var handle = held;
    if (handle != null) {
      pull(handle, row(event) - pressedRow, column(event) - pressedColumn);
      event.consume();
    }
  }

  private void pull(Handle handle, double down, double right) {
    choices.pullFrame(from, handle, down, right, LEAST * pixel());
  }

  private void released(MouseEvent event) {
    if (held != null) {
      held = null;
      event.consume();
    }
  }

  /** A double click zooms the picture, but not on the frame. */
  private void clicked(MouseEvent event) {
    if (isMeant(event) && over(event) != null) {
      event.consume();
    }
  }

  private void movedOver(MouseEvent event) {
    var handle = active.getAsBoolean() ? over(event) : null;
    if (handle != null) {
      canvas.setCursor(handle.cursor());
    } else if (pointed) {
      canvas.setCursor(Cursor.DEFAULT);
    }
    pointed = handle != null;
  }

  /** The frame is there or gone. */
  void changed() {
    held = null;
    if (pointed && !active.getAsBoolean()) {
      canvas.setCursor(Cursor.DEFAULT);
      pointed = false;
    }
  }

  boolean keyPressed(KeyEvent event) {
    return keys.act(event);
  }

  private KeyActions keys(Runnable export, Runnable leave) {
    return new KeyActions(active)
        .on(Shortcut.FRAME_LEFT, () -> move(0, -1))
        .on(Shortcut.FRAME_RIGHT, () -> move(0, 1))
        .on(Shortcut.FRAME_UP, () -> move(-1, 0))
        .on(Shortcut.FRAME_DOWN, () -> move(1, 0))
        .on(Shortcut.FRAME_NARROWER, () -> grow(0, -1))
        .on(Shortcut.FRAME_WIDER, () -> grow(0, 1))
        .on(Shortcut.FRAME_LOWER, () -> grow(-1, 0))
        .on(Shortcut.FRAME_TALLER, () -> grow(1, 0))
        .on(Shortcut.EXPORT_FRAME, export)
        .on(Shortcut.LEAVE_FRAME, leave);
  }

  private void move(int down, int right) {
    choices.moveFrame(down * STEP * pixel(), right * STEP * pixel());
  }

  private void grow(int down, int right) {
    from = choices.placeProperty().get();
    pull(Handle.BOTTOM_RIGHT, down * STEP * pixel(), right * STEP * pixel());
  }
}
