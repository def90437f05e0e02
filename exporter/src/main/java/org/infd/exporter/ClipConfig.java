package org.infd.exporter;

import java.nio.file.Files;
import java.nio.file.Path;
import org.infd.exporter.network.ClipSettings;
import org.infd.exporter.network.ClipSettings.Activation;
import org.infd.exporter.network.ClipSettings.Configured;
import org.infd.exporter.network.Weights;
import org.infd.exporter.torch.TensorFile;
import org.infd.inference.Problem;
import org.infd.inference.ShownText;
import org.infd.inference.StrictJson;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What the weights of a CLIP do not say: the heads and the activation of its towers
 * (docs/spec/clip.md 6).
 *
 * @param image of the image tower, null: as the official models
 * @param text of the text tower, null: as the official models
 */
record ClipConfig(@Nullable Tower image, @Nullable Tower text) {
  private static final String OPEN_CLIP = "open_clip_config.json";
  private static final long LARGEST = 1 << 20;
  private static final int OFFICIAL_HEAD_WIDTH = 64;
  private static final double OFFICIAL_EPSILON = 1e-5;

  /** Wider image towers with official names are OpenCLIP's, whose heads are of another width. */
  private static final int WIDEST_OFFICIAL = 1024;

  /**
   * A tower.
   *
   * @param heads how many heads its attention has, or 0 where {@code headWidth} decides
   * @param headWidth the width of a head, or 0 where {@code heads} decides
   */
  record Tower(int heads, int headWidth, Activation activation, double epsilon) {
    private Configured of(long width) {
      return new Configured(
          heads > 0 ? heads : (int) (width / headWidth), activation, (float) epsilon);
    }

    private static Tower official(Activation activation) {
      return new Tower(0, OFFICIAL_HEAD_WIDTH, activation, OFFICIAL_EPSILON);
    }
  }

  /**
   * The configuration of Hugging Face's files, whose own default is the quick GELU.
   *
   * @param wish the activation that the user names, or null
   * @throws Problem if it is missing or cannot be run
   */
  static ClipConfig ofHub(Path config, @Nullable Activation wish) {
    if (!Files.isRegularFile(config)) {
      throw new Problem(
          "There is no "
              + config
              + ". The weights do not say how many heads the towers have and which activation;"
              + " put the model's config.json beside them.");
    }
    var tree = StrictJson.tree(config, LARGEST);
    return new ClipConfig(
        hubTower(config, tree, "vision_config", wish), hubTower(config, tree, "text_config", wish));
  }

  private static Tower hubTower(
      Path config, JsonNode tree, String part, @Nullable Activation wish) {
    // files of a single tower have the settings at the top
    var node = tree.has(part) ? tree.get(part) : tree;
    int heads = number(config, node, "num_attention_heads", part.startsWith("text") ? 8 : 12);
    var activation = node.path("hidden_act").asString("quick_gelu");
    var given = node.path("layer_norm_eps");
    double epsilon = given.isMissingNode() ? OFFICIAL_EPSILON : StrictJson.number(given);
    if (!(epsilon > 0 && epsilon < 1)) {
      throw new Problem(
          config + " has the layer_norm_eps '" + StrictJson.shown(given) + "', which cannot be.");
    }
    return new Tower(heads, 0, wish != null ? wish : activation(config, activation), epsilon);
  }

  private static Activation activation(Path config, String name) {
    return switch (name) {
      case "quick_gelu" -> Activation.QUICK_GELU;
      case "gelu" -> Activation.GELU;
      default ->
          throw new Problem(
              config
                  + " asks for the activation '"
                  + ShownText.line(name.substring(0, Math.min(40, name.length())))
                  + "'; only quick_gelu and gelu can be run.");
    };
  }

  /**
   * Of weights under the official names: what the user says, or {@code open_clip_config.json}
   * beside them, or that it is an archive of the official program, which has but one activation.
   *
   * @param wish the activation that the user names, or null
   * @throws Problem if nothing says which activation it is, or it cannot be run
   */
  static ClipConfig ofOfficialNames(TensorFile file, @Nullable Activation wish) {
    var beside = file.path().resolveSibling(OPEN_CLIP);
    if (Files.isRegularFile(beside)) {
      return ofOpenClip(beside, wish);
    }
    var image = file.stateDict().get("visual.conv1.weight");
    if (image != null && image.shape().length == 4 && image.shape()[0] > WIDEST_OFFICIAL) {
      throw new Problem(
          file.path()
              + " has an image tower of width "
              + image.shape()[0]
              + ", which no official CLIP has: it is of OpenCLIP, and the file does not say how"
              + " many heads it has. Put its "
              + OPEN_CLIP
              + " beside it, or give its Hugging Face form, with config.json beside it.");
    }
    // only archives of the official program carry these counters along
    boolean official =
        file.format() == TensorFile.Format.TORCH_SCRIPT
            || (file.stateDict().containsKey("input_resolution")
                && file.stateDict().containsKey("context_length"));
    var activation = wish != null ? wish : official ? Activation.QUICK_GELU : null;
    if (activation == null) {
      throw new Problem(
          file.path()
              + " does not say which activation its towers have, and with the wrong one its scores"
              + " would mislead. Put its "
              + OPEN_CLIP
              + " beside it, or say --activation quick_gelu (OpenAI's weights and what was trained"
              + " from them) or --activation gelu (most of OpenCLIP's).");
    }
    return new ClipConfig(Tower.official(activation), Tower.official(activation));
  }

  private static ClipConfig ofOpenClip(Path config, @Nullable Activation wish) {
    var tree = StrictJson.tree(config, LARGEST);
    var model = tree.has("model_cfg") ? tree.get("model_cfg") : tree;
    var vision = model.path("vision_cfg");
    var text = model.path("text_cfg");
    if (!vision.isObject() || !text.isObject()) {
      throw new Problem(
          config + " describes no CLIP: it has no vision_cfg and text_cfg. Use the published one.");
    }
    for (var other : new String[] {"timm_model_name", "hf_model_name"}) {
      if (!vision.path(other).asString("").isEmpty() || !text.path(other).asString("").isEmpty()) {
        throw new Problem(
            config + " is of an OpenCLIP with towers of other libraries, which cannot be run.");
      }
    }
    var flag = model.path("quick_gelu");
    if (!flag.isMissingNode() && !flag.isNull() && !flag.isBoolean()) {
      throw new Problem(config + " has a quick_gelu that is neither true nor false.");
    }
    // absent is false: the library's own rule
    var activation =
        wish != null ? wish : flag.asBoolean(false) ? Activation.QUICK_GELU : Activation.GELU;
    return new ClipConfig(
        new Tower(
            0,
            number(config, vision, "head_width", OFFICIAL_HEAD_WIDTH),
            activation,
            OFFICIAL_EPSILON),
        new Tower(number(config, text, "heads", 8), 0, activation, OFFICIAL_EPSILON));
  }

  private static int number(Path config, JsonNode node, String name, int absent) {
    var given = node.path(name);
    double value = given.isMissingNode() ? absent : StrictJson.number(given);
    if (!(value >= 1 && value <= 1 << 16 && value == Math.rint(value))) {
      throw new Problem(
          config + " has the " + name + " '" + StrictJson.shown(given) + "', which cannot be.");
    }
    return (int) value;
  }

  /**
   * The settings of a CLIP whose towers are configured so.
   *
   * @param path its file, for sentences
   * @throws Problem if there is no tower, or one that cannot be run
   */
  ClipSettings settings(Path path, Weights weights) {
    try {
      return ClipSettings.of(
          weights,
          image == null ? null : image.of(width(weights, "visual.conv1.weight", 0)),
          text == null ? null : text.of(width(weights, "token_embedding.weight", 1)));
    } catch (Problem e) {
      throw new Problem(path + " cannot be used as a CLIP. " + e.getMessage(), e);
    }
  }

  private static long width(Weights weights, String name, int axis) {
    var shape = weights.shape(name);
    return shape == null || shape.size() <= axis ? 0 : shape.get(axis);
  }
}
