package org.infd.app.layout;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Numbers as people type them. */
class TypedNumberTest {
  @Test
  void commasPointsAndPercentsAreRead() {
    assertEquals(Optional.of(33.3), TypedNumber.parse(" 33.3 "));
    assertEquals(Optional.of(33.3), TypedNumber.parse("33,3"));
    assertEquals(Optional.of(7.0), TypedNumber.parse("7 %"));
    assertEquals(Optional.of(-4.0), TypedNumber.parse("-4"));
    for (var none : new String[] {"", "x", "NaN", "Infinity", "1e999", "3 4"}) {
      assertEquals(Optional.empty(), TypedNumber.parse(none), none);
    }
  }

  @Test
  void whatIsShownIsReadBack() {
    for (double number : new double[] {0, 33.3, 100, 0.1, 12345.5}) {
      assertEquals(Optional.of(number), TypedNumber.parse(TypedNumber.text(number)));
    }
    assertEquals(Optional.of(37.1), TypedNumber.parse(TypedNumber.text(37.1162)));
  }
}
