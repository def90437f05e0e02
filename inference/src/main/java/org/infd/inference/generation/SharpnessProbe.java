package org.infd.inference.generation;

import java.util.concurrent.CancellationException;
import org.infd.inference.bundle.Manifest;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.dive.Sharpness;
import org.infd.inference.field.OfficialRendering;
import org.infd.inference.field.OpenField;
import org.infd.inference.field.Rectangle;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.Device;
import org.infd.inference.runtime.DeviceQueue;
import org.infd.inference.tensor.Tensor;

/** Measures up to which side the pictures of a model are sharp. */
public final class SharpnessProbe {
  /** What untrained weights give says nothing. */
  private static final double MOST_KEPT = 1000;

  private SharpnessProbe() {}

  /** Whether a model can be measured: it encodes pictures, and renders them at any scale. */
  public static boolean canMeasure(ModelBundle bundle) {
    return DiveRules.whyNoDive(bundle).isEmpty();
  }

  /**
   * Encodes and renders made-up pictures. Norms are live over each rectangle, as in training, so
   * that none has to be frozen for this.
   *
   * @param given the side where somebody chose it, else 0
   * @throws org.infd.inference.Problem if the model cannot be measured, or no lattice has the side
   * @throws CancellationException if it was asked for
   */
  public static Manifest.SharpScale measure(
      ModelBundle bundle, Device device, int given, Cancellation cancellation) {
    var manifest = bundle.manifest();
    var trained = manifest.trainedScale();
    var lattice = DiveRules.lattice(bundle);
    int side = given == 0 ? 0 : lattice.withSharpSide(given).sharpSide();
    int phi = Math.max(manifest.featureMap().height(), manifest.featureMap().width());
    try (var queue = new DeviceQueue(device);
        var generator = new Generator(bundle, device, queue)) {
      var found =
          Sharpness.of(
              rgb -> open(generator, rgb, cancellation),
              lattice.encoderSide(),
              trained == null ? phi : trained.max(),
              side,
              cancellation);
      double kept = Math.min(found.kept(), MOST_KEPT);
      return new Manifest.SharpScale(
          found.side(), Math.rint(100 * kept) / 100, side > 0 ? "user" : "measured");
    }
  }

  private static OpenField open(Generator generator, Tensor rgb, Cancellation cancellation) {
    return new LiveField(generator.openOfficial(generator.encode(rgb, cancellation), cancellation));
  }

  private record LiveField(OfficialRendering rendering) implements OpenField {
    @Override
    public Tensor render(int side, Rectangle rectangle, Cancellation cancellation) {
      return rendering.rectangle(side, rectangle, cancellation);
    }

    @Override
    public void close() {
      rendering.close();
    }
  }
}
