package org.infd.exporter.torch;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.infd.inference.Problem;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of an INFD model where they are not in a training checkpoint around its tensors: as
 * JSON or YAML in the metadata of a safetensors file, or in a file of the same name beside it. What
 * counts is the configuration of the training ({@code model: {name, args}}), its model part alone,
 * or the arguments alone.
 *
 * @param cfg the whole configuration, empty if only the model is described
 * @param modelArgs the arguments of the model (docs/spec/infd-model.md 1.3)
 */
record ModelDescription(
    Map<String, @Nullable Object> cfg,
    Map<String, @Nullable Object> modelArgs,
    OptionalLong iteration) {
  private static final List<String> ENDINGS = List.of(".json", ".yaml", ".yml");
  private static final List<String> KEYS =
      List.of("cfg", "config", "model", "infd", "args", "model.args", "model_args", "model_cfg");
  private static final long LARGEST = 4 << 20;

  /**
   * Looks into the metadata of a file first, then beside it.
   *
   * @throws Problem if a description is there and cannot be read, or is of another model
   */
  static Optional<ModelDescription> find(Path file, Map<String, String> metadata) {
    for (var key : KEYS) {
      var text = metadata.get(key);
      if (text != null) {
        var where = file + " (its metadata '" + key + "')";
        var found = of(where, SettingsText.parse(where, text));
        if (found.isPresent()) {
          return found.map(description -> description.withIteration(metadata.get("iter")));
        }
      }
    }
    return beside(file);
  }

  /** Looks for a file of the same name that ends in .json, .yaml or .yml. */
  static Optional<ModelDescription> beside(Path file) {
    var name = String.valueOf(file.getFileName());
    int dot = name.lastIndexOf('.');
    for (var ending : ENDINGS) {
      for (var stem : List.of(dot > 0 ? name.substring(0, dot) : name, name)) {
        var beside = file.resolveSibling(stem + ending);
        if (Files.isRegularFile(beside)) {
          var found = of(beside.toString(), SettingsText.parse(beside.toString(), read(beside)));
          return Optional.of(
              found.orElseThrow(
                  () ->
                      new Problem(
                          beside
                              + " describes no INFD model: it has neither a 'model' with name and"
                              + " args, nor encoder, decoder and renderer. Use the configuration"
                              + " that the training was run with.")));
        }
      }
    }
    return Optional.empty();
  }

  private static String read(Path file) {
    try {
      if (Files.size(file) > LARGEST) {
        throw new Problem(file + " is far larger than the configuration of a model.");
      }
      return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw MappedFile.unreadable(file, e);
    }
  }

  private ModelDescription withIteration(@Nullable String text) {
    return text == null || !text.matches("\\d{1,18}")
        ? this
        : new ModelDescription(cfg, modelArgs, OptionalLong.of(Long.parseLong(text)));
  }

  private static Optional<ModelDescription> of(String where, @Nullable Object value) {
    if (!(value instanceof Map<?, ?> map)) {
      return Optional.empty();
    }
    if (map.get("model") instanceof Map<?, ?> model) {
      return of(where, model)
          .map(found -> new ModelDescription(table(cfg(map)), found.modelArgs, iteration(map)));
    }
    if (map.get("cfg") instanceof Map<?, ?> cfg) {
      return of(where, cfg);
    }
    if (map.get("name") instanceof String name && map.containsKey("args")) {
      if (!name.equals(Checkpoint.MODEL_NAME)) {
        throw new Problem(
            where
                + " is of the model "
                + SourceLocation.quote(name)
                + ", not of an INFD model. Give the configuration that belongs to the weights.");
      }
      return Optional.of(
          new ModelDescription(
              Map.of(),
              map.get("args") instanceof Map<?, ?> args ? table(args) : Map.of(),
              OptionalLong.empty()));
    }
    boolean arguments =
        map.containsKey("encoder") && map.containsKey("decoder") && map.containsKey("renderer");
    return arguments
        ? Optional.of(new ModelDescription(Map.of(), table(map), OptionalLong.empty()))
        : Optional.empty();
  }

  private static Map<?, ?> cfg(Map<?, ?> outer) {
    return outer.get("cfg") instanceof Map<?, ?> inner ? inner : outer;
  }

  private static OptionalLong iteration(Map<?, ?> outer) {
    return outer.get("iter") instanceof Long number
        ? OptionalLong.of(number)
        : OptionalLong.empty();
  }

  @SuppressWarnings("unchecked") // made by SettingsText, whose keys are texts
  private static Map<String, @Nullable Object> table(Map<?, ?> map) {
    return (Map<String, @Nullable Object>) map;
  }
}
