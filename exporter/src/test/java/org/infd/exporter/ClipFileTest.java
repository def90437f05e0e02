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
import org.infd.exporter.network.ClipSettings.Activation;
import org.infd.exporter.network.ClipTowers;
import org.infd.exporter.torch.DataType;
import org.infd.exporter.torch.TensorSource;
import org.infd.exporter.torch.TorchFileWriter;
import org.infd.inference.Problem;
import org.infd.inference.tensor.LongTensor;
import org.infd.inference.tensor.Tensor;
import org.jspecify.annotations.Nullable;
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

  private Tensor embedding(Path file) {
    return embedding(file, null);
  }

  private Tensor embedding(Path file, @Nullable Activation named) {
    try (var clip = ClipFile.open(file, null, named)) {
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
    var official = embedding(write("official.pt", textTower()), Activation.QUICK_GELU);
    var hub = embedding(write("hub.pt", HubClip.of(text)));
    assertArrayEquals(official.toArray(), hub.toArray(), 1e-5f);
  }

  @Test
  void theConfigurationDecidesActivationAndHeads() throws IOException {
    var file = write("hub.pt", HubClip.of(textTower()));
    config("quick_gelu", 1);
    var quick = embedding(file);
    config("gelu", 1);
    assertFalse(Arrays.equals(quick.toArray(), embedding(file).toArray()));
    config("gelu", 4);
    try (var clip = ClipFile.open(file, null, null)) {
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
    var message =
        assertThrows(Problem.class, () -> ClipFile.open(file, null, null).close()).getMessage();
    var place = String.valueOf(file.getParent());
    assertTrue(message.contains(place), () -> "does not say where: " + message);
    assertTrue(message.endsWith("."), message);
    return message;
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
    openClip("true");
    assertTrue(problem(write("d.pt", Map.of("something", one))).contains("no tower"));
    Files.delete(folder.resolve("open_clip_config.json"));
    assertTrue(problem(write("e.pt", Map.of("visual.proj", one))).contains("ln_pre"));
    var strange = textTower();
    openClip("true");
    strange.put("context_length", TensorSource.of(DataType.I64, new long[0], 9));
    assertTrue(problem(write("f.pt", strange)).contains("contradicts"));
    strange.remove("context_length");
    strange.put("positional_embedding", TensorSource.filled(1, 8));
    assertTrue(problem(write("g.pt", strange)).contains("positional_embedding"));
  }

  private void openClip(String quick) throws IOException {
    Files.writeString(
        folder.resolve("open_clip_config.json"),
        ("{\"model_cfg\":{\"embed_dim\":64,%s\"vision_cfg\":{\"width\":64},"
                + "\"text_cfg\":{\"width\":64,\"heads\":2}}}")
            .formatted(quick.isEmpty() ? "" : "\"quick_gelu\":" + quick + ","));
  }

  private Activation activation(Path file) {
    try (var clip = ClipFile.open(file, null, null)) {
      var tower = clip.settings().text();
      assertNotNull(tower);
      return tower.transformer().activation();
    }
  }

  @Test
  void theActivationOfOfficialNamesIsNeverAssumed() throws IOException {
    var plain = write("plain.pt", textTower());
    assertTrue(problem(plain).contains("--activation quick_gelu"));
    assertTrue(problem(plain).contains("--activation gelu"));
    var quick = embedding(plain, Activation.QUICK_GELU);
    var exact = embedding(plain, Activation.GELU);
    assertFalse(Arrays.equals(quick.toArray(), exact.toArray()));
    openClip("false");
    assertEquals(Activation.GELU, activation(plain));
    openClip("");
    assertEquals(Activation.GELU, activation(plain));
    openClip("true");
    assertEquals(Activation.QUICK_GELU, activation(plain));
    try (var clip = ClipFile.open(plain, null, Activation.GELU)) {
      var tower = clip.settings().text();
      assertNotNull(tower);
      assertEquals(2, tower.transformer().heads());
      assertEquals(Activation.GELU, tower.transformer().activation());
    }
    openClip("\"yes\"");
    assertTrue(problem(plain).contains("neither true nor false"));
    Files.writeString(folder.resolve("open_clip_config.json"), "{\"model_cfg\":3}");
    assertTrue(problem(plain).contains("vision_cfg"));
    Files.writeString(
        folder.resolve("open_clip_config.json"),
        "{\"model_cfg\":{\"vision_cfg\":{\"timm_model_name\":\"x\"},\"text_cfg\":{}}}");
    assertTrue(problem(plain).contains("other libraries"));
    Files.writeString(folder.resolve("open_clip_config.json"), "[");
    assertTrue(problem(plain).contains("could not be read"));
  }

  /** An archive of the official program has but one activation. */
  @Test
  void officialArchivesSayTheirActivation() throws IOException {
    var file = folder.resolve("jit.pt");
    TorchFileWriter.writeScript(file, textTower());
    assertEquals(Activation.QUICK_GELU, activation(file));
    var counted = textTower();
    counted.put("input_resolution", TensorSource.of(DataType.I64, new long[0], 224));
    counted.put("context_length", TensorSource.of(DataType.I64, new long[0], 8));
    counted.put("vocab_size", TensorSource.of(DataType.I64, new long[0], 20));
    assertEquals(Activation.QUICK_GELU, activation(write("counted.pt", counted)));
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
