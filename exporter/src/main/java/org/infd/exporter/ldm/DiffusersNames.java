package org.infd.exporter.ldm;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The names that Hugging Face's diffusers give to the tensors of a diffusion network and of an
 * autoencoder, as those of the original code. Attention of an autoencoder has had two sets of
 * names.
 */
final class DiffusersNames {
  private static final Pattern LEVEL =
      Pattern.compile("(?:encoder\\.)?down_blocks\\.(\\d{1,2})\\..*");
  private static final Pattern UNET_BLOCK =
      Pattern.compile("(down|up)_blocks\\.(\\d{1,2})\\.(resnets|attentions)\\.(\\d{1,2})\\.(.+)");
  private static final Pattern UNET_RESAMPLE =
      Pattern.compile("(down|up)_blocks\\.(\\d{1,2})\\.(?:down|up)samplers\\.0\\.conv\\.(.+)");
  private static final Pattern UNET_MIDDLE =
      Pattern.compile("mid_block\\.(resnets|attentions)\\.(\\d)\\.(.+)");
  private static final Pattern VAE_BLOCK =
      Pattern.compile(
          "(encoder|decoder)\\.(down|up)_blocks\\.(\\d{1,2})\\.resnets\\.(\\d{1,2})\\.(.+)");
  private static final Pattern VAE_RESAMPLE =
      Pattern.compile(
          "(encoder|decoder)\\.(down|up)_blocks\\.(\\d{1,2})\\.(down|up)samplers\\.0\\.conv\\.(.+)");
  private static final Pattern VAE_MIDDLE =
      Pattern.compile("(encoder|decoder)\\.mid_block\\.(resnets|attentions)\\.(\\d)\\.(.+)");

  private static final Pattern ORIGINAL =
      Pattern.compile(
          "(input_blocks|output_blocks|middle_block)\\.(\\d{1,2})\\.([^.]+)((?:\\..+)?)");

  private static final List<Map.Entry<String, String>> UNET_ROOTS =
      List.of(
          Map.entry("time_embedding.linear_1.", "time_embed.0."),
          Map.entry("time_embedding.linear_2.", "time_embed.2."),
          Map.entry("conv_in.", "input_blocks.0.0."),
          Map.entry("conv_norm_out.", "out.0."),
          Map.entry("conv_out.", "out.2."));

  private static final List<Map.Entry<String, String>> UNET_RESIDUAL =
      List.of(
          Map.entry("norm1.", "in_layers.0."),
          Map.entry("conv1.", "in_layers.2."),
          Map.entry("time_emb_proj.", "emb_layers.1."),
          Map.entry("norm2.", "out_layers.0."),
          Map.entry("conv2.", "out_layers.3."),
          Map.entry("conv_shortcut.", "skip_connection."));

  private static final List<Map.Entry<String, String>> VAE_RESIDUAL =
      List.of(Map.entry("conv_shortcut.", "nin_shortcut."));

  private static final List<Map.Entry<String, String>> VAE_ATTENTION =
      List.of(
          Map.entry("group_norm.", "norm."),
          Map.entry("query.", "q."),
          Map.entry("key.", "k."),
          Map.entry("value.", "v."),
          Map.entry("proj_attn.", "proj_out."),
          Map.entry("to_q.", "q."),
          Map.entry("to_k.", "k."),
          Map.entry("to_v.", "v."),
          Map.entry("to_out.0.", "proj_out."));

  private final int levels;
  private final int blocks;
  private final Set<Integer> attentive = new HashSet<>();

  /**
   * The names of one network.
   *
   * @param names all of them: they tell how many levels it has, how many blocks a level, and which
   *     levels of the way up hold attention
   */
  DiffusersNames(Collection<String> names) {
    int deepest = -1;
    int last = -1;
    for (var name : names) {
      var match = LEVEL.matcher(name);
      if (match.matches()) {
        deepest = Math.max(deepest, Integer.parseInt(match.group(1)));
      }
      var block = UNET_BLOCK.matcher(name);
      if (block.matches() && block.group(1).equals("down") && block.group(3).equals("resnets")) {
        last = Math.max(last, Integer.parseInt(block.group(4)));
      }
      if (block.matches() && block.group(1).equals("up") && block.group(3).equals("attentions")) {
        attentive.add(Integer.parseInt(block.group(2)));
      }
    }
    levels = deepest + 1;
    blocks = last + 1;
  }

  /** Whether there is any level. */
  boolean areOfDiffusers() {
    return levels > 0;
  }

  /** A tensor of the diffusion network; empty for one that it does not know. */
  Optional<String> unet(String name) {
    var block = UNET_BLOCK.matcher(name);
    if (block.matches()) {
      int level = Integer.parseInt(block.group(2));
      int index = Integer.parseInt(block.group(4));
      boolean down = block.group(1).equals("down");
      boolean residual = block.group(3).equals("resnets");
      int number = (blocks + 1) * level + index + (down ? 1 : 0);
      var inside = residual ? renamed(block.group(5), UNET_RESIDUAL) : block.group(5);
      return Optional.of(
          (down ? "input_blocks." : "output_blocks.")
              + number
              + (residual ? ".0." : ".1.")
              + inside);
    }
    var resample = UNET_RESAMPLE.matcher(name);
    if (resample.matches()) {
      int level = Integer.parseInt(resample.group(2));
      return Optional.of(
          resample.group(1).equals("down")
              ? "input_blocks." + (blocks + 1) * (level + 1) + ".0.op." + resample.group(3)
              // in a level without attention the enlargement stands one place earlier
              : "output_blocks."
                  + ((blocks + 1) * level + blocks)
                  + (attentive.contains(level) ? ".2" : ".1")
                  + ".conv."
                  + resample.group(3));
    }
    var middle = UNET_MIDDLE.matcher(name);
    if (middle.matches()) {
      return Optional.of(
          middle.group(1).equals("resnets")
              ? "middle_block."
                  + 2 * Integer.parseInt(middle.group(2))
                  + "."
                  + renamed(middle.group(3), UNET_RESIDUAL)
              : "middle_block.1." + middle.group(3));
    }
    var root = renamed(name, UNET_ROOTS);
    return root.equals(name) || levels == 0 ? Optional.empty() : Optional.of(root);
  }

  /** A tensor of the autoencoder; empty for one that it does not know. */
  Optional<String> vae(String name) {
    if (name.startsWith("quant_conv.")
        || name.startsWith("post_quant_conv.")
        || name.startsWith("quantize.")) {
      return Optional.of(name);
    }
    var block = VAE_BLOCK.matcher(name);
    if (block.matches()) {
      return Optional.of(
          level(block) + "block." + block.group(4) + "." + renamed(block.group(5), VAE_RESIDUAL));
    }
    var resample = VAE_RESAMPLE.matcher(name);
    if (resample.matches()) {
      return Optional.of(level(resample) + resample.group(4) + "sample.conv." + resample.group(5));
    }
    var middle = VAE_MIDDLE.matcher(name);
    if (middle.matches()) {
      return Optional.of(
          middle.group(1)
              + (middle.group(2).equals("resnets")
                  ? ".mid.block_"
                      + (Integer.parseInt(middle.group(3)) + 1)
                      + "."
                      + renamed(middle.group(4), VAE_RESIDUAL)
                  : ".mid.attn_1." + renamed(middle.group(4), VAE_ATTENTION)));
    }
    for (var coder : List.of("encoder.", "decoder.")) {
      if (name.startsWith(coder + "conv_norm_out.")) {
        return Optional.of(name.replace("conv_norm_out.", "norm_out."));
      }
      if (name.startsWith(coder + "conv_in.") || name.startsWith(coder + "conv_out.")) {
        return Optional.of(name);
      }
    }
    return Optional.empty();
  }

  /**
   * A part of the diffusion network, under the name that diffusers gives it.
   *
   * @param name a name of the original code
   * @param blocks residual blocks a level
   */
  static String ofOriginal(String name, int blocks) {
    var match = ORIGINAL.matcher(name);
    if (!match.matches()) {
      return restored(name + ".", UNET_ROOTS);
    }
    boolean down = match.group(1).equals("input_blocks");
    int number = Integer.parseInt(match.group(2));
    var rest = match.group(4);
    var inside = rest.isEmpty() ? "" : rest.substring(1);
    boolean residual = match.group(3).equals("0");
    if (match.group(1).equals("middle_block")) {
      return number == 1
          ? "mid_block.attentions.0." + match.group(3) + rest
          : "mid_block.resnets."
              + number / 2
              + "."
              + restored(match.group(3) + rest + ".", UNET_RESIDUAL);
    }
    if (down && number == 0) {
      return "conv_in";
    }
    int level = (down ? number - 1 : number) / (blocks + 1);
    int index = (down ? number - 1 : number) % (blocks + 1);
    var side = (down ? "down_blocks." : "up_blocks.") + level + ".";
    if (inside.equals("op") || (!down && inside.equals("conv"))) {
      return side + (down ? "down" : "up") + "samplers.0.conv";
    }
    return side
        + (residual
            ? "resnets." + index + "." + restored(inside + ".", UNET_RESIDUAL)
            : "attentions." + index + "." + inside);
  }

  private static String restored(String name, List<Map.Entry<String, String>> table) {
    var plain = name.substring(0, name.length() - 1);
    for (var entry : table) {
      if (name.startsWith(entry.getValue())) {
        var known = entry.getKey() + name.substring(entry.getValue().length());
        return known.endsWith(".") ? known.substring(0, known.length() - 1) : known;
      }
    }
    return plain;
  }

  /** Levels of the way up are numbered from the other end. */
  private String level(Matcher match) {
    int level = Integer.parseInt(match.group(3));
    boolean down = match.group(2).equals("down");
    return match.group(1) + (down ? ".down." + level : ".up." + (levels - 1 - level)) + ".";
  }

  private static String renamed(String name, List<Map.Entry<String, String>> table) {
    for (var entry : table) {
      if (name.startsWith(entry.getKey())) {
        return entry.getValue() + name.substring(entry.getKey().length());
      }
    }
    return name;
  }
}
