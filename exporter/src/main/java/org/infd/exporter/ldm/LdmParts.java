package org.infd.exporter.ldm;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.infd.exporter.network.ClipNames;
import org.infd.exporter.network.Weights.Stored;
import org.infd.inference.Problem;
import org.jspecify.annotations.Nullable;

/**
 * The networks of a latent diffusion model, each under the names of the original code, whatever
 * layout they came in.
 *
 * @param unet the diffusion network: {@code input_blocks.0.0.weight} and so on
 * @param averaged its running average over the training, under the same names; empty without one
 * @param vae the autoencoder: {@code encoder.…}, {@code decoder.…}, {@code quant_conv.…}, {@code
 *     post_quant_conv.…}, and {@code quantize.embedding.weight} with a codebook
 * @param text the text tower under the official names of CLIP; empty without one
 * @param classes the table of classes; empty without one
 * @param isOpenClip whether the text tower is one of OpenCLIP, whose last block is left out
 * @param scale what latents are multiplied by, where a tensor says it; else null
 * @param origins what each tensor is called in the file, by part and name, see {@link #key}
 */
record LdmParts(
    Map<String, Stored> unet,
    Map<String, Stored> averaged,
    Map<String, Stored> vae,
    Map<String, Stored> text,
    Map<String, Stored> classes,
    boolean isOpenClip,
    @Nullable Double scale,
    Map<String, String> origins) {
  private static final String UNET = "model.diffusion_model.";
  private static final String AVERAGED = "model_ema.";
  private static final String VAE = "first_stage_model.";
  private static final String CLASSES = "cond_stage_model.embedding.";

  /** Where text towers stand: of Hugging Face's names, and of OpenCLIP's. */
  private static final String[] HUB = {
    "cond_stage_model.transformer.", "conditioner.embedders.0.transformer."
  };

  private static final String[] OPEN_CLIP = {
    "cond_stage_model.model.", "conditioner.embedders.0.model."
  };

  private static final String HUB_ROOT = "text_model.";

  /** The name of a tensor of a part in {@link #origins}. */
  static String key(String part, String name) {
    return part + ":" + name;
  }

  /** Whether these are the tensors of a file of latent diffusion, whole or in part. */
  static boolean isOne(Iterable<String> names) {
    for (var name : names) {
      if (name.startsWith(UNET) || name.startsWith(VAE) || name.startsWith("cond_stage_model.")) {
        return true;
      }
    }
    return false;
  }

  /** The parts of a single file. */
  static LdmParts ofFile(Map<String, Stored> tensors) {
    var parts = new Collector();
    tensors.forEach(
        (name, tensor) -> {
          if (name.startsWith(UNET)) {
            parts.put("unet", parts.unet, name.substring(UNET.length()), name, tensor);
          } else if (name.startsWith(VAE)) {
            parts.put("vae", parts.vae, name.substring(VAE.length()), name, tensor);
          } else if (name.startsWith(CLASSES)) {
            parts.put("classes", parts.classes, name.substring(CLASSES.length()), name, tensor);
          }
        });
    parts.scale = scale(tensors.get("scale_factor"));
    for (var name : parts.unet.keySet()) {
      var averaged = AVERAGED + "diffusion_model" + name.replace(".", "");
      var tensor = tensors.get(averaged);
      if (tensor != null) {
        parts.put("averaged", parts.averaged, name, averaged, tensor);
      }
    }
    for (var prefix : OPEN_CLIP) {
      tensors.forEach(
          (name, tensor) -> {
            if (name.startsWith(prefix)) {
              parts.put("text", parts.text, name.substring(prefix.length()), name, tensor);
              parts.isOpenClip = true;
            }
          });
    }
    if (!parts.isOpenClip) {
      var hub = new LinkedHashMap<String, Stored>();
      var names = new LinkedHashMap<String, String>();
      for (var prefix : HUB) {
        tensors.forEach(
            (name, tensor) -> {
              if (name.startsWith(prefix)) {
                var inner = name.substring(prefix.length());
                var full = inner.startsWith(HUB_ROOT) ? inner : HUB_ROOT + inner;
                hub.put(full, tensor);
                names.put(full, name);
              }
            });
      }
      parts.hub(hub, names);
    }
    return parts.done();
  }

  /**
   * The parts of a folder as Hugging Face's diffusers keep it.
   *
   * @param unet the tensors of {@code unet/}
   * @param vae those of {@code vae/}
   * @param text those of {@code text_encoder/}; empty without one
   * @param where the folder, for sentences
   * @throws Problem if the network has parts that no known one has
   */
  static LdmParts ofFolder(
      String where, Map<String, Stored> unet, Map<String, Stored> vae, Map<String, Stored> text) {
    var parts = new Collector();
    var unetNames = new DiffusersNames(unet.keySet());
    unet.forEach(
        (name, tensor) ->
            parts.put(
                "unet",
                parts.unet,
                unetNames.unet(name).orElseThrow(() -> otherCondition(where, name)),
                "unet/" + name,
                tensor));
    var vaeNames = new DiffusersNames(vae.keySet());
    vae.forEach(
        (name, tensor) ->
            vaeNames
                .vae(name)
                .ifPresent(known -> parts.put("vae", parts.vae, known, "vae/" + name, tensor)));
    var names = new LinkedHashMap<String, String>();
    text.keySet().forEach(name -> names.put(name, "text_encoder/" + name));
    parts.hub(text, names);
    return parts.done();
  }

  /** What is said of a network with a part that no known one has. */
  static Problem otherCondition(String where, String name) {
    return new Problem(
        where
            + " has a diffusion network with a part that no Stable Diffusion 1.x or 2.x has ("
            + name
            + "): it takes another condition beside time and text, which nothing here gives. Import"
            + " the ordinary model.");
  }

  /** The one value of a tensor, where it is a possible scale. */
  private static @Nullable Double scale(@Nullable Stored tensor) {
    if (tensor == null || tensor.source().elements() != 1) {
      return null;
    }
    var value = new double[1];
    try {
      tensor.source().stream(piece -> value[0] = piece.get());
    } catch (IOException e) {
      throw new Problem("A scale could not be read: " + e.getMessage(), e);
    }
    return value[0] > 1e-6 && value[0] < 1e6 ? value[0] : null;
  }

  /** An autoencoder that came in a file of its own, in place of this one. */
  LdmParts withVae(Map<String, Stored> file, String where) {
    var parts = new Collector();
    var names = new DiffusersNames(file.keySet());
    file.forEach(
        (name, tensor) -> {
          var plain = name.startsWith(VAE) ? name.substring(VAE.length()) : name;
          var known = names.areOfDiffusers() ? names.vae(plain) : Optional.of(plain);
          known.ifPresent(to -> parts.put("vae", parts.vae, to, where + ": " + name, tensor));
        });
    var all = new LinkedHashMap<>(origins);
    all.keySet().removeIf(key -> key.startsWith("vae:"));
    all.putAll(parts.origins);
    return new LdmParts(unet, averaged, parts.vae, text, classes, isOpenClip, scale, all);
  }

  /** Fills the parts. */
  private static final class Collector {
    final Map<String, Stored> unet = new LinkedHashMap<>();
    final Map<String, Stored> averaged = new LinkedHashMap<>();
    final Map<String, Stored> vae = new LinkedHashMap<>();
    final Map<String, Stored> text = new LinkedHashMap<>();
    final Map<String, Stored> classes = new LinkedHashMap<>();
    final Map<String, String> origins = new LinkedHashMap<>();
    boolean isOpenClip;
    @Nullable Double scale;

    void put(String part, Map<String, Stored> to, String name, String origin, Stored tensor) {
      to.put(name, tensor);
      origins.put(key(part, name), origin);
    }

    /** Query, key and value are joined, so that what they are made of is told by the query. */
    void hub(Map<String, Stored> tensors, Map<String, String> names) {
      ClipNames.official(tensors).forEach((name, tensor) -> put("text", text, name, name, tensor));
      names.forEach((name, origin) -> origins.put(key("text", name), origin));
    }

    LdmParts done() {
      return new LdmParts(unet, averaged, vae, text, classes, isOpenClip, scale, origins);
    }
  }
}
