package org.infd.app.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.OptionalDouble;
import java.util.Random;
import org.infd.app.control.Handle;
import org.infd.inference.export.Frame.Region;
import org.junit.jupiter.api.Test;

class FramePlaceTest {
  private static final double NEAR = 1e-12;
  private static final Region MIDDLE = new Region(0.4, 0.3, 0.2, 0.4);

  private static void assertPlace(
      double top, double left, double height, double width, Region place) {
    assertEquals(top, place.top(), NEAR, "top");
    assertEquals(left, place.left(), NEAR, "left");
    assertEquals(height, place.height(), NEAR, "height");
    assertEquals(width, place.width(), NEAR, "width");
  }

  @Test
  void itMovesAsFarAsThePictureGoes() {
    assertPlace(0.5, 0.2, 0.2, 0.4, FramePlace.moved(MIDDLE, 0.1, -0.1));
    assertPlace(0.8, 0, 0.2, 0.4, FramePlace.moved(MIDDLE, 5, -5));
  }

  @Test
  void anotherShapeKeepsTheMiddleAndFits() {
    var square = FramePlace.withRatio(MIDDLE, 1);
    assertEquals(0.08, square.height() * square.width(), NEAR);
    assertEquals(0.5, square.top() + square.height() / 2, NEAR);
    assertPlace(0, 0.45, 1, 0.1, FramePlace.withRatio(new Region(0, 0, 1, 1), 0.1));
    assertPlace(0.25, 0, 0.5, 1, FramePlace.within(Region.WHOLE, 1, 2));
  }

  @Test
  void aHandleMovesItsEdgesAloneWhereTheShapeIsFree() {
    var any = OptionalDouble.empty();
    assertPlace(0.3, 0.3, 0.3, 0.4, FramePlace.pulled(MIDDLE, Handle.TOP, -0.1, 0.5, any, 0.01));
    assertPlace(
        0.4, 0.3, 0.6, 0.7, FramePlace.pulled(MIDDLE, Handle.BOTTOM_RIGHT, 9, 9, any, 0.01));
    assertPlace(
        0.59, 0.69, 0.01, 0.01, FramePlace.pulled(MIDDLE, Handle.TOP_LEFT, 9, 9, any, 0.01));
  }

  @Test
  void aHandleKeepsTheShapeWhereItIsChosen() {
    var two = OptionalDouble.of(2);
    assertPlace(
        0.4, 0.3, 0.25, 0.5, FramePlace.pulled(MIDDLE, Handle.BOTTOM_RIGHT, 0, 0.1, two, 0.01));
    assertPlace(
        0.4, 0.3, 0.15, 0.3, FramePlace.pulled(MIDDLE, Handle.BOTTOM_RIGHT, -0.05, 0, two, 0.01));
    // an edge alone: to both sides of the middle
    assertPlace(0.375, 0.3, 0.25, 0.5, FramePlace.pulled(MIDDLE, Handle.RIGHT, 0, 0.1, two, 0.01));
  }

  @Test
  void whateverIsPulledStaysInThePictureWithItsShape() {
    var random = new Random(5);
    for (int i = 0; i < 20_000; i++) {
      double height = 1e-12 + random.nextDouble() * (1 - 1e-12);
      double width = 1e-12 + random.nextDouble() * (1 - 1e-12);
      var place =
          new Region(
              random.nextDouble() * (1 - height), random.nextDouble() * (1 - width), height, width);
      var handle = Handle.values()[random.nextInt(Handle.values().length)];
      boolean shaped = random.nextBoolean();
      double ratio = place.width() / place.height();
      // the region says so itself where anything lies outside
      var pulled =
          FramePlace.pulled(
              place,
              handle,
              random.nextGaussian(),
              random.nextGaussian(),
              shaped ? OptionalDouble.of(ratio) : OptionalDouble.empty(),
              1e-13);
      assertTrue(pulled.height() > 0 && pulled.width() > 0);
      if (shaped) {
        assertEquals(1, pulled.width() / pulled.height() / ratio, 1e-9);
      }
    }
  }
}
