package org.infd.inference.generation;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.infd.inference.ShownText;
import org.infd.inference.StrictJson;
import org.infd.inference.export.PngText;
import org.infd.inference.export.PngTexts;
import org.infd.inference.generation.Recipe.SamplerKind;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * What a PNG file of another program says of how it was made, as far as it means something here:
 * "parameters" as Stable Diffusion web UI writes them, the node graph of ComfyUI, the metadata of
 * InvokeAI. Files are not trusted: what is not in one of these forms, has no prompt, or is longer
 * than prompts may be says nothing, and a value that would not be valid here is left out.
 *
 * @param prompt what the picture should show; never blank, without control characters
 * @param negativePrompt what it should not show; "" for nothing
 * @param seed the bits of the seed
 * @param steps 1 to {@value #MOST_STEPS}
 * @param guidance the scale of classifier-free guidance, 0 to {@value #MOST_GUIDANCE}
 * @param sampler the one of ours that is meant
 */
public record ForeignRecipe(
    String prompt,
    String negativePrompt,
    Optional<Long> seed,
    Optional<Integer> steps,
    Optional<Double> guidance,
    Optional<SamplerKind> sampler) {
  private static final int MOST_STEPS = 1000;
  private static final int MOST_GUIDANCE = 100;
  private static final String COMFY = "prompt";
  private static final String INVOKE = "invokeai_metadata";
  private static final String NEGATIVE = "Negative prompt:";
  private static final String STEPS = "Steps:";

  /** The names that others have for our samplers, in small letters. */
  private static final Map<String, SamplerKind> SAMPLERS =
      Map.of(
          "dpm++ 2m", SamplerKind.DPMPP,
          "dpm++ 2m karras", SamplerKind.DPMPP,
          "dpmpp_2m", SamplerKind.DPMPP,
          "dpmpp_2m_k", SamplerKind.DPMPP,
          "ddim", SamplerKind.DDIM);

  /**
   * What a file says.
   *
   * @return empty for anything that is no PNG, or says nothing of the kind
   * @throws IOException if the file cannot be read
   */
  public static Optional<ForeignRecipe> read(Path file) throws IOException {
    var texts = PngTexts.read(file, Set.of(PngText.PARAMETERS, COMFY, INVOKE));
    return Optional.ofNullable(texts.get(PngText.PARAMETERS))
        .flatMap(ForeignRecipe::ofParameters)
        .or(() -> json(texts.get(COMFY)).flatMap(ForeignRecipe::ofGraph))
        .or(() -> json(texts.get(INVOKE)).flatMap(ForeignRecipe::ofInvoke));
  }

  private static Optional<ForeignRecipe> of(
      String prompt, String negative, Map<String, String> values) {
    var wanted = ShownText.lines(prompt).strip();
    var unwanted = ShownText.lines(negative).strip();
    if (wanted.isEmpty()
        || wanted.length() > Recipe.LONGEST_PROMPT
        || unwanted.length() > Recipe.LONGEST_PROMPT) {
      return Optional.empty();
    }
    return Optional.of(
        new ForeignRecipe(
            wanted,
            unwanted,
            value(values, "seed").flatMap(Seed::parse),
            number(values, "steps")
                .filter(steps -> steps >= 1 && steps <= MOST_STEPS && steps == Math.rint(steps))
                .map(Double::intValue),
            number(values, "guidance").filter(scale -> scale >= 0 && scale <= MOST_GUIDANCE),
            value(values, "sampler")
                .map(name -> SAMPLERS.get(name.strip().toLowerCase(Locale.ROOT)))));
  }

  private static Optional<String> value(Map<String, String> values, String name) {
    return Optional.ofNullable(values.get(name));
  }

  private static Optional<Double> number(Map<String, String> values, String name) {
    return value(values, name)
        .filter(text -> text.matches("\\d{1,4}(\\.\\d{1,20})?"))
        .map(Double::valueOf);
  }

  /** Lines of the prompt, of what is not wanted, and in the last one names and values. */
  private static Optional<ForeignRecipe> ofParameters(String text) {
    var lines = ShownText.lines(text).strip().lines().toList();
    boolean hasValues = !lines.isEmpty() && lines.getLast().strip().startsWith(STEPS);
    var words = hasValues ? lines.subList(0, lines.size() - 1) : lines;
    boolean hasNegative = words.stream().anyMatch(line -> line.strip().startsWith(NEGATIVE));
    if (!hasValues && !hasNegative) {
      // any program may call any text so
      return Optional.empty();
    }
    var prompt = new StringBuilder();
    var negative = new StringBuilder();
    var target = prompt;
    for (var line : words) {
      var plain = line.strip();
      if (plain.startsWith(NEGATIVE)) {
        target = negative;
        plain = plain.substring(NEGATIVE.length()).strip();
      }
      target.append(target.isEmpty() ? "" : "\n").append(plain);
    }
    return of(
        prompt.toString(), negative.toString(), hasValues ? values(lines.getLast()) : Map.of());
  }

  /** "Steps: 20, Sampler: DDIM, …"; commas inside quotes separate nothing. */
  private static Map<String, String> values(String line) {
    var names =
        Map.of("Steps", "steps", "Sampler", "sampler", "CFG scale", "guidance", "Seed", "seed");
    var values = new HashMap<String, String>();
    boolean quoted = false;
    int from = 0;
    for (int i = 0; i <= line.length(); i++) {
      boolean isEnd = i == line.length();
      if (!isEnd && line.charAt(i) == '"') {
        quoted = !quoted;
      }
      if (isEnd || (line.charAt(i) == ',' && !quoted)) {
        var entry = line.substring(from, i);
        int colon = entry.indexOf(':');
        var name = colon < 0 ? null : names.get(entry.substring(0, colon).strip());
        if (name != null) {
          values.putIfAbsent(name, entry.substring(colon + 1).strip());
        }
        from = i + 1;
      }
    }
    return values;
  }

  private static Optional<JsonNode> json(@org.jspecify.annotations.Nullable String text) {
    if (text == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(StrictJson.files().readTree(text)).filter(JsonNode::isObject);
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }

  /** A graph with one sampler, whose conditions are texts themselves and not computed ones. */
  private static Optional<ForeignRecipe> ofGraph(JsonNode graph) {
    var samplers =
        graph
            .valueStream()
            .filter(node -> text(node.path("class_type")).startsWith("KSampler"))
            .toList();
    if (samplers.size() != 1) {
      return Optional.empty();
    }
    var inputs = samplers.getFirst().path("inputs");
    var values = new HashMap<String, String>();
    put(values, "seed", inputs, List.of("seed", "noise_seed"));
    put(values, "steps", inputs, List.of("steps"));
    put(values, "guidance", inputs, List.of("cfg"));
    put(values, "sampler", inputs, List.of("sampler_name"));
    return of(
        linked(graph, inputs.path("positive")), linked(graph, inputs.path("negative")), values);
  }

  /** The text of the node that an input comes from. */
  private static String linked(JsonNode graph, JsonNode link) {
    return link.isArray() && link.path(0).isString()
        ? text(graph.path(link.path(0).stringValue()).path("inputs").path("text"))
        : "";
  }

  private static Optional<ForeignRecipe> ofInvoke(JsonNode metadata) {
    var values = new HashMap<String, String>();
    put(values, "seed", metadata, List.of("seed"));
    put(values, "steps", metadata, List.of("steps"));
    put(values, "guidance", metadata, List.of("cfg_scale"));
    put(values, "sampler", metadata, List.of("scheduler"));
    return of(
        text(metadata.path("positive_prompt")), text(metadata.path("negative_prompt")), values);
  }

  private static void put(
      Map<String, String> values, String name, JsonNode from, List<String> keys) {
    for (var key : keys) {
      var value = from.path(key);
      if (value.isString() || value.isNumber()) {
        values.put(name, value.asString());
        return;
      }
    }
  }

  private static String text(JsonNode node) {
    return node.isString() ? node.stringValue() : "";
  }
}
