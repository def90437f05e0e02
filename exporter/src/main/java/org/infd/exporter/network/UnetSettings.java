package org.infd.exporter.network;

import java.util.List;
import org.infd.inference.Problem;

/**
 * The settings of the diffusion network {@code openai_unet} (docs/spec/infd-model.md 5).
 *
 * @param inChannels the channels of z
 * @param outChannels the channels of the prediction
 * @param modelChannels the width of the first level
 * @param multipliers the width of each level as a multiple of {@code modelChannels}
 * @param residualBlocks residual blocks per level on the way down; one more on the way up
 * @param attentionFactors the downsampling factors at which attention blocks follow
 * @param headChannels the channels of a head, or −1 when {@code heads} decides
 * @param heads the number of heads, or −1
 * @param headsUp the number of heads on the way up
 * @param scaleShift whether the embedding scales and shifts instead of being added
 * @param residualResampling whether residual blocks resample
 * @param resampledByConvolution whether plain resampling holds a convolution
 * @param newAttentionOrder whether q, k and v are the outer order of the attention's channels
 * @param transformer whether spatial transformers stand in place of attention blocks
 * @param transformerDepth the blocks of a spatial transformer
 * @param contextWidth the width of a context token, 0 if not set
 */
public record UnetSettings(
    int inChannels,
    int outChannels,
    int modelChannels,
    List<Integer> multipliers,
    int residualBlocks,
    List<Integer> attentionFactors,
    int headChannels,
    int heads,
    int headsUp,
    boolean scaleShift,
    boolean residualResampling,
    boolean resampledByConvolution,
    boolean newAttentionOrder,
    boolean transformer,
    int transformerDepth,
    int contextWidth) {
  /** Copies the lists. */
  public UnetSettings {
    multipliers = List.copyOf(multipliers);
    attentionFactors = List.copyOf(attentionFactors);
  }

  /**
   * Reads the settings over the defaults of {@code openai_unet}.
   *
   * @throws Problem if a value is absurd or cannot be run
   */
  static UnetSettings of(Arguments args) {
    if (args.has("num_classes")) {
      throw new Problem(
          args
              + ".num_classes is set: the network adds a class to the time embedding, but INFD"
              + " never gives it one, so such a checkpoint cannot be run.");
    }
    args.skip("num_classes", "image_size", "dropout", "noisy_z_cond", "use_fp16");
    args.skip("use_checkpoint", "legacy");
    if (args.integer("dims", 2, 1, 3) != 2) {
      throw new Problem(args + ".dims is not 2; only images can be imported.");
    }
    int heads = count(args, "num_heads", 1);
    int headsUp = count(args, "num_heads_upsample", -1);
    int headChannels = count(args, "num_head_channels", 32);
    if (heads == -1 && headChannels == -1) {
      throw new Problem(args + ": num_heads and num_head_channels cannot both be -1.");
    }
    var settings =
        new UnetSettings(
            args.integer("in_channels", 3, 1, 1024),
            args.integer("out_channels", 3, 1, 1024),
            args.integer("model_channels", 224, 1, 4096),
            args.integers("channel_mult", List.of(1, 2, 3, 4), 8, 1, 64),
            args.integer("num_res_blocks", 2, 1, 16),
            args.integers("attention_resolutions", List.of(8, 4, 2), 64, 1, 1 << 16),
            headChannels,
            heads,
            headsUp == -1 ? heads : headsUp,
            args.flag("use_scale_shift_norm", false),
            args.flag("resblock_updown", false),
            args.flag("conv_resample", true),
            args.flag("use_new_attention_order", false),
            args.flag("use_spatial_transformer", false),
            args.integer("transformer_depth", 1, 1, 32),
            args.integer("context_dim", 0, 0, 1 << 16));
    if (settings.multipliers.isEmpty()) {
      throw new Problem(args + ".channel_mult is empty; a network needs at least one level.");
    }
    args.refuseUnread();
    return settings;
  }

  private static int count(Arguments args, String name, int absent) {
    int value = args.integer(name, absent, -1, 4096);
    if (value == 0) {
      throw new Problem(args + "." + name + " is 0; the network cannot be built.");
    }
    return value;
  }

  /** By how much the network shrinks a side at its narrowest. */
  public int factor() {
    return 1 << (multipliers.size() - 1);
  }

  /** The width of a level. */
  int width(int level) {
    return modelChannels * multipliers.get(level);
  }

  /** The heads of an attention block of this width. */
  int attentionHeads(int channels, boolean up) {
    int count = headChannels == -1 ? (up ? headsUp : heads) : channels / headChannels;
    int per = headChannels == -1 ? (count < 1 ? 0 : channels / count) : headChannels;
    if (count < 1 || count * per != channels) {
      throw new Problem(
          "An attention block of "
              + channels
              + " channels cannot be cut into heads (num_heads "
              + heads
              + ", num_head_channels "
              + headChannels
              + "). The model cannot be imported.");
    }
    return count;
  }

  /**
   * The heads of a spatial transformer in a level of this width; taken literally
   * (docs/spec/infd-model.md 5).
   */
  int transformerHeads(int channels) {
    return heads == -1 ? attentionHeads(channels, false) : heads;
  }

  /** The channels of a head of a spatial transformer in a level of this width. */
  int transformerHeadChannels(int channels) {
    return headChannels == -1 ? channels / heads : headChannels;
  }
}
