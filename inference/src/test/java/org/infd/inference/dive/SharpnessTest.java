package org.infd.inference.dive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.infd.inference.field.OpenField;
import org.infd.inference.field.Rectangle;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** How far down models of known sharpness are sharp. */
class SharpnessTest {
  private static final int SIDE = 64;

  /** A model that knows the truth up to a side and enlarges it by squares from there on. */
  private static OpenField knowing(int side, Tensor rgb) {
    var first = new LeafPicture(0);
    boolean isFirst = Arrays.equals(first.render(SIDE, 0, 0, SIDE, SIDE).toArray(), rgb.toArray());
    var leaves = isFirst ? first : new LeafPicture(1);
    var small = leaves.render(side, 0, 0, side, side);
    return new OpenField() {
      @Override
      public Tensor render(int wanted, Rectangle at, Cancellation cancellation) {
        if (wanted <= side) {
          return leaves.render(wanted, at.row(), at.column(), at.height(), at.width());
        }
        return Enlarged.of(small, side, wanted, at);
      }

      @Override
      public void close() {}
    };
  }

  /** Bilinear enlargement: an edge is as wide as a pixel of the smaller picture. */
  private static final class Enlarged {
    static Tensor of(Tensor small, int side, int wanted, Rectangle at) {
      var result = Tensor.zeros(1, 3, at.height(), at.width());
      for (int c = 0; c < 3; c++) {
        for (int y = 0; y < at.height(); y++) {
          for (int x = 0; x < at.width(); x++) {
            double row = Math.clamp((at.row() + y + 0.5) * side / wanted - 0.5, 0, side - 1.001);
            double column =
                Math.clamp((at.column() + x + 0.5) * side / wanted - 0.5, 0, side - 1.001);
            int r = (int) row;
            int k = (int) column;
            double v = 0;
            for (int i = 0; i < 4; i++) {
              double weight =
                  (i / 2 == 0 ? 1 - row + r : row - r) * (i % 2 == 0 ? 1 - column + k : column - k);
              v += weight * small.get((c * side + r + i / 2) * side + k + i % 2);
            }
            result.set((c * at.height() + y) * at.width() + x, (float) v);
          }
        }
      }
      return result;
    }
  }

  private static Sharpness measured(int side, int largest, int given) {
    return Sharpness.of(rgb -> knowing(side, rgb), SIDE, largest, given, Cancellation.never());
  }

  @Test
  void aModelIsSharpWhereItKnowsTheTruth() {
    var found = measured(512, 1024, 0);
    assertEquals(512, found.side());
    assertEquals(1, found.kept(), 1e-6);
    assertEquals(256, measured(256, 1024, 0).side());
  }

  @Test
  void nobodyLooksBeyondTheTrainedScale() {
    assertEquals(256, measured(512, 256, 0).side());
    assertEquals(256, measured(512, 511, 0).side());
  }

  /** A child has to be finer than its parent. */
  @Test
  void theLeastIsTwiceTheEncodersSide() {
    var found = measured(SIDE, 1024, 0);
    assertEquals(2 * SIDE, found.side());
    assertTrue(found.kept() < Sharpness.STRICT, found.toString());
    assertEquals(2 * SIDE, measured(SIDE, 1, 0).side());
  }

  @Test
  void atAChosenSideOnlyWhatIsKeptIsMeasured() {
    var found = measured(256, 1024, 1024);
    assertEquals(1024, found.side());
    assertTrue(found.kept() > 0.02 && found.kept() < 0.5, found.toString());
  }

  @Test
  void thePictureIsTheSameAtEveryScale() {
    var leaves = new LeafPicture(3);
    var fine = leaves.render(512, 128, 256, 64, 64);
    var coarse = leaves.render(128, 32, 64, 16, 16);
    double worst = 0;
    double error = 0;
    for (int i = 0; i < 3 * 16 * 16; i++) {
      double mean = 0;
      for (int k = 0; k < 16; k++) {
        mean += fine.get(((i / 256) * 64 + i / 16 % 16 * 4 + k / 4) * 64 + i % 16 * 4 + k % 4) / 16;
      }
      worst = Math.max(worst, Math.abs(mean - coarse.get(i)));
      error += Math.abs(mean - coarse.get(i)) / (3 * 16 * 16);
    }
    assertTrue(worst < 0.3 && error < 0.01, worst + " " + error);
  }
}
