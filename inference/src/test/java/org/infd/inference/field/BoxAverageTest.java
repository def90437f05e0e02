package org.infd.inference.field;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.infd.inference.runtime.Cancellation;
import org.infd.inference.tensor.Tensor;
import org.junit.jupiter.api.Test;

class BoxAverageTest {
  private long largest;

  /** Pixel (r, c) of channel k is r + 1000c + k, whatever the rectangle. */
  private Tensor ramp(int imageSide, Rectangle area, Cancellation cancellation) {
    assertTrue(area.fits(imageSide));
    largest = Math.max(largest, (long) area.height() * area.width());
    var rgb = Tensor.zeros(1, 3, area.height(), area.width());
    int i = 0;
    for (int k = 0; k < 3; k++) {
      for (int r = area.row(); r < area.rowEnd(); r++) {
        for (int c = area.column(); c < area.columnEnd(); c++) {
          rgb.set(i++, r + 1000f * c + k);
        }
      }
    }
    return rgb;
  }

  @Test
  void averagesBoxes() {
    var area = new Rectangle(3, 2, 4, 5);
    var rgb = BoxAverage.render(this::ramp, 16, area, 4, Cancellation.never());
    assertArrayEquals(new long[] {1, 3, 4, 5}, rgb.shape());
    for (int k = 0; k < 3; k++) {
      for (int r = 0; r < 4; r++) {
        for (int c = 0; c < 5; c++) {
          float expected = (4 * (3 + r) + 1.5f) + 1000 * (4 * (2 + c) + 1.5f) + k;
          assertEquals(expected, rgb.get((k * 4 + r) * 5 + c));
        }
      }
    }
  }

  @Test
  void holdsOnlySoMuchOfTheLargerImage() {
    var whole = BoxAverage.render(this::ramp, 200, Rectangle.whole(200), 16, Cancellation.never());
    assertTrue(largest <= 1 << 20);
    var part =
        BoxAverage.render(this::ramp, 200, new Rectangle(63, 64, 1, 2), 16, Cancellation.never());
    assertEquals(whole.get(63 * 200 + 65), part.get(1));
  }
}
