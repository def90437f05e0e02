package org.infd.app.layout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.infd.app.control.Handle;
import org.infd.app.layout.BoxDragController.Grip;
import org.infd.app.layout.BoxDragController.Guides;
import org.infd.app.viewer.Camera;
import org.infd.app.work.Notices;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a hand takes hold of, and what it does with it, at every zoom. */
class BoxDragControllerTest {
  /** The whole image on 1000 pixels. */
  private static final VisibleArea WHOLE = new VisibleArea(0.001, 0, 0, 1, 1);

  private final LayoutModel model = new LayoutModel(new Notices());
  private final BoxDragController hand = new BoxDragController(model);

  @BeforeEach
  void open() {
    model.openProperty().set(true);
    model.snappingProperty().set(false);
  }

  private long add(double row, double column, double height, double width) {
    return model.add(new NormalizedBox(row, column, height, width), null).orElseThrow().id();
  }

  private NormalizedBox place(long id) {
    return model.box(id).orElseThrow().place();
  }

  private void drag(
      VisibleArea eye, double fromRow, double fromColumn, double toRow, double toColumn) {
    hand.press(fromRow, fromColumn, eye, false);
    // in steps, as hands go
    for (int i = 1; i <= 4; i++) {
      hand.drag(
          fromRow + (toRow - fromRow) * i / 4,
          fromColumn + (toColumn - fromColumn) * i / 4,
          eye,
          false);
    }
    hand.release(toRow, toColumn);
  }

  @Test
  void handlesOfTheSelectedBoxAreAllAroundIt() {
    long id = add(0.2, 0.3, 0.4, 0.5);
    record At(double row, double column, Handle handle) {}
    for (var at :
        List.of(
            new At(0.2, 0.3, Handle.TOP_LEFT),
            new At(0.194, 0.55, Handle.TOP),
            new At(0.206, 0.805, Handle.TOP_RIGHT),
            new At(0.4, 0.295, Handle.LEFT),
            new At(0.4, 0.55, Handle.INSIDE),
            new At(0.4, 0.806, Handle.RIGHT),
            new At(0.606, 0.294, Handle.BOTTOM_LEFT),
            new At(0.595, 0.55, Handle.BOTTOM),
            new At(0.606, 0.806, Handle.BOTTOM_RIGHT))) {
      assertEquals(
          Optional.of(new Grip(id, at.handle())), hand.over(at.row(), at.column(), WHOLE), "" + at);
    }
    assertEquals(Optional.empty(), hand.over(0.19, 0.5, WHOLE));
    model.deselect();
    assertEquals(Optional.empty(), hand.over(0.194, 0.55, WHOLE), "no handles without selection");
    assertEquals(Optional.of(new Grip(id, Handle.INSIDE)), hand.over(0.201, 0.301, WHOLE));
  }

  @Test
  void theInsideOfASmallBoxCanStillBeHeld() {
    long id = add(0.5, 0.5, 0.008, 0.008);
    assertEquals(Optional.of(new Grip(id, Handle.INSIDE)), hand.over(0.504, 0.504, WHOLE));
    assertEquals(Optional.of(new Grip(id, Handle.BOTTOM_RIGHT)), hand.over(0.513, 0.513, WHOLE));
  }

  @Test
  void theSmallestBoxUnderTheHandIsMeant() {
    long large = add(0.1, 0.1, 0.8, 0.8);
    long small = add(0.4, 0.4, 0.1, 0.1);
    model.deselect();
    assertEquals(small, hand.over(0.45, 0.45, WHOLE).orElseThrow().id());
    assertEquals(large, hand.over(0.2, 0.2, WHOLE).orElseThrow().id());
    model.change(small, box -> box.withState(false, true), null);
    assertEquals(
        large, hand.over(0.45, 0.45, WHOLE).orElseThrow().id(), "hidden ones are not there");
    model.change(large, box -> box.withState(true, false), null);
    assertTrue(hand.over(0.2, 0.2, WHOLE).isEmpty(), "hands pass locked ones over");
    hand.press(0.2, 0.2, WHOLE, false);
    hand.release(0.2, 0.2);
    assertEquals(
        large, model.selectedProperty().get().orElseThrow().id(), "but a click selects them");
  }

  @Test
  void aClickBesideAllSelectsNone() {
    add(0.1, 0.1, 0.2, 0.2);
    hand.press(0.8, 0.8, WHOLE, false);
    hand.drag(0.8015, 0.8, WHOLE, false);
    hand.release(0.8015, 0.8);
    assertTrue(model.selectedProperty().get().isEmpty());
    assertEquals(1, model.boxes().size(), "a slip draws nothing");
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.01, 0.001, 1e-5})
  void drawingMovingAndResizingWorkAtEveryZoom(double pixel) {
    // a window of 900 × 700 pixels somewhere in the image
    var eye =
        new VisibleArea(
            pixel, 0.2, 0.3, Math.min(1, 0.2 + 700 * pixel), Math.min(1, 0.3 + 900 * pixel));
    double unit = (eye.bottom() - eye.top()) / 8;
    double top = eye.top() + unit;
    double left = eye.left() + unit;
    double side = Math.max(2 * unit, 0.001);
    drag(eye, top, left, top + side, left + side);
    var box = model.selectedProperty().get().orElseThrow();
    assertPlace(top, left, side, side, box.place());
    drag(eye, top + side / 2, left + side / 2, top + side / 2 + unit, left + side / 2);
    assertPlace(top + unit, left, side, side, place(box.id()));
    drag(eye, top + unit + side, left + side, top + unit + side + unit, left + side + unit);
    assertPlace(top + unit, left, side + unit, side + unit, place(box.id()));
    assertEquals(1, model.boxes().size());
    model.undo();
    model.undo();
    model.undo();
    assertEquals(List.of(), model.boxes(), "each drag is one step");
    assertFalse(model.undoableProperty().get());
  }

  private static void assertPlace(
      double row, double column, double height, double width, NormalizedBox place) {
    assertEquals(row, place.row(), 2e-6);
    assertEquals(column, place.column(), 2e-6);
    assertEquals(height, place.height(), 3e-6);
    assertEquals(width, place.width(), 3e-6);
  }

  @Test
  void aBoxIsDrawnToAnySideAndEndsAtTheImage() {
    drag(WHOLE, 0.5, 0.5, 0.3, 1.4);
    assertPlace(0.3, 0.5, 0.2, 0.5, model.boxes().getFirst().place());
  }

  @Test
  void whatFillsTheWindowIsNoObjectToTakeHoldOf() {
    long id = add(0.1, 0.1, 0.8, 0.8);
    model.deselect();
    var near = new VisibleArea(1e-4, 0.4, 0.4, 0.47, 0.49);
    assertTrue(hand.over(0.43, 0.43, near).isEmpty());
    drag(near, 0.42, 0.42, 0.44, 0.45);
    assertEquals(2, model.boxes().size(), "it is drawn inside");
    assertEquals(new NormalizedBox(0.1, 0.1, 0.8, 0.8), place(id));
  }

  @Test
  void withAKeyABoxIsDrawnOverOthers() {
    long id = add(0.1, 0.1, 0.8, 0.8);
    hand.press(0.2, 0.2, WHOLE, true);
    hand.drag(0.4, 0.4, WHOLE, false);
    hand.release(0.4, 0.4);
    assertEquals(2, model.boxes().size());
    assertEquals(new NormalizedBox(0.1, 0.1, 0.8, 0.8), place(id));
  }

  @Test
  void whatIsGivenUpHasNotBeen() {
    long id = add(0.1, 0.1, 0.2, 0.2);
    hand.press(0.2, 0.2, WHOLE, false);
    hand.drag(0.6, 0.6, WHOLE, false);
    assertTrue(place(id).row() > 0.4);
    hand.cancel();
    assertEquals(new NormalizedBox(0.1, 0.1, 0.2, 0.2), place(id));
    assertFalse(model.redoableProperty().get());
    hand.press(0.7, 0.7, WHOLE, false);
    hand.drag(0.9, 0.9, WHOLE, false);
    assertEquals(2, model.boxes().size());
    hand.cancel();
    assertEquals(1, model.boxes().size());
    model.undo();
    assertEquals(0, model.boxes().size(), "only the box itself was a step");
  }

  @Test
  void edgesAreDrawnToThirdsAndToOtherBoxes() {
    model.snappingProperty().set(true);
    add(0.1, 0.1, 0.1, 0.13);
    hand.press(0.335, 0.332, WHOLE, false);
    hand.drag(0.662, 0.5, WHOLE, false);
    hand.drag(0.662, 0.7, WHOLE, false);
    assertEquals(new Guides(List.of(2 / 3.0), List.of()), hand.guidesProperty().get());
    hand.release(0.662, 0.7);
    var drawn = model.selectedProperty().get().orElseThrow();
    assertPlace(1 / 3.0, 1 / 3.0, 1 / 3.0, 0.7 - 1 / 3.0, drawn.place());
    assertEquals(Guides.NONE, hand.guidesProperty().get());
    // its left edge to the right edge of the other
    hand.press(0.5, 1 / 3.0, WHOLE, false);
    hand.drag(0.5, 0.234, WHOLE, false);
    hand.release(0.5, 0.234);
    assertEquals(0.23, place(drawn.id()).column(), 1e-9);
    assertEquals(0.7, place(drawn.id()).columnEnd(), 1e-5);
    // moved, its middle to the image's middle
    hand.press(0.5, 0.5, WHOLE, false);
    hand.drag(0.5, 0.5 + 0.038, WHOLE, false);
    hand.release(0.5, 0.538);
    assertEquals(0.5, place(drawn.id()).column() + place(drawn.id()).width() / 2, 2e-6);
    assertEquals(0.47, place(drawn.id()).width(), 1e-5, "moving keeps the size");
  }

  @Test
  void linesDrawFromPixelsNotFromFractions() {
    model.snappingProperty().set(true);
    var near = new VisibleArea(1e-5, 0.33, 0.33, 0.34, 0.34);
    hand.press(0.3331, 0.3331, near, false);
    hand.drag(0.3371, 0.3371, near, false);
    hand.release(0.3371, 0.3371);
    assertEquals(0.3331, model.boxes().getFirst().place().row(), 1e-6, "23 pixels from the third");
    hand.press(0.335, 0.335, near, false);
    hand.drag(0.33526, 0.335, near, true);
    hand.release(0.33526, 0.335);
    assertEquals(0.33336, model.boxes().getFirst().place().row(), 1e-6, "free of lines");
  }

  @Test
  void anEyeSeesWhatTheCameraShows() {
    var eye = VisibleArea.of(new Camera(800, 400, 1600, 0.5, 0.5), 2);
    assertEquals(new VisibleArea(2 / 1600.0, 0.375, 0.25, 0.625, 0.75), eye);
    assertEquals(
        new VisibleArea(1 / 100.0, 0, 0, 1, 1),
        VisibleArea.of(new Camera(400, 400, 100, 0.5, 0.5), 1));
    var middle = eye.middle();
    assertEquals(0.5, middle.row() + middle.height() / 2, 1e-6);
    assertEquals(0.5, middle.column() + middle.width() / 2, 1e-6);
  }
}
