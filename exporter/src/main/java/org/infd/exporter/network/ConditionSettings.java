package org.infd.exporter.network;

import java.util.List;
import org.infd.inference.Problem;
import org.infd.inference.bundle.Manifest.ConditioningKind;
import org.infd.inference.bundle.Manifest.Padding;
import org.jspecify.annotations.Nullable;

/**
 * What the diffusion network is conditioned on (docs/spec/infd-model.md 1.3 and 10).
 *
 * @param kind none, a class, or a text
 * @param classes the number of classes, the table has one row more; 0 without classes
 * @param width the width of a context token
 * @param length the number of context tokens
 * @param unconditionalTrained whether training left the condition out at times
 * @param text the text tower, without its projection, which the arguments do not tell; null without
 *     texts
 * @param padding what stands behind the end marker of a text; null: token 0
 */
public record ConditionSettings(
    ConditioningKind kind,
    int classes,
    int width,
    int length,
    boolean unconditionalTrained,
    ClipSettings.@Nullable Text text,
    @Nullable Padding padding) {
  private static final String TEXT = "infd_studio_text";
  private static final String TEXT_ENCODER = "infd_studio_clip_text_states";

  /** Every byte, inside a word and at its end, and the two markers. */
  private static final int SMALLEST_VOCABULARY = 514;

  /** No condition. */
  static ConditionSettings none() {
    return new ConditionSettings(ConditioningKind.NONE, 0, 0, 0, false, null, null);
  }

  /**
   * Reads the settings.
   *
   * @throws Problem if the condition is unknown or does not fit the network
   */
  static ConditionSettings of(Arguments args, UnetSettings unet, List<String> remarks) {
    var name = args.text("z_dm_cond", "");
    if (name.isEmpty()) {
      return none();
    }
    if (!name.equals("class") && !name.equals(TEXT)) {
      throw new Problem(
          "The diffusion network is conditioned on '"
              + name
              + "'; only 'class' and '"
              + TEXT
              + "' can be imported.");
    }
    var option = args.text("z_dm_cond_opt", "crossattn");
    if (!option.equals("crossattn")) {
      throw new Problem("z_dm_cond_opt is '" + option + "'; only 'crossattn' can be run.");
    }
    boolean trained = args.real("z_dm_p_uncond", 0, 0, 1) > 0;
    var encoder = args.component("z_dm_cond_encoder");
    var settings = name.equals(TEXT) ? text(encoder, trained) : classes(encoder, trained);
    if (!unet.transformer()) {
      remarks.add(
          "The model is conditioned on '"
              + name
              + "', but its network has no cross-attention, so the condition has no effect and is"
              + " left out.");
      return none();
    }
    if (unet.contextWidth() != settings.width) {
      throw new Problem(
          "The diffusion network takes a context of width "
              + unet.contextWidth()
              + ", but its condition gives "
              + settings.width
              + ". The model cannot be imported.");
    }
    if (settings.kind == ConditioningKind.TEXT && !encoder.args().has("padding")) {
      remarks.add("Conditioned on text: an extension, which the official code cannot load.");
    }
    if (!trained) {
      remarks.add(
          "The network never saw the unconditional context in training (z_dm_p_uncond is 0), so"
              + " guidance by it is not offered.");
    }
    return settings;
  }

  private static ConditionSettings classes(Arguments.Component encoder, boolean trained) {
    var args = encoder.args();
    require(encoder, "class_embedder");
    int classes = args.integer("n_embed", 1000, 1, 1 << 20);
    int width = args.integer("embed_dim", 512, 1, 1 << 16);
    args.refuseUnread();
    return new ConditionSettings(ConditioningKind.CLASS, classes, width, 1, trained, null, null);
  }

  private static ConditionSettings text(Arguments.Component encoder, boolean trained) {
    var args = encoder.args();
    require(encoder, TEXT_ENCODER);
    int version = args.integer("version", 1, 0, 1 << 20);
    if (version != 1) {
      throw new Problem(
          "The text conditioning has version "
              + version
              + "; this program knows version 1. Use a newer one.");
    }
    int width = args.integer("width", 512, 1, 1 << 16);
    int length = args.integer("context_length", 77, 1, 1 << 16);
    int blocks = args.integer("blocks", 12, 1, 1000);
    int vocabulary = args.integer("vocab_size", 49_408, SMALLEST_VOCABULARY, 1 << 24);
    var activation = args.text("activation", "quick_gelu");
    if (!activation.equals("quick_gelu") && !activation.equals("gelu")) {
      throw new Problem(
          args + ".activation is '" + activation + "'; only quick_gelu and gelu can be run.");
    }
    var padding = args.text("padding", "zero");
    if (!padding.equals("zero") && !padding.equals("end")) {
      throw new Problem(args + ".padding is '" + padding + "'; only zero and end can be run.");
    }
    args.refuseUnread();
    var official = ClipSettings.Transformer.official(width, blocks);
    var transformer =
        activation.equals("gelu")
            ? new ClipSettings.Transformer(
                width, blocks, official.heads(), ClipSettings.Activation.GELU, official.epsilon())
            : official;
    return new ConditionSettings(
        ConditioningKind.TEXT,
        0,
        width,
        length,
        trained,
        new ClipSettings.Text(transformer, length, vocabulary, 0),
        padding.equals("end") ? Padding.END : null);
  }

  private static void require(Arguments.Component encoder, String known) {
    if (!encoder.name().equals(known)) {
      throw new Problem(
          "The condition encoder '"
              + encoder.name()
              + "' is not known; "
              + known
              + " was expected. The model cannot be imported.");
    }
  }
}
