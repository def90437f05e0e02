package org.infd.inference.field;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.infd.inference.tensor.LongTensor;
import org.infd.inference.tensor.Tensor;
import org.junit.jupiter.api.Test;

class RenderInputsTest {
  private static Tensor phi(int channels, int height, int width) {
    var random = new Random(3);
    var phi = Tensor.zeros(1, channels, height, width);
    for (int i = 0; i < phi.elements(); i++) {
      phi.set(i, random.nextFloat());
    }
    return phi;
  }

  @Test
  void laysChannelsOutInOrder() {
    var phi = phi(3, 8, 6);
    var inputs = new RenderInputs(phi);
    var rows = PixelAxis.of(29, 4, 11, 8);
    var columns = PixelAxis.of(29, 9, 20, 6);
    var query = inputs.query(rows, columns);
    assertArrayEquals(new long[] {1, 7, 11, 20}, query.shape());
    for (int r = 0; r < 11; r++) {
      for (int c = 0; c < 20; c++) {
        for (int f = 0; f < 3; f++) {
          assertEquals(
              phi.get((f * 8 + rows.nearest(r)) * 6 + columns.nearest(c)),
              query.get((f * 11 + r) * 20 + c));
        }
        assertEquals(rows.relative(r), query.get((3 * 11 + r) * 20 + c));
        assertEquals(columns.relative(c), query.get((4 * 11 + r) * 20 + c));
        assertEquals(16f / 29, query.get((5 * 11 + r) * 20 + c));
        assertEquals(12f / 29, query.get((6 * 11 + r) * 20 + c));
      }
    }
  }

  @Test
  void windowsHoldTheSameCells() {
    var phi = phi(2, 16, 16);
    var inputs = new RenderInputs(phi);
    for (int side : new int[] {5, 16, 40, 100, 1000}) {
      long[] shape = null;
      int count = Math.min(side, 24);
      for (int first = 0; first <= side - count; first += 7) {
        var rows = PixelAxis.of(side, first, count, 16);
        var columns = PixelAxis.of(side, side - count - first, count, 16);
        var gathered = inputs.gather(rows, columns);
        var window = (Tensor) gathered.get("phi_window");
        var row = ((LongTensor) gathered.get("row")).toArray();
        var column = ((LongTensor) gathered.get("column")).toArray();
        var query = inputs.query(rows, columns);
        if (shape != null) {
          assertArrayEquals(shape, window.shape(), "one shape per scale");
        }
        shape = window.shape();
        for (int r = 0; r < count; r++) {
          for (int c = 0; c < count; c++) {
            assertTrue(row[r] >= 0 && row[r] < shape[2] && column[c] >= 0 && column[c] < shape[3]);
            for (int f = 0; f < 2; f++) {
              assertEquals(
                  query.get((f * count + r) * count + c),
                  window.get((int) ((f * shape[2] + row[r]) * shape[3] + column[c])));
            }
          }
        }
      }
    }
  }
}
