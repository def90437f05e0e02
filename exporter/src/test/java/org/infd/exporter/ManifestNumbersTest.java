package org.infd.exporter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.infd.inference.Problem;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.runtime.Cancellation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Every number of a manifest that the graphs of the model tell too: another one is refused in a
 * sentence that names it.
 */
class ManifestNumbersTest {
  /** In no graph: how noise is laid on in training, and what sizes were seen in it. */
  private static final Set<String> IN_NO_GRAPH =
      Set.of(
          "source.iteration",
          "trainedScale.min",
          "trainedScale.max",
          "sharpScale.side",
          "sharpScale.kept",
          "diffusion.steps",
          "diffusion.betaStart",
          "diffusion.betaEnd",
          "diffusion.eta");

  @TempDir Path folder;

  private JsonNode manifest = JsonMapper.shared().createObjectNode();

  private void model(Map<String, Object> args) throws IOException {
    var checkpoint = folder.resolve("model.pth");
    RandomCheckpoint.write(checkpoint, args, 0);
    BundleExporter.export(
        checkpoint,
        folder.resolve("b"),
        ImportOptions.defaults(),
        ProgressListener.none(),
        Cancellation.never());
    manifest = JsonMapper.shared().readTree(Files.readAllBytes(file()));
  }

  private Path file() {
    return folder.resolve("b").resolve(ModelBundle.MANIFEST);
  }

  private static Map<String, Object> classArgs() {
    var args = TinyModel.args(Map.of("hidden_channels", 32, "kernel_size", 5));
    var unet = TinyModel.unetArgs();
    unet.putAll(Map.of("use_spatial_transformer", true, "num_heads", -1, "context_dim", 24));
    args.put("z_dm", Map.of("name", "openai_unet", "args", unet));
    args.put("z_dm_cond", "class");
    args.put("z_dm_cond_opt", "crossattn");
    args.put("z_dm_p_uncond", 0.1);
    args.put(
        "z_dm_cond_encoder",
        Map.of("name", "class_embedder", "args", Map.of("n_embed", 5, "embed_dim", 24)));
    return args;
  }

  /** What opening says of a manifest with another value at a place; empty if it is taken. */
  private String said(String place, String json) throws IOException {
    var tree = manifest.deepCopy();
    var steps = List.of(place.split("\\.", -1));
    var at = tree;
    for (var step : steps.subList(0, steps.size() - 1)) {
      at = step.matches("\\d+") ? at.path(Integer.parseInt(step)) : at.path(step);
    }
    ((ObjectNode) at).set(steps.getLast(), JsonMapper.shared().readTree(json));
    Files.writeString(file(), tree.toString());
    try {
      ModelBundle.open(folder.resolve("b"));
      return "";
    } catch (Problem e) {
      return String.valueOf(e.getMessage());
    }
  }

  private static void numbers(JsonNode node, String place, List<String> found) {
    if (node.isNumber() && !place.equals("format")) {
      found.add(place);
    }
    for (int i = 0; node.isArray() && i < node.size(); i++) {
      numbers(node.get(i), place + "." + i, found);
    }
    for (var property : node.properties()) {
      if (!property.getKey().equals("graphs")) {
        numbers(
            property.getValue(),
            place.isEmpty() ? property.getKey() : place + "." + property.getKey(),
            found);
      }
    }
  }

  private void assertEachNumberIsKnown(Map<String, Object> args) throws IOException {
    model(args);
    var places = new ArrayList<String>();
    numbers(manifest, "", places);
    assertTrue(places.size() > 20, places::toString);
    var taken = new LinkedHashSet<String>();
    for (var place : places) {
      var value = manifest.at("/" + place.replace('.', '/')).doubleValue();
      var others = new LinkedHashSet<>(List.of(value + 1, 2 * value, Math.floor(value / 2), 0.0));
      others.remove(value);
      for (double other : others) {
        var said =
            said(place, other == Math.rint(other) ? Long.toString((long) other) : "" + other);
        if (said.isEmpty()) {
          taken.add(place);
        } else {
          var name = place.substring(place.lastIndexOf('.') + 1);
          // what the number decides may be named instead
          var decided = Map.of("diffusion.steps", "diffusion.respacing", "channels", "groups");
          assertTrue(
              said.contains(name)
                  || said.contains(decided.getOrDefault(place, decided.getOrDefault(name, name))),
              () -> place + " as " + other + ": " + said);
        }
      }
      for (var other : List.of("-1", "2147483647", "1e300", "null", "\"7\"", "[]")) {
        var said = said(place, other);
        boolean isOptional = place.equals("source.iteration");
        assertEquals(isOptional && said.isEmpty(), said.isEmpty(), place + " as " + other);
      }
    }
    taken.removeAll(IN_NO_GRAPH);
    assertEquals(Set.of(), taken);
  }

  @Test
  void ofAModelForTexts() throws IOException {
    assertEachNumberIsKnown(TinyModel.textArgs());
  }

  @Test
  void ofAModelForClasses() throws IOException {
    assertEachNumberIsKnown(classArgs());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "renderer.receptiveRadius | 13 | renderer.receptiveRadius is 13, but in the graph 'render'"
            + " a pixel depends on those up to 12 beside its own",
        "renderer.hiddenChannels | 33 | renderer.hiddenChannels is 33, but the last convolution of"
            + " the graph 'render' takes 32 channels",
        "conditioning.classes | 6 | conditioning.classes is 6, but the graph 'condition' knows 5"
            + " classes",
        "conditioning.contextLength | 2 | conditioning.contextLength is 2, but the output"
            + " 'context'",
        "latent.codebook | 17 | latent.codebook is 17, but the codebook of the graph '",
      })
  void whatTheWeightsTellIsSaid(String place, String value, String said) throws IOException {
    model(classArgs());
    var sentence = said(place, value);
    assertTrue(sentence.contains("bundle.json is damaged: " + said), sentence);
  }
}
