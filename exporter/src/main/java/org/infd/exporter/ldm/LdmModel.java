package org.infd.exporter.ldm;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.infd.exporter.network.Weights.Stored;
import org.infd.inference.NumberText;
import org.infd.inference.Problem;
import org.infd.inference.bundle.Manifest.Prediction;
import org.infd.inference.bundle.Manifest.Schedule;
import org.jspecify.annotations.Nullable;

/**
 * A latent diffusion model as an INFD model with its own decoder as a renderer of one resolution:
 * arguments in the official form, tensors under the official names. The factor that latents are
 * multiplied by is in the weights: the encoder gives, and the decoder takes, what the diffusion
 * network knows.
 *
 * @param modelArgs the arguments, a tree of plain values
 * @param tensors by the names of an INFD model
 * @param origins what each of these, and of what they were joined from, is called in the file
 * @param remarks what the user should know, as sentences
 */
public record LdmModel(
    Map<String, @Nullable Object> modelArgs,
    Map<String, Stored> tensors,
    Map<String, String> origins,
    List<String> remarks) {
  /** The part that every diffusion network of such a model stands under. */
  public static final String UNET = "z_dm.";

  private static final String TEXT = "z_dm_cond_encoder.";
  private static final double SD_SCALE = 0.18215;
  private static final double SD_GUIDANCE = 7.5;
  private static final double UNCONDITIONAL_SHARE = 0.1;
  private static final int SD_SIDE = 512;
  private static final int SD_VELOCITY_SIDE = 768;
  private static final int LDM_SIDE = 256;
  private static final int STEPS = 1000;

  /** Of the text tower of Stable Diffusion 2.x. */
  private static final int SECOND_WIDTH = 1024;

  /** Without the last one. */
  private static final int SECOND_BLOCKS = 23;

  /** Of networks that predict a velocity; others stay below (by other programs' experience). */
  private static final double VELOCITY_DEVIATION = 0.09;

  private static final String TELLTALE = "output_blocks.11.1.transformer_blocks.0.norm1.bias";

  /** Which of two copies of the diffusion network is taken. */
  public enum Copy {
    /** The running average where there is one. */
    EMA,
    /** The one that training goes on with. */
    RAW
  }

  /**
   * What the user decides.
   *
   * @param copy which copy of the diffusion network is taken
   * @param prediction what it predicts; null: found out
   * @param side of the pictures in pixels; 0: what the model was trained for
   */
  public record Choices(Copy copy, @Nullable Prediction prediction, int side) {}

  /** Which latents a model's autoencoder gives and takes. */
  enum Scale {
    /** Those of the diffusion network. */
    OF_NETWORK,
    /** Those of the autoencoder itself. */
    OF_AUTOENCODER
  }

  /** Copies the list. */
  public LdmModel {
    remarks = List.copyOf(remarks);
  }

  /**
   * What is said of a network with a part that no known one has.
   *
   * @param where the file, for sentences
   * @param name the part
   */
  public static Problem otherCondition(String where, String name) {
    return LdmParts.otherCondition(where, name);
  }

  /** The same with one more remark. */
  LdmModel with(String remark) {
    var all = new ArrayList<>(remarks);
    all.add(remark);
    return new LdmModel(modelArgs, tensors, origins, all);
  }

  /** How many tokens the text tower knows; 0 without one. */
  public int tokens() {
    var table = tensors.get(TEXT + "token_embedding.weight");
    return table == null || table.shape().isEmpty() ? 0 : table.shape().getFirst().intValue();
  }

  static LdmModel of(
      String what, LdmParts parts, LdmSidecar sidecar, Choices choices, Scale scale) {
    requireParts(what, parts);
    return new Builder(what, parts, sidecar, choices, scale).build();
  }

  private static void requireParts(String what, LdmParts parts) {
    if (parts.vae().isEmpty()) {
      throw new Problem(
          what
              + " holds no autoencoder (first_stage_model), without which no latent becomes a"
              + " picture. Name one with --vae FILE.");
    }
    if (parts.unet().isEmpty()) {
      throw new Problem(
          what
              + " holds an autoencoder and no diffusion network (model.diffusion_model), so it"
              + " cannot make pictures. Give the file of the whole model; this one can be named"
              + " with --vae.");
    }
  }

  private static final class Builder {
    private final String what;
    private final LdmParts parts;
    private final LdmSidecar sidecar;
    private final Choices choices;
    private final Scale kind;
    private final List<String> remarks = new ArrayList<>();
    private final Map<String, Stored> tensors = new LinkedHashMap<>();
    private final Map<String, String> origins = new LinkedHashMap<>();

    Builder(String what, LdmParts parts, LdmSidecar sidecar, Choices choices, Scale kind) {
      this.what = what;
      this.parts = parts;
      this.sidecar = sidecar;
      this.choices = choices;
      this.kind = kind;
      remarks.addAll(sidecar.remarks());
    }

    LdmModel build() {
      boolean averaged = choices.copy() == Copy.EMA && !parts.averaged().isEmpty();
      if (averaged && parts.averaged().size() < parts.unet().size()) {
        throw new Problem(
            what
                + " holds an averaged diffusion network that is not whole ("
                + parts.averaged().size()
                + " of "
                + parts.unet().size()
                + " tensors). Take the other one with --weights raw.");
      }
      if (!parts.averaged().isEmpty()) {
        remarks.add(
            averaged
                ? "The averaged copy of the diffusion network (model_ema) was taken; --weights raw"
                    + " takes the other."
                : "The raw copy of the diffusion network was taken, not the averaged one.");
      }
      var unet = averaged ? parts.averaged() : parts.unet();
      var shape = UnetShape.of(unet, what);
      var encoder = CoderShape.of(parts.vae(), true, what);
      var decoder = CoderShape.of(parts.vae(), false, what);
      boolean hasText = !parts.text().isEmpty();
      if (shape.context() > 0 && !hasText && parts.classes().isEmpty()) {
        throw new Problem(
            what
                + " holds no text tower (cond_stage_model), without which its network cannot be"
                + " told a prompt. Give the file of the whole model.");
      }
      var prediction = prediction(unet, shape);
      int side = side(prediction, shape, decoder.factor());
      var args = new LinkedHashMap<String, @Nullable Object>();
      int channels = decoder.latent();
      boolean quantised = parts.vae().containsKey("quantize.embedding.weight");
      boolean doubled = encoder.latent() == 2 * channels;
      double scale = scale(quantised);
      args.put("encoder", component("encoder_vqf4", encoder.args(side, channels, doubled)));
      args.put("decoder", component("decoder_vqf4", decoder.args(side, channels, false)));
      var renderer = new LinkedHashMap<String, @Nullable Object>();
      renderer.put("z_dec_channels", (long) decoder.width() * decoder.multipliers().getFirst());
      renderer.put("net", component("fixres_original_tail", Map.of()));
      args.put("renderer", component("renderer_fixres_wrapper", renderer));
      args.put(
          "z_shape",
          List.of((long) channels, latentSide(side, decoder), latentSide(side, decoder)));
      args.put("z_gaussian", doubled);
      args.put("quantizer", quantised);
      if (quantised) {
        args.put("n_embed", codebook());
      }
      if (scale != 1) {
        args.put("z_scale", scale);
      }
      args.put(
          "z_dm",
          component("openai_unet", shape.args(sidecar, !parts.classes().isEmpty(), remarks)));
      args.put("z_dp", process(prediction));
      args.put("z_ddim_eta", 0.0);
      condition(args, shape);
      unet.forEach(
          (name, tensor) -> put("unet", name, UNET + name, transformerMatrix(name, tensor)));
      autoencoder(scale, doubled, quantised);
      return new LdmModel(args, tensors, origins, remarks);
    }

    private void put(String part, String name, String target, Stored tensor) {
      tensors.put(target, tensor);
      var averaged = choices.copy() == Copy.EMA && part.equals("unet") ? "averaged" : part;
      var origin = parts.origins().get(LdmParts.key(averaged, name));
      origin = origin == null ? parts.origins().get(LdmParts.key(part, name)) : origin;
      origins.put(target, origin == null ? name : origin);
    }

    /** What later networks store as a matrix is a convolution of one place in the earlier ones. */
    private static Stored transformerMatrix(String name, Stored tensor) {
      boolean is =
          (name.endsWith(".proj_in.weight") || name.endsWith(".proj_out.weight"))
              && tensor.shape().size() == 2;
      return is ? pointwise(tensor) : tensor;
    }

    private static Stored pointwise(Stored matrix) {
      return new Stored(
          List.of(matrix.shape().get(0), matrix.shape().get(1), 1L, 1L), matrix.source());
    }

    private void autoencoder(double scale, boolean doubled, boolean quantised) {
      parts
          .vae()
          .forEach(
              (name, stored) -> {
                var tensor =
                    name.contains(".attn") && name.endsWith(".weight") && stored.shape().size() == 2
                        ? pointwise(stored)
                        : stored;
                if (name.startsWith("encoder.")) {
                  put("vae", name, "encoder.0." + name.substring("encoder.".length()), tensor);
                } else if (name.startsWith("decoder.norm_out.")
                    || name.startsWith("decoder.conv_out.")) {
                  put("vae", name, "renderer.net." + name.substring("decoder.".length()), tensor);
                } else if (name.startsWith("decoder.")) {
                  put("vae", name, "decoder.1." + name.substring("decoder.".length()), tensor);
                } else if (name.equals("quant_conv.weight")) {
                  put("vae", name, "encoder.1.weight", means(tensor, scale, doubled, 0));
                } else if (name.equals("quant_conv.bias")) {
                  put(
                      "vae",
                      name,
                      "encoder.1.bias",
                      means(tensor, scale, doubled, 2 * Math.log(scale)));
                } else if (name.equals("post_quant_conv.weight")) {
                  put("vae", name, "decoder.0.weight", FoldedTensor.times(tensor, 1 / scale));
                } else if (name.equals("post_quant_conv.bias")) {
                  put("vae", name, "decoder.0.bias", tensor);
                } else if (quantised && name.equals("quantize.embedding.weight")) {
                  put("vae", name, "quantizer.embedding.weight", FoldedTensor.times(tensor, scale));
                }
              });
    }

    /**
     * The rows of the mean take the scale; the logarithm of the variance, where there is one, twice
     * its logarithm.
     */
    private static Stored means(Stored tensor, double scale, boolean doubled, double logarithm) {
      long elements = tensor.source().elements();
      return scale == 1
          ? tensor
          : FoldedTensor.of(tensor, doubled ? elements / 2 : elements, scale, logarithm);
    }

    private long codebook() {
      return UnetShape.shape(parts.vae(), "quantize.embedding.weight", 2, what).getFirst();
    }

    private static long latentSide(int side, CoderShape decoder) {
      return side / decoder.factor();
    }

    private double scale(boolean quantised) {
      if (kind == Scale.OF_AUTOENCODER) {
        return 1;
      }
      var said = sidecar.scale() != null ? sidecar.scale() : parts.scale();
      if (said != null) {
        return said;
      }
      if (!quantised && parts.text().isEmpty()) {
        remarks.add(
            "What latents are multiplied by is neither in the file nor in a configuration beside"
                + " it: 0.18215 is taken, as in Stable Diffusion.");
      }
      return quantised ? 1 : SD_SCALE;
    }

    private int side(Prediction prediction, UnetShape shape, int factor) {
      int least = factor << (shape.multipliers().size() - 1);
      if (choices.side() != 0) {
        if (choices.side() % least != 0) {
          throw new Problem(
              "A side of "
                  + choices.side()
                  + " pixels does not fit this model: it has to be a multiple of "
                  + least
                  + ".");
        }
        return choices.side();
      }
      if (!parts.text().isEmpty()) {
        // the settings of the published files contradict each other here
        return prediction == Prediction.VELOCITY && shape.isLinear() ? SD_VELOCITY_SIDE : SD_SIDE;
      }
      var latent = sidecar.latentSide();
      return latent != null && latent * factor % least == 0 ? latent * factor : LDM_SIDE;
    }

    private Map<String, @Nullable Object> process(Prediction prediction) {
      var process = new LinkedHashMap<String, @Nullable Object>();
      boolean isSd = !parts.text().isEmpty();
      var schedule = sidecar.schedule() == null ? Schedule.SQRT_LINEAR : sidecar.schedule();
      double start = sidecar.betaStart() == null ? (isSd ? 0.00085 : 0.0015) : sidecar.betaStart();
      double end = sidecar.betaEnd() == null ? (isSd ? 0.012 : 0.0195) : sidecar.betaEnd();
      process.put("steps", (long) (sidecar.steps() == null ? STEPS : sidecar.steps()));
      process.put("noise_schedule", schedule.name().toLowerCase(Locale.ROOT));
      process.put("linear_beta_start", start);
      process.put("linear_beta_end", end);
      process.put("predict_velocity", prediction == Prediction.VELOCITY);
      process.put("predict_xstart", prediction == Prediction.X0);
      process.put("_sampling_timestep_respacing", isSd ? "leading50+1" : "leading200+1");
      process.put("last_alpha", "first");
      if (isSd) {
        process.put("guidance_scale", SD_GUIDANCE);
      }
      return process;
    }

    private void condition(Map<String, @Nullable Object> args, UnetShape shape) {
      if (shape.context() == 0) {
        return;
      }
      if (!parts.text().isEmpty()) {
        text(args, shape);
        return;
      }
      var table = UnetShape.shape(parts.classes(), "weight", 2, what);
      args.put("z_dm_cond", "class");
      args.put(
          "z_dm_cond_encoder",
          component(
              "class_embedder",
              Map.of("n_embed", table.getFirst() - 1, "embed_dim", table.get(1))));
      args.put("z_dm_p_uncond", UNCONDITIONAL_SHARE);
      put(
          "classes",
          "weight",
          TEXT + "embedding.weight",
          parts
              .classes()
              .getOrDefault(
                  "weight", new Stored(List.of(), org.infd.exporter.graph.TensorSource.of())));
    }

    private void text(Map<String, @Nullable Object> args, UnetShape shape) {
      var table = UnetShape.shape(parts.text(), "token_embedding.weight", 2, what);
      var positions = UnetShape.shape(parts.text(), "positional_embedding", 2, what);
      long stored =
          parts.text().keySet().stream()
              .filter(name -> name.matches("transformer\\.resblocks\\.\\d{1,3}\\.ln_1\\.weight"))
              .count();
      // the texts of 2.x are OpenCLIP's, whatever names its tensors have
      boolean isSecond = parts.isOpenClip() || table.get(1) == SECOND_WIDTH;
      boolean gelu = sidecar.gelu() == null ? isSecond : sidecar.gelu();
      // its last block is not run, and some files leave it out already
      long blocks =
          isSecond && !(table.get(1) == SECOND_WIDTH && stored == SECOND_BLOCKS)
              ? stored - 1
              : stored;
      var said = sidecar.textBlocks();
      if (!parts.isOpenClip() && said != null) {
        blocks = Math.min(said, stored);
      }
      if (blocks < stored) {
        remarks.add("Of the text tower's " + stored + " blocks " + blocks + " run.");
      }
      if (table.get(1) != shape.context()) {
        throw new Problem(
            what
                + " has a text tower of width "
                + table.get(1)
                + ", and its network takes texts of width "
                + shape.context()
                + ": they do not belong together. Use the file as it was published.");
      }
      var tower = new LinkedHashMap<String, @Nullable Object>();
      tower.put("version", 1L);
      tower.put("width", table.get(1));
      tower.put("context_length", positions.getFirst());
      tower.put("blocks", blocks);
      tower.put("vocab_size", table.getFirst());
      tower.put("activation", gelu ? "gelu" : "quick_gelu");
      tower.put("padding", gelu || isSecond ? "zero" : "end");
      args.put("z_dm_cond", "infd_studio_text");
      args.put("z_dm_cond_encoder", component("infd_studio_clip_text_states", tower));
      args.put("z_dm_p_uncond", UNCONDITIONAL_SHARE);
      parts
          .text()
          .forEach(
              (name, tensor) -> {
                if (!name.equals("text_projection") && !name.equals("logit_scale")) {
                  put("text", name, TEXT + name, tensor);
                }
              });
      // query, key and value are three tensors in some files, and one here
      parts
          .origins()
          .forEach(
              (key, origin) -> {
                if (key.startsWith("text:text_model.")) {
                  origins.putIfAbsent(key, origin);
                }
              });
    }

    private Prediction prediction(Map<String, Stored> unet, UnetShape shape) {
      var chosen = choices.prediction();
      if (chosen != null) {
        remarks.add(said(chosen) + ", as asked for.");
        return chosen;
      }
      var known = sidecar.prediction();
      if (known != null) {
        remarks.add(said(known) + ", as the configuration beside it says.");
        return known;
      }
      var telltale = unet.get(TELLTALE);
      if (shape.isLinear() && telltale != null) {
        double deviation = deviation(telltale);
        var found = deviation > VELOCITY_DEVIATION ? Prediction.VELOCITY : Prediction.EPSILON;
        remarks.add(
            NumberText.format(
                "%s: no configuration says it, but the deviation of %s is %.3f, and that of"
                    + " networks that predict a velocity is above %.2f. --prediction decides"
                    + " otherwise.",
                said(found), TELLTALE, deviation, VELOCITY_DEVIATION));
        return found;
      }
      return Prediction.EPSILON;
    }

    private static String said(Prediction prediction) {
      return "The network predicts "
          + switch (prediction) {
            case EPSILON -> "noise";
            case VELOCITY -> "a velocity";
            case X0 -> "the clean latent";
          };
    }

    private double deviation(Stored tensor) {
      double[] sums = new double[3];
      try {
        tensor.source().stream(
            piece -> {
              while (piece.hasRemaining()) {
                double value = piece.get();
                sums[0]++;
                sums[1] += value;
                sums[2] += value * value;
              }
            });
      } catch (IOException e) {
        throw new Problem(what + " could not be read: " + e.getMessage(), e);
      }
      double mean = sums[1] / sums[0];
      // of a sample, as torch computes it
      return Math.sqrt((sums[2] - sums[0] * mean * mean) / Math.max(1, sums[0] - 1));
    }

    private static Map<String, @Nullable Object> component(String name, Map<String, ?> args) {
      var component = new LinkedHashMap<String, @Nullable Object>();
      component.put("name", name);
      component.put("args", args);
      return component;
    }
  }
}
