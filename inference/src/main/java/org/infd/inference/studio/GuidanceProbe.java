package org.infd.inference.studio;

import java.util.function.Supplier;
import org.infd.inference.bundle.Manifest.ConditioningKind;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.field.FieldCrop;
import org.infd.inference.guidance.GuidanceTimes;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Times the parts of a guided step, each by its second run: the first one loads and plans. What the
 * tensors hold does not matter.
 */
final class GuidanceProbe {
  private final ModelBundle bundle;
  private final GraphNetworks networks;

  GuidanceProbe(ModelBundle bundle, GraphNetworks networks) {
    this.bundle = bundle;
    this.networks = networks;
  }

  private record Timed<T>(T value, double seconds) {}

  private static <T> Timed<T> timed(Supplier<T> work) {
    var _ = work.get();
    long begun = System.nanoTime();
    var value = work.get();
    return new Timed<>(value, (System.nanoTime() - begun) / 1e9);
  }

  GuidanceTimes measure(Cancellation cancellation) {
    var manifest = bundle.manifest();
    int side = bundle.requireClip().side();
    var z = Tensor.zeros(manifest.latent().shape(1));
    var context = context();
    double evaluation = timed(() -> networks.predict(z, 0, context, cancellation)).seconds();
    double pullBack =
        bundle.has("unet_vjp")
            ? timed(() -> networks.pullBack(z, 0, context, z, cancellation)).seconds()
            : 0;
    var phi = timed(() -> networks.decode(z, cancellation));
    double decodeBack =
        timed(() -> networks.pullBackDecode(z, phi.value(), cancellation)).seconds();
    // at the scale that crops of small boxes are rendered at: one pixel of it per pixel of CLIP
    var crop =
        FieldCrop.of(
            0, 0, Math.min(1, (double) side / manifest.smallestSide()), side, 1, phi.value());
    var query = crop.query(phi.value());
    var rgb = timed(() -> networks.render(query, cancellation));
    double renderBack =
        timed(() -> networks.pullBackRender(query, rgb.value(), cancellation)).seconds();
    var seen = timed(() -> networks.embed(rgb.value(), cancellation));
    double seenBack =
        timed(() -> networks.pullBackEmbed(rgb.value(), seen.value(), cancellation)).seconds();
    return new GuidanceTimes(
        evaluation,
        pullBack,
        phi.seconds() + decodeBack,
        seen.seconds() + seenBack,
        (rgb.seconds() + renderBack) / ((double) side * side));
  }

  private @Nullable Tensor context() {
    var conditioning = bundle.manifest().conditioning();
    return conditioning.kind() == ConditioningKind.NONE
        ? null
        : Tensor.zeros(1, Math.max(1, conditioning.contextLength()), conditioning.contextWidth());
  }
}
