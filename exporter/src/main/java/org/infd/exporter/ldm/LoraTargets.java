package org.infd.exporter.ldm;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The layers of a model by every name that a LoRA may call them: those of diffusers and those of
 * the original code, with dots or with underscores, and those of Hugging Face's text tower.
 */
final class LoraTargets {
  /**
   * A layer, or some rows of one.
   *
   * @param part "unet" or "text"
   * @param tensor its weight in the part
   * @param firstRow where the rows begin
   * @param rows how many, 0 for all
   */
  record Target(String part, String tensor, long firstRow, long rows) {}

  private static final List<Map.Entry<String, String>> TEXT =
      List.of(
          Map.entry("attn.out_proj", "self_attn.out_proj"),
          Map.entry("mlp.c_fc", "mlp.fc1"),
          Map.entry("mlp.c_proj", "mlp.fc2"));

  private static final String WEIGHT = ".weight";
  private static final String BLOCKS = "transformer.resblocks.";
  private static final String JOINED = ".attn.in_proj_weight";

  private final Map<String, Target> byName = new HashMap<>();

  LoraTargets(LdmParts model) {
    int blocks = blocks(model);
    for (var name : model.unet().keySet()) {
      if (name.endsWith(WEIGHT)) {
        var module = name.substring(0, name.length() - WEIGHT.length());
        var target = new Target("unet", name, 0, 0);
        put("unet", module, target);
        put("unet", DiffusersNames.ofOriginal(module, blocks), target);
      }
    }
    model
        .text()
        .forEach(
            (name, tensor) -> {
              int dot = name.indexOf('.', BLOCKS.length());
              if (!name.startsWith(BLOCKS) || dot < 0 || tensor.shape().isEmpty()) {
                return;
              }
              var layer = "text_model.encoder.layers." + name.substring(BLOCKS.length(), dot) + ".";
              if (name.endsWith(JOINED)) {
                long width = tensor.shape().getFirst() / 3;
                var parts = List.of("q_proj", "k_proj", "v_proj");
                for (int i = 0; i < parts.size(); i++) {
                  put(
                      "text",
                      layer + "self_attn." + parts.get(i),
                      new Target("text", name, i * width, width));
                }
              } else if (name.endsWith(WEIGHT)) {
                var inside = name.substring(dot + 1, name.length() - WEIGHT.length());
                for (var known : TEXT) {
                  if (inside.equals(known.getKey())) {
                    put("text", layer + known.getValue(), new Target("text", name, 0, 0));
                  }
                }
              }
            });
  }

  private void put(String part, String module, Target target) {
    byName.putIfAbsent(part + " " + module.replace('.', '_'), target);
  }

  /** The layer of a name, dots and underscores alike; null if there is none. */
  @Nullable Target find(String part, String module) {
    var plain = module.replace(".processor.", ".").replace('.', '_');
    // early files of diffusers say 'out' of what is the first of a list, and 'to_q' of the towers
    for (var name :
        List.of(
            plain,
            plain.replaceAll("_to_out$", "_to_out_0"),
            plain.replaceAll("_to_(q|k|v|out)$", "_$1_proj"))) {
      var found = byName.get(part + " " + name);
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  /** Residual blocks a level. */
  private static int blocks(LdmParts model) {
    int index = 1;
    while (model.unet().containsKey("input_blocks." + index + ".0.in_layers.2.weight")) {
      index++;
    }
    return index - 1;
  }
}
