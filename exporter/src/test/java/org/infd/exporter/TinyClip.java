package org.infd.exporter;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.infd.exporter.torch.TensorSource;
import org.infd.exporter.torch.TorchFileWriter;

/** CLIPs with random weights, under the official names: crops of 16 pixels, embeddings of 24. */
public final class TinyClip {
  /** The side of its crops. */
  public static final int SIDE = 16;

  /** The length of its embeddings. */
  public static final int EMBEDDING = 24;

  private static final int WIDTH = 64;
  private static final String CONDITION = "z_dm_cond_encoder.";

  private TinyClip() {}

  /**
   * Gives a model's own text tower a projection, so that a CLIP can share it.
   *
   * @param model tensors of {@link TinyModel#textArgs()}
   */
  public static void project(Map<String, TensorSource> model) {
    model.put(CONDITION + "text_projection", TensorSource.random(3, 0.2f, WIDTH, EMBEDDING));
  }

  /** An image tower, and the text tower of such a model. */
  public static Map<String, TensorSource> of(Map<String, TensorSource> model) {
    var tensors = image();
    model.forEach(
        (name, tensor) -> {
          if (name.startsWith(CONDITION) && !name.endsWith("merges")) {
            tensors.put(name.substring(CONDITION.length()), tensor);
          }
        });
    return tensors;
  }

  /** An image tower. */
  public static Map<String, TensorSource> image() {
    var tensors = new LinkedHashMap<String, TensorSource>();
    add(tensors, "conv1.weight", WIDTH, 3, 8, 8);
    add(tensors, "class_embedding", WIDTH);
    add(tensors, "positional_embedding", 5, WIDTH);
    add(tensors, "proj", WIDTH, EMBEDDING);
    var block = "transformer.resblocks.0.";
    for (var norm : new String[] {"ln_pre", "ln_post", block + "ln_1", block + "ln_2"}) {
      tensors.put("visual." + norm + ".weight", TensorSource.filled(1, WIDTH));
      add(tensors, norm + ".bias", WIDTH);
    }
    add(tensors, block + "attn.in_proj_weight", 3 * WIDTH, WIDTH);
    add(tensors, block + "attn.in_proj_bias", 3 * WIDTH);
    add(tensors, block + "attn.out_proj.weight", WIDTH, WIDTH);
    add(tensors, block + "attn.out_proj.bias", WIDTH);
    add(tensors, block + "mlp.c_fc.weight", 4 * WIDTH, WIDTH);
    add(tensors, block + "mlp.c_fc.bias", 4 * WIDTH);
    add(tensors, block + "mlp.c_proj.weight", WIDTH, 4 * WIDTH);
    add(tensors, block + "mlp.c_proj.bias", WIDTH);
    return tensors;
  }

  private static void add(Map<String, TensorSource> tensors, String name, long... shape) {
    tensors.put("visual." + name, TensorSource.random(name.hashCode(), 0.2f, shape));
  }

  /** Writes a model's vocabulary, as {@link RandomCheckpoint} makes it, to a file of its own. */
  public static Path writeMerges(Map<String, TensorSource> model, Path file) throws IOException {
    var tensor = model.get(CONDITION + "merges");
    if (tensor == null) {
      throw new IllegalArgumentException("a model without texts");
    }
    var values = new float[(int) tensor.elements()];
    tensor.fill(0, values);
    var bytes = new byte[values.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return Files.write(file, bytes);
  }

  /** Writes weights as a plain state dict. */
  public static Path write(Map<String, TensorSource> tensors, Path file) throws IOException {
    TorchFileWriter.write(file, tensors);
    return file;
  }
}
