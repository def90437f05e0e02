package org.infd.exporter.ldm;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.infd.exporter.network.Weights.Stored;
import org.infd.inference.Problem;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a diffusion network as its tensors show them. All but the number of heads is in
 * the shapes.
 *
 * @param inChannels what the first convolution takes
 * @param width its output
 * @param multipliers of the levels
 * @param blocks residual blocks a level on the way down
 * @param attention the factors at which attention stands
 * @param depth the blocks of a transformer, 0 for plain attention
 * @param context the width of the context, 0 without one
 * @param isLinear whether transformers begin and end with a matrix in place of a convolution
 * @param scaleShift whether the time embedding scales and shifts
 */
record UnetShape(
    int inChannels,
    int outChannels,
    int width,
    List<Integer> multipliers,
    int blocks,
    List<Integer> attention,
    int depth,
    int context,
    boolean isLinear,
    boolean scaleShift) {
  private static final String TRANSFORMER = "1.transformer_blocks.";
  private static final int MOST_BLOCKS = 100;
  private static final int MOST_LEVELS = 8;
  private static final int SD1_HEADS = 8;

  /** Of latent diffusion's models of classes. */
  private static final int CLASS_HEADS = 1;

  private static final int SD2_HEAD_CHANNELS = 64;
  private static final int LDM_HEAD_CHANNELS = 32;

  /**
   * Reads the shapes.
   *
   * @param unet under the names of the original code
   * @param what the file, for sentences
   * @throws Problem if they are of no network that is known
   */
  static UnetShape of(Map<String, Stored> unet, String what) {
    var first = shape(unet, "input_blocks.0.0.weight", 4, what);
    int width = extent(first.get(0), what);
    var multipliers = new ArrayList<Integer>();
    var attention = new ArrayList<Integer>();
    int blocks = 0;
    int inLevel = 0;
    int levelWidth = width;
    boolean attends = false;
    int index = 1;
    for (; index < MOST_BLOCKS && has(unet, "input_blocks." + index + ".0."); index++) {
      var block = "input_blocks." + index + ".";
      if (unet.containsKey(block + "0.op.weight")) {
        close(multipliers, attention, levelWidth, width, attends, what);
        blocks = Math.max(blocks, inLevel);
        inLevel = 0;
        attends = false;
        continue;
      }
      levelWidth = extent(shape(unet, block + "0.in_layers.2.weight", 4, what).getFirst(), what);
      attends |= has(unet, block + "1.");
      inLevel++;
    }
    close(multipliers, attention, levelWidth, width, attends, what);
    blocks = Math.max(blocks, inLevel);
    var embedding = shape(unet, "input_blocks.1.0.emb_layers.1.weight", 2, what);
    var project = unet.get("middle_block.1.proj_in.weight");
    var key = unet.get("middle_block.1.transformer_blocks.0.attn2.to_k.weight");
    int depth = 0;
    while (has(unet, "middle_block." + TRANSFORMER + depth + ".")) {
      depth++;
    }
    return new UnetShape(
        extent(first.get(1), what),
        extent(shape(unet, "out.2.weight", 4, what).getFirst(), what),
        width,
        List.copyOf(multipliers),
        blocks,
        List.copyOf(attention),
        depth,
        key == null || key.shape().size() != 2 ? 0 : extent(key.shape().get(1), what),
        project != null && project.shape().size() == 2,
        embedding.getFirst() == 2L * multipliers.getFirst() * width);
  }

  private static void close(
      List<Integer> multipliers,
      List<Integer> attention,
      int level,
      int width,
      boolean attends,
      String what) {
    if (multipliers.size() == MOST_LEVELS) {
      throw unknown(what, "it has more than " + MOST_LEVELS + " levels");
    }
    if (level % width != 0) {
      throw unknown(what, "a level of " + level + " channels is no multiple of " + width);
    }
    if (attends) {
      attention.add(1 << multipliers.size());
    }
    multipliers.add(level / width);
  }

  /**
   * The arguments of the official network, with the heads of the settings or of the known models.
   *
   * @param hasClasses whether it is told a class
   */
  Map<String, @Nullable Object> args(LdmSidecar sidecar, boolean hasClasses, List<String> remarks) {
    var args = new LinkedHashMap<String, @Nullable Object>();
    args.put("in_channels", (long) inChannels);
    args.put("out_channels", (long) outChannels);
    args.put("model_channels", (long) width);
    args.put("channel_mult", multipliers.stream().map(Long::valueOf).toList());
    args.put("num_res_blocks", (long) blocks);
    args.put("attention_resolutions", attention.stream().map(Long::valueOf).toList());
    args.put("use_scale_shift_norm", scaleShift);
    if (depth > 0) {
      args.put("use_spatial_transformer", true);
      args.put("transformer_depth", (long) depth);
      args.put("context_dim", (long) context);
    }
    Integer heads = sidecar.heads();
    Integer channels = sidecar.headChannels();
    if (heads == null && channels == null) {
      if (depth > 0 && !isLinear) {
        heads = hasClasses ? CLASS_HEADS : SD1_HEADS;
      } else {
        channels = depth > 0 ? SD2_HEAD_CHANNELS : LDM_HEAD_CHANNELS;
      }
      remarks.add(
          "How many heads the attention has is not in the file: "
              + (heads == null
                  ? channels + " channels a head"
                  : heads + (heads == 1 ? " head" : " heads"))
              + " are taken, as in the published models. A configuration beside the file, of the"
              + " same name with .yaml, may say otherwise.");
    }
    // where a configuration names both, the channels decide, as in the original code
    args.put("num_heads", channels == null && heads != null ? (long) heads : -1L);
    args.put("num_head_channels", channels == null ? -1L : (long) channels);
    return args;
  }

  private static boolean has(Map<String, Stored> tensors, String prefix) {
    return tensors.keySet().stream().anyMatch(name -> name.startsWith(prefix));
  }

  /** The extents of a tensor of known rank. */
  static List<Long> shape(Map<String, Stored> tensors, String name, int rank, String what) {
    var tensor = tensors.get(name);
    if (tensor == null || tensor.shape().size() != rank) {
      throw unknown(
          what, name + (tensor == null ? " is missing" : " has the shape " + tensor.shape()));
    }
    return tensor.shape();
  }

  static int extent(long value, String what) {
    if (value < 1 || value > 1 << 16) {
      throw unknown(what, "an extent of " + value + " makes no sense");
    }
    return (int) value;
  }

  static Problem unknown(String what, String why) {
    return new Problem(
        what
            + " holds no network of latent diffusion that is known here: "
            + why
            + ". Use the file as it was published.");
  }
}
