package org.infd.exporter;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.infd.exporter.torch.TensorSource;

/**
 * Tensors of a CLIP as Hugging Face's library names and cuts them (docs/spec/clip.md 6.1), by hand.
 */
final class HubClip {
  private HubClip() {}

  /** The same tensors under the other names. */
  static Map<String, TensorSource> of(Map<String, TensorSource> official) {
    var hub = new LinkedHashMap<String, TensorSource>();
    official.forEach(
        (name, tensor) -> {
          boolean image = name.startsWith("visual.");
          put(
              hub,
              image ? "vision_model." : "text_model.",
              image ? name.substring("visual.".length()) : name,
              tensor);
        });
    hub.put("text_model.embeddings.position_ids", TensorSource.filled(0, 1, 8));
    return hub;
  }

  private static void put(
      Map<String, TensorSource> hub, String tower, String name, TensorSource tensor) {
    var n =
        name.replace("transformer.resblocks.", "encoder.layers.")
            .replace("ln_1", "layer_norm1")
            .replace("ln_2", "layer_norm2")
            .replace("mlp.c_fc", "mlp.fc1")
            .replace("mlp.c_proj", "mlp.fc2")
            .replace("attn.out_proj", "self_attn.out_proj")
            .replace("ln_pre", "pre_layrnorm")
            .replace("ln_post", "post_layernorm")
            .replace("ln_final", "final_layer_norm")
            .replace("conv1", "embeddings.patch_embedding")
            .replace("positional_embedding", "embeddings.position_embedding.weight")
            .replace("class_embedding", "embeddings.class_embedding")
            .replace("token_embedding", "embeddings.token_embedding");
    switch (n) {
      case "proj" -> hub.put("visual_projection.weight", turned(tensor));
      case "text_projection" -> hub.put("text_projection.weight", turned(tensor));
      case "logit_scale" -> hub.put(n, tensor);
      default -> {
        if (n.contains("in_proj_")) {
          thirds(hub, tower + n.replace("attn.in_proj_", "self_attn.%s_proj."), tensor);
        } else {
          hub.put(tower + n, tensor);
        }
      }
    }
  }

  private static TensorSource turned(TensorSource matrix) {
    var values = values(matrix);
    int rows = (int) matrix.shape()[0];
    int columns = (int) matrix.shape()[1];
    var turned = new float[values.length];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        turned[j * rows + i] = values[i * columns + j];
      }
    }
    return TensorSource.of(matrix.type(), new long[] {columns, rows}, turned);
  }

  private static void thirds(Map<String, TensorSource> hub, String name, TensorSource tensor) {
    var values = values(tensor);
    var shape = tensor.shape();
    shape[0] /= 3;
    int third = values.length / 3;
    for (int i = 0; i < 3; i++) {
      var part = Arrays.copyOfRange(values, i * third, (i + 1) * third);
      hub.put(name.formatted("qkv".charAt(i)), TensorSource.of(tensor.type(), shape, part));
    }
  }

  /** All values of a tensor. */
  static float[] values(TensorSource tensor) {
    var values = new float[(int) tensor.elements()];
    tensor.fill(0, values);
    return values;
  }
}
