package org.infd.inference.field;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.SplittableRandom;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FixedPictureTest {
  private static final int SIDE = 12;
  private static final Tensor PIXELS = pixels();
  private final FixedPicture picture = new FixedPicture(PIXELS);

  private static Tensor pixels() {
    var random = new SplittableRandom(4);
    var pixels = Tensor.zeros(1, 3, SIDE, SIDE);
    for (int i = 0; i < pixels.elements(); i++) {
      pixels.set(i, (float) random.nextDouble(-1, 1));
    }
    return pixels;
  }

  private Tensor whole(int side) {
    return picture.render(side, new Rectangle(0, 0, side, side), Cancellation.never());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 5, 8, 12, 13, 24, 40})
  void tilesEqualTheWhole(int side) {
    var all = whole(side);
    int row = side / 3;
    int column = side / 4;
    int height = side - row;
    int width = (side - column + 1) / 2;
    var part =
        picture.render(side, new Rectangle(row, column, height, width), Cancellation.never());
    for (int c = 0; c < 3; c++) {
      for (int r = 0; r < height; r++) {
        for (int x = 0; x < width; x++) {
          assertEquals(
              all.get((c * side + row + r) * side + column + x),
              part.get((c * height + r) * width + x));
        }
      }
    }
  }

  @Test
  void atItsOwnSideItsPixelsAreAsTheyAre() {
    var all = whole(SIDE);
    for (int i = 0; i < all.elements(); i++) {
      assertEquals(PIXELS.get(i), all.get(i));
    }
  }

  private static double mean(Tensor picture) {
    double sum = 0;
    for (int i = 0; i < picture.elements(); i++) {
      sum += picture.get(i);
    }
    return sum / picture.elements();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4, 5, 7, 11})
  void smallerIsTheMean(int side) {
    assertEquals(mean(PIXELS), mean(whole(side)), 1e-6);
    if (side == 4) {
      double sum = 0;
      for (int i = 0; i < 9; i++) {
        sum += PIXELS.get((3 + i / 3) * SIDE + 6 + i % 3);
      }
      assertEquals(sum / 9, whole(side).get(side + 2), 1e-6);
    }
  }

  @Test
  void largerPassesThroughThePixelsAndKeepsWhatIsFlat() {
    var three = whole(3 * SIDE);
    // the middle of a pixel is that pixel
    assertEquals(PIXELS.get(5 * SIDE + 7), three.get((3 * 5 + 1) * 3 * SIDE + 3 * 7 + 1), 1e-6);
    var flat = Tensor.zeros(1, 3, 4, 4);
    for (int i = 0; i < flat.elements(); i++) {
      flat.set(i, 0.25f);
    }
    var enlarged =
        new FixedPicture(flat).render(100, new Rectangle(0, 0, 100, 100), Cancellation.never());
    for (int i = 0; i < enlarged.elements(); i++) {
      assertEquals(0.25, enlarged.get(i), 1e-6);
    }
  }

  @Test
  void whatLiesOutsideIsRefused() {
    assertThrows(
        IllegalArgumentException.class,
        () -> picture.render(10, new Rectangle(0, 0, 11, 1), Cancellation.never()));
    assertThrows(IllegalArgumentException.class, () -> new FixedPicture(Tensor.zeros(1, 3, 4, 5)));
  }
}
