package org.infd.exporter;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.infd.exporter.network.ClipNames;
import org.infd.exporter.network.ClipSettings;
import org.infd.exporter.network.ClipSettings.Activation;
import org.infd.exporter.network.ClipSettings.Configured;
import org.infd.exporter.network.Weights;
import org.infd.exporter.torch.StoredTensor;
import org.infd.exporter.torch.TensorFile;
import org.infd.inference.Problem;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The weights of a CLIP with Vision Transformer: an official file (TorchScript archive or plain
 * state dict), or Hugging Face's {@code model.safetensors} with its {@code config.json} beside it
 * (docs/spec/clip.md 5, 6). Other kinds are refused by name. The tensors are valid until it is
 * closed.
 */
public final class ClipFile implements AutoCloseable {
  private static final String CONFIG = "config.json";
  private static final long LARGEST_CONFIG = 1 << 20;

  /** Wider image towers with official names are OpenCLIP's, whose heads and activation differ. */
  private static final int WIDEST_OFFICIAL = 1024;

  private final TensorFile file;
  private final ClipSettings settings;
  private final Weights weights;
  private final float logitScale;

  private ClipFile(TensorFile file, ClipSettings settings, Weights weights, float logitScale) {
    this.file = file;
    this.settings = settings;
    this.weights = weights;
    this.logitScale = logitScale;
  }

  /**
   * Opens a file.
   *
   * @param path the weights
   * @param config the configuration of Hugging Face's files; null: {@code config.json} beside the
   *     weights
   * @throws Problem if it is no CLIP, damaged, or of a kind that cannot be run
   */
  public static ClipFile open(Path path, @Nullable Path config) {
    var file = TensorFile.open(path);
    try {
      return of(file, config == null ? path.resolveSibling(CONFIG) : config);
    } catch (RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private static ClipFile of(TensorFile file, Path config) {
    var tensors = file.stateDict();
    refuse(file.path(), tensors);
    var stored = CheckpointTensor.stored(tensors);
    boolean hub = ClipNames.isHub(stored);
    var weights = new Weights(hub ? ClipNames.official(stored) : stored);
    var settings =
        hub ? configured(file.path(), weights, config) : settings(file.path(), weights, null, null);
    var image = settings.image();
    if (!hub && image != null && image.transformer().width() > WIDEST_OFFICIAL) {
      throw new Problem(
          file.path()
              + " has an image tower of width "
              + image.transformer().width()
              + ", which no official CLIP has: it is of OpenCLIP, and the file does not say how"
              + " many heads it has. Give its Hugging Face form, with config.json beside it.");
    }
    checkCounters(file.path(), tensors, settings);
    var scale = tensors.get("logit_scale");
    return new ClipFile(
        file,
        settings,
        weights,
        scale == null || scale.elements() != 1 ? Float.NaN : scale.toFloats()[0]);
  }

  private static void refuse(Path path, Map<String, StoredTensor> tensors) {
    for (var name : tensors.keySet()) {
      String kind = null;
      if (name.startsWith("visual.layer1") || name.startsWith("visual.attnpool")) {
        kind = "a CLIP whose image tower is a ResNet; only those with ViT in their name can be run";
      } else if (name.startsWith("cond_stage_model.") || name.startsWith("conditioner.")) {
        kind = "a Stable Diffusion checkpoint, which has no image tower; give a CLIP's own file";
      } else if (name.startsWith("text.")
          || name.endsWith(".ls_1.gamma")
          || name.startsWith("visual.attn_pool")) {
        kind = "a newer variant of OpenCLIP (" + name + "), which cannot be run; give another";
      }
      if (kind != null) {
        throw new Problem(path + " is of " + kind + ".");
      }
    }
    if (tensors.containsKey("visual.proj") && !tensors.containsKey("visual.ln_pre.weight")) {
      throw new Problem(
          path
              + " has an image tower without its first layer norm (visual.ln_pre), a variant that"
              + " cannot be run. Give another CLIP.");
    }
  }

  private static ClipSettings settings(
      Path path, Weights weights, @Nullable Configured image, @Nullable Configured text) {
    try {
      return ClipSettings.of(weights, image, text);
    } catch (Problem e) {
      throw new Problem(path + " cannot be used as a CLIP. " + e.getMessage(), e);
    }
  }

  private static ClipSettings configured(Path path, Weights weights, Path config) {
    if (!Files.isRegularFile(config)) {
      throw new Problem(
          "There is no "
              + config
              + ". The weights do not say how many heads the towers have and which activation;"
              + " put the model's config.json beside them.");
    }
    try {
      if (Files.size(config) > LARGEST_CONFIG) {
        throw new Problem(config + " is too large to be a model's config.json.");
      }
      var tree = JsonMapper.shared().readTree(config.toFile());
      return settings(
          path, weights, tower(config, tree, "vision_config"), tower(config, tree, "text_config"));
    } catch (IOException | JacksonException e) {
      throw new Problem(
          config + " could not be read. Copy the model's config.json beside its weights again.", e);
    }
  }

  private static Configured tower(Path config, JsonNode tree, String part) {
    // files of a single tower have the settings at the top
    var node = tree.has(part) ? tree.get(part) : tree;
    int heads = node.path("num_attention_heads").asInt(part.startsWith("text") ? 8 : 12);
    var activation = node.path("hidden_act").asString("quick_gelu");
    double epsilon = node.path("layer_norm_eps").asDouble(1e-5);
    var known =
        switch (activation) {
          case "quick_gelu" -> Activation.QUICK_GELU;
          case "gelu" -> Activation.GELU;
          default ->
              throw new Problem(
                  config
                      + " asks for the activation '"
                      + activation.substring(0, Math.min(40, activation.length()))
                      + "'; only quick_gelu and gelu can be run.");
        };
    if (!(epsilon > 0 && epsilon < 1)) {
      throw new Problem(config + " has the layer_norm_eps " + epsilon + ", which cannot be.");
    }
    return new Configured(heads, known, (float) epsilon);
  }

  /** TorchScript archives count what their tensors show: a cheap test of damage. */
  private static void checkCounters(
      Path path, Map<String, StoredTensor> tensors, ClipSettings settings) {
    var image = settings.image();
    var text = settings.text();
    if (image != null) {
      checkCounter(path, tensors.get("input_resolution"), image.side());
    }
    if (text != null) {
      checkCounter(path, tensors.get("context_length"), text.contextLength());
      checkCounter(path, tensors.get("vocab_size"), text.vocabulary());
    }
  }

  private static void checkCounter(Path path, @Nullable StoredTensor counter, int expected) {
    if (counter == null || counter.elements() != 1) {
      return;
    }
    long value = counter.toLongs()[0];
    if (value != expected) {
      throw new Problem(
          path
              + " contradicts itself: "
              + counter.name()
              + " is "
              + value
              + ", and its tensors say "
              + expected
              + ". Copy or download the file again.");
    }
  }

  /** What is in the file. */
  public ClipSettings settings() {
    return settings;
  }

  /**
   * The tensors under the official names: {@code visual.…}, and the text tower's without prefix.
   */
  public Weights weights() {
    return weights;
  }

  /**
   * The logarithm of what cosines are multiplied by when images and texts are compared; NaN if the
   * file does not tell it.
   */
  public float logitScale() {
    return logitScale;
  }

  /** How many tensors the file holds. */
  long tensors() {
    return file.stateDict().size();
  }

  /** Their size in the file. */
  long bytes() {
    return file.stateDict().values().stream()
        .mapToLong(tensor -> tensor.elements() * tensor.type().width())
        .sum();
  }

  @Override
  public void close() {
    file.close();
  }
}
