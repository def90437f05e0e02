package org.infd.inference.bundle;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.infd.inference.FileReason;
import org.infd.inference.NumberText;
import org.infd.inference.Problem;
import org.infd.inference.bundle.Manifest.ConditioningKind;
import org.infd.inference.bundle.Manifest.GraphEntry;
import org.infd.inference.bundle.Manifest.LatentKind;
import org.infd.inference.bundle.Manifest.Port;
import org.infd.inference.runtime.GraphFile;
import org.jspecify.annotations.Nullable;

/**
 * Compares what a manifest says of a model with its graphs: their inputs and outputs as the files
 * have them, and as the manifest describes them. Files that are missing or changed are passed over:
 * they are told when they are wanted.
 */
final class GraphCheck {
  /** The largest graphs of official models have a few MB; weights lie beside them. */
  private static final long LARGEST_GRAPH = 64 << 20;

  private static final String MOMENTS = "render_moments_";
  private static final String TEXT = "clip_text";
  private static final String QUERY = "featureMap.channels + 4";

  /** Any extent is right. */
  private static final Extent ANY = new Extent("", -1);

  private final Path folder;
  private final Manifest manifest;

  private GraphCheck(Path folder, Manifest manifest) {
    this.folder = folder;
    this.manifest = manifest;
  }

  /**
   * @throws Problem if the manifest contradicts a graph, or a graph is one that must not be run
   */
  static void check(Path folder, Manifest manifest) {
    var check = new GraphCheck(folder, manifest);
    manifest.graphs().forEach(check::check);
  }

  private void check(String name, GraphEntry entry) {
    var bytes = bytes(entry);
    if (bytes.length > 0 && ModelBundle.sha256(bytes).equals(entry.sha256())) {
      var file = graph(entry, bytes);
      compare(name, entry, "input", entry.inputs(), file.inputs());
      compare(name, entry, "output", entry.outputs(), file.outputs());
      require(name, "input", file.inputs(), inputs(name));
      require(name, "output", file.outputs(), outputs(name));
      requireNorms(name, file);
      requireSizes(name, new GraphSizes(file));
    } else {
      require(name, "input", declared(entry.inputs()), inputs(name));
      require(name, "output", declared(entry.outputs()), outputs(name));
    }
  }

  private byte[] bytes(GraphEntry entry) {
    var path = folder.resolve(entry.file());
    try {
      if (!Files.isRegularFile(path)) {
        return new byte[0];
      }
      if (Files.size(path) > LARGEST_GRAPH) {
        throw new Problem(path + " is far larger than a graph. Import the model again.");
      }
      return Files.readAllBytes(path);
    } catch (IOException e) {
      throw FileReason.unreadable(path, e);
    }
  }

  private GraphFile graph(GraphEntry entry, byte[] bytes) {
    try {
      return GraphFile.read(bytes);
    } catch (Problem e) {
      throw new Problem(
          folder.resolve(entry.file())
              + " cannot be used: "
              + e.getMessage()
              + ". Import the model again, or take it from a source you trust.",
          e);
    }
  }

  private static Map<String, GraphFile.Port> declared(List<Port> ports) {
    var declared = new LinkedHashMap<String, GraphFile.Port>();
    ports.forEach(port -> declared.put(port.name(), new GraphFile.Port(port.type(), port.shape())));
    return declared;
  }

  /** The manifest may leave the ports out, but not tell others. */
  private void compare(
      String graph,
      GraphEntry entry,
      String what,
      List<Port> said,
      Map<String, GraphFile.Port> found) {
    if (said.isEmpty()) {
      return;
    }
    var ports = declared(said);
    if (!List.copyOf(ports.keySet()).equals(List.copyOf(found.keySet()))) {
      throw contradiction(
          NumberText.format(
              "it says that the graph '%s' has the %ss %s, and %s has %s",
              graph, what, ports.keySet(), entry.file(), found.keySet()));
    }
    ports.forEach(
        (name, port) -> {
          var other = found.get(name);
          if (other == null || !port.type().equals(other.type()) || !isSame(port, other)) {
            throw contradiction(
                NumberText.format(
                    "it says that the %s '%s' of the graph '%s' is %s, and in %s it is %s",
                    what, name, graph, text(port), entry.file(), text(other)));
          }
        });
  }

  private static boolean isSame(GraphFile.Port one, GraphFile.Port other) {
    if (one.shape().size() != other.shape().size()) {
      return false;
    }
    for (int axis = 0; axis < one.shape().size(); axis++) {
      var extent = one.shape().get(axis);
      var second = other.shape().get(axis);
      if ((isNumber(extent) || isNumber(second)) && !extent.equals(second)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isNumber(String extent) {
    return !extent.isEmpty() && extent.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  private static String text(GraphFile.@Nullable Port port) {
    return port == null ? "missing" : port.type() + " " + port.shape();
  }

  private Problem contradiction(String sentence) {
    return ManifestReader.damaged(folder.resolve(ModelBundle.MANIFEST), sentence + ".", null);
  }

  /** An extent and the field of the manifest that says so; without a field the engine asks it. */
  private record Extent(String field, int value) {}

  private record Wanted(String name, String type, List<Extent> shape) {}

  private static Extent fixed(int value) {
    return new Extent("", value);
  }

  private static Wanted floats(String name, Extent... shape) {
    return new Wanted(name, "float32", List.of(shape));
  }

  private static Wanted whole(String name, String type, Extent... shape) {
    return new Wanted(name, type, List.of(shape));
  }

  private void require(
      String graph, String what, Map<String, GraphFile.Port> found, List<Wanted> wanted) {
    if (found.isEmpty()) {
      return;
    }
    for (var port : wanted) {
      var place = NumberText.format("the %s '%s' of the graph '%s'", what, port.name, graph);
      var actual = found.get(port.name);
      if (actual == null) {
        throw contradiction(place + " is missing");
      }
      if (!actual.type().equals(port.type) || actual.shape().size() != port.shape.size()) {
        throw contradiction(
            NumberText.format(
                "%s is %s; it has to be %s with %d axes",
                place, text(actual), port.type, port.shape.size()));
      }
      for (int axis = 0; axis < port.shape.size(); axis++) {
        var extent = port.shape.get(axis);
        if (extent.value >= 0 && !actual.shape().get(axis).equals(Integer.toString(extent.value))) {
          throw contradiction(
              (extent.field.isEmpty() ? "" : extent.field + " is " + extent.value + ", but ")
                  + NumberText.format("%s is %s", place, text(actual))
                  + (extent.field.isEmpty() ? ", not " + extent.value + " on each axis" : ""));
        }
      }
    }
    if (what.equals("input") && !wanted.isEmpty() && found.size() > wanted.size()) {
      throw contradiction(
          NumberText.format(
              "the graph '%s' takes %s, which are more inputs than it should have",
              graph, found.keySet()));
    }
  }

  private Wanted latent(String name) {
    var latent = manifest.latent();
    return floats(
        name,
        ANY,
        new Extent("latent.channels", latent.channels()),
        new Extent("latent.height", latent.height()),
        new Extent("latent.width", latent.width()));
  }

  private Extent features() {
    return new Extent("featureMap.channels", manifest.featureMap().channels());
  }

  private Wanted featureMap(String name) {
    var map = manifest.featureMap();
    return floats(
        name,
        ANY,
        features(),
        new Extent("featureMap.height", map.height()),
        new Extent("featureMap.width", map.width()));
  }

  private static Wanted colours(String name) {
    return floats(name, ANY, fixed(3), ANY, ANY);
  }

  private Extent contextWidth() {
    return new Extent("conditioning.contextWidth", manifest.conditioning().contextWidth());
  }

  private Extent contextLength() {
    return new Extent("conditioning.contextLength", manifest.conditioning().contextLength());
  }

  private List<Wanted> inputs(String graph) {
    var wanted = new ArrayList<Wanted>();
    switch (graph) {
      case "unet", "unet_vjp" -> {
        wanted.add(latent("z"));
        wanted.add(whole("t", "int64", ANY));
        if (manifest.conditioning().kind() != ConditioningKind.NONE) {
          wanted.add(floats("context", ANY, ANY, contextWidth()));
        }
        if (graph.equals("unet_vjp")) {
          wanted.add(latent("d_prediction"));
        }
      }
      case "condition" -> wanted.add(whole("label", "int64", ANY));
      case "encode" -> {
        var side = new Extent("encoderSide", manifest.encoderSide());
        wanted.add(floats("image", ANY, fixed(3), side, side));
      }
      case "decode" -> wanted.add(latent("z"));
      case "decode_vjp" -> {
        wanted.add(latent("z"));
        wanted.add(featureMap("d_phi"));
      }
      case "render_fixed" -> wanted.add(featureMap("phi"));
      default -> {
        if (graph.startsWith("render")) {
          renderInputs(graph, wanted);
        } else {
          clipInputs(graph, wanted);
        }
      }
    }
    return wanted;
  }

  private void renderInputs(String graph, List<Wanted> wanted) {
    if (graph.contains("_gather")) {
      wanted.add(floats("phi_window", ANY, features(), ANY, ANY));
      wanted.add(whole("row", "int32", ANY));
      wanted.add(whole("column", "int32", ANY));
      wanted.add(floats("relative_row", ANY));
      wanted.add(floats("relative_column", ANY));
      wanted.add(floats("cell", fixed(2)));
    } else {
      // beside φ two relative coordinates and two relative cells
      var query = new Extent(QUERY, manifest.featureMap().channels() + 4);
      wanted.add(floats("query", ANY, query, ANY, ANY));
    }
    if (graph.startsWith(MOMENTS)) {
      wanted.add(whole("interior", "int64", fixed(4)));
    }
    if (graph.endsWith("_vjp")) {
      wanted.add(colours("d_rgb"));
    }
  }

  /** The sizes of a CLIP are compared when it is wanted: without it the model is of use. */
  private void clipInputs(String graph, List<Wanted> wanted) {
    if (graph.equals("clip_image") || graph.equals("clip_image_vjp")) {
      wanted.add(floats("crop", ANY, fixed(3), ANY, ANY));
      if (graph.endsWith("_vjp")) {
        wanted.add(floats("d_embedding", ANY, ANY));
      }
    } else if (isTextGraph(graph)) {
      wanted.add(whole("tokens", "int64", ANY, tokens(graph)));
    }
  }

  private boolean isTextGraph(String graph) {
    var clip = manifest.clip();
    return graph.equals(TEXT) || (clip != null && clip.textGraph().equals(graph));
  }

  private Extent tokens(String graph) {
    return graph.equals(TEXT) && manifest.conditioning().kind() == ConditioningKind.TEXT
        ? contextLength()
        : ANY;
  }

  private List<Wanted> outputs(String graph) {
    var wanted = new ArrayList<Wanted>();
    switch (graph) {
      case "unet" -> wanted.add(latent("prediction"));
      case "unet_vjp", "decode_vjp" -> wanted.add(latent("d_z"));
      case "condition" -> wanted.add(floats("context", ANY, contextLength(), contextWidth()));
      case "encode" -> {
        if (manifest.latent().kind() == LatentKind.GAUSSIAN) {
          wanted.add(latent("mean"));
          wanted.add(latent("deviation"));
        } else {
          wanted.add(latent("z"));
        }
      }
      case "decode" -> wanted.add(featureMap("phi"));
      case "render_live_vjp" -> wanted.add(floats("d_query", ANY, features(), ANY, ANY));
      case "render_live_gather_vjp" ->
          wanted.add(floats("d_phi_window", ANY, features(), ANY, ANY));
      case "clip_image" -> wanted.add(floats("embedding", ANY, ANY));
      case "clip_image_vjp" -> wanted.add(floats("d_crop", ANY, fixed(3), ANY, ANY));
      default -> {
        if (graph.startsWith("render")) {
          renderOutputs(graph, wanted);
        } else if (isTextGraph(graph)) {
          textOutputs(graph, wanted);
        }
      }
    }
    return wanted;
  }

  private void renderOutputs(String graph, List<Wanted> wanted) {
    var norms = manifest.renderer().norms();
    if (graph.startsWith(MOMENTS)) {
      for (int k = 0; k < norms.size(); k++) {
        if (graph.equals(MOMENTS + k)) {
          wanted.add(new Wanted("sum", "float64", List.of(groups(k))));
          wanted.add(new Wanted("sum_squares", "float64", List.of(groups(k))));
        }
      }
      return;
    }
    wanted.add(colours("rgb"));
    if (graph.startsWith("render_live")) {
      for (int k = 0; k < norms.size(); k++) {
        wanted.add(floats("mean_" + k, ANY, groups(k)));
        wanted.add(floats("variance_" + k, ANY, groups(k)));
      }
    }
  }

  private Extent groups(int k) {
    return new Extent(
        "renderer.norms[" + k + "].groups", manifest.renderer().norms().get(k).groups());
  }

  private void textOutputs(String graph, List<Wanted> wanted) {
    if (graph.equals(TEXT) && manifest.conditioning().kind() == ConditioningKind.TEXT) {
      wanted.add(floats("states", ANY, ANY, contextWidth()));
    }
    var clip = manifest.clip();
    if (clip != null && clip.textGraph().equals(graph)) {
      wanted.add(floats("embedding", ANY, ANY));
    }
  }

  /** The frozen parameters of norms are given by name when a graph is loaded. */
  private void requireNorms(String graph, GraphFile file) {
    if (!graph.equals("render") && !graph.equals("render_gather")) {
      return;
    }
    var norms = manifest.renderer().norms();
    for (int k = 0; k < norms.size(); k++) {
      for (var parameter : List.of("mean", "variance")) {
        var shape = file.initializers().get(NumberText.format("norm_%d_%s", k, parameter));
        int channels = norms.get(k).channels();
        if (shape == null || !shape.equals(List.of(Integer.toString(channels)))) {
          throw contradiction(
              NumberText.format(
                  "renderer.norms[%d].channels is %d, but the %s of this norm in the graph '%s' is"
                      + " %s",
                  k, channels, parameter, graph, shape == null ? "missing" : shape));
        }
      }
    }
    if (file.initializers().containsKey(NumberText.format("norm_%d_mean", norms.size()))) {
      throw contradiction(
          NumberText.format(
              "renderer.norms has %d entries, but the graph '%s' has more norms",
              norms.size(), graph));
    }
  }

  /** What is in the weights and in the operations only. */
  private void requireSizes(String graph, GraphSizes sizes) {
    var renderer = manifest.renderer();
    var conditioning = manifest.conditioning();
    switch (graph) {
      case "render", "render_gather", "render_live", "render_live_gather", "render_fixed" -> {
        requireSize(
            "renderer.receptiveRadius",
            renderer.receptiveRadius(),
            sizes.reach("rgb"),
            "in the graph '" + graph + "' a pixel depends on those up to %d beside its own");
        if (!graph.equals("render_fixed")) {
          requireSize(
              "renderer.hiddenChannels",
              renderer.hiddenChannels(),
              sizes.lastInputChannels("rgb"),
              "the last convolution of the graph '" + graph + "' takes %d channels");
        }
      }
      case "decode", "decode_vjp", "encode" -> {
        if (manifest.latent().kind() == LatentKind.QUANTISED) {
          requireSize(
              "latent.codebook",
              manifest.latent().codebook(),
              sizes.tableRows(),
              "the codebook of the graph '" + graph + "' has %d rows");
        }
      }
      case "condition" ->
          // the last row is for no class
          requireSize(
              "conditioning.classes",
              conditioning.classes(),
              less(sizes.tableRows()),
              "the graph 'condition' knows %d classes");
      default -> {
        if (graph.equals(TEXT) && conditioning.vocabulary() != null) {
          requireTokens("conditioning", conditioning.vocabulary(), graph, sizes);
        }
        var clip = manifest.clip();
        if (clip != null && clip.textGraph().equals(graph)) {
          requireTokens("clip", clip.vocabulary(), graph, sizes);
        }
      }
    }
  }

  private static OptionalLong less(OptionalLong rows) {
    return rows.isPresent() ? OptionalLong.of(rows.getAsLong() - 1) : rows;
  }

  private void requireTokens(
      String owner, Manifest.Vocabulary vocabulary, String graph, GraphSizes sizes) {
    requireSize(
        owner + ".vocabulary.tokens",
        vocabulary.tokens(),
        sizes.tableRows(),
        "the graph '" + graph + "' knows %d tokens");
  }

  private void requireSize(String field, int said, OptionalLong found, String sentence) {
    if (found.isPresent() && found.getAsLong() != said) {
      throw contradiction(
          field + " is " + said + ", but " + NumberText.format(sentence, found.getAsLong()));
    }
  }
}
