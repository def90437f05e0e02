package org.infd.acceptance.golden;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.infd.exporter.graph.GraphBuilder;
import org.infd.exporter.graph.Node;
import org.infd.exporter.graph.Value;
import org.infd.exporter.network.ClipSettings;

/** Values inside the towers of CLIP, found by the weights beside them. */
final class ClipTaps {
  private ClipTaps() {}

  /** Of the image tower. */
  static Map<String, Value> image(GraphBuilder graph, ClipSettings.Transformer settings) {
    var taps = block(graph, "visual.", settings);
    taps.put("embeddings", reading(graph, "visual.ln_pre.weight").inputs().getFirst());
    taps.put("ln_pre", reading(graph, "visual.ln_pre.weight").outputs().getFirst());
    taps.put("ln_post", reading(graph, "visual.ln_post.weight").outputs().getFirst());
    // the class token is cut out of the last block's result
    var classToken = producer(graph, reading(graph, "visual.ln_post.weight").inputs().getFirst());
    last(taps, classToken.inputs().getFirst(), settings);
    return taps;
  }

  /** Of the text tower. */
  static Map<String, Value> text(GraphBuilder graph, ClipSettings.Transformer settings) {
    var taps = block(graph, "", settings);
    var last = reading(graph, "ln_final.weight");
    last(taps, last.inputs().getFirst(), settings);
    taps.put("ln_final", last.outputs().getFirst());
    return taps;
  }

  private static void last(
      Map<String, Value> taps, Value value, ClipSettings.Transformer settings) {
    taps.put("last", value);
    taps.put("block" + (settings.blocks() - 1), value);
  }

  private static Map<String, Value> block(
      GraphBuilder graph, String prefix, ClipSettings.Transformer settings) {
    var taps = new LinkedHashMap<String, Value>();
    var block = prefix + "transformer.resblocks.0.";
    taps.put("in", reading(graph, block + "ln_1.weight").inputs().getFirst());
    for (var name : List.of("ln_1", "ln_2")) {
      taps.put(name, reading(graph, block + name + ".weight").outputs().getFirst());
    }
    taps.put("attn", reading(graph, block + "attn.out_proj.weight").outputs().getFirst());
    taps.put("c_fc", reading(graph, block + "mlp.c_fc.weight").outputs().getFirst());
    taps.put("gelu", reading(graph, block + "mlp.c_proj.weight").inputs().getFirst());
    taps.put("c_proj", reading(graph, block + "mlp.c_proj.weight").outputs().getFirst());
    var softmax =
        graph.nodes().stream()
            .filter(node -> node.operation().operator().equals("Softmax"))
            .findFirst()
            .orElseThrow();
    taps.put("probabilities", softmax.outputs().getFirst());
    for (int i = 1; i < settings.blocks(); i++) {
      var next = prefix + "transformer.resblocks." + i + ".ln_1.weight";
      taps.put("block" + (i - 1), reading(graph, next).inputs().getFirst());
    }
    return taps;
  }

  private static Node reading(GraphBuilder graph, String weight) {
    return graph.nodes().stream()
        .filter(node -> node.inputs().stream().anyMatch(value -> value.name().equals(weight)))
        .findFirst()
        .orElseThrow();
  }

  private static Node producer(GraphBuilder graph, Value value) {
    return graph.nodes().stream()
        .filter(node -> node.outputs().contains(value))
        .findFirst()
        .orElseThrow();
  }
}
