package org.infd.inference.dive;

import java.util.ArrayList;
import java.util.List;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.field.Rectangle;
import org.infd.inference.field.StatisticsMode;
import org.infd.inference.generation.Generator;
import org.infd.inference.generation.OpenImage;
import org.infd.inference.generation.Recipe;
import org.infd.inference.generation.RunListener;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.Device;
import org.infd.inference.runtime.DeviceQueue;
import org.infd.inference.tensor.Tensor;

/**
 * What others do: the middle of the last picture is enlarged, encoded, sampled on and shown, with
 * nothing that ties it to what it came from.
 */
final class DiveChain {
  private final List<Tensor> pictures = new ArrayList<>();
  private final ModelBundle bundle;
  private final OpenImage image;
  private final double strength;

  DiveChain(ModelBundle bundle, OpenImage image, double strength) {
    this.bundle = bundle;
    this.image = image;
    this.strength = strength;
  }

  /** The picture of a depth, at most e×e of it. */
  Tensor at(int depth, double row, double column, int size) {
    int side = bundle.manifest().encoderSide();
    var go = Cancellation.never();
    try (var queue = new DeviceQueue(Device.cpu());
        var generator = new Generator(bundle, Device.cpu(), queue)) {
      if (pictures.isEmpty()) {
        int sharp = 2 * side;
        var first =
            new Rectangle(
                Math.clamp((int) (row * sharp) - side / 2, 0, side),
                Math.clamp((int) (column * sharp) - side / 2, 0, side),
                side,
                side);
        pictures.add(image.renderer().render(sharp, first, go));
      }
      while (pictures.size() <= depth) {
        var photo = new Recipe.Photo("chain", "", 0, 0, side);
        var above = DiveMaker.clamped(pictures.getLast());
        var encoded = generator.encode(above, photo, RunListener.none(), go);
        var recipe =
            Recipe.builder(bundle.manifest().id(), bundle.hash())
                .seed(pictures.size())
                .steps(20)
                .sampler(Recipe.SamplerKind.DDIM)
                .eta(0)
                .prompt(image.image().base().recipe().prompt())
                .build();
        var varied = generator.vary(encoded, recipe, strength, RunListener.none(), go);
        try (var field = generator.open(varied, StatisticsMode.INTERPOLATED, go)) {
          pictures.add(field.render(2 * side, new Rectangle(side / 2, side / 2, side, side), go));
        }
      }
    }
    int shown = Math.min(size, side);
    return DiveMeasures.cut(
        pictures.get(depth), new Rectangle((side - shown) / 2, (side - shown) / 2, shown, shown));
  }
}
