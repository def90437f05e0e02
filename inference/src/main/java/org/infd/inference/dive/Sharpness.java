package org.infd.inference.dive;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.Function;
import org.infd.inference.field.OpenField;
import org.infd.inference.field.Rectangle;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.tensor.Tensor;

/**
 * Up to which side a model's pictures are sharp. Pictures whose every edge is known are encoded,
 * decoded and rendered at growing sides; how much of the true gradient energy the renders keep says
 * where they begin to be a blur. A child that is cut from a blur is a blur of a blur, so children
 * begin where that ends (docs/design.md 12).
 *
 * @param side N*, e times a power of two from 2: the largest at which at least half of the share
 *     that is kept at e is kept
 * @param kept the share of the true gradient energy at N*; about 1 for a model that is as sharp as
 *     the truth
 */
public record Sharpness(int side, double kept) {
  /** From this share on a model counts as truly sharp: children may be held to every pixel. */
  public static final double STRICT = 0.8;

  private static final double HALF = 0.5;
  private static final int PICTURES = 2;
  private static final int CROPS = 4;
  private static final int CROP = 64;

  /** Pixels around a crop whose gradients are not counted, for what the renderer sees beside. */
  private static final int RIM = 8;

  /**
   * Measures a model.
   *
   * @param opener what encodes a picture (1, 3, e, e), −1 to 1, and opens the field that is decoded
   *     of it
   * @param encoderSide e
   * @param largest the largest side that the renderer was trained on; not looked beyond, except
   *     that N* is never less than 2e
   * @param given N* where somebody chose it: then only what is kept there is measured; else 0
   * @throws CancellationException if it was asked for
   */
  public static Sharpness of(
      Function<Tensor, OpenField> opener,
      int encoderSide,
      int largest,
      int given,
      Cancellation cancellation) {
    var sides = new ArrayList<Integer>(List.of(encoderSide));
    if (given > 0) {
      sides.add(given);
    } else {
      do {
        sides.add(2 * sides.getLast());
      } while (2 * sides.getLast() <= largest);
    }
    var rebuilt = new double[sides.size()];
    var truth = new double[sides.size()];
    for (int picture = 0; picture < PICTURES; picture++) {
      var leaves = new LeafPicture(picture);
      var whole = leaves.render(encoderSide, 0, 0, encoderSide, encoderSide);
      try (var field = opener.apply(whole)) {
        for (int k = 0; k < sides.size(); k++) {
          int side = sides.get(k);
          int extent = Math.min(side, CROP + 2 * RIM);
          for (int crop = 0; crop < CROPS; crop++) {
            cancellation.throwIfCancelled();
            int row = place(crop / 2, side, extent);
            int column = place(crop % 2, side, extent);
            var shown =
                field.render(side, new Rectangle(row, column, extent, extent), cancellation);
            rebuilt[k] += gradientEnergy(shown);
            truth[k] += gradientEnergy(leaves.render(side, row, column, extent, extent));
          }
        }
      }
    }
    double first = rebuilt[0] / truth[0];
    int last = 1;
    while (last + 1 < sides.size() && rebuilt[last + 1] / truth[last + 1] >= HALF * first) {
      last++;
    }
    return new Sharpness(sides.get(last), rebuilt[last] / truth[last]);
  }

  /** Crops lie a third and two thirds of the way. */
  private static int place(int index, int side, int extent) {
    return (int) ((long) (side - extent) * (index + 1) / 3);
  }

  /** The sum of the squares of the differences of neighbours, away from the rim. */
  private static double gradientEnergy(Tensor rgb) {
    int height = rgb.extent(2);
    int width = rgb.extent(3);
    int rim = Math.min(RIM, height / 4);
    double sum = 0;
    for (int c = 0; c < 3; c++) {
      for (int y = rim; y < height - rim; y++) {
        for (int x = rim; x < width - rim; x++) {
          int at = (c * height + y) * width + x;
          double down = rgb.get(at + width) - rgb.get(at);
          double right = rgb.get(at + 1) - rgb.get(at);
          sum += down * down + right * right;
        }
      }
    }
    return sum;
  }
}
