package org.infd.exporter.ldm;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.infd.exporter.network.Weights.Stored;
import org.jspecify.annotations.Nullable;

/**
 * The settings of an encoder or a decoder as its tensors show them.
 *
 * @param width the channels of the first level
 * @param multipliers of the levels
 * @param blocks residual blocks a level; a decoder has one more
 * @param attention the levels that hold attention, 0 the finest
 * @param middle whether the middle holds attention
 * @param latent the channels of its side towards the latent
 */
record CoderShape(
    int width,
    List<Integer> multipliers,
    int blocks,
    List<Integer> attention,
    boolean middle,
    int latent) {
  private static final int MOST_LEVELS = 8;

  /**
   * Reads the shapes.
   *
   * @param vae under the names of the original code
   * @param isEncoder which of the two
   * @param what the file, for sentences
   */
  static CoderShape of(Map<String, Stored> vae, boolean isEncoder, String what) {
    var root = isEncoder ? "encoder." : "decoder.";
    var part = root + (isEncoder ? "down." : "up.");
    var widths = new ArrayList<Integer>();
    var attention = new ArrayList<Integer>();
    int blocks = 0;
    for (int level = 0; level < MOST_LEVELS && has(vae, part + level + ".block.0."); level++) {
      var name = part + level + ".block.0.conv1.weight";
      widths.add(UnetShape.extent(UnetShape.shape(vae, name, 4, what).getFirst(), what));
      int count = 0;
      while (has(vae, part + level + ".block." + count + ".")) {
        count++;
      }
      blocks = Math.max(blocks, isEncoder ? count : count - 1);
      if (has(vae, part + level + ".attn.")) {
        attention.add(level);
      }
    }
    if (widths.isEmpty()) {
      throw UnetShape.unknown(what, root + (isEncoder ? "down.0" : "up.0") + " is missing");
    }
    var end = root + (isEncoder ? "conv_out.weight" : "conv_in.weight");
    var ends = UnetShape.shape(vae, end, 4, what);
    int width =
        isEncoder
            ? UnetShape.extent(
                UnetShape.shape(vae, root + "conv_in.weight", 4, what).getFirst(), what)
            : widths.getFirst();
    for (int each : widths) {
      if (each % width != 0) {
        throw UnetShape.unknown(
            what, "a level of " + each + " channels is no multiple of " + width);
      }
    }
    return new CoderShape(
        width,
        widths.stream().map(each -> each / width).toList(),
        blocks,
        List.copyOf(attention),
        has(vae, root + "mid.attn_1."),
        UnetShape.extent(ends.get(isEncoder ? 0 : 1), what));
  }

  private static boolean has(Map<String, Stored> tensors, String prefix) {
    return tensors.keySet().stream().anyMatch(name -> name.startsWith(prefix));
  }

  /** By how much a side shrinks. */
  int factor() {
    return 1 << (multipliers.size() - 1);
  }

  /**
   * The arguments of the official coder.
   *
   * @param side of the picture
   * @param channels of the latent
   * @param doubled whether an encoder gives mean and log-variance
   */
  Map<String, @Nullable Object> args(int side, int channels, boolean doubled) {
    var args = new LinkedHashMap<String, @Nullable Object>();
    args.put("double_z", doubled);
    args.put("z_channels", (long) channels);
    args.put("resolution", (long) side);
    args.put("in_channels", 3L);
    args.put("out_ch", 3L);
    args.put("ch", (long) width);
    args.put("ch_mult", multipliers.stream().map(Long::valueOf).toList());
    args.put("num_res_blocks", (long) blocks);
    args.put("attn_resolutions", attention.stream().map(level -> (long) (side >> level)).toList());
    args.put("dropout", 0.0);
    if (!middle) {
      args.put("attn_type", "none");
    }
    return args;
  }
}
