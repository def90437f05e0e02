package org.infd.exporter.ldm;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.infd.exporter.network.Weights.Stored;
import org.infd.inference.NumberText;
import org.infd.inference.Problem;
import org.jspecify.annotations.Nullable;

/**
 * A Stable Diffusion network with the decoder and renderer of an INFD autoencoder that was trained
 * on its latent (section 5.6 of the paper): the encoder is the same in both, so the latents are.
 */
public final class LdmField {
  /** What storage in half precision and its way back may change. */
  private static final double HALF = 1.0 / 512;

  private static final List<String> OF_NETWORK =
      List.of("z_dm", "z_dp", "z_ddim_eta", "z_dm_cond", "z_dm_cond_encoder", "z_dm_p_uncond");

  private LdmField() {}

  /**
   * Puts the parts together.
   *
   * @param network the model with the diffusion network, whose latents are scaled
   * @param unscaled the same model's tensors without the scale
   * @param fieldArgs the arguments of the INFD model
   * @param field its tensors
   * @param where the INFD file, for sentences
   * @return the model of both
   * @throws Problem if the encoders are not the same, or the INFD model has no field
   */
  public static LdmModel compose(
      LdmModel network,
      Map<String, Stored> unscaled,
      Map<String, @Nullable Object> fieldArgs,
      Map<String, Stored> field,
      String where) {
    requireField(fieldArgs, where);
    boolean isRaw = differing(unscaled, field) == null;
    if (!isRaw && differing(network.tensors(), field) != null) {
      throw new Problem(
          where
              + " was trained on other latents: "
              + differing(unscaled, field)
              + " Compose the network with an autoencoder that was trained with its encoder kept as"
              + " it was ('infd export --training-start').");
    }
    var args = new LinkedHashMap<String, @Nullable Object>(fieldArgs);
    OF_NETWORK.forEach(args::remove);
    for (var name : OF_NETWORK) {
      if (network.modelArgs().containsKey(name)) {
        args.put(name, network.modelArgs().get(name));
      }
    }
    // of the size that the network was trained for
    args.put("z_shape", network.modelArgs().get("z_shape"));
    double scale = network.modelArgs().get("z_scale") instanceof Double known ? known : 1;
    if (scale != 1) {
      args.put("z_scale", scale);
    }
    var tensors = new LinkedHashMap<String, Stored>();
    var origins = new LinkedHashMap<>(network.origins());
    field.forEach(
        (name, tensor) -> {
          if (name.startsWith("decoder.") || name.startsWith("renderer.")) {
            boolean first = isRaw && name.equals("decoder.0.weight");
            tensors.put(name, first ? FoldedTensor.times(tensor, 1 / scale) : tensor);
            origins.put(name, name);
          }
        });
    network
        .tensors()
        .forEach(
            (name, tensor) -> {
              if (!name.startsWith("decoder.") && !name.startsWith("renderer.")) {
                tensors.put(name, tensor);
              } else if (!field.containsKey(name)) {
                origins.remove(name);
              }
            });
    return new LdmModel(args, tensors, origins, network.remarks());
  }

  private static void requireField(Map<String, @Nullable Object> args, String where) {
    var renderer = args.get("renderer");
    if (!(renderer instanceof Map<?, ?> map)
        || !"renderer_concat_wrapper".equals(map.get("name"))) {
      throw new Problem(
          where
              + " has no renderer for any scale, so it adds nothing to the network's own decoder."
              + " Give an INFD autoencoder.");
    }
    if (!Boolean.TRUE.equals(args.get("z_gaussian"))) {
      throw new Problem(
          where
              + " was not trained on the latents of Stable Diffusion, which are Gaussian"
              + " (z_gaussian): its encoder is another one. Give an autoencoder that was trained"
              + " with the encoder of this network.");
    }
  }

  /** How encoders differ, as a sentence; null if they do not. */
  private static @Nullable String differing(Map<String, Stored> one, Map<String, Stored> other) {
    for (var entry : one.entrySet()) {
      var name = entry.getKey();
      if (!name.startsWith("encoder.")) {
        continue;
      }
      var counterpart = other.get(name);
      if (counterpart == null) {
        return "its encoder has no " + name + ".";
      }
      if (!counterpart.shape().equals(entry.getValue().shape())) {
        return name
            + " of its encoder has the shape "
            + counterpart.shape()
            + " instead of "
            + entry.getValue().shape()
            + ".";
      }
      double difference = difference(entry.getValue(), counterpart);
      if (!(difference <= HALF)) {
        return NumberText.format(
            "%s of its encoder differs by %.1g of the largest value.", name, difference);
      }
    }
    return null;
  }

  /** The largest difference, as a share of the largest magnitude. */
  private static double difference(Stored one, Stored other) {
    var values = values(one);
    var others = values(other);
    double largest = 0;
    double difference = 0;
    for (int i = 0; i < values.length; i++) {
      largest = Math.max(largest, Math.abs(values[i]));
      difference = Math.max(difference, Math.abs(values[i] - others[i]));
    }
    return difference == 0 ? 0 : difference / largest;
  }

  private static float[] values(Stored tensor) {
    var all = FloatBuffer.allocate(Math.toIntExact(tensor.source().elements()));
    try {
      tensor.source().stream(all::put);
    } catch (IOException e) {
      throw new Problem("An encoder could not be read: " + e.getMessage(), e);
    }
    return all.array();
  }
}
