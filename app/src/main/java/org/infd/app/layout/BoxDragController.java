package org.infd.app.layout;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import org.infd.app.control.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Drags on the boxes of a layout: what lies under the pointer, and drawing, moving and resizing
 * boxes, which snap to lines. Positions are fractions of the image; the tolerance of a hit is given
 * in pixels, so boxes of every size can be worked on by zooming in. Belongs to the user interface's
 * thread.
 */
public final class BoxDragController {
  /** A hand may miss an edge by so many pixels. */
  private static final double REACH = 7;

  /** A shorter way is a click. */
  private static final double SLIP = 3;

  /** Lines draw from so many pixels. */
  private static final double DRAW = 6;

  /** No edge takes more than this part of a small box: its inside has to be held too. */
  private static final double EDGE_SHARE = 0.25;

  private static final long NONE = -1;

  /**
   * What a hand holds.
   *
   * @param id the box
   */
  public record Grip(long id, Handle handle) {}

  /** Lines that a box lies at while it is moved, in fractions. */
  public record Guides(List<Double> rows, List<Double> columns) {
    /** None. */
    public static final Guides NONE = new Guides(List.of(), List.of());
  }

  private final LayoutModel model;
  private final ReadOnlyObjectWrapper<Guides> guides =
      new ReadOnlyObjectWrapper<>(this, "guides", Guides.NONE);
  private @Nullable Grip held;
  private @Nullable Object gesture;
  private NormalizedBox origin = new NormalizedBox(0, 0, 1, 1);
  private long drawn = NONE;
  private double pressedRow;
  private double pressedColumn;
  private boolean moved;
  private boolean down;

  /**
   * @param model whose boxes
   */
  public BoxDragController(LayoutModel model) {
    this.model = model;
  }

  /** The lines that draw at the moment. */
  public ReadOnlyObjectProperty<Guides> guidesProperty() {
    return guides.getReadOnlyProperty();
  }

  /** Whether the hand is down. */
  public boolean isDown() {
    return down;
  }

  /** What lies under a hand: edges of the selected box first, then the smallest box. */
  public Optional<Grip> over(double row, double column, VisibleArea eye) {
    var selected = model.selectedProperty().get().filter(BoxDragController::canBeHeld);
    var edge = selected.flatMap(box -> edge(box, row, column, eye.pixel() * REACH));
    return edge.isPresent()
        ? edge
        : at(row, column)
            .filter(box -> canBeHeld(box) && !eye.isFilledBy(box.place()))
            .map(box -> new Grip(box.id(), Handle.INSIDE));
  }

  private static boolean canBeHeld(DraftBox box) {
    return !box.locked() && !box.hidden();
  }

  /** The smallest box at a point that is seen. Of what can be held before what cannot. */
  private Optional<DraftBox> at(double row, double column) {
    return model.boxes().stream()
        .filter(box -> !box.hidden() && box.place().contains(row, column))
        .min(Comparator.comparing(DraftBox::locked).thenComparingDouble(box -> box.place().area()));
  }

  private static Optional<Grip> edge(DraftBox box, double row, double column, double reach) {
    var place = box.place();
    int vertical = side(row, place.row(), place.rowEnd(), reach);
    int horizontal = side(column, place.column(), place.columnEnd(), reach);
    if (vertical == OUTSIDE || horizontal == OUTSIDE || (vertical == 0 && horizontal == 0)) {
      return Optional.empty();
    }
    return Optional.of(new Grip(box.id(), Handle.of(vertical, horizontal)));
  }

  private static final int OUTSIDE = 2;

  /** −1 at the first edge, 1 at the last, 0 between them. */
  private static int side(double at, double from, double to, double reach) {
    double inner = Math.min(reach, (to - from) * EDGE_SHARE);
    if (at < from - reach || at > to + reach) {
      return OUTSIDE;
    }
    if (at < from + inner) {
      return -1;
    }
    return at > to - inner ? 1 : 0;
  }

  /**
   * The hand comes down.
   *
   * @param draws whether it draws a box whatever lies under it
   */
  public void press(double row, double column, VisibleArea eye, boolean draws) {
    down = true;
    moved = false;
    gesture = new Object();
    pressedRow = row;
    pressedColumn = column;
    held = draws ? null : over(row, column, eye).orElse(null);
    var grip = held;
    if (grip != null) {
      model.select(grip.id());
      origin = model.box(grip.id()).orElseThrow().place();
    }
  }

  /**
   * The hand moves.
   *
   * @param free whether no line draws it
   */
  public void drag(double row, double column, VisibleArea eye, boolean free) {
    if (!down) {
      return;
    }
    double slip = SLIP * eye.pixel();
    if (!moved && Math.abs(row - pressedRow) < slip && Math.abs(column - pressedColumn) < slip) {
      return;
    }
    boolean began = !moved;
    moved = true;
    var grip = held;
    if (grip == null) {
      draw(row, column, eye, free, began);
    } else {
      double way = row - pressedRow;
      double across = column - pressedColumn;
      move(
          grip.id(),
          origin.pulled(grip.handle(), way, across),
          turned(grip.handle(), way, across),
          lines(grip.id(), eye, free));
    }
  }

  private void move(long id, NormalizedBox wanted, Handle handle, Snapping lines) {
    var snapped = lines.snap(wanted, handle);
    guides.set(new Guides(snapped.rows(), snapped.columns()));
    model.place(id, snapped.place(), gesture);
  }

  /** Pulls a box out of the corner where the hand came down; that is drawn to lines as well. */
  private void draw(double row, double column, VisibleArea eye, boolean free, boolean began) {
    var lines = lines(drawn, eye, free);
    if (began) {
      pressedRow = lines.row(pressedRow);
      pressedColumn = lines.column(pressedColumn);
      drawn =
          model
              .add(NormalizedBox.between(pressedRow, pressedColumn, row, column), gesture)
              .map(DraftBox::id)
              .orElse(NONE);
      down = drawn != NONE;
    }
    if (down) {
      var handle = Handle.of(row < pressedRow ? -1 : 1, column < pressedColumn ? -1 : 1);
      move(drawn, NormalizedBox.between(pressedRow, pressedColumn, row, column), handle, lines);
    }
  }

  /** Which handle it is once it was pulled over the opposite edge. */
  private Handle turned(Handle handle, double down, double right) {
    int vertical = flipped(handle.down(), origin.height(), down);
    int horizontal = flipped(handle.across(), origin.width(), right);
    return Handle.of(vertical, horizontal);
  }

  private static int flipped(int side, double extent, double way) {
    return side != 0 && side * way < -extent ? -side : side;
  }

  private Snapping lines(long except, VisibleArea eye, boolean free) {
    if (free || !model.snappingProperty().get()) {
      return Snapping.none();
    }
    var others =
        model.boxes().stream()
            .filter(box -> box.id() != except && !box.hidden())
            .map(DraftBox::place)
            .filter(eye::sees)
            .toList();
    return new Snapping(others, DRAW * eye.pixel());
  }

  /** The hand goes up. Where it has not moved it has selected what lies there. */
  public void release(double row, double column) {
    if (!down) {
      return;
    }
    if (!moved && held == null) {
      at(row, column).ifPresentOrElse(box -> model.select(box.id()), model::deselect);
    }
    end();
  }

  /** Gives up what the hand has begun. */
  public void cancel() {
    var begun = gesture;
    if (begun != null) {
      model.takeBack(begun);
    }
    end();
  }

  private void end() {
    down = false;
    drawn = NONE;
    held = null;
    gesture = null;
    guides.set(Guides.NONE);
    model.pause();
  }
}
