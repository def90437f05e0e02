package org.infd.exporter.network;

import java.util.List;
import org.infd.inference.Problem;

/**
 * The settings of an encoder or decoder (docs/spec/infd-model.md 3).
 *
 * @param channels the width of the first level
 * @param multipliers the width of each level as a multiple of {@code channels}
 * @param residualBlocks residual blocks per level of the encoder; a decoder has one more
 * @param attentionResolutions the running resolutions whose levels hold attention
 * @param resolution the running resolution that an encoder starts at
 * @param latentChannels the channels of z, without the doubling
 * @param doubled whether an encoder gives mean and log-variance
 * @param inputChannels the channels of the encoder's image
 * @param outputChannels the channels of a decoder that ends in a convolution
 * @param resampledByConvolution whether resampling is followed (preceded) by a convolution
 * @param featuresAsOutput whether a decoder ends with its last block
 * @param attention whether attention blocks exist; otherwise they are identities
 */
public record CoderSettings(
    int channels,
    List<Integer> multipliers,
    int residualBlocks,
    List<Integer> attentionResolutions,
    int resolution,
    int latentChannels,
    boolean doubled,
    int inputChannels,
    int outputChannels,
    boolean resampledByConvolution,
    boolean featuresAsOutput,
    boolean attention) {
  /** Copies the lists. */
  public CoderSettings {
    multipliers = List.copyOf(multipliers);
    attentionResolutions = List.copyOf(attentionResolutions);
  }

  /**
   * Reads the settings over the defaults of {@code encoder_vqf4} and {@code decoder_vqf4}.
   *
   * @throws Problem if a value is absurd or cannot be run
   */
  static CoderSettings of(Arguments args) {
    var attentionType = args.text("attn_type", "vanilla");
    if (args.flag("use_linear_attn", false) || attentionType.equals("linear")) {
      throw new Problem(
          args
              + " asks for linear attention, which this importer cannot run: no published model"
              + " uses it.");
    }
    if (!attentionType.equals("vanilla") && !attentionType.equals("none")) {
      throw new Problem(
          args + ".attn_type is '" + attentionType + "'; only 'vanilla' and 'none' can be run.");
    }
    var multipliers = args.integers("ch_mult", List.of(1, 2, 4), 8, 1, 64);
    if (multipliers.isEmpty()) {
      throw new Problem(args + ".ch_mult is empty; a model needs at least one level.");
    }
    var settings =
        new CoderSettings(
            args.integer("ch", 128, 1, 4096),
            multipliers,
            args.integer("num_res_blocks", 2, 1, 16),
            args.integers("attn_resolutions", List.of(), 64, 1, 1 << 16),
            args.integer("resolution", 256, 1, 1 << 16),
            args.integer("z_channels", 3, 1, 1024),
            args.flag("double_z", false),
            args.integer("in_channels", 3, 1, 3),
            args.integer("out_ch", 3, 1, 4096),
            args.flag("resamp_with_conv", true),
            args.flag("give_pre_end", true),
            attentionType.equals("vanilla"));
    args.skip("dropout");
    if (!settings.featuresAsOutput && args.flag("tanh_out", false)) {
      throw new Problem(args + ".tanh_out is set, which this importer cannot run.");
    }
    args.skip("tanh_out");
    if (settings.inputChannels != 3) {
      throw new Problem(
          args + ".in_channels is " + settings.inputChannels + "; images have three channels.");
    }
    return settings;
  }

  /** The number of levels. */
  public int levels() {
    return multipliers.size();
  }

  /** By how much one side shrinks (encoder) or grows (decoder). */
  public int factor() {
    return 1 << (levels() - 1);
  }

  /** The width of a level. */
  public int width(int level) {
    return channels * multipliers.get(level);
  }

  /** The channels of a decoder's output. */
  public int featureChannels() {
    return featuresAsOutput ? width(0) : outputChannels;
  }

  /** Whether the level of this running resolution holds attention. */
  boolean attentionAt(int runningResolution) {
    return attention && attentionResolutions.contains(runningResolution);
  }
}
