package org.infd.exporter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.infd.exporter.torch.SafetensorsFileWriter;
import org.infd.exporter.torch.TensorSource;
import org.infd.exporter.torch.TorchFileWriter;
import org.infd.inference.Problem;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.runtime.Cancellation;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** Weights in several files with an index: all together are one model, and a wrong one is named. */
class ShardedCheckpointTest {
  private static final String INDEX = "w.safetensors.index.json";
  private static final String FIRST = "w-00001-of-00002.safetensors";
  private static final String SECOND = "w-00002-of-00002.safetensors";

  @TempDir Path folder;

  private final Map<String, Object> args = TinyModel.args();
  private final Map<String, TensorSource> tensors = TinyModel.tensors();
  private final Map<String, String> places = new LinkedHashMap<>();

  @BeforeEach
  void write() throws IOException {
    var parts =
        List.of(
            new LinkedHashMap<String, TensorSource>(), new LinkedHashMap<String, TensorSource>());
    int count = 0;
    for (var entry : tensors.entrySet()) {
      int part = count++ % 3 == 0 ? 0 : 1;
      parts.get(part).put(entry.getKey(), entry.getValue());
      places.put(entry.getKey(), part == 0 ? FIRST : SECOND);
    }
    SafetensorsFileWriter.write(folder.resolve(FIRST), parts.get(0));
    SafetensorsFileWriter.write(folder.resolve(SECOND), parts.get(1));
    index(Map.of("total_size", 12345, "format", "pt"));
    Files.writeString(folder.resolve("w.json"), json(Map.of("name", "infd", "args", args)));
  }

  private void index(Map<String, ?> metadata) throws IOException {
    Files.writeString(
        folder.resolve(INDEX), json(Map.of("metadata", metadata, "weight_map", places)));
  }

  private static String json(Object value) {
    return JsonMapper.shared().writeValueAsString(value);
  }

  private void export(Path file, String bundle) {
    BundleExporter.export(
        file,
        folder.resolve(bundle),
        ImportOptions.defaults(),
        ProgressListener.none(),
        Cancellation.never());
  }

  private Map<String, String> weights(String bundle) {
    var hashes = new LinkedHashMap<String, String>();
    ModelBundle.open(folder.resolve(bundle))
        .manifest()
        .graphs()
        .forEach((name, graph) -> hashes.put(name, graph.sha256() + " " + graph.weightsSha256()));
    return hashes;
  }

  private void assertSameModel(String file) throws IOException {
    var plain = folder.resolve("plain.pth");
    TorchFileWriter.write(plain, TorchFileWriter.infd(args, tensors));
    export(plain, "plain");
    export(folder.resolve(file), "other");
    assertEquals(weights("plain"), weights("other"));
  }

  private String refused(String file) {
    var message =
        assertThrows(Problem.class, () -> export(folder.resolve(file), "refused")).getMessage();
    assertFalse(Files.exists(folder.resolve("refused")));
    return message;
  }

  @ParameterizedTest
  @ValueSource(strings = {INDEX, FIRST, SECOND})
  void theIndexOrAnyPartIsTheModel(String file) throws IOException {
    assertSameModel(file);
  }

  @Test
  void theIndexMayHoldTheConfiguration() throws IOException {
    Files.delete(folder.resolve("w.json"));
    index(Map.of("cfg", json(Map.of("model", Map.of("name", "infd", "args", args)))));
    assertSameModel(INDEX);
  }

  @Test
  void aPartThatIsMissingIsNamed() throws IOException {
    Files.delete(folder.resolve(SECOND));
    for (var file : List.of(INDEX, FIRST)) {
      var message = refused(file);
      assertTrue(message.contains(SECOND + " is missing"), message);
    }
  }

  @Test
  void aPartWithoutTheIndexIsToldAsAPart() throws IOException {
    Files.delete(folder.resolve(INDEX));
    var message = refused(SECOND);
    assertTrue(message.contains("is part 2 of 2") && message.contains(INDEX), message);
  }

  @Test
  void aPartOfAnotherModelIsNamed() throws IOException {
    SafetensorsFileWriter.write(
        folder.resolve(SECOND), Map.of("layers.0.weight", TensorSource.filled(1, 3)));
    var message = refused(INDEX);
    assertTrue(message.contains(SECOND + " does not hold the tensor '"), message);
    assertTrue(message.contains("part of another model"), message);
  }

  @Test
  void aPartWithMoreThanTheIndexSaysIsNamed() throws IOException {
    var last = List.copyOf(places.keySet()).getLast();
    places.remove(last);
    index(Map.of());
    var message = refused(INDEX);
    assertTrue(message.contains("holds the tensor '" + last + "', which the index"), message);
  }

  @Test
  void aPartOfAModelOfOtherSizesIsTold() throws IOException {
    var others = new LinkedHashMap<String, TensorSource>();
    tensors.forEach(
        (name, tensor) -> {
          if (SECOND.equals(places.get(name))) {
            others.put(name, TensorSource.filled(1, 5));
          }
        });
    SafetensorsFileWriter.write(folder.resolve(SECOND), others);
    var message = refused(INDEX);
    assertTrue(message.contains("shape") || message.contains("size"), message);
  }

  @Test
  void theSameTensorInTwoPartsIsRefused() throws IOException {
    Files.copy(
        folder.resolve(FIRST),
        folder.resolve(SECOND),
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    var message = refused(INDEX);
    assertTrue(message.contains("as another part does"), message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "{} | weight_map is missing",
        "{\"weight_map\":{}} | it names no tensor",
        "{\"weight_map\":{\"a\":3}} | weight_map.a is 3",
        "{\"weight_map\":{\"a\":\"../x.safetensors\"}} | the name of a file beside the index",
        "{\"weight_map\":{\"a\":\"/etc/passwd\"}} | the name of a file beside the index",
        "{\"weight_map\":{\"a\":\"..\"}} | the name of a file beside the index",
        "{\"weight_map\":[1]} | weight_map is",
        "not json | it is no ",
        "{\"weight_map\":{\"a\":\"w.json\"}} | JSON text, not a checkpoint",
      })
  void aWrongIndexIsTold(String text, String said) throws IOException {
    Files.writeString(folder.resolve(INDEX), text);
    var message = refused(INDEX);
    assertTrue(message.contains(said), message);
    assertTrue(message.startsWith(folder.toString()) && message.endsWith("."), message);
  }
}
