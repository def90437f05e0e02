package org.infd.inference.generation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.infd.inference.ShownText;
import org.infd.inference.StrictJson;
import org.infd.inference.export.PngText;
import org.infd.inference.export.PngTexts;
import org.infd.inference.generation.Recipe.SamplerKind;
import org.infd.inference.photo.ExifTexts;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * What a picture file of another program says of how it was made, as far as it means something
 * here: "parameters" as Stable Diffusion web UI writes them, the node graph of ComfyUI, the
 * metadata of InvokeAI, in the texts of a PNG or the Exif data of a JPEG or WebP. Files are not
 * trusted: what is not in one of these forms, has no prompt, or is longer than prompts may be says
 * nothing, and a value that would not be valid here is left out. Prompts have the weights of Stable
 * Diffusion web UI, as here; those of InvokeAI are translated.
 *
 * @param prompt what the picture should show; never blank, without control characters
 * @param negativePrompt what it should not show; "" for nothing
 * @param seed the bits of the seed
 * @param steps 1 to {@value #MOST_STEPS}
 * @param guidance the scale of classifier-free guidance, 0 to {@value #MOST_GUIDANCE}
 * @param sampler the one of ours that is meant
 * @param others what else is said and means nothing here: names and values
 */
public record ForeignRecipe(
    String prompt,
    String negativePrompt,
    Optional<Long> seed,
    Optional<Integer> steps,
    Optional<Double> guidance,
    Optional<SamplerKind> sampler,
    List<String> others) {
  /** Copies the list. */
  public ForeignRecipe {
    others = List.copyOf(others);
  }

  private static final int MOST_STEPS = 1000;
  private static final int MOST_GUIDANCE = 100;
  private static final String COMFY = "prompt";
  private static final String INVOKE = "invokeai_metadata";
  private static final String NEGATIVE = "Negative prompt:";
  private static final String STEPS = "Steps:";
  private static final String SEED = "seed";
  private static final String COUNT = "steps";
  private static final String GUIDANCE = "guidance";
  private static final String SAMPLER = "sampler";

  /** Where ComfyUI writes the graph of a WebP, which has no texts. */
  private static final String COMFY_IN_MODEL = "prompt:";

  /** Pictures of other programs are a few megabytes. */
  private static final long LARGEST_PHOTO = 64L << 20;

  private static final int MOST_OTHERS = 50;
  private static final int LONGEST_OTHER = 80;

  private static final Set<String> GRAPH_NAMES =
      Set.of("seed", "noise_seed", "steps", "cfg", "sampler_name");
  private static final Set<String> INVOKE_NAMES =
      Set.of("seed", "steps", "cfg_scale", "scheduler", "positive_prompt", "negative_prompt");

  /** The names that others have for our samplers, in small letters. */
  private static final Map<String, SamplerKind> SAMPLERS =
      Map.ofEntries(
          Map.entry("dpm++ 2m", SamplerKind.DPMPP),
          Map.entry("dpm++ 2m karras", SamplerKind.DPMPP),
          Map.entry("dpmpp_2m", SamplerKind.DPMPP),
          Map.entry("dpmpp_2m_k", SamplerKind.DPMPP),
          Map.entry("ddim", SamplerKind.DDIM),
          Map.entry("euler", SamplerKind.EULER),
          Map.entry("euler_k", SamplerKind.EULER),
          Map.entry("k_euler", SamplerKind.EULER),
          Map.entry("euler a", SamplerKind.EULER_A),
          Map.entry("euler_a", SamplerKind.EULER_A),
          Map.entry("k_euler_a", SamplerKind.EULER_A),
          Map.entry("euler_ancestral", SamplerKind.EULER_A));

  /**
   * What a file says.
   *
   * @return empty for anything that is no PNG, JPEG or WebP, or says nothing of the kind
   * @throws IOException if the file cannot be read
   */
  public static Optional<ForeignRecipe> read(Path file) throws IOException {
    var texts = texts(file);
    return Optional.ofNullable(texts.get(PngText.PARAMETERS))
        .flatMap(ForeignRecipe::ofParameters)
        .or(() -> json(texts.get(COMFY)).flatMap(ForeignRecipe::ofGraph))
        .or(() -> json(texts.get(INVOKE)).flatMap(ForeignRecipe::ofInvoke));
  }

  private static Map<String, String> texts(Path file) throws IOException {
    var texts = new HashMap<>(PngTexts.read(file, Set.of(PngText.PARAMETERS, COMFY, INVOKE)));
    if (texts.isEmpty() && Files.size(file) <= LARGEST_PHOTO) {
      var exif = ExifTexts.of(Files.readAllBytes(file));
      exif.comment().ifPresent(text -> texts.put(PngText.PARAMETERS, text));
      exif.comment().ifPresent(text -> texts.put(COMFY, text));
      exif.model()
          .filter(text -> text.startsWith(COMFY_IN_MODEL))
          .ifPresent(text -> texts.put(COMFY, text.substring(COMFY_IN_MODEL.length())));
    }
    return texts;
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
    var seed = value(values, SEED).flatMap(Seed::parse);
    var steps =
        number(values, COUNT)
            .filter(count -> count >= 1 && count <= MOST_STEPS && count == Math.rint(count))
            .map(Double::intValue);
    var guidance = number(values, GUIDANCE).filter(scale -> scale >= 0 && scale <= MOST_GUIDANCE);
    var sampler =
        value(values, SAMPLER).map(name -> SAMPLERS.get(name.strip().toLowerCase(Locale.ROOT)));
    var left = new TreeMap<>(values);
    seed.ifPresent(_ -> left.remove(SEED));
    steps.ifPresent(_ -> left.remove(COUNT));
    guidance.ifPresent(_ -> left.remove(GUIDANCE));
    sampler.ifPresent(_ -> left.remove(SAMPLER));
    var others =
        left.entrySet().stream()
            .limit(MOST_OTHERS)
            .map(
                entry ->
                    ShownText.shortened(entry.getKey() + ": " + entry.getValue(), LONGEST_OTHER))
            .toList();
    return Optional.of(new ForeignRecipe(wanted, unwanted, seed, steps, guidance, sampler, others));
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
    var names = Map.of("Steps", COUNT, "Sampler", SAMPLER, "CFG scale", GUIDANCE, "Seed", SEED);
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
        if (colon >= 0) {
          var name = entry.substring(0, colon).strip();
          values.putIfAbsent(names.getOrDefault(name, name), entry.substring(colon + 1).strip());
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
    put(values, SEED, inputs, List.of("seed", "noise_seed"));
    put(values, COUNT, inputs, List.of("steps"));
    put(values, GUIDANCE, inputs, List.of("cfg"));
    put(values, SAMPLER, inputs, List.of("sampler_name"));
    others(values, inputs, GRAPH_NAMES);
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
    put(values, SEED, metadata, List.of("seed"));
    put(values, COUNT, metadata, List.of("steps"));
    put(values, GUIDANCE, metadata, List.of("cfg_scale"));
    put(values, SAMPLER, metadata, List.of("scheduler"));
    others(values, metadata, INVOKE_NAMES);
    var wanted = CompelPrompt.of(text(metadata.path("positive_prompt")));
    var unwanted = CompelPrompt.of(text(metadata.path("negative_prompt")));
    wanted
        .left()
        .or(unwanted::left)
        .ifPresent(left -> values.putIfAbsent("weights of InvokeAI", left + " is read as words"));
    return of(wanted.text(), unwanted.text(), values);
  }

  private static void others(Map<String, String> values, JsonNode from, Set<String> known) {
    for (var entry : from.properties()) {
      var value = entry.getValue();
      boolean isOther = !known.contains(entry.getKey()) && (value.isString() || value.isNumber());
      if (isOther) {
        values.putIfAbsent(entry.getKey(), value.asString());
      }
    }
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
