package org.infd.exporter;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.infd.exporter.network.ClipNames;
import org.infd.exporter.network.ClipSettings;
import org.infd.exporter.network.ClipSettings.Activation;
import org.infd.exporter.network.Weights;
import org.infd.exporter.torch.StoredTensor;
import org.infd.exporter.torch.TensorFile;
import org.infd.inference.Problem;
import org.jspecify.annotations.Nullable;

/**
 * The weights of a CLIP with Vision Transformer: an official file (TorchScript archive or plain
 * state dict), or Hugging Face's {@code model.safetensors} with its {@code config.json} beside it,
 * or OpenCLIP's with its {@code open_clip_config.json} (docs/spec/clip.md 5, 6). Other kinds are
 * refused by name. The tensors are valid until it is closed.
 */
public final class ClipFile implements AutoCloseable {
  private static final String CONFIG = "config.json";

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
   * @param activation what the user says of the towers' activation; null: as the file or the
   *     configuration beside it says
   * @throws Problem if it is no CLIP, damaged, or of a kind that cannot be run, or nothing says
   *     which activation it has
   */
  public static ClipFile open(Path path, @Nullable Path config, @Nullable Activation activation) {
    var file = TensorFile.open(path);
    try {
      return of(file, config == null ? path.resolveSibling(CONFIG) : config, activation);
    } catch (RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private static ClipFile of(TensorFile file, Path config, @Nullable Activation activation) {
    var tensors = file.stateDict();
    refuse(file.path(), tensors);
    var stored = CheckpointTensor.stored(tensors);
    boolean hub = ClipNames.isHub(stored);
    var weights = new Weights(hub ? ClipNames.official(stored) : stored);
    var settings =
        hub
            ? ClipConfig.ofHub(config, activation).settings(file.path(), weights)
            : ClipConfig.ofOfficialNames(file, activation).settings(file.path(), weights);
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

  /** What the user should know of the file, as sentences. */
  List<String> remarks() {
    return file.remarks();
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
