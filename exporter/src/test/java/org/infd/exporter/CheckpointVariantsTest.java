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
import java.util.function.UnaryOperator;
import org.infd.exporter.torch.DataType;
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

/** The same model in the forms in which checkpoints lie about. */
class CheckpointVariantsTest {
  @TempDir Path folder;

  private final Map<String, Object> args = TinyModel.args();
  private final Map<String, TensorSource> tensors = new LinkedHashMap<>(TinyModel.tensors());

  @BeforeEach
  void plain() throws IOException {
    TorchFileWriter.write(folder.resolve("plain.pth"), TorchFileWriter.infd(args, tensors));
  }

  @ParameterizedTest
  @ValueSource(strings = {"model", "net", "model.module", "state_dict._orig_mod.model", "a.b.c"})
  void aNetworkInsideAnotherModuleIsFound(String prefix) throws IOException {
    assertSameModel(renamed(name -> prefix + "." + name));
  }

  @Test
  void whatLiesBesideANetworkInsideAnotherModuleKeepsItsName() throws IOException {
    tensors.put("loss.scale", TensorSource.filled(1, 2));
    assertSameModel(renamed(name -> name.startsWith("loss.") ? name : "model." + name));
  }

  @ParameterizedTest
  @ValueSource(strings = {"state_dict", "checkpoint", "model", "state_dict/state_dict", "a/b/c"})
  void aCheckpointInsideDictionariesIsFound(String path) throws IOException {
    Map<String, ?> value = TorchFileWriter.infd(args, tensors);
    for (var name : path.split("/")) {
      value = Map.of(name, value, "epoch", 3, "history", Map.of("loss", 0.5));
    }
    var file = folder.resolve("wrapped.pth");
    TorchFileWriter.write(file, value);
    assertSameModel(file);
  }

  @Test
  void tensorsInsideDictionariesAreFound() throws IOException {
    var inner = folder.resolve("inner.pth");
    TorchFileWriter.write(
        inner,
        Map.of("model", Map.of("name", "infd", "args", args, "sd", Map.of("state_dict", tensors))));
    assertSameModel(inner);
  }

  @Test
  void tensorsInsideDictionariesWithTheirConfigurationBesideAreFound() throws IOException {
    var beside = folder.resolve("beside.pth");
    TorchFileWriter.write(beside, Map.of("state_dict", Map.of("module", tensors), "epoch", 3));
    Files.writeString(
        folder.resolve("beside.json"),
        JsonMapper.shared().writeValueAsString(Map.of("name", "infd", "args", args)));
    assertSameModel(beside);
  }

  private Path renamed(UnaryOperator<String> renaming) throws IOException {
    var renamed = new LinkedHashMap<String, TensorSource>();
    tensors.forEach((name, tensor) -> renamed.put(renaming.apply(name), tensor));
    var file = folder.resolve("renamed.pth");
    TorchFileWriter.write(file, TorchFileWriter.infd(args, renamed));
    return file;
  }

  private ImportReport export(Path file, String bundle) {
    return BundleExporter.export(
        file,
        folder.resolve(bundle),
        ImportOptions.defaults(),
        ProgressListener.none(),
        Cancellation.never());
  }

  /** The weights of all graphs by their hashes. */
  private Map<String, String> weights(String bundle) {
    var hashes = new LinkedHashMap<String, String>();
    ModelBundle.open(folder.resolve(bundle))
        .manifest()
        .graphs()
        .forEach((name, graph) -> hashes.put(name, graph.sha256() + " " + graph.weightsSha256()));
    return hashes;
  }

  private void assertSameModel(Path file) {
    export(folder.resolve("plain.pth"), "plain");
    export(file, "other");
    assertEquals(weights("plain"), weights("other"));
  }

  private static String inner(String name, String part) {
    return name.startsWith("z_dm") || name.startsWith("decoder")
        ? name.replaceFirst("[.]", "." + part + ".")
        : name;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "module.",
        "_orig_mod.",
        "module._orig_mod.",
        "_orig_mod.module.",
        "module.module.",
        "_forward_module.",
        "_fsdp_wrapped_module."
      })
  void wrappersAroundTheWholeAreLeftOut(String prefix) throws IOException {
    var file = renamed(name -> prefix + name);
    assertSameModel(file);
    var report = BundleExporter.inspect(file, ImportOptions.defaults()).toText();
    for (var part : prefix.split("[.]")) {
      assertTrue(report.contains("'" + part + ".'"), report);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"module", "_orig_mod", "_checkpoint_wrapped_module"})
  void wrappersInsideAreLeftOut(String part) throws IOException {
    assertSameModel(renamed(name -> inner(name, part)));
  }

  @Test
  void wrappersDeepInsideAreLeftOut() throws IOException {
    assertSameModel(
        renamed(name -> "_orig_mod." + name.replaceFirst("[.](?=[a-z_]+$)", "._orig_mod.module.")));
  }

  @Test
  void twoTensorsOfOneNameAreRefused() throws IOException {
    tensors.put("module.encoder.1.bias", TensorSource.filled(1, 3));
    var message = refused(renamed(name -> name));
    assertTrue(message.contains("'module.encoder.1.bias'"), message);
    assertTrue(message.contains("'encoder.1.bias'"), message);
  }

  private String refused(Path file) {
    var problem = assertThrows(Problem.class, () -> export(file, "refused"));
    assertFalse(Files.exists(folder.resolve("refused")));
    return String.valueOf(problem.getMessage());
  }

  private Path safetensors(Map<String, String> metadata) throws IOException {
    var file = folder.resolve("weights.safetensors");
    SafetensorsFileWriter.write(file, tensors, metadata);
    return file;
  }

  private Map<String, Object> cfg() {
    return Map.of("max_iter", 3, "model", Map.of("name", "infd", "args", args));
  }

  private static String json(Object value) {
    return JsonMapper.shared().writeValueAsString(value);
  }

  @Test
  void safetensorsDescribedInTheirMetadata() throws IOException {
    assertSameModel(safetensors(Map.of("format", "pt", "cfg", json(cfg()), "iter", "77")));
    assertEquals(77L, ModelBundle.open(folder.resolve("other")).manifest().source().iteration());
  }

  @Test
  void safetensorsDescribedByTheirModelAlone() throws IOException {
    assertSameModel(safetensors(Map.of("model", json(Map.of("name", "infd", "args", args)))));
  }

  @Test
  void safetensorsDescribedByTheirArgumentsAlone() throws IOException {
    assertSameModel(safetensors(Map.of("args", json(args))));
  }

  @Test
  void safetensorsWithJsonBesideThem() throws IOException {
    Files.writeString(folder.resolve("weights.json"), "\uFEFF" + json(cfg()));
    assertSameModel(safetensors(Map.of()));
  }

  @Test
  void safetensorsWithYamlBesideThem() throws IOException {
    Files.writeString(folder.resolve("weights.yaml"), yaml(cfg(), 0));
    assertSameModel(safetensors(Map.of()));
  }

  @Test
  void aBareStateDictWithYamlBesideIt() throws IOException {
    Files.writeString(folder.resolve("bare.yml"), yaml(cfg(), 0));
    TorchFileWriter.write(folder.resolve("bare.pth"), tensors);
    assertSameModel(folder.resolve("bare.pth"));
  }

  /** Block style, as people write it. */
  private static String yaml(Object value, int indent) {
    var text = new StringBuilder();
    if (value instanceof Map<?, ?> map) {
      map.forEach(
          (key, child) ->
              text.append(" ".repeat(indent))
                  .append(key)
                  .append(child instanceof Map ? ":\n" + yaml(child, indent + 2) : ": ")
                  .append(child instanceof Map ? "" : json(child) + "  # a comment\n"));
    }
    return text.toString();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"model\":{\"name\":\"liif\",\"args\":{}}} | 'liif'",
        "{\"model\":  | neither sound JSON nor sound YAML",
        "{\"lr\":3}   | describes no INFD model",
        "[1,2]        | describes no INFD model",
        "a: !!java.net.URL x | neither sound JSON nor sound YAML",
        "a: &a [*a]   | repeated far more",
      })
  void wrongDescriptionsAreNamed(String text, String expected) throws IOException {
    Files.writeString(folder.resolve("weights.json"), text);
    var message = refused(safetensors(Map.of()));
    assertTrue(message.contains(expected.strip()), message);
  }

  @Test
  void safetensorsAloneSayWhatIsMissing() throws IOException {
    var message = refused(safetensors(Map.of("format", "pt")));
    assertTrue(message.contains(".yaml or .json"), message);
  }

  @Test
  void levelsWithoutResidualBlocksAreLegal() throws IOException {
    Map<String, Object> coder = Map.of("ch", 32, "ch_mult", List.of(1, 1), "num_res_blocks", 0);
    args.put("encoder", Map.of("name", "encoder_vqf4", "args", coder));
    args.put("decoder", Map.of("name", "decoder_vqf4", "args", coder));
    var unet = TinyModel.unetArgs();
    unet.put("num_res_blocks", 0);
    args.put("z_dm", Map.of("name", "openai_unet", "args", unet));
    var file = folder.resolve("zero.pth");
    RandomCheckpoint.write(file, args, 0);
    var report = export(file, "zero");
    assertTrue(report.complete());
    assertTrue(report.trials().stream().allMatch(ImportReport.Trial::finite));
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void weightsThatAreNoNumbersAreNamed(float value) throws IOException {
    var name = "decoder.1.conv_in.bias";
    var shape = tensors.get(name).shape();
    for (var type : List.of(DataType.F32, DataType.F16)) {
      var values = new float[(int) shape[0]];
      values[3] = value;
      tensors.put(name, TensorSource.of(type, shape, values));
      var message = refused(renamed(n -> n));
      assertTrue(message.contains(name + " (1 value)"), message);
      assertTrue(message.contains("NaN or infinite"), message);
    }
    try (var files = Files.list(folder)) {
      assertTrue(files.noneMatch(f -> f.getFileName().toString().startsWith(".infd")));
    }
  }

  /** What is not taken may be anything. */
  @Test
  void damagedTensorsThatAreNotTakenDoNotMatter() throws IOException {
    tensors.put("disc.main.weight", TensorSource.filled(Float.NaN, 3));
    assertSameModel(renamed(n -> n));
  }
}
