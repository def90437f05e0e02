package org.infd.exporter.ldm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.infd.exporter.graph.TensorSource;
import org.infd.exporter.network.Weights.Stored;
import org.infd.inference.Problem;
import org.junit.jupiter.api.Test;

class LoraTest {
  private static final String Q = "input_blocks.1.1.transformer_blocks.0.attn1.to_q.weight";
  private static final String OP = "input_blocks.3.0.op.weight";
  private static final String JOINED = "transformer.resblocks.0.attn.in_proj_weight";
  private final SplittableRandom random = new SplittableRandom(3);

  private Stored tensor(long... shape) {
    long count = 1;
    var extents = new ArrayList<Long>();
    for (long extent : shape) {
      count *= extent;
      extents.add(extent);
    }
    var values = new float[(int) count];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextDouble(-1, 1);
    }
    return new Stored(extents, TensorSource.of(values));
  }

  private static float[] values(Stored tensor) {
    var all = FloatBuffer.allocate((int) tensor.source().elements());
    try {
      tensor.source().stream(all::put);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return all.array();
  }

  private LdmParts model() {
    var unet = new LinkedHashMap<String, Stored>();
    unet.put("input_blocks.0.0.weight", tensor(8, 4, 3, 3));
    unet.put("input_blocks.1.0.in_layers.2.weight", tensor(8, 8, 3, 3));
    unet.put("input_blocks.2.0.in_layers.2.weight", tensor(8, 8, 3, 3));
    unet.put(Q, tensor(8, 8));
    unet.put(OP, tensor(8, 8, 3, 3));
    unet.put("middle_block.1.proj_in.weight", tensor(8, 8));
    var text = new LinkedHashMap<String, Stored>();
    text.put(JOINED, tensor(12, 4));
    text.put("transformer.resblocks.0.mlp.c_fc.weight", tensor(16, 4));
    return new LdmParts(unet, Map.of(), Map.of(), text, Map.of(), false, null, Map.of());
  }

  /** W + strength · alpha / rank · up · down, as torch computes it. */
  private static void assertMerged(
      Stored base, Stored merged, Stored down, Stored up, double factor, int firstRow) {
    var before = values(base);
    var after = values(merged);
    var d = values(down);
    var u = values(up);
    int rank = down.shape().getFirst().intValue();
    int rows = u.length / rank;
    int columns = d.length / rank;
    for (int i = 0; i < before.length; i++) {
      int row = i / columns - firstRow;
      double sum = 0;
      for (int k = 0; k < rank && row >= 0 && row < rows; k++) {
        sum += (double) u[row * rank + k] * d[k * columns + i % columns];
      }
      assertEquals(before[i] + factor * sum, after[i], 1e-6);
    }
  }

  @Test
  void changesTheLayersItNamesAndNoOthers() {
    var model = model();
    var lora = new LinkedHashMap<String, Stored>();
    var q = "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn1_to_q";
    lora.put(q + ".lora_down.weight", tensor(2, 8));
    lora.put(q + ".lora_up.weight", tensor(8, 2));
    lora.put(q + ".alpha", new Stored(List.of(), TensorSource.of(1f)));
    var convolution = "lora_unet_down_blocks_0_downsamplers_0_conv";
    lora.put(convolution + ".lora_down.weight", tensor(3, 8, 3, 3));
    lora.put(convolution + ".lora_up.weight", tensor(8, 3, 1, 1));
    var key = "lora_te_text_model_encoder_layers_0_self_attn_k_proj";
    lora.put(key + ".lora_down.weight", tensor(2, 4));
    lora.put(key + ".lora_up.weight", tensor(4, 2));
    var changed = Lora.apply(model, "a.safetensors", lora, 0.8);
    assertMerged(
        stored(model.unet(), Q),
        stored(changed.unet(), Q),
        stored(lora, q + ".lora_down.weight"),
        stored(lora, q + ".lora_up.weight"),
        0.8 / 2,
        0);
    assertMerged(
        stored(model.unet(), OP),
        stored(changed.unet(), OP),
        stored(lora, convolution + ".lora_down.weight"),
        stored(lora, convolution + ".lora_up.weight"),
        0.8,
        0);
    assertMerged(
        stored(model.text(), JOINED),
        stored(changed.text(), JOINED),
        stored(lora, key + ".lora_down.weight"),
        stored(lora, key + ".lora_up.weight"),
        0.8,
        4);
    for (var same : List.of("input_blocks.0.0.weight", "middle_block.1.proj_in.weight")) {
      assertSame(model.unet().get(same), changed.unet().get(same));
    }
    var perceptron = "transformer.resblocks.0.mlp.c_fc.weight";
    assertSame(model.text().get(perceptron), changed.text().get(perceptron));
  }

  private static Stored stored(Map<String, Stored> tensors, String name) {
    var found = tensors.get(name);
    if (found == null) {
      throw new AssertionError(name);
    }
    return found;
  }

  @Test
  void namesOfDiffusersAndOfTheOriginalCodeAreKnown() {
    var names =
        Map.of(
            "unet.down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q.lora_A.weight",
            Q,
            "unet.down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q.lora.down.weight",
            Q,
            "unet.down_blocks.0.attentions.0.transformer_blocks.0.attn1.processor.to_q_lora"
                + ".down.weight",
            Q,
            "base_model.model.down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q"
                + ".lora_A.weight",
            Q,
            "lora_unet_input_blocks_1_1_transformer_blocks_0_attn1_to_q.lora_down.weight",
            Q,
            "lora_unet_mid_block_attentions_0_proj_in.lora_down.weight",
            "middle_block.1.proj_in.weight");
    names.forEach(
        (name, target) -> {
          var model = model();
          var up =
              name.replace("lora_A", "lora_B")
                  .replace("lora_down", "lora_up")
                  .replace("_lora.down", "_lora.up")
                  .replace("lora.down", "lora.up");
          var changed = Lora.apply(model, "x", Map.of(name, tensor(2, 8), up, tensor(8, 2)), 1);
          for (var each : model.unet().keySet()) {
            assertEquals(
                each.equals(target), model.unet().get(each) != changed.unet().get(each), name);
          }
        });
  }

  @Test
  void namesOfTextTowersAreKnown() {
    var layer = "text_model.encoder.layers.0.";
    for (var name :
        List.of(
            "text_encoder." + layer + "self_attn.v_proj.lora_linear_layer.down.weight",
            "text_encoder." + layer + "self_attn.to_v_lora.down.weight",
            "base_model.model." + layer + "self_attn.v_proj.lora_A.weight",
            layer + "self_attn.v_proj.lora_A.weight")) {
      var model = model();
      var up = name.replace("lora_A", "lora_B").replace(".down.", ".up.");
      var changed = Lora.apply(model, "x", Map.of(name, tensor(2, 4), up, tensor(4, 2)), 1);
      var before = values(stored(model.text(), JOINED));
      var after = values(stored(changed.text(), JOINED));
      for (int i = 0; i < before.length; i++) {
        assertEquals(i / 4 >= 8, before[i] != after[i], name);
      }
    }
  }

  private void assertRefused(String words, Map<String, Stored> lora) {
    var said =
        assertThrows(Problem.class, () -> Lora.apply(model(), "x.safetensors", lora, 1))
            .getMessage();
    assertTrue(said.contains(words), said);
  }

  @Test
  void whatIsNotKnownIsRefusedByName() {
    var q = "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn1_to_q";
    assertRefused("a LoHa", Map.of(q + ".hada_w1_a", tensor(2, 8)));
    assertRefused("a DoRA", Map.of(q + ".lora_magnitude_vector", tensor(8)));
    assertRefused(
        "changes more than",
        Map.of(
            q + ".lora_down.weight", tensor(2, 8),
            q + ".lora_up.weight", tensor(8, 2),
            q + ".diff_b", tensor(8)));
    assertRefused("a LoKr", Map.of(q + ".lokr_w1", tensor(2, 8)));
    assertRefused("a DoRA", Map.of(q + ".dora_scale", tensor(2, 8)));
    assertRefused("two text towers", Map.of("lora_te2_x.lora_down.weight", tensor(2, 8)));
    assertRefused("holds no LoRA", Map.of("weight", tensor(2, 8)));
    assertRefused("one factor is missing", Map.of(q + ".lora_down.weight", tensor(2, 8)));
    assertRefused(
        "contradicts itself",
        Map.of(q + ".lora_down.weight", tensor(2, 8), q + ".lora_up.weight", tensor(8, 3)));
    assertRefused(
        "does not fit",
        Map.of(q + ".lora_down.weight", tensor(2, 9), q + ".lora_up.weight", tensor(8, 2)));
    assertRefused(
        "does not have",
        Map.of(
            "lora_unet_down_blocks_9_attentions_0_proj_in.lora_down.weight", tensor(2, 8),
            "lora_unet_down_blocks_9_attentions_0_proj_in.lora_up.weight", tensor(8, 2)));
  }
}
