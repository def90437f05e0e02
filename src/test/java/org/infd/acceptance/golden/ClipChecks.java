package org.infd.acceptance.golden;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.infd.exporter.ClipFile;
import org.infd.exporter.graph.Dim;
import org.infd.exporter.graph.ElementType;
import org.infd.exporter.graph.GraphBuilder;
import org.infd.exporter.graph.Shape;
import org.infd.exporter.graph.Value;
import org.infd.exporter.network.ClipSettings;
import org.infd.exporter.network.ClipTowers;
import org.infd.exporter.network.Layers;
import org.infd.inference.Problem;
import org.infd.inference.guidance.GoldenDistance;
import org.infd.inference.tensor.AnyTensor;
import org.infd.inference.tensor.Tensor;

/**
 * Both towers of CLIP: activations, embeddings, scores, the distance that guidance makes small, and
 * gradients. Relative error at most 1e-5, for gradients 1e-4.
 */
final class ClipChecks {
  private static final double CALL = 1e-5;
  private static final double GRADIENT = 1e-4;
  private static final double[] MEAN = {0.48145466, 0.4578275, 0.40821073};
  private static final double[] DEVIATION = {0.26862954, 0.26130258, 0.27577711};

  private final ClipFile clip;
  private final GoldenArrays arrays;
  private final GoldenLedger ledger;
  private final NetworkTap tap;
  private final Map<String, Tensor> imageResults = new LinkedHashMap<>();
  private final Map<String, Tensor> textResults = new LinkedHashMap<>();

  private ClipChecks(ClipFile clip, GoldenArrays arrays, GoldenLedger ledger, Path folder) {
    this.clip = clip;
    this.arrays = arrays;
    this.ledger = ledger;
    this.tap = new NetworkTap(folder);
  }

  /** Opens weights with the configuration beside them. */
  static ClipFile open(Path weights) {
    var config = weights.resolveSibling("config.json");
    for (var name :
        List.of(
            GoldenSets.stem(weights) + "-config.json", "config.json", "open_clip_config.json")) {
      if (Files.exists(weights.resolveSibling(name))) {
        config = weights.resolveSibling(name);
        break;
      }
    }
    try {
      return ClipFile.open(weights, config, null);
    } catch (Problem e) {
      // sets of official names are of the official classes
      return ClipFile.open(weights, config, ClipSettings.Activation.QUICK_GELU);
    }
  }

  static void run(ClipFile clip, GoldenArrays arrays, GoldenLedger ledger, Path folder) {
    new ClipChecks(clip, arrays, ledger, folder).run();
    if (!clip.weights().missing().isEmpty() || !clip.weights().misshaped().isEmpty()) {
      throw new AssertionError(
          "missing "
              + clip.weights().missing()
              + ", of another shape "
              + clip.weights().misshaped());
    }
  }

  private void run() {
    var side = clip.settings().image().side();
    for (var image : arrays.shaped(false, -1, 3, side, side)) {
      var name = ArrayName.of(image);
      if (name.ends("image", "images", "input", "pixels", "crop", "crops")
          && !name.says("d", "grad", "vjp", "output", "pre")) {
        imageTower(image);
      }
    }
    for (var tokens : arrays.shaped(true, -1, clip.settings().text().contextLength())) {
      if (ArrayName.of(tokens).ends("tokens", "ids", "text", "texts")) {
        textTower(tokens);
      }
    }
    results();
    scores();
    gradients();
    for (var array : arrays.names()) {
      if (ArrayName.of(array).says("pre", "preprocess") && !ledger.knows(array)) {
        ledger.unsupported(
            array, "crops are rendered at CLIP's side, no picture is resized for it");
      }
    }
  }

  private void imageTower(String image) {
    var settings = clip.settings().image();
    var graph = new GraphBuilder("image");
    var side = Dim.of(settings.side());
    var input =
        graph.input("image", ElementType.FLOAT32, Shape.of(Dim.free("n"), Dim.of(3), side, side));
    var layers = new Layers(graph, clip.weights(), "visual.");
    var embedding = ClipTowers.imageEmbedding(layers, settings, input);
    var taps = ClipTaps.image(graph, settings.transformer());
    run(graph, taps, embedding, Map.of("image", arrays.floats(image)), image, imageResults);
    ledger.input(image, "pictures for the image tower");
    // the graph that guidance runs takes colours from −1 to 1
    var crop = colours(arrays.floats(image));
    var product = tap.run(ClipTowers.imageGraph(clip.weights(), settings), Map.of("crop", crop));
    imageResults.put("embedding, by guidance's graph", (Tensor) product.get("embedding"));
  }

  private void textTower(String tokens) {
    var settings = clip.settings().text();
    var graph = new GraphBuilder("text");
    var input =
        graph.input(
            "tokens", ElementType.INT64, Shape.of(Dim.free("n"), Dim.of(settings.contextLength())));
    var layers = new Layers(graph, clip.weights(), "");
    var states = ClipTowers.textStates(layers, settings, input);
    var embedding = ClipTowers.textEmbedding(layers, settings, input, states);
    var taps = ClipTaps.text(graph, settings.transformer());
    run(graph, taps, embedding, Map.of("tokens", arrays.longs(tokens)), tokens, textResults);
    ledger.input(tokens, "tokens for the text tower");
  }

  private void run(
      GraphBuilder graph,
      Map<String, Value> taps,
      Value embedding,
      Map<String, ? extends AnyTensor> inputs,
      String source,
      Map<String, Tensor> results) {
    graph.output("embedding", embedding);
    taps.values().stream().distinct().forEach(value -> graph.output("tap_" + value.name(), value));
    var outputs = tap.run(graph.build(), inputs);
    results.put("embedding", (Tensor) GoldenModel.get(outputs, "embedding"));
    taps.forEach(
        (name, value) ->
            results.put(name, (Tensor) GoldenModel.get(outputs, "tap_" + value.name())));
    ledger.input(source, "given to a tower");
  }

  /** Activations and embeddings. */
  private void results() {
    for (var array : arrays.names()) {
      var name = ArrayName.of(array);
      if (ledger.knows(array) || arrays.get(array).integer()) {
        continue;
      }
      boolean image = name.says("image", "img", "v", "visual", "vision");
      var results = image ? imageResults : textResults;
      if (name.says("act", "activation", "activations")) {
        activation(array, name, results);
      } else if (isEmbedding(name)) {
        boolean unit = name.says("unit", "normalised", "normalized", "norm");
        var readings = new ArrayList<Reading>();
        for (var key : results.keySet()) {
          if (key.startsWith("embedding")) {
            readings.add(
                new Reading(
                    (image ? "image " : "text ") + key + (unit ? ", unit length" : ""),
                    () -> unit ? unit(result(results, key)) : result(results, key)));
          }
        }
        ledger.compare(array, CALL, true, readings);
        if (readings.size() > 1) {
          ledger.compare(array, CALL, true, readings.subList(1, 2));
        }
      }
    }
  }

  private static boolean isEmbedding(ArrayName name) {
    return name.says("embedding", "embeddings", "embed", "embeds")
        && name.says("image", "text", "img", "txt")
        && !name.says("d", "grad", "act", "vjp");
  }

  private static Tensor result(Map<String, Tensor> results, String key) {
    var result = results.get(key);
    if (result == null) {
      throw new IllegalArgumentException("the set lacks the input of the tower");
    }
    return result;
  }

  private void activation(String array, ArrayName name, Map<String, Tensor> results) {
    var text = array.toLowerCase(Locale.ROOT);
    var keys =
        results.keySet().stream()
            .filter(key -> text.endsWith("_" + key) || text.endsWith("." + key))
            .sorted((a, b) -> b.length() - a.length())
            .limit(1)
            .toList();
    var readings =
        keys.stream()
            .map(
                key ->
                    new Reading(
                        key + " of block 0 or the tower", () -> first(result(results, key), array)))
            .toList();
    if (readings.isEmpty()) {
      ledger.notChecked(array, "no activation of the towers has the name " + name.text());
    } else {
      ledger.compare(array, CALL, true, readings);
    }
  }

  /** The graphs may join axes; recorded activations are of the first items. */
  private Tensor first(Tensor all, String array) {
    var shape = arrays.get(array).shape();
    int wanted = arrays.get(array).values().length;
    return all.elements() % wanted == 0
        ? Tensor.of(Arrays.copyOf(all.toArray(), wanted), shape)
        : all;
  }

  private void scores() {
    double scale = Math.exp(clip.logitScale());
    for (var array : arrays.names()) {
      var name = ArrayName.of(array);
      if (name.says("logit") && name.says("scale")) {
        var exponential = name.says("exp") || arrays.get(array).values()[0] > 10;
        var value = exponential ? scale : clip.logitScale();
        ledger.compare(
            array,
            CALL,
            true,
            List.of(
                new Reading("scale of the scores", () -> Tensor.of(new float[] {(float) value}))));
      } else if (name.says("logits", "similarity", "scores", "cosine", "cosines")) {
        var readings = new ArrayList<Reading>();
        for (double factor : new double[] {scale, 1}) {
          var words = factor == 1 ? "cosines" : "scaled cosines";
          readings.add(new Reading(words + ", images × texts", () -> products(factor, true)));
          readings.add(new Reading(words + ", texts × images", () -> products(factor, false)));
        }
        if (name.says("text") && name.ends("text")) {
          Collections.reverse(readings.subList(0, 2));
        }
        ledger.compare(array, CALL, true, readings);
      }
    }
  }

  private Tensor products(double factor, boolean perImage) {
    var u = unit(result(perImage ? imageResults : textResults, "embedding"));
    var v = unit(result(perImage ? textResults : imageResults, "embedding"));
    var products = Tensor.zeros(u.extent(0), v.extent(0));
    int width = u.extent(1);
    for (int i = 0; i < u.extent(0); i++) {
      for (int j = 0; j < v.extent(0); j++) {
        double sum = 0;
        for (int k = 0; k < width; k++) {
          sum += (double) u.get(i * width + k) * v.get(j * width + k);
        }
        products.set(i * v.extent(0) + j, (float) (factor * sum));
      }
    }
    return products;
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

  /** The distance to texts, its gradient, and gradients of the image tower. */
  private void gradients() {
    if (!imageResults.containsKey("embedding")) {
      return;
    }
    var images = result(imageResults, "embedding");
    var targets = targets(images.extent(0));
    for (var array : arrays.names()) {
      var name = ArrayName.of(array);
      if (name.says("spherical", "loss", "distance") && arrays.get(array).rank() <= 1) {
        ledger.compare(
            array, CALL, true, List.of(new Reading("distance to texts", () -> losses(targets))));
      } else if (name.says("d", "grad") && isOfEmbedding(array, images)) {
        ledger.compare(
            array,
            GRADIENT,
            true,
            List.of(new Reading("gradient of the distance", () -> ofEmbedding(targets))));
      } else if (name.ends("cotangent") && isOfEmbedding(array, images)) {
        ledger.input(array, "cotangent of an embedding");
      }
    }
    for (var array : arrays.names()) {
      var name = ArrayName.of(array);
      if (arrays.get(array).rank() == 4
          && arrays.get(array).extent(1) == 3
          && name.says("d", "grad", "vjp")
          && !ledger.knows(array)) {
        imageGradient(array, name, images, targets);
      }
    }
  }

  private static boolean isNear(ArrayName a, ArrayName b) {
    return a.words().getFirst().equals(b.words().getFirst());
  }

  private boolean isOfEmbedding(String array, Tensor images) {
    return Arrays.equals(arrays.get(array).shape(), images.shape());
  }

  private void imageGradient(String array, ArrayName name, Tensor images, int[] targets) {
    var readings = new ArrayList<Reading>();
    var cotangents = new ArrayList<>(arrays.shaped(false, images.extent(0), images.extent(1)));
    cotangents.removeIf(c -> !ArrayName.of(c).says("cotangent", "d", "grad"));
    cotangents.sort(
        (a, b) -> Boolean.compare(isNear(name, ArrayName.of(b)), isNear(name, ArrayName.of(a))));
    for (var cotangent : cotangents) {
      readings.add(
          new Reading(
              "vector-Jacobian product of " + cotangent, () -> pulled(arrays.floats(cotangent))));
    }
    if (name.says("d", "grad")) {
      readings.add(new Reading("gradient of the distance", () -> pulled(ofEmbedding(targets))));
    }
    ledger.compare(array, GRADIENT, true, readings);
  }

  private Tensor pulled(Tensor cotangent) {
    var image =
        arrays.names().stream()
            .filter(
                array ->
                    ledger.of(array) instanceof GoldenLedger.Entry entry
                        && entry.words().equals("pictures for the image tower"))
            .findFirst()
            .orElseThrow();
    var vjp = ClipTowers.imageVjpGraph(clip.weights(), clip.settings().image());
    var crop = colours(arrays.floats(image));
    var back = tap.run(vjp, Map.of("crop", crop, "d_embedding", cotangent));
    return normalised((Tensor) GoldenModel.get(back, "d_crop"));
  }

  /** Which text each image is pulled to; without an array of it, the first. */
  private int[] targets(int items) {
    var targets = new int[items];
    for (var array : arrays.shaped(true, items)) {
      if (ArrayName.of(array).says("target", "targets")) {
        var values = arrays.longs(array).toArray();
        for (int i = 0; i < items; i++) {
          targets[i] = (int) values[i];
        }
        ledger.input(array, "texts that images are pulled to");
      }
    }
    return targets;
  }

  private Tensor losses(int[] targets) {
    var images = result(imageResults, "embedding");
    var losses = Tensor.zeros(targets.length);
    for (int i = 0; i < targets.length; i++) {
      losses.set(i, (float) GoldenDistance.loss(row(textTarget(), targets[i]), row(images, i)));
    }
    return losses;
  }

  private Tensor textTarget() {
    return result(textResults, "embedding");
  }

  private Tensor ofEmbedding(int[] targets) {
    var images = result(imageResults, "embedding");
    var rows = new ArrayList<Tensor>();
    for (int i = 0; i < targets.length; i++) {
      var gradient = GoldenDistance.gradient(row(textTarget(), targets[i]), row(images, i));
      rows.add(Tensor.of(gradient, 1, gradient.length));
    }
    return GoldenModel.stack(rows);
  }

  private static float[] row(Tensor rows, int i) {
    return rows.slice(i, i + 1).toArray();
  }

  private static Tensor colours(Tensor image) {
    var colours = Tensor.zeros(image.shape());
    int plane = image.extent(2) * image.extent(3);
    for (int i = 0; i < image.elements(); i++) {
      int c = i / plane % 3;
      colours.set(i, (float) (2 * (image.get(i) * DEVIATION[c] + MEAN[c]) - 1));
    }
    return colours;
  }

  private static Tensor normalised(Tensor cotangent) {
    var scaled = Tensor.zeros(cotangent.shape());
    int plane = cotangent.extent(2) * cotangent.extent(3);
    for (int i = 0; i < cotangent.elements(); i++) {
      scaled.set(i, (float) (cotangent.get(i) * 2 * DEVIATION[i / plane % 3]));
    }
    return scaled;
  }
}
