package org.infd.inference.generation;

import java.util.Map;
import java.util.Set;
import org.infd.inference.bundle.Manifest.ConditioningKind;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.field.FieldCrop;
import org.infd.inference.guidance.GuidanceTimes;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.DeviceQueue.Priority;
import org.infd.inference.tensor.AnyTensor;
import org.infd.inference.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Times the parts of a guided step on the device itself, so that no wait for more urgent work
 * counts: each by the quickest of some runs after a first one, which loads and plans. What the
 * tensors hold does not matter.
 */
final class GuidanceProbe {
  private static final int RUNS = 2;

  private final ModelBundle bundle;
  private final GraphNetworks networks;
  private final Cancellation cancellation;

  GuidanceProbe(ModelBundle bundle, GraphNetworks networks, Cancellation cancellation) {
    this.bundle = bundle;
    this.networks = networks;
    this.cancellation = cancellation;
  }

  private record Timed(Tensor value, double seconds) {}

  private Timed timed(String graph, String output, Map<String, ? extends AnyTensor> inputs) {
    var best = once(graph, output, inputs);
    best = new Timed(best.value(), Double.MAX_VALUE);
    for (int i = 0; i < RUNS; i++) {
      var run = once(graph, output, inputs);
      best = run.seconds() < best.seconds() ? run : best;
    }
    return best;
  }

  private Timed once(String graph, String output, Map<String, ? extends AnyTensor> inputs) {
    return networks
        .queue()
        .call(
            Priority.GENERATION,
            cancellation,
            () -> {
              var loaded = networks.graphs().get(graph);
              long begun = System.nanoTime();
              var outputs = loaded.run(inputs, Set.of(output), cancellation);
              double seconds = (System.nanoTime() - begun) / 1e9;
              return switch (outputs.get(output)) {
                case Tensor tensor -> new Timed(tensor, seconds);
                case null, default -> throw new IllegalStateException(graph + " gave no " + output);
              };
            });
  }

  GuidanceTimes measure() {
    var manifest = bundle.manifest();
    int side = bundle.requireClip().side();
    var z = Tensor.zeros(manifest.latent().shape(1));
    var step = GraphNetworks.unetInputs(z, 0, context());
    double evaluation = timed("unet", "prediction", step).seconds();
    step.put("d_prediction", z);
    double vjp = bundle.has("unet_vjp") ? timed("unet_vjp", "d_z", step).seconds() : 0;
    var phi = timed("decode", "phi", Map.of("z", z));
    double decodeBack = timed("decode_vjp", "d_z", Map.of("z", z, "d_phi", phi.value())).seconds();
    // as crops of small boxes are rendered: one pixel for each that CLIP takes
    double size = Math.min(1, (double) side / manifest.smallestSide());
    var query = FieldCrop.of(0, 0, size, side, 1, phi.value()).query(phi.value());
    var rgb = timed("render_live", "rgb", Map.of("query", query));
    double renderBack =
        timed("render_live_vjp", "d_query", Map.of("query", query, "d_rgb", rgb.value())).seconds();
    var seen = timed("clip_image", "embedding", Map.of("crop", rgb.value()));
    double seenBack =
        timed("clip_image_vjp", "d_crop", Map.of("crop", rgb.value(), "d_embedding", seen.value()))
            .seconds();
    return new GuidanceTimes(
        evaluation,
        vjp,
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
