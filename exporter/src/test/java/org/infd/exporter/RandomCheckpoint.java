package org.infd.exporter;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.infd.exporter.network.InfdGraphs;
import org.infd.exporter.network.ModelSettings;
import org.infd.exporter.network.Weights;
import org.infd.exporter.torch.DataType;
import org.infd.exporter.torch.TensorSource;
import org.infd.exporter.torch.TorchFileWriter;

/**
 * Writes checkpoints of any settings with made-up weights, for tests and for trying models of full
 * size. A weight is a function of seed, name and index alone; weights keep the magnitude of what
 * passes through, so outputs stay finite.
 */
public final class RandomCheckpoint {
  private static final String EMA = "z_dm_ema.";

  private RandomCheckpoint() {}

  /**
   * Every tensor that a model needs, the diffusion network as {@code z_dm_ema}.
   *
   * @param modelArgs the value of {@code model.args}
   * @param seed 0 gives the weights of networks.py
   */
  public static Map<String, TensorSource> tensors(Map<String, ?> modelArgs, long seed) {
    var nothing = new Weights(Map.of());
    new InfdGraphs(ModelSettings.of(modelArgs), nothing).all(EMA);
    var tensors = new LinkedHashMap<String, TensorSource>();
    nothing.asked().forEach((name, shape) -> tensors.put(name, tensor(name, shape, seed)));
    if (tensors.containsKey(InfdGraphs.MERGES)) {
      tensors.put(InfdGraphs.MERGES, merges(modelArgs));
    }
    return tensors;
  }

  /** A vocabulary of pairs of letters, as large as the text tower's. */
  private static TensorSource merges(Map<String, ?> modelArgs) {
    var text = ModelSettings.of(modelArgs).condition().text();
    if (text == null) {
      throw new IllegalArgumentException("no text tower in " + modelArgs);
    }
    var lines = new StringBuilder("#version: 0.2");
    for (int i = 0; i < text.vocabulary() - 514; i++) {
      char left = (char) ('a' + i / 26);
      lines.append('\n').append(left).append(' ').append((char) ('a' + i % 26)).append("</w>");
    }
    var bytes = lines.toString().getBytes(StandardCharsets.US_ASCII);
    var values = new float[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      values[i] = bytes[i];
    }
    return TensorSource.of(DataType.U8, new long[] {bytes.length}, values);
  }

  private static TensorSource tensor(String name, List<Long> shape, long seed) {
    var extents = shape.stream().mapToLong(Long::longValue).toArray();
    long start = hash(name) + seed * 0xD1342543DE82EF95L;
    float scale = 0.2f;
    if (extents.length > 1) {
      double inputs = 1;
      for (int axis = 1; axis < extents.length; axis++) {
        inputs *= extents[axis];
      }
      scale = (float) Math.sqrt(3 / inputs);
    }
    float factor = scale;
    float middle = extents.length == 1 && name.endsWith("weight") ? 1 : 0;
    return TensorSource.generated(
        (offset, chunk) -> {
          for (int i = 0; i < chunk.length; i++) {
            chunk[i] = uniform(start, offset + i) * factor + middle;
          }
        },
        extents);
  }

  /** FNV-1a. */
  private static long hash(String name) {
    long hash = 0xCBF29CE484222325L;
    for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xff)) * 0x100000001B3L;
    }
    return hash;
  }

  /** A value in [−1, 1) for an index: the same as in networks.py. */
  private static float uniform(long start, long index) {
    long x = start + (index + 1) * 0x9E3779B97F4A7C15L;
    x = (x ^ (x >>> 30)) * 0xBF58476D1CE4E5B9L;
    x = (x ^ (x >>> 27)) * 0x94D049BB133111EBL;
    x ^= x >>> 31;
    return (x >>> 40) * 0x1p-23f - 1;
  }

  /** Writes a checkpoint that holds exactly what the model needs. */
  public static void write(Path file, Map<String, ?> modelArgs, long seed) throws IOException {
    TorchFileWriter.write(file, TorchFileWriter.infd(modelArgs, tensors(modelArgs, seed)));
  }

  /**
   * Writes a checkpoint of the diffusion stage with everything that official ones hold: raw and
   * averaged network, perceptual loss, discriminator, and the optimiser's moments
   * (docs/spec/infd-model.md 1.2, 1.4).
   */
  public static void writeOfficialLayout(Path file, Map<String, ?> modelArgs, long seed)
      throws IOException {
    var tensors = new LinkedHashMap<>(tensors(modelArgs, seed));
    var moments = new LinkedHashMap<Object, Object>();
    for (var entry : Map.copyOf(tensors).entrySet()) {
      if (entry.getKey().startsWith(EMA)) {
        var shape = entry.getValue().shape();
        tensors.put(
            "z_dm." + entry.getKey().substring(EMA.length()), TensorSource.random(1, 1, shape));
        moments.put(
            moments.size(),
            Map.of(
                "step", TensorSource.filled(600_000),
                "exp_avg", TensorSource.filled(0, shape),
                "exp_avg_sq", TensorSource.filled(0, shape)));
      }
    }
    // the sizes of docs/spec/infd-model.md 1.4
    tensors.put("perc_loss.net.weight", TensorSource.filled(0, 14_716_160));
    tensors.put("disc.main.weight", TensorSource.filled(0, 2_765_633));
    var outer = TorchFileWriter.infd(modelArgs, tensors);
    outer.put(
        "optimizers",
        Map.of(
            "z_dm",
            Map.of("name", "adamw", "sd", Map.of("state", moments, "param_groups", List.of()))));
    TorchFileWriter.write(file, outer);
  }

  /**
   * The arguments of the published models (docs/spec/infd-model.md 1.3): everything else by
   * default.
   */
  public static Map<String, Object> defaultArgs() {
    var args = new LinkedHashMap<String, Object>();
    args.put("encoder", Map.of("name", "encoder_vqf4"));
    args.put("z_shape", List.of(3, 64, 64));
    args.put("quantizer", true);
    args.put("n_embed", 8192);
    args.put("decoder", Map.of("name", "decoder_vqf4"));
    args.put(
        "renderer",
        Map.of(
            "name",
            "renderer_concat_wrapper",
            "args",
            Map.of(
                "z_dec_channels",
                128,
                "net",
                Map.of("name", "simple_renderer_net", "args", Map.of("hidden_channels", 256)))));
    args.put("z_dm", Map.of("name", "openai_unet"));
    args.put("z_dp", Map.of("linear_beta_start", 0.0015, "linear_beta_end", 0.0195));
    return args;
  }
}
