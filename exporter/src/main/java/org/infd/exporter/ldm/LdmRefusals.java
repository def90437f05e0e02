package org.infd.exporter.ldm;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.infd.exporter.network.Weights.Stored;
import org.infd.inference.Problem;

/** Files that look like Stable Diffusion and cannot be run, by name, with what to do. */
final class LdmRefusals {
  private static final String FIRST = "model.diffusion_model.input_blocks.0.0.weight";

  private LdmRefusals() {}

  /** A kind of file, and what to do. */
  private record Kind(String part, String name) {}

  /** How names begin that say what a file is, the most specific first. */
  private static final List<Kind> BEGINNINGS =
      List.of(
          new Kind("conditioner.embedders.1.", "a Stable Diffusion XL model"),
          new Kind("model.diffusion_model.joint_blocks.", "a Stable Diffusion 3 model"),
          new Kind("joint_blocks.", "a Stable Diffusion 3 model without its other parts"),
          new Kind("model.diffusion_model.double_blocks.", "a FLUX model"),
          new Kind("double_blocks.", "a FLUX model without its other parts"),
          new Kind("model.diffusion_model.down_blocks.", "a Stable Cascade model"),
          new Kind("model.diffusion_model.blocks.", "a video or transformer model"),
          new Kind("depth_model.", "a depth model, which wants a depth map beside the prompt"),
          new Kind("embedder.model.", "an unCLIP model, which wants a picture beside the prompt"),
          new Kind("noise_augmentor.", "an unCLIP model, which wants a picture beside the prompt"),
          new Kind(
              "low_scale_model.", "an upscaler, which wants a small picture beside the prompt"),
          new Kind(
              "model.diffusion_model.label_emb.",
              "a model with a second condition (unCLIP or Stable Diffusion XL)"),
          new Kind(
              "cond_stage_model.roberta.", "an AltDiffusion model, whose text tower is not a CLIP"),
          new Kind(
              "cond_stage_model.tokenizer.",
              "an older latent diffusion model with a BERT text tower"),
          new Kind(
              "cond_stage_model.transformer.attn_layers.",
              "an older latent diffusion model with a BERT text tower"),
          new Kind(
              "cond_stage_model.transformer.token_emb.",
              "an older latent diffusion model with a BERT text tower"),
          new Kind("control_model.", "a ControlNet"),
          new Kind("controlnet_", "a ControlNet"),
          new Kind("input_hint_block.", "a ControlNet"),
          new Kind("string_to_param", "a textual inversion"),
          new Kind("emb_params", "a textual inversion"));

  private static final String ONLY =
      " Only models of Stable Diffusion 1.x and 2.x and of latent diffusion can be run.";

  /**
   * Refuses a file by what its names say.
   *
   * @throws Problem if it is one of the known kinds that cannot be run
   */
  static void check(Path path, Map<String, Stored> tensors) {
    kind(tensors.keySet())
        .ifPresent(
            kind -> {
              throw new Problem(path + " is " + kind + ", which cannot be run here." + ONLY);
            });
    if (Lora.isOne(tensors.keySet())) {
      throw new Problem(
          path
              + " is a LoRA: changes for a model, not a model. Import the model that it was trained"
              + " on, with --lora "
              + path.getFileName()
              + ":1.");
    }
    var first = tensors.get(FIRST);
    if (first != null && first.shape().size() == 4) {
      requirePlain(path, first.shape().get(1));
    }
  }

  private static Optional<String> kind(Set<String> names) {
    for (var kind : BEGINNINGS) {
      if (names.stream().anyMatch(name -> name.startsWith(kind.part()))) {
        return Optional.of(kind.name());
      }
    }
    return Optional.empty();
  }

  /**
   * Refuses a diffusion network that takes more than a latent.
   *
   * @param channels what its first convolution takes
   */
  static void requirePlain(Path path, long channels) {
    if (channels == 9) {
      throw new Problem(
          path
              + " is an inpainting model: its network takes a mask and a picture beside the latent,"
              + " which nothing here gives. Import the ordinary model; boxes of a picture are made"
              + " anew with any model.");
    }
    if (channels == 8) {
      throw new Problem(
          path
              + " is an InstructPix2Pix model: its network takes a picture beside the latent, which"
              + " nothing here gives. Import the ordinary model.");
    }
    if (channels == 5 || channels == 7) {
      throw new Problem(
          path
              + (channels == 5 ? " is a depth model" : " is an upscaler")
              + ": its network takes a picture beside the latent, which nothing here gives."
              + ONLY);
    }
  }

  /** Refuses a folder of diffusers by the class of its pipeline and of its network. */
  static void checkFolder(Path path, String pipeline, List<Integer> crossAttention) {
    String kind = null;
    if (pipeline.contains("XL")) {
      kind = "a Stable Diffusion XL model";
    } else if (pipeline.contains("Flux") || pipeline.startsWith("StableDiffusion3")) {
      kind = pipeline.contains("Flux") ? "a FLUX model" : "a Stable Diffusion 3 model";
    } else if (pipeline.contains("Upscale")
        || pipeline.contains("UnCLIP")
        || pipeline.contains("Depth")) {
      kind = "a model that wants a picture beside the prompt";
    } else if (pipeline.contains("ControlNet")) {
      kind = "a ControlNet";
    } else if (crossAttention.contains(2048)) {
      kind = "a Stable Diffusion XL model";
    }
    if (kind != null) {
      throw new Problem(path + " is " + kind + ", which cannot be run here." + ONLY);
    }
  }
}
