package org.infd.app.viewer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.infd.inference.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** The ways from view to view: boxes, flights, back and forward. */
class NavigationTest {
  private static final long FRAME = 16_666_667;

  private final ViewerModel model = new ViewerModel(Runnable::run);
  private long now = 1_000_000_000;

  NavigationTest() {
    model.resize(1000, 800, 0);
    model.show(
        new Field(
            (side, area, cancellation) -> Tensor.zeros(1, 3, area.height(), area.width()),
            (priority, cancellation, work) -> {
              try {
                return CompletableFuture.completedFuture(work.call());
              } catch (Exception e) {
                return CompletableFuture.failedFuture(e);
              }
            },
            128,
            2048));
    settle();
  }

  private Camera view() {
    return model.cameraProperty().get();
  }

  private void settle() {
    do {
      now += FRAME;
    } while (model.tick(now));
  }

  @Test
  void aBoxFillsTheWindow() {
    model.zoomTo(4000, now);
    settle();
    double x = view().imageX(300);
    double y = view().imageY(250);
    model.zoomOnto(250, 210, 100, 80, now);
    assertEquals(4000, view().side(), "it takes time");
    settle();
    assertEquals(40_000, view().side());
    assertEquals(x, view().imageX(500), 1e-4);
    assertEquals(y, view().imageY(400), 1e-4);
  }

  @Test
  void aWindowThatIsResizedDuringAFlightHasItsNewSize() {
    model.zoomTo(4000, now);
    settle();
    model.zoomOnto(250, 210, 100, 80, now);
    model.tick(now += FRAME);
    model.resize(640, 480, 0);
    do {
      assertEquals(640, view().width());
      assertEquals(480, view().height());
      now += FRAME;
    } while (model.tick(now));
    assertEquals(40_000, view().side());
    assertEquals(640, view().width());
    assertEquals(480, model.wanted().height(), "what is rendered is of this window");
  }

  @Test
  void aZoomAroundTheMiddleStaysAroundItWhenTheWindowIsResized() {
    model.zoomTo(3000, now);
    model.tick(now += FRAME);
    model.resize(640, 480, 0);
    settle();
    assertEquals(3000, view().side());
    assertEquals(0.5, view().centreX(), 1e-3);
    assertEquals(0.5, view().centreY(), 1e-3);
  }

  @Test
  void aSlipOfTheHandIsNoBox() {
    model.zoomOnto(250, 210, 3, 80, now);
    settle();
    assertEquals(800, view().side());
  }

  @Test
  void aFlightKeepsWhatBothViewsShowOnAStraightLine() {
    var random = new Random(5);
    for (int i = 0; i < 200; i++) {
      var from = new Camera(1000, 1000, 3000 + random.nextInt(9000), 0.4, 0.5);
      var to = from.onto(random.nextInt(500), random.nextInt(500), 200, 200);
      double u = to.centreX();
      double v = to.centreY();
      double x0 = from.left() + u * from.side();
      double y0 = from.top() + v * from.side();
      for (double part = 0; part <= 1; part += 0.125) {
        var between = from.towards(to, part);
        double dx = between.left() + u * between.side() - x0;
        double dy = between.top() + v * between.side() - y0;
        assertEquals(0, dx * (500 - y0) - dy * (500 - x0), 1, "off the line");
      }
      assertEquals(to.side(), from.towards(to, 1).side(), 1e-6);
      assertEquals(to.centreX(), from.towards(to, 1).centreX(), 1e-12);
    }
  }

  @Test
  void backAndForward() {
    model.zoomTo(5000, now);
    settle();
    model.drag(-2000, 0);
    settle();
    var second = view();
    model.zoomTo(50_000, now);
    settle();
    var third = view();
    model.back(now);
    settle();
    assertEquals(second, view());
    model.back(now);
    settle();
    assertEquals(5000, view().side());
    assertEquals(0.5, view().centreX());
    model.back(now);
    settle();
    assertEquals(800, view().side());
    model.back(now);
    settle();
    assertEquals(800, view().side(), "there is nothing before");
    model.forward(now);
    model.tick(now += FRAME);
    settle();
    model.forward(now);
    settle();
    assertEquals(second, view());
    model.forward(now);
    settle();
    assertEquals(third, view());
    model.back(now);
    settle();
    model.hold();
    model.drag(0, -1500);
    settle();
    var fourth = view();
    model.forward(now);
    settle();
    assertEquals(fourth, view(), "a new way ends the old one");
  }

  @Test
  void smallStepsAreOneEntry() {
    model.zoomTo(5000, now);
    settle();
    for (int i = 0; i < 10; i++) {
      model.drag(-20, 10);
      settle();
    }
    model.back(now);
    settle();
    assertEquals(800, view().side());
  }

  @Test
  void aClickForgetsNothing() {
    model.zoomTo(5000, now);
    settle();
    model.back(now);
    settle();
    model.hold();
    settle();
    model.forward(now);
    settle();
    assertEquals(5000, view().side());
  }

  @Test
  void arrowsAddUp() {
    model.zoomTo(9000, now);
    settle();
    double before = view().left();
    model.push(-100, 0, now);
    model.push(-100, 0, now);
    settle();
    assertEquals(-200, view().left() - before, 6);
  }

  @Test
  void theFloorIsSaid() {
    assertFalse(model.isAtFloor());
    model.zoomTo(1e12, now);
    settle();
    assertEquals(1 << 20, view().side());
    assertTrue(model.isAtFloor());
    model.zoom(2, 10, 10, now);
    settle();
    assertEquals(1 << 20, view().side());
  }

  @Test
  void theOverviewIsTheRoot() {
    assertEquals(Optional.of(256), model.overview().map(PixelImage::width));
    model.close();
    assertTrue(model.overview().isEmpty());
  }

  @Test
  void cells() {}
}
