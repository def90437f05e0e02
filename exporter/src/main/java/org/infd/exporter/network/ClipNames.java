package org.infd.exporter.network;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.infd.exporter.graph.TensorSource;
import org.infd.exporter.network.Weights.Stored;
import org.jspecify.annotations.Nullable;

/**
 * The tensors of Hugging Face's CLIP under the official names (docs/spec/clip.md 6.1): projections
 * are turned, query, key and value put together. What is to be turned is told by the name, never by
 * the shape: in the released models these matrices are square.
 */
public final class ClipNames {
  /** Beginnings of names, the most specific first. */
  private static final List<Map.Entry<String, String>> PREFIXES =
      List.of(
          Map.entry("vision_model.embeddings.patch_embedding.", "visual.conv1."),
          Map.entry("vision_model.embeddings.class_embedding", "visual.class_embedding"),
          Map.entry(
              "vision_model.embeddings.position_embedding.weight", "visual.positional_embedding"),
          Map.entry("vision_model.pre_layrnorm.", "visual.ln_pre."),
          Map.entry("vision_model.post_layernorm.", "visual.ln_post."),
          Map.entry("vision_model.encoder.layers.", "visual.transformer.resblocks."),
          Map.entry("text_model.embeddings.token_embedding.", "token_embedding."),
          Map.entry("text_model.embeddings.position_embedding.weight", "positional_embedding"),
          Map.entry("text_model.encoder.layers.", "transformer.resblocks."),
          Map.entry("text_model.final_layer_norm.", "ln_final."),
          Map.entry("logit_scale", "logit_scale"));

  private static final Map<String, String> TURNED =
      Map.of(
          "visual_projection.weight", "visual.proj",
          "text_projection.weight", "text_projection");

  /** Parts of a block. */
  private static final List<Map.Entry<String, String>> PARTS =
      List.of(
          Map.entry(".self_attn.out_proj.", ".attn.out_proj."),
          Map.entry(".layer_norm1.", ".ln_1."),
          Map.entry(".layer_norm2.", ".ln_2."),
          Map.entry(".mlp.fc1.", ".mlp.c_fc."),
          Map.entry(".mlp.fc2.", ".mlp.c_proj."));

  /** The largest released projection has a fortieth of this. */
  private static final long LARGEST_TURNED = 1 << 26;

  private static final String QUERY = ".self_attn.q_proj.";

  private ClipNames() {}

  /** Whether tensors have the names of Hugging Face's library. */
  public static boolean isHub(Map<String, Stored> tensors) {
    return tensors.keySet().stream()
        .anyMatch(name -> name.startsWith("vision_model.") || name.startsWith("text_model."));
  }

  /** The same tensors under the official names; what CLIP does not know is left out. */
  public static Map<String, Stored> official(Map<String, Stored> hub) {
    var official = new LinkedHashMap<String, Stored>();
    hub.forEach(
        (name, tensor) -> {
          var turned = TURNED.get(name);
          if (turned != null) {
            if (tensor.shape().size() == 2 && tensor.source().elements() <= LARGEST_TURNED) {
              official.put(turned, turned(tensor));
            }
            return;
          }
          for (var prefix : PREFIXES) {
            if (name.startsWith(prefix.getKey())) {
              var renamed = prefix.getValue() + name.substring(prefix.getKey().length());
              put(official, hub, name, renamed, tensor);
              return;
            }
          }
        });
    return official;
  }

  private static void put(
      Map<String, Stored> official,
      Map<String, Stored> hub,
      String name,
      String renamed,
      Stored tensor) {
    if (renamed.contains(".self_attn.") && !renamed.contains(".out_proj.")) {
      var key = hub.get(name.replace(".q_proj.", ".k_proj."));
      var value = hub.get(name.replace(".q_proj.", ".v_proj."));
      // joined at the query; a part that is missing is told as the whole that it belongs to
      if (renamed.contains(QUERY) && areJoinable(tensor, key, value)) {
        var whole = renamed.replace(QUERY, ".attn.in_proj_");
        official.put(whole, joined(tensor, key, value));
      }
      return;
    }
    var target = renamed;
    for (var part : PARTS) {
      target = target.replace(part.getKey(), part.getValue());
    }
    official.put(target, tensor);
  }

  private static boolean areJoinable(Stored query, @Nullable Stored key, @Nullable Stored value) {
    return key != null
        && value != null
        && !query.shape().isEmpty()
        && key.shape().equals(query.shape())
        && value.shape().equals(query.shape());
  }

  private static Stored joined(@Nullable Stored... tensors) {
    var parts = Arrays.stream(tensors).filter(Objects::nonNull).toList();
    var shape = new ArrayList<>(parts.getFirst().shape());
    shape.set(0, shape.getFirst() * parts.size());
    long elements = parts.stream().mapToLong(part -> part.source().elements()).sum();
    return new Stored(
        shape,
        new TensorSource() {
          @Override
          public long elements() {
            return elements;
          }

          @Override
          public void stream(Sink sink) throws IOException {
            for (var part : parts) {
              part.source().stream(sink);
            }
          }
        });
  }

  /** A matrix (rows, columns) as (columns, rows). It is held in memory while it is read. */
  private static Stored turned(Stored matrix) {
    int rows = matrix.shape().get(0).intValue();
    int columns = matrix.shape().get(1).intValue();
    return new Stored(
        List.of((long) columns, (long) rows),
        new TensorSource() {
          @Override
          public long elements() {
            return matrix.source().elements();
          }

          @Override
          public void stream(Sink sink) throws IOException {
            var values = FloatBuffer.allocate(Math.multiplyExact(rows, columns));
            matrix.source().stream(values::put);
            var turned = new float[values.capacity()];
            for (int i = 0; i < turned.length; i++) {
              turned[i] = values.get(i % rows * columns + i / rows);
            }
            sink.accept(FloatBuffer.wrap(turned));
          }
        });
  }
}
