package org.infd.exporter.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.infd.exporter.torch.PickleWriter.Settings;
import org.infd.inference.Problem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checkpoints whose dictionaries are of the classes that libraries of settings have. */
class SettingsObjectsTest {
  private static final Map<String, Object> ARGS =
      Map.of("z_shape", List.of(3L, 8L, 8L), "encoder", Map.of("name", "encoder_vqf4"));

  @TempDir Path folder;

  /** A dictionary with all below it in a class of a library, laid out as that library does it. */
  private static Object in(String library, Map<String, ?> map) {
    var inner = new LinkedHashMap<String, Object>();
    map.forEach(
        (key, value) ->
            inner.put(key, value instanceof Map<?, ?> child ? in(library, named(child)) : value));
    return switch (library) {
      case "easydict" -> new Settings("easydict", "EasyDict", inner, inner);
      case "munch" -> new Settings("munch", "Munch", inner, Map.of());
      case "box" -> new Settings("box.box", "Box", inner, Map.of("_box_config", Map.of("x", 1)));
      case "ml_collections" ->
          new Settings(
              "ml_collections.config_dict.config_dict",
              "ConfigDict",
              Map.of(),
              Map.of("_fields", inner, "_locked", true, "_type_safe", true));
      case "omegaconf" -> {
        var nodes = new LinkedHashMap<String, Object>();
        inner.forEach(
            (key, value) ->
                nodes.put(
                    key,
                    value instanceof Settings || value instanceof TensorSource
                        ? value
                        : new Settings(
                            "omegaconf.nodes", "AnyNode", Map.of(), Map.of("_val", value))));
        yield new Settings(
            "omegaconf.dictconfig",
            "DictConfig",
            Map.of(),
            Map.of("_content", nodes, "_metadata", Map.of()));
      }
      default -> new Settings("argparse", "Namespace", Map.of(), inner);
    };
  }

  private static Map<String, Object> named(Map<?, ?> map) {
    var named = new LinkedHashMap<String, Object>();
    map.forEach((key, value) -> named.put(String.valueOf(key), value));
    return named;
  }

  private Path write(Object outer) throws IOException {
    var file = folder.resolve("m.pth");
    TorchFileWriter.writeObject(file, outer);
    return file;
  }

  private static void assertRead(Path file) {
    try (var checkpoint = Checkpoint.open(file)) {
      assertEquals(ARGS, checkpoint.modelArgs());
      assertEquals(List.of("encoder.w"), List.copyOf(checkpoint.stateDict().keySet()));
    }
  }

  private static Map<String, Object> model() {
    return Map.of(
        "name", "infd", "args", ARGS, "sd", Map.of("encoder.w", TensorSource.filled(1, 2)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"easydict", "munch", "box", "ml_collections", "omegaconf", "argparse"})
  void argumentsInThemAreRead(String library) throws IOException {
    var model = new LinkedHashMap<>(model());
    model.put("args", in(library, ARGS));
    assertRead(write(Map.of("model", model)));
  }

  /** Whoever keeps everything in such objects saves everything in them. */
  @ParameterizedTest
  @ValueSource(strings = {"easydict", "munch", "box", "ml_collections", "omegaconf", "argparse"})
  void theWholeCheckpointMayBeOne(String library) throws IOException {
    assertRead(write(in(library, Map.of("model", model(), "iter", 3))));
    assertRead(write(Map.of("state_dict", in(library, Map.of("model", model())))));
  }

  @Test
  void anObjectOfAnotherClassIsNamed() throws IOException {
    var model = new LinkedHashMap<>(model());
    model.put("args", new Settings("mine.options", "Bag", ARGS, Map.of()));
    var file = write(Map.of("model", model));
    var message = assertThrows(Problem.class, () -> Checkpoint.open(file)).getMessage();
    assertTrue(message.contains("'mine.options Bag'"), message);
    assertTrue(message.contains("plain arguments"), message);
  }
}
