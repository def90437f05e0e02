package org.infd.exporter;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.infd.exporter.torch.DataType;
import org.infd.exporter.torch.TensorSource;

/**
 * CLIPs with any grid of patches and the types of the released files, but narrow: widths and
 * embeddings of both towers are equal, so a matrix that lies the wrong way has the right shape.
 */
final class NarrowClip {
  /** Width of both towers, two heads, and length of the embeddings. */
  static final int WIDTH = 128;

  /** How many tokens a text has. */
  static final int CONTEXT = 77;

  /** How many tokens there are: bytes, their ends, markers, and 86 merges. */
  static final int VOCABULARY = 600;

  private final Map<String, TensorSource> tensors = new LinkedHashMap<>();

  private NarrowClip() {}

  /**
   * Random tensors under the official names.
   *
   * @param patch the side of a patch in pixels
   * @param grid how many patches there are in a row
   */
  static Map<String, TensorSource> of(int patch, int grid) {
    var clip = new NarrowClip();
    clip.make(patch, grid);
    return clip.tensors;
  }

  /** A list of merges for {@link #VOCABULARY}. */
  static Path writeMerges(Path file) throws IOException {
    var lines = new StringBuilder("#version: 0.2");
    for (int i = 0; i < VOCABULARY - 514; i++) {
      lines.append('\n').append((char) ('a' + i / 10)).append(' ').append((char) ('a' + i % 10));
    }
    return Files.writeString(file, lines);
  }

  /** Values that float16 holds exactly, so that every form of file has the same. */
  private void add(String name, boolean half, double centre, double scale, long... shape) {
    var random = new Random(name.hashCode());
    var values = new float[(int) Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
    for (int i = 0; i < values.length; i++) {
      float value = (float) (centre + scale * random.nextGaussian());
      values[i] = Float.float16ToFloat(Float.floatToFloat16(value));
    }
    tensors.put(name, TensorSource.of(half ? DataType.F16 : DataType.F32, shape, values));
  }

  private void norm(String name) {
    add(name + ".weight", false, 1, 0.2, WIDTH);
    add(name + ".bias", false, 0, 0.1, WIDTH);
  }

  private void linear(String name, int out, int in) {
    var dot = name.endsWith("in_proj") ? "_" : ".";
    add(name + dot + "weight", true, 0, 1 / Math.sqrt(in), out, in);
    add(name + dot + "bias", true, 0, 0.1, out);
  }

  private void block(String name) {
    linear(name + "attn.in_proj", 3 * WIDTH, WIDTH);
    linear(name + "attn.out_proj", WIDTH, WIDTH);
    norm(name + "ln_1");
    linear(name + "mlp.c_fc", 4 * WIDTH, WIDTH);
    linear(name + "mlp.c_proj", WIDTH, 4 * WIDTH);
    norm(name + "ln_2");
  }

  /** As the released files have them: matrices in half precision, all else in single. */
  private void make(int patch, int grid) {
    add("visual.conv1.weight", true, 0, 1 / Math.sqrt(3.0 * patch * patch), WIDTH, 3, patch, patch);
    add("visual.class_embedding", false, 0, 0.5, WIDTH);
    add("visual.positional_embedding", false, 0, 0.3, (long) grid * grid + 1, WIDTH);
    add("visual.proj", true, 0, 1 / Math.sqrt(WIDTH), WIDTH, WIDTH);
    norm("visual.ln_pre");
    norm("visual.ln_post");
    block("visual.transformer.resblocks.0.");
    block("visual.transformer.resblocks.1.");
    add("token_embedding.weight", false, 0, 0.5, VOCABULARY, WIDTH);
    add("positional_embedding", false, 0, 0.3, CONTEXT, WIDTH);
    block("transformer.resblocks.0.");
    block("transformer.resblocks.1.");
    norm("ln_final");
    add("text_projection", true, 0, 1 / Math.sqrt(WIDTH), WIDTH, WIDTH);
    tensors.put("logit_scale", TensorSource.filled(4.5f));
  }
}
