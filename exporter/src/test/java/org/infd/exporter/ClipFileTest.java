package org.infd.exporter;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.infd.exporter.graph.GraphRunner;
import org.infd.exporter.network.ClipSettings;
import org.infd.exporter.network.ClipTowers;
import org.infd.exporter.torch.DataType;
import org.infd.exporter.torch.TensorSource;
import org.infd.exporter.torch.TorchFileWriter;
import org.infd.inference.Problem;
import org.infd.inference.tensor.LongTensor;
import org.infd.inference.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of CLIPs: what is read off them, the names of two libraries, and what is refused. */
class ClipFileTest {
  /** Square projections, as in all released models: only the name tells which way they lie. */
  private static final int WIDTH = 64;

  @TempDir Path folder;

  private final Map<String, TensorSource> text = new LinkedHashMap<>();

  private void add(String name, long... shape) {
    text.put(name, TensorSource.random(name.hashCode(), 0.3f, shape));
  }

  private Map<String, TensorSource> textTower() {
    add("positional_embedding", 8, WIDTH);
    add("text_projection", WIDTH, WIDTH);
    add("token_embedding.weight", 20, WIDTH);
    for (var norm : List.of("transformer.resblocks.0.ln_1", "transformer.resblocks.0.ln_2")) {
      add(norm + ".weight", WIDTH);
      add(norm + ".bias", WIDTH);
    }
    add("transformer.resblocks.0.attn.in_proj_weight", 3 * WIDTH, WIDTH);
    add("transformer.resblocks.0.attn.in_proj_bias", 3 * WIDTH);
    add("transformer.resblocks.0.attn.out_proj.weight", WIDTH, WIDTH);
    add("transformer.resblocks.0.attn.out_proj.bias", WIDTH);
    add("transformer.resblocks.0.mlp.c_fc.weight", 4 * WIDTH, WIDTH);
    add("transformer.resblocks.0.mlp.c_fc.bias", 4 * WIDTH);
    add("transformer.resblocks.0.mlp.c_proj.weight", WIDTH, 4 * WIDTH);
    add("transformer.resblocks.0.mlp.c_proj.bias", WIDTH);
    add("ln_final.weight", WIDTH);
    add("ln_final.bias", WIDTH);
    return text;
  }

  private static float[] values(TensorSource tensor) {
    var values = new float[(int) tensor.elements()];
    tensor.fill(0, values);
    return values;
  }

  /** The same tower as the other library names it, by hand. */
  private static Map<String, TensorSource> hub(Map<String, TensorSource> official) {
    var hub = new LinkedHashMap<String, TensorSource>();
    official.forEach(
        (name, tensor) -> {
          var n =
              name.replace("transformer.resblocks.", "text_model.encoder.layers.")
                  .replace("ln_1", "layer_norm1")
                  .replace("ln_2", "layer_norm2")
                  .replace("mlp.c_fc", "mlp.fc1")
                  .replace("mlp.c_proj", "mlp.fc2")
                  .replace("attn.out_proj", "self_attn.out_proj");
          switch (n) {
            case "positional_embedding" ->
                hub.put("text_model.embeddings.position_embedding.weight", tensor);
            case "token_embedding.weight" ->
                hub.put("text_model.embeddings.token_embedding.weight", tensor);
            case "text_projection" -> hub.put("text_projection.weight", turned(tensor));
            default -> {
              if (n.startsWith("ln_final.")) {
                hub.put("text_model.final_layer_norm." + n.substring(9), tensor);
              } else if (n.contains("in_proj_")) {
                thirds(hub, n.replace("attn.in_proj_", "self_attn.%s_proj."), tensor);
              } else {
                hub.put(n, tensor);
              }
            }
          }
        });
    hub.put("text_model.embeddings.position_ids", TensorSource.filled(0, 1, 8));
    return hub;
  }

  private static TensorSource turned(TensorSource square) {
    var values = values(square);
    var turned = new float[values.length];
    for (int i = 0; i < WIDTH; i++) {
      for (int j = 0; j < WIDTH; j++) {
        turned[i * WIDTH + j] = values[j * WIDTH + i];
      }
    }
    return TensorSource.of(square.shape(), turned);
  }

  private static void thirds(Map<String, TensorSource> hub, String name, TensorSource tensor) {
    var values = values(tensor);
    var shape = tensor.shape();
    shape[0] /= 3;
    int third = values.length / 3;
    for (int i = 0; i < 3; i++) {
      var part = Arrays.copyOfRange(values, i * third, (i + 1) * third);
      hub.put(name.formatted("qkv".charAt(i)), TensorSource.of(shape, part));
    }
  }

  private Tensor embedding(Path file) {
    try (var clip = ClipFile.open(file, null)) {
      var settings = clip.settings().text();
      assertNotNull(settings);
      assertNull(clip.settings().image());
      var graph = ClipTowers.textGraph("clip_text", clip.weights(), "", settings);
      assertEquals(List.of(), clip.weights().missing());
      var tokens = LongTensor.of(new long[] {18, 3, 7, 19, 0, 0, 0, 0}, 1, 8);
      return (Tensor) GraphRunner.run(graph, folder, Map.of("tokens", tokens)).get("embedding");
    }
  }

  private Path write(String name, Map<String, ?> tensors) throws IOException {
    var file = folder.resolve(name);
    TorchFileWriter.write(file, tensors);
    return file;
  }

  private void config(String activation, int heads) throws IOException {
    Files.writeString(
        folder.resolve("config.json"),
        "{\"text_config\": {\"hidden_act\": \"%s\", \"num_attention_heads\": %d}}"
            .formatted(activation, heads));
  }

  @Test
  void aSquareProjectionIsTurnedByItsName() throws IOException {
    config("quick_gelu", 1);
    var official = embedding(write("official.pt", textTower()));
    var hub = embedding(write("hub.pt", hub(text)));
    assertArrayEquals(official.toArray(), hub.toArray(), 1e-5f);
  }

  @Test
  void theConfigurationDecidesActivationAndHeads() throws IOException {
    var file = write("hub.pt", hub(textTower()));
    config("quick_gelu", 1);
    var quick = embedding(file);
    config("gelu", 1);
    assertFalse(Arrays.equals(quick.toArray(), embedding(file).toArray()));
    config("gelu", 4);
    try (var clip = ClipFile.open(file, null)) {
      var tower = clip.settings().text();
      assertNotNull(tower);
      assertEquals(4, tower.transformer().heads());
      assertEquals(ClipSettings.Activation.GELU, tower.transformer().activation());
    }
    config("relu", 1);
    assertTrue(problem(file).contains("'relu'"));
    config("gelu", 7);
    assertTrue(problem(file).contains("7 heads"));
    Files.writeString(folder.resolve("config.json"), "{");
    assertTrue(problem(file).contains("could not be read"));
    Files.delete(folder.resolve("config.json"));
    assertTrue(problem(file).contains("config.json"));
  }

  private static String problem(Path file) {
    return assertThrows(Problem.class, () -> ClipFile.open(file, null).close()).getMessage();
  }

  @Test
  void otherKindsAreRefusedByName() throws IOException {
    var one = TensorSource.filled(1, 2, 2);
    assertTrue(
        problem(write("a.pt", Map.of("visual.layer1.0.conv1.weight", one))).contains("ResNet"));
    assertTrue(
        problem(write("b.pt", Map.of("cond_stage_model.transformer.text_model.x", one)))
            .contains("Stable Diffusion"));
    assertTrue(problem(write("c.pt", Map.of("text.ln_final.weight", one))).contains("OpenCLIP"));
    assertTrue(problem(write("d.pt", Map.of("something", one))).contains("no tower"));
    assertTrue(problem(write("e.pt", Map.of("visual.proj", one))).contains("ln_pre"));
    var strange = textTower();
    strange.put("context_length", TensorSource.of(DataType.I64, new long[0], 9));
    assertTrue(problem(write("f.pt", strange)).contains("contradicts"));
    strange.remove("context_length");
    strange.put("positional_embedding", TensorSource.filled(1, 8));
    assertTrue(problem(write("g.pt", strange)).contains("positional_embedding"));
  }

  @Test
  void openClipsHeadsAreNotGuessed() throws IOException {
    var tensors = new LinkedHashMap<String, TensorSource>();
    tensors.put("visual.conv1.weight", TensorSource.filled(1, 1280, 3, 2, 2));
    tensors.put("visual.positional_embedding", TensorSource.filled(1, 5, 1280));
    tensors.put("visual.ln_pre.weight", TensorSource.filled(1, 1280));
    tensors.put("visual.proj", TensorSource.filled(1, 1280, 4));
    tensors.put("visual.transformer.resblocks.0.ln_1.weight", TensorSource.filled(1, 1280));
    assertTrue(problem(write("h.pt", tensors)).contains("OpenCLIP"));
  }
}
