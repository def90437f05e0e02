package org.infd.app.window;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.IntBuffer;
import java.util.concurrent.TimeoutException;
import javafx.event.Event;
import javafx.event.EventType;
import javafx.geometry.Point2D;
import javafx.geometry.VerticalDirection;
import javafx.scene.Node;
import javafx.scene.control.Label;
import javafx.scene.control.TextField;
import javafx.scene.image.WritableImage;
import javafx.scene.input.KeyCode;
import javafx.scene.input.MouseButton;
import javafx.scene.input.MouseEvent;
import javafx.scene.input.ScrollEvent;
import org.infd.app.viewer.Landscape;
import org.infd.inference.field.DisplayColours;
import org.infd.inference.field.Rectangle;
import org.infd.inference.runtime.Cancellation;
import org.junit.jupiter.api.Test;
import org.testfx.util.WaitForAsyncUtils;

/** The picture is zoomed and moved, and every pixel of it is right. */
class ViewingInWindowTest extends StudioWindowTest {
  private static final double WIDTH = 900;

  ViewingInWindowTest() {
    super(WIDTH, 700);
  }

  @Test
  void wheelZoomsAtThePointer() throws TimeoutException {
    startWithPicture();
    robot.clickOn(canvas()).type(KeyCode.DIGIT1);
    waitFor(() -> side() == 2048);
    // where the toolkit says the wheel was turned: headless, that is not where the robot is
    var places = new java.util.ArrayList<Point2D>();
    run(
        () -> {
          canvas()
              .addEventHandler(
                  ScrollEvent.SCROLL, event -> places.add(new Point2D(event.getX(), event.getY())));
        });
    var before = onFx(() -> model.viewer().cameraProperty().get());
    robot.moveTo(canvas());
    robot.scroll(4, VerticalDirection.UP);
    waitFor(() -> side() > 2 * before.side());
    waitForRest();
    var pointer = places.getFirst();
    var after = onFx(() -> model.viewer().cameraProperty().get());
    assertEquals(before.imageX(pointer.getX()), after.imageX(pointer.getX()), 1e-3);
    assertEquals(before.imageY(pointer.getY()), after.imageY(pointer.getY()), 1e-3);
    assertTrue(node("#zoom", Label.class).getText().endsWith(" % of 2048 px"));
  }

  @Test
  void draggingPans() throws TimeoutException {
    startWithPicture();
    robot.clickOn(canvas()).type(KeyCode.DIGIT1);
    waitFor(() -> side() == 2048);
    double before = onFx(() -> model.viewer().cameraProperty().get().left());
    robot.drag(canvas(), MouseButton.PRIMARY).moveBy(-60, -20).moveBy(-60, -20).drop();
    double after = onFx(() -> model.viewer().cameraProperty().get().left());
    assertEquals(-120, after - before, 3);
    waitForRest();
  }

  @Test
  void keysZoomAndMove() throws TimeoutException {
    startWithPicture();
    double fit = side();
    robot.clickOn(canvas()).type(KeyCode.PLUS);
    waitFor(() -> Math.abs(side() - Math.rint(fit * 1.5)) <= 1);
    robot.type(KeyCode.MINUS);
    waitFor(() -> Math.abs(side() - fit) <= 1);
    robot.type(KeyCode.DIGIT1);
    waitFor(() -> side() == 2048);
    double left = onFx(() -> model.viewer().cameraProperty().get().left());
    robot.type(KeyCode.RIGHT);
    assertTrue(onFx(() -> model.viewer().cameraProperty().get().left()) < left);
    robot.type(KeyCode.DIGIT0);
    waitFor(() -> side() == fit);
  }

  @Test
  void doubleClickZooms() throws TimeoutException {
    startWithPicture();
    double before = side();
    // a robot's two clicks are one double click only where the machine is quick enough
    run(
        () -> {
          Event.fireEvent(
              canvas(),
              new MouseEvent(
                  MouseEvent.MOUSE_CLICKED,
                  300,
                  300,
                  300,
                  300,
                  MouseButton.PRIMARY,
                  2,
                  false,
                  false,
                  false,
                  false,
                  false,
                  false,
                  false,
                  false,
                  false,
                  true,
                  null));
        });
    waitFor(() -> Math.abs(side() - 2 * before) <= 1);
  }

  @Test
  void atRestTheScreenShowsThePixelsOfTheField() throws TimeoutException {
    startWithPicture();
    assertShowsTheField();
    robot.clickOn(canvas()).type(KeyCode.DIGIT1);
    waitFor(() -> side() == 2048);
    assertShowsTheField();
    zoomTo(7321);
    robot.drag(canvas(), MouseButton.PRIMARY).moveBy(-50, -27).moveBy(-31, -8).drop();
    assertShowsTheField();
    // a corner of the image, and what is beside it
    run(
        () -> {
          model.viewer().zoomTo(777, System.nanoTime());
          model.viewer().centre(0, 0);
        });
    assertShowsTheField();
  }

  private void assertShowsTheField() throws TimeoutException {
    waitForRest();
    WaitForAsyncUtils.waitForFxEvents();
    var view = onFx(() -> model.viewer().cameraProperty().get().atRest());
    WritableImage shown = onFx(() -> canvas().snapshot(null, null));
    int top = (int) Math.max(0, view.row());
    int left = (int) Math.max(0, view.column());
    int height = (int) Math.min(view.imageSide(), view.rowEnd()) - top;
    int width = (int) Math.min(view.imageSide(), view.columnEnd()) - left;
    assertTrue(height > 100 && width > 100);
    int seed = (int) engine.recipes.getLast().seed();
    var pixels = IntBuffer.allocate(height * width);
    DisplayColours.toArgb(
        new Landscape(seed)
            .render(
                (int) view.imageSide(),
                new Rectangle(top, left, height, width),
                Cancellation.never()),
        pixels);
    int differing = 0;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int onScreen =
            shown
                .getPixelReader()
                .getArgb((int) (x + left - view.column()), (int) (y + top - view.row()));
        if (onScreen != pixels.get(y * width + x)) {
          differing++;
        }
      }
    }
    assertEquals(0, differing, "pixels that differ at N = " + view.imageSide());
  }

  @Test
  void aBoxDrawnWithShiftIsEnlarged() throws TimeoutException {
    startWithPicture();
    double before = side();
    // the headless robot knows no modifiers
    fireWithShift(MouseEvent.MOUSE_PRESSED, 500, 300);
    fireWithShift(MouseEvent.MOUSE_DRAGGED, 530, 340);
    fireWithShift(MouseEvent.MOUSE_DRAGGED, 560, 360);
    assertTrue(node("#zoom-box", Node.class).isVisible());
    fireWithShift(MouseEvent.MOUSE_RELEASED, 560, 360);
    assertFalse(node("#zoom-box", Node.class).isVisible());
    waitFor(() -> side() > 5 * before);
    waitForRest();
    type(canvas(), KeyCode.LEFT, false, false, true);
    waitFor(() -> side() == before);
    type(canvas(), KeyCode.RIGHT, false, false, true);
    waitFor(() -> side() > 5 * before);
  }

  private void fireWithShift(EventType<MouseEvent> type, double x, double y) {
    run(
        () -> {
          Event.fireEvent(
              canvas(),
              new MouseEvent(
                  type,
                  x,
                  y,
                  x,
                  y,
                  MouseButton.PRIMARY,
                  1,
                  true,
                  false,
                  false,
                  false,
                  true,
                  false,
                  false,
                  false,
                  false,
                  false,
                  null));
        });
  }

  @Test
  void theOverviewShowsAndMovesTheView() throws TimeoutException {
    startWithPicture();
    assertFalse(node("#minimap", Node.class).isVisible());
    zoomTo(8000);
    waitForRest();
    assertTrue(node("#minimap", Node.class).isVisible());
    robot.clickOn(robot.offset("#minimap", -60, 50));
    var view = onFx(() -> model.viewer().cameraProperty().get());
    assertTrue(view.centreX() < 0.2 && view.centreY() > 0.75, view.toString());
    waitForRest();
    robot.clickOn("#view-back");
    waitFor(() -> model.viewer().cameraProperty().get().centreX() > 0.3);
  }

  @Test
  void theLastDetailIsSaid() throws TimeoutException {
    startWithPicture();
    assertFalse(node("#floor", Node.class).isVisible());
    zoomTo(1 << 20);
    assertTrue(node("#floor", Node.class).isVisible());
    robot.clickOn("#zoom-fit");
    waitFor(() -> !node("#floor", Node.class).isVisible());
  }

  @Test
  void fullScreenShowsThePictureAlone() throws TimeoutException {
    startWithPicture();
    double before = onFx(() -> canvas().getWidth());
    // the headless screen cannot draw a window of its own size
    run(
        () -> {
          window.showPictureAlone(true);
        });
    waitFor(() -> canvas().getWidth() == WIDTH);
    assertFalse(node(".status", Node.class).isVisible());
    run(
        () -> {
          window.showPictureAlone(false);
        });
    waitFor(() -> canvas().getWidth() == before);
  }

  @Test
  void beyondTheTrainedScaleABadgeSaysSo() throws TimeoutException {
    startWithPicture();
    assertFalse(node("#beyond", Label.class).isVisible());
    run(
        () -> {
          model.viewer().zoomTo(5000, System.nanoTime());
        });
    waitFor(() -> node("#beyond", Label.class).isVisible());
    assertEquals("244 % of 2048 px", node("#zoom", Label.class).getText());
  }

  @Test
  void digitsInATextFieldDoNotZoom() throws TimeoutException {
    startWithPicture();
    double before = side();
    typeSeed("110");
    assertEquals("110", node("#seed", TextField.class).getText());
    assertEquals(before, side());
  }
}
