package org.infd.exporter;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.infd.exporter.torch.DataType;
import org.infd.exporter.torch.TensorSource;
import org.infd.exporter.torch.TorchFileWriter;
import org.infd.inference.Problem;
import org.infd.inference.bundle.Manifest;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.generation.Generator;
import org.infd.inference.generation.Recipe;
import org.infd.inference.generation.RunListener;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.Device;
import org.infd.inference.runtime.DeviceQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models that take prompts (docs/spec/infd-model.md 10), from a checkpoint to a latent. */
class TextImportTest {
  private static final String PREFIX = "z_dm_cond_encoder.";

  @TempDir Path folder;

  private final Map<String, Object> args = TinyModel.textArgs();
  private final Map<String, TensorSource> tensors = RandomCheckpoint.tensors(args, 0);

  private Path write() throws IOException {
    var file = folder.resolve("model.pth");
    TorchFileWriter.write(file, TorchFileWriter.infd(args, tensors));
    return file;
  }

  private ImportReport export(boolean half) throws IOException {
    return BundleExporter.export(
        write(),
        folder.resolve("b"),
        ImportOptions.defaults().withFp16(half),
        ProgressListener.none(),
        Cancellation.never());
  }

  @Test
  void theBundleHasTowerAndVocabulary() throws IOException {
    tensors.put(PREFIX + "text_projection", TensorSource.random(3, 0.1f, 64, 24));
    var report = export(false);
    assertTrue(report.complete() && report.unexpected().isEmpty(), report::toText);
    assertTrue(report.toText().contains("extension"), report::toText);
    assertTrue(report.toText().contains("16 tokens of a vocabulary of 600"), report::toText);
    assertTrue(report.ignored().isEmpty(), report::toText);
    var bundle = ModelBundle.open(folder.resolve("b"));
    bundle.verifyAll();
    var graph = bundle.manifest().graphs().get("clip_text");
    assertEquals(
        List.of(
            new Manifest.Port("states", "float32", List.of("n", "16", "64")),
            new Manifest.Port("embedding", "float32", List.of("n", "24"))),
        graph == null ? List.of() : graph.outputs());
    var conditioning = bundle.manifest().conditioning();
    assertEquals(Manifest.ConditioningKind.TEXT, conditioning.kind());
    assertEquals(16, conditioning.contextLength());
    assertTrue(conditioning.unconditionalTrained());
    var vocabulary = conditioning.vocabulary();
    assertEquals(600, vocabulary == null ? 0 : vocabulary.tokens());
    assertEquals("merges.txt", vocabulary == null ? "" : vocabulary.file());
    Files.writeString(bundle.vocabulary(), "changed");
    assertThrows(Problem.class, () -> ModelBundle.open(folder.resolve("b")).verifyAll());
  }

  @Test
  void withoutAProjectionThereAreOnlyStates() throws IOException {
    export(true);
    var graph = ModelBundle.open(folder.resolve("b")).manifest().graphs().get("clip_text");
    assertEquals(1, graph == null ? 0 : graph.outputs().size());
  }

  @Test
  void promptsGuideTheSampler() throws IOException {
    export(false);
    var bundle = ModelBundle.open(folder.resolve("b"));
    var free = sample(bundle, null, null, 1);
    var pines = sample(bundle, "ab cd", null, 1);
    var guided = sample(bundle, "ab cd", null, 3);
    var away = sample(bundle, "ab cd", "ef", 3);
    for (var pair :
        List.of(
            List.of(free, pines),
            List.of(pines, guided),
            List.of(guided, away),
            List.of(free, away))) {
      assertFalse(Arrays.equals(pair.get(0), pair.get(1)));
    }
    assertArrayEquals(guided, sample(bundle, "  AB   cd", null, 3));
  }

  private static float[] sample(
      ModelBundle bundle, @Nullable String prompt, @Nullable String negative, double scale) {
    var recipe =
        Recipe.builder(bundle.manifest().id(), bundle.hash())
            .seed(7)
            .steps(4)
            .sampler(Recipe.SamplerKind.DPMPP)
            .prompt(prompt)
            .negativePrompt(negative)
            .guidanceScale(scale)
            .build();
    try (var queue = new DeviceQueue(Device.cpu());
        var generator = new Generator(bundle, Device.cpu(), queue)) {
      return generator
          .generate(recipe, RunListener.none(), Cancellation.never())
          .base()
          .z()
          .toArray();
    }
  }

  @Test
  void whatIsMissingIsNamed() throws IOException {
    tensors.remove(PREFIX + "merges");
    tensors.remove(PREFIX + "transformer.resblocks.1.attn.in_proj_bias");
    var message = assertThrows(Problem.class, () -> export(false)).getMessage();
    assertTrue(message.contains("2 tensors are missing"), message);
    assertTrue(message.contains(PREFIX + "merges"), message);
    assertTrue(message.contains("in_proj_bias"), message);
  }

  @Test
  void aVocabularyOfAnotherModelIsRefused() throws IOException {
    tensors.put(
        PREFIX + "merges", TensorSource.of(DataType.U8, new long[] {5}, 'a', '\n', 'b', ' ', 'c'));
    var message = assertThrows(Problem.class, () -> export(false)).getMessage();
    assertTrue(message.contains("holds 1 merges"), message);
    tensors.put(PREFIX + "merges", TensorSource.filled(0, 5));
    message = assertThrows(Problem.class, () -> export(false)).getMessage();
    assertTrue(message.contains("should hold integers"), message);
  }
}
