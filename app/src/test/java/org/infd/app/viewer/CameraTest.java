package org.infd.app.viewer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.infd.inference.field.Viewport;
import org.junit.jupiter.api.Test;

class CameraTest {
  @Test
  void fitShowsTheWholeImageInTheMiddle() {
    var view = Camera.fit(1000, 600, 20);
    assertEquals(560, view.side());
    assertEquals(220, view.left());
    assertEquals(20, view.top());
    assertEquals(new Viewport(560, -20, -220, 600, 1000), view.atRest());
  }

  @Test
  void zoomKeepsThePointUnderThePointer() {
    var random = new Random(3);
    for (int i = 0; i < 2000; i++) {
      var view =
          new Camera(
              800, 600, 3000 + random.nextInt(50000), random.nextDouble(), random.nextDouble());
      double x = random.nextDouble() * 800;
      double y = random.nextDouble() * 600;
      if (view.left() > 0 || view.top() > 0 || view.left() + view.side() < 800) {
        // beside the image there is nothing to hold on to
        continue;
      }
      var closer = view.zoomed(1 + random.nextDouble() * 3, x, y);
      assertEquals(view.imageX(x), closer.imageX(x), 1e-9);
      assertEquals(view.imageY(y), closer.imageY(y), 1e-9);
    }
  }

  @Test
  void zoomThereAndBackIsNoMove() {
    var view = new Camera(801, 603, 9000.5, 0.31, 0.62);
    var back = view.zoomed(1.7, 100, 500).zoomed(1 / 1.7, 100, 500);
    assertEquals(view.side(), back.side(), 1e-6);
    assertEquals(view.centreX(), back.centreX(), 1e-9);
    assertEquals(view.centreY(), back.centreY(), 1e-9);
  }

  @Test
  void zoomEndsAtItsLimitsWithoutMoving() {
    var deep = new Camera(800, 600, Camera.LARGEST, 0.4, 0.6);
    var still = deep.zoomed(2, 10, 10);
    assertEquals(Camera.LARGEST, still.side());
    assertEquals(0.4, still.centreX(), 1e-12);
    assertEquals(Camera.LARGEST, Camera.fit(800, 600, 0).zoomed(1e18, 400, 300).side());
    assertEquals(150, deep.zoomed(1e-18, 10, 10).side());
    assertEquals(0.5, deep.zoomed(1e-18, 10, 10).centreX());
  }

  @Test
  void theMiddleSquareIsAlwaysFull() {
    var random = new Random(4);
    var view = new Camera(640, 480, 5000, 0.5, 0.5);
    for (int i = 0; i < 1000; i++) {
      view = view.panned(random.nextGaussian() * 800, random.nextGaussian() * 800);
      assertTrue(view.left() <= 80 + 1e-6 && view.left() + view.side() >= 560 - 1e-6);
      assertTrue(view.top() <= 1e-6 && view.top() + view.side() >= 480 - 1e-6);
    }
  }

  @Test
  void everyPointOfAnImageThatFitsStaysUnderThePointer() {
    var fit = Camera.fit(1000, 600, 0);
    for (double x : new double[] {201, 500, 799}) {
      for (double y : new double[] {1, 300, 599}) {
        var closer = fit.zoomed(1.3, x, y).zoomed(2, x, y);
        assertEquals(fit.imageX(x), closer.imageX(x), 1e-9);
        assertEquals(fit.imageY(y), closer.imageY(y), 1e-9);
      }
    }
  }

  @Test
  void panMovesByDevicePixels() {
    var view = new Camera(640, 480, 5000, 0.5, 0.5);
    assertEquals(view.left() + 7, view.panned(7, -3).left(), 1e-9);
    assertEquals(view.top() - 3, view.panned(7, -3).top(), 1e-9);
  }

  @Test
  void restIsWholeAndAtMostHalfAPixelAway() {
    var random = new Random(5);
    for (int i = 0; i < 2000; i++) {
      var view =
          new Camera(
              1 + random.nextInt(2000),
              1 + random.nextInt(2000),
              random.nextDouble() * 20000,
              random.nextDouble(),
              random.nextDouble());
      assertTrue(view.snapped().isWhole());
      var rest = view.atRest();
      assertEquals(view.snapped().left(), -rest.column(), 0.5);
      assertEquals(view.snapped().top(), -rest.row(), 0.5);
    }
    assertFalse(new Camera(100, 100, 640.25, 0.5, 0.5).isWhole());
  }

  @Test
  void nonsenseBecomesLegal() {
    var view = new Camera(0, -5, Double.NaN, Double.NaN, 7);
    assertEquals(1, view.width());
    assertEquals(0.5, view.centreX());
    assertTrue(view.side() >= 1);
  }
}
