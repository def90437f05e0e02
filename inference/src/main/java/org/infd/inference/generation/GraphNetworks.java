package org.infd.inference.generation;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.infd.inference.diffusion.Denoiser;
import org.infd.inference.guidance.GuidanceNetworks;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.DeviceQueue;
import org.infd.inference.runtime.Urgency;
import org.infd.inference.tensor.AnyTensor;
import org.infd.inference.tensor.LongTensor;
import org.infd.inference.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** The networks of a bundle as sampling and guidance need them, every run through the queue. */
record GraphNetworks(LoadedGraphs graphs, DeviceQueue queue)
    implements GuidanceNetworks, Denoiser.DifferentiableNetwork {
  @Override
  public Tensor predict(
      Tensor z, int timestep, @Nullable Tensor context, Cancellation cancellation) {
    return run("unet", "prediction", unetInputs(z, timestep, context), cancellation);
  }

  @Override
  public Tensor vjp(
      Tensor z,
      int timestep,
      @Nullable Tensor context,
      Tensor cotangent,
      Cancellation cancellation) {
    var inputs = unetInputs(z, timestep, context);
    inputs.put("d_prediction", cotangent);
    return run("unet_vjp", "d_z", inputs, cancellation);
  }

  /** What the diffusion network takes. */
  static Map<String, AnyTensor> unetInputs(Tensor z, int timestep, @Nullable Tensor context) {
    var steps = new long[z.extent(0)];
    Arrays.fill(steps, timestep);
    var inputs = new HashMap<String, AnyTensor>();
    inputs.put("z", z);
    inputs.put("t", LongTensor.of(steps, steps.length));
    if (context != null) {
      inputs.put("context", context);
    }
    return inputs;
  }

  @Override
  public Tensor decode(Tensor z, Cancellation cancellation) {
    return run("decode", "phi", Map.of("z", z), cancellation);
  }

  @Override
  public Tensor decodeVjp(Tensor z, Tensor cotangent, Cancellation cancellation) {
    return run("decode_vjp", "d_z", Map.of("z", z, "d_phi", cotangent), cancellation);
  }

  @Override
  public Tensor render(Tensor query, Cancellation cancellation) {
    return run("render_live", "rgb", Map.of("query", query), cancellation);
  }

  @Override
  public Tensor renderVjp(Tensor query, Tensor cotangent, Cancellation cancellation) {
    return run(
        "render_live_vjp", "d_query", Map.of("query", query, "d_rgb", cotangent), cancellation);
  }

  @Override
  public Tensor embed(Tensor crops, Cancellation cancellation) {
    return run("clip_image", "embedding", Map.of("crop", crops), cancellation);
  }

  @Override
  public Tensor embedVjp(Tensor crops, Tensor cotangent, Cancellation cancellation) {
    return run(
        "clip_image_vjp", "d_crop", Map.of("crop", crops, "d_embedding", cotangent), cancellation);
  }

  /** One output of a graph. */
  Tensor run(
      String graph,
      String output,
      Map<String, ? extends AnyTensor> inputs,
      Cancellation cancellation) {
    var outputs =
        queue.call(
            Urgency.present(),
            cancellation,
            () -> graphs.get(graph).run(inputs, Set.of(output), cancellation));
    return switch (outputs.get(output)) {
      case Tensor tensor -> tensor;
      case null, default -> throw new IllegalStateException(graph + " gave no " + output);
    };
  }
}
