package org.infd.exporter.ldm;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.infd.inference.Problem;
import org.infd.inference.bundle.Manifest.Prediction;
import org.infd.inference.bundle.Manifest.Schedule;
import org.jspecify.annotations.Nullable;

/**
 * What the settings beside the tensors say that the tensors themselves do not: the YAML of the
 * original code, or the JSON files of a folder of diffusers. Everything may be missing.
 *
 * @param heads the number of heads of every attention
 * @param headChannels the channels of a head
 * @param prediction what the network predicts
 * @param schedule the kind of noise schedule
 * @param betaStart its first β
 * @param betaEnd its last β
 * @param steps the number of training steps
 * @param scale what latents are multiplied by
 * @param latentSide the side of a latent
 * @param gelu whether the text tower has the exact GELU
 * @param textBlocks how many blocks of the text tower run
 * @param remarks what the user should know
 */
record LdmSidecar(
    @Nullable Integer heads,
    @Nullable Integer headChannels,
    @Nullable Prediction prediction,
    @Nullable Schedule schedule,
    @Nullable Double betaStart,
    @Nullable Double betaEnd,
    @Nullable Integer steps,
    @Nullable Double scale,
    @Nullable Integer latentSide,
    @Nullable Boolean gelu,
    @Nullable Integer textBlocks,
    List<String> remarks) {
  private static final int MOST = 1 << 20;

  /** Nothing is said. */
  static LdmSidecar none() {
    return new LdmSidecar(
        null, null, null, null, null, null, null, null, null, null, null, List.of());
  }

  /**
   * The settings of the original code.
   *
   * @param where the file, for sentences
   * @param value what is in it
   * @throws Problem if it is not one, or asks for what cannot be run
   */
  static LdmSidecar ofYaml(String where, @Nullable Object value) {
    var params = map(map(map(value).get("model")).get("params"));
    if (params.isEmpty()) {
      throw new Problem(
          where
              + " has no model.params: it is no configuration of a latent diffusion model. Give the"
              + " one that belongs to the weights.");
    }
    var unet = map(map(params.get("unet_config")).get("params"));
    var remarks = new ArrayList<String>();
    return new LdmSidecar(
        whole(where, "num_heads", unet.get("num_heads")),
        whole(where, "num_head_channels", unet.get("num_head_channels")),
        prediction(where, params.get("parameterization")),
        schedule(where, params.get("beta_schedule"), true),
        number(where, "linear_start", params.get("linear_start")),
        number(where, "linear_end", params.get("linear_end")),
        whole(where, "timesteps", params.get("timesteps")),
        number(where, "scale_factor", params.get("scale_factor")),
        whole(where, "image_size", params.get("image_size")),
        null,
        null,
        remarks);
  }

  /**
   * The settings of a folder of diffusers.
   *
   * @param unet {@code unet/config.json}
   * @param vae {@code vae/config.json}
   * @param text {@code text_encoder/config.json}, empty without one
   * @param scheduler {@code scheduler/scheduler_config.json}, empty without one
   * @throws Problem if they ask for what cannot be run
   */
  static LdmSidecar ofFolder(
      String where,
      Map<String, Object> unet,
      Map<String, Object> vae,
      Map<String, Object> text,
      Map<String, Object> scheduler) {
    var remarks = new ArrayList<String>();
    if (Boolean.TRUE.equals(scheduler.get("rescale_betas_zero_snr"))) {
      remarks.add(
          "The network was trained with a schedule rescaled to end without signal; the ordinary"
              + " schedule is used, which gives paler darks and lights.");
    }
    var timeType = unet.get("time_embedding_type");
    if (timeType != null && !timeType.equals("positional")) {
      throw new Problem(
          where + " embeds time by '" + timeType + "', which cannot be run; only positional can.");
    }
    // its name says channels, and it holds the number of heads
    var heads = unet.get("num_attention_heads");
    heads = heads == null ? unet.get("attention_head_dim") : heads;
    Integer count = null;
    Integer channels = null;
    if (heads instanceof List<?> list && unet.get("block_out_channels") instanceof List<?> widths) {
      if (list.isEmpty() || list.size() != widths.size()) {
        throw new Problem(
            where
                + ": attention_head_dim and block_out_channels in unet/config.json are lists of"
                + " different lengths. Use the folder as it was published.");
      }
      for (int i = 0; i < list.size(); i++) {
        if (!(list.get(i) instanceof Long h && widths.get(i) instanceof Long w) || h < 1) {
          throw new Problem(
              where + ": attention_head_dim in unet/config.json is no list of counts.");
        }
        int each = (int) (w / h);
        if (channels != null
            && channels != each
            && !list.stream().allMatch(list.getFirst()::equals)) {
          throw new Problem(
              where
                  + " has heads of different widths in its levels ("
                  + list
                  + "), which cannot be run.");
        }
        channels = each;
      }
      if (list.stream().allMatch(list.getFirst()::equals)) {
        count = whole(where, "attention_head_dim", list.getFirst());
        channels = null;
      }
    } else {
      count = whole(where, "attention_head_dim", heads);
    }
    var activation = text.get("hidden_act");
    if (activation != null && !activation.equals("gelu") && !activation.equals("quick_gelu")) {
      throw new Problem(
          where + "'s text tower has the activation '" + activation + "', which cannot be run.");
    }
    return new LdmSidecar(
        count,
        channels,
        prediction(where, scheduler.get("prediction_type")),
        schedule(where, scheduler.get("beta_schedule"), false),
        number(where, "beta_start", scheduler.get("beta_start")),
        number(where, "beta_end", scheduler.get("beta_end")),
        whole(where, "num_train_timesteps", scheduler.get("num_train_timesteps")),
        number(where, "scaling_factor", vae.get("scaling_factor")),
        whole(where, "sample_size", unet.get("sample_size")),
        activation == null ? null : activation.equals("gelu"),
        whole(where, "num_hidden_layers", text.get("num_hidden_layers")),
        remarks);
  }

  private static @Nullable Prediction prediction(String where, @Nullable Object value) {
    return switch (value) {
      case null -> null;
      case String text when text.equals("eps") || text.equals("epsilon") -> Prediction.EPSILON;
      case String text when text.equals("v") || text.equals("v_prediction") -> Prediction.VELOCITY;
      case String text when text.equals("x0") || text.equals("sample") -> Prediction.X0;
      default ->
          throw new Problem(
              where + " says that the network predicts '" + value + "', which is not known.");
    };
  }

  /** What the original code calls linear is linear in the root. */
  private static @Nullable Schedule schedule(
      String where, @Nullable Object value, boolean original) {
    return switch (value) {
      case null -> null;
      case String text when original && text.equals("linear") -> Schedule.SQRT_LINEAR;
      case String text when original && text.equals("sqrt_linear") -> Schedule.LINEAR;
      case String text when text.equals("scaled_linear") -> Schedule.SQRT_LINEAR;
      case String text when text.equals("linear") -> Schedule.LINEAR;
      case String text when text.equals("cosine") || text.equals("squaredcos_cap_v2") ->
          Schedule.COSINE;
      default ->
          throw new Problem(
              where + " names the noise schedule '" + value + "', which cannot be run.");
    };
  }

  private static @Nullable Integer whole(String where, String name, @Nullable Object value) {
    if (value == null || (value instanceof Long number && number == -1)) {
      return null;
    }
    if (value instanceof Long number && number > 0 && number <= MOST) {
      return number.intValue();
    }
    throw new Problem(where + ": " + name + " is " + value + ", which is no count.");
  }

  private static @Nullable Double number(String where, String name, @Nullable Object value) {
    if (value == null) {
      return null;
    }
    if (value instanceof Number number && number.doubleValue() > 0 && number.doubleValue() < MOST) {
      return number.doubleValue();
    }
    throw new Problem(where + ": " + name + " is " + value + ", which is no possible number.");
  }

  /** A table of settings by name; empty for anything else. */
  @SuppressWarnings("unchecked") // keys are texts in what is read here
  static Map<String, Object> map(@Nullable Object value) {
    return value instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of();
  }
}
