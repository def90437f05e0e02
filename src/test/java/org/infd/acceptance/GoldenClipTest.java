package org.infd.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.infd.exporter.ClipFile;
import org.infd.exporter.graph.Dim;
import org.infd.exporter.graph.ElementType;
import org.infd.exporter.graph.GraphBuilder;
import org.infd.exporter.graph.GraphRunner;
import org.infd.exporter.graph.Node;
import org.infd.exporter.graph.Shape;
import org.infd.exporter.graph.Value;
import org.infd.exporter.network.ClipSettings;
import org.infd.exporter.network.ClipTowers;
import org.infd.exporter.network.Layers;
import org.infd.inference.tensor.AnyTensor;
import org.infd.inference.tensor.Npz;
import org.infd.inference.tensor.Tensor;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Both towers of CLIP against arrays that the official classes made of the same weights, from every
 * kind of file: relative error at most 1e-5. More folders come from {@code -Dinfd.golden}.
 */
class GoldenClipTest {
  private static final double TOLERANCE = 1e-5;

  @TempDir Path folder;

  private final Map<String, Double> errors = new LinkedHashMap<>();

  /** Weights, what the official classes made of them, and the configuration where there is one. */
  record Source(Path weights, Path arrays, Path config) {
    /** The weights; the sets of official names are of the official classes. */
    ClipFile open() {
      boolean official = !weights.toString().endsWith(".safetensors");
      return ClipFile.open(weights, config, official ? ClipSettings.Activation.QUICK_GELU : null);
    }

    @Override
    public String toString() {
      return weights.getParent().getFileName() + "/" + weights.getFileName();
    }
  }

  static List<Source> sources() {
    var found = new ArrayList<Source>();
    for (var root : GoldenModel.roots()) {
      for (var set : list(root)) {
        for (var file : Files.isDirectory(set) ? list(set) : List.<Path>of()) {
          var name = file.getFileName().toString();
          var stem = name.replaceFirst("(-jit)?\\.(pt|safetensors)$", "");
          var arrays = set.resolve(stem + ".npz");
          if (!stem.equals(name) && Files.exists(arrays)) {
            found.add(new Source(file, arrays, set.resolve(stem + "-config.json")));
          }
        }
      }
    }
    return found;
  }

  private static List<Path> list(Path folder) {
    try (var files = Files.list(folder)) {
      return files.sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @MethodSource("sources")
  void agreesWithTheOriginal(Source source) {
    var arrays = Npz.read(source.arrays());
    try (var clip = source.open()) {
      var image = imageTower(clip, arrays);
      var text = textTower(clip, arrays);
      assertEquals(List.of(), clip.weights().missing());
      assertEquals(List.of(), clip.weights().misshaped());
      scores(arrays, image, text, Math.exp(clip.logitScale()));
    }
    System.out.println(source);
    errors.forEach((name, e) -> System.out.printf(Locale.ROOT, "  %-24s %.1e%n", name, e));
    var expected = new ArrayList<>(arrays.names());
    expected.removeIf(name -> !name.startsWith("act_"));
    assertTrue(errors.keySet().containsAll(expected), () -> "not compared: " + expected);
    errors.forEach((name, e) -> assertTrue(e <= TOLERANCE, name + " is off by " + e));
  }

  private Tensor imageTower(ClipFile clip, Npz arrays) {
    var settings = clip.settings().image();
    var graph = new GraphBuilder("image");
    var side = Dim.of(settings.side());
    var input =
        graph.input("image", ElementType.FLOAT32, Shape.of(Dim.free("n"), Dim.of(3), side, side));
    var layers = new Layers(graph, clip.weights(), "visual.");
    var embedding = ClipTowers.imageEmbedding(layers, settings, input);
    var taps = blockTaps(graph, "visual.", settings.transformer());
    taps.put("embeddings", reading(graph, "visual.ln_pre.weight").inputs().getFirst());
    taps.put("ln_pre", reading(graph, "visual.ln_pre.weight").outputs().getFirst());
    taps.put("ln_post", reading(graph, "visual.ln_post.weight").outputs().getFirst());
    // the class token is cut out of the last block's result
    var classToken = producer(graph, reading(graph, "visual.ln_post.weight").inputs().getFirst());
    taps.put("last", classToken.inputs().getFirst());
    taps.putIfAbsent("block0", classToken.inputs().getFirst());
    var results = run(graph, taps, embedding, "v", arrays, Map.of("image", arrays.floats("image")));
    check("image_embedding", results, arrays.floats("image_embedding"));
    return results;
  }

  private Tensor textTower(ClipFile clip, Npz arrays) {
    var settings = clip.settings().text();
    var graph = new GraphBuilder("text");
    var tokens =
        graph.input(
            "tokens", ElementType.INT64, Shape.of(Dim.free("n"), Dim.of(settings.contextLength())));
    var layers = new Layers(graph, clip.weights(), "");
    var states = ClipTowers.textStates(layers, settings, tokens);
    var embedding = ClipTowers.textEmbedding(layers, settings, tokens, states);
    var taps = blockTaps(graph, "", settings.transformer());
    var last = reading(graph, "ln_final.weight");
    taps.put("last", last.inputs().getFirst());
    taps.putIfAbsent("block0", last.inputs().getFirst());
    taps.put("ln_final", last.outputs().getFirst());
    var results =
        run(graph, taps, embedding, "t", arrays, Map.of("tokens", arrays.longs("tokens")));
    check("text_embedding", results, arrays.floats("text_embedding"));
    return results;
  }

  /** Values inside the first block, found by the weights beside them. */
  private static Map<String, Value> blockTaps(
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
    if (settings.blocks() > 1) {
      var next = prefix + "transformer.resblocks.1.ln_1.weight";
      taps.put("block0", reading(graph, next).inputs().getFirst());
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

  /** Runs a tower, compares what was tapped, and returns its embedding. */
  private Tensor run(
      GraphBuilder graph,
      Map<String, Value> taps,
      Value embedding,
      String tower,
      Npz arrays,
      Map<String, ? extends AnyTensor> inputs) {
    graph.output("embedding", embedding);
    var wanted = new LinkedHashMap<>(taps);
    wanted.keySet().removeIf(name -> !arrays.has("act_" + tower + "_" + name));
    wanted.values().stream()
        .distinct()
        .forEach(value -> graph.output("tap_" + value.name(), value));
    var results = GraphRunner.run(graph.build(), folder, inputs);
    wanted.forEach(
        (name, value) -> {
          var array = "act_" + tower + "_" + name;
          check(array, (Tensor) results.get("tap_" + value.name()), arrays.floats(array));
        });
    return (Tensor) results.get("embedding");
  }

  private void scores(Npz arrays, Tensor image, Tensor text, double scale) {
    var u = unit(image);
    var v = unit(text);
    check("image_embedding_unit", u, arrays.floats("image_embedding_unit"));
    check("text_embedding_unit", v, arrays.floats("text_embedding_unit"));
    var perImage = Tensor.zeros(u.extent(0), v.extent(0));
    var perText = Tensor.zeros(v.extent(0), u.extent(0));
    int width = u.extent(1);
    for (int i = 0; i < u.extent(0); i++) {
      for (int j = 0; j < v.extent(0); j++) {
        double sum = 0;
        for (int k = 0; k < width; k++) {
          sum += (double) u.get(i * width + k) * v.get(j * width + k);
        }
        perImage.set(i * v.extent(0) + j, (float) (scale * sum));
        perText.set(j * u.extent(0) + i, (float) (scale * sum));
      }
    }
    check("logits_per_image", perImage, arrays.floats("logits_per_image"));
    check("logits_per_text", perText, arrays.floats("logits_per_text"));
    check(
        "logit_scale_exp",
        Tensor.of(new float[] {(float) scale}),
        arrays.floats("logit_scale_exp"));
  }

  private static Tensor unit(Tensor rows) {
    var result = Tensor.zeros(rows.shape());
    int width = rows.extent(1);
    for (int row = 0; row < rows.extent(0); row++) {
      double squares = 0;
      for (int k = 0; k < width; k++) {
        squares += (double) rows.get(row * width + k) * rows.get(row * width + k);
      }
      for (int k = 0; k < width; k++) {
        result.set(row * width + k, (float) (rows.get(row * width + k) / Math.sqrt(squares)));
      }
    }
    return result;
  }

  /** The arrays of activations hold the first item only. */
  private void check(String name, Tensor actual, Tensor expected) {
    var first = Arrays.copyOf(actual.toArray(), expected.elements());
    errors.put(name, Npz.relativeError(Tensor.of(first, expected.shape()), expected));
  }
}
