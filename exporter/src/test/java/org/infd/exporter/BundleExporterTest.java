package org.infd.exporter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.infd.exporter.ImportOptions.LatentDiffusion;
import org.infd.exporter.torch.TensorSource;
import org.infd.exporter.torch.TorchFileWriter;
import org.infd.inference.Problem;
import org.infd.inference.bundle.Manifest;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.runtime.Cancellation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Imports as a whole: the manifest, the report, what is refused, and what is left behind. */
class BundleExporterTest {
  @TempDir Path folder;

  private final Map<String, Object> args = TinyModel.args();
  private final Map<String, TensorSource> tensors = TinyModel.tensors();

  @Test
  void fillsTheManifest() throws IOException {
    var target = folder.resolve("My Model 2");
    export(write(), target, ImportOptions.defaults());
    var bundle = ModelBundle.open(target);
    bundle.verifyAll();
    var manifest = bundle.manifest();
    assertEquals("my-model-2", manifest.id());
    assertEquals("unknown", manifest.licence());
    assertEquals("model.pth", manifest.source().file());
    assertEquals(10L, manifest.source().iteration());
    assertEquals(
        new Manifest.Latent(3, 8, 8, Manifest.LatentKind.QUANTISED, 16), manifest.latent());
    assertEquals(new Manifest.FeatureMap(32, 8, 8), manifest.featureMap());
    assertEquals(8, manifest.encoderSide());
    assertEquals(Manifest.RendererKind.FIELD, manifest.renderer().kind());
    assertEquals(6, manifest.renderer().receptiveRadius());
    assertEquals(64, manifest.renderer().hiddenChannels());
    var diffusion = manifest.diffusion();
    assertNotNull(diffusion);
    assertEquals(1000, diffusion.steps());
    assertEquals(0.0195, diffusion.betaEnd());
    assertEquals("ddim200", diffusion.respacing());
    assertEquals(Manifest.Conditioning.none(), manifest.conditioning());
    assertEquals(
        List.of(
            "unet",
            "encode",
            "decode",
            "unet_vjp",
            "decode_vjp",
            "render",
            "render_live",
            "render_moments_0",
            "render_moments_1",
            "render_moments_2",
            "render_moments_3",
            "render_moments_4",
            "render_gather",
            "render_live_gather",
            "render_live_vjp",
            "render_live_gather_vjp"),
        List.copyOf(manifest.graphs().keySet()));
    var unet = manifest.graphs().get("unet");
    assertNotNull(unet);
    assertEquals(
        List.of(
            new Manifest.Port("z", "float32", List.of("n", "3", "8", "8")),
            new Manifest.Port("t", "int64", List.of("n"))),
        unet.inputs());
    var back = manifest.graphs().get("render_live_vjp");
    assertNotNull(back);
    assertEquals("vjp", back.form());
    assertEquals(
        List.of(
            new Manifest.Port("query", "float32", List.of("1", "36", "h", "w")),
            new Manifest.Port("d_rgb", "float32", List.of("1", "3", "h", "w"))),
        back.inputs());
    assertEquals(
        List.of(new Manifest.Port("d_query", "float32", List.of("1", "32", "h", "w"))),
        back.outputs());
    // the VJPs need no weights of their own
    var names =
        manifest.graphs().values().stream().map(Manifest.GraphEntry::weights).distinct().toList();
    assertEquals(List.of("unet.bin", "encode.bin", "decode.bin", "renderer.bin"), names);
  }

  @Test
  void reportsWhatItTookAndIgnored() throws IOException {
    tensors.put("perc_loss.net.weight", TensorSource.filled(1, 100));
    tensors.put("disc.counter", TensorSource.filled(1));
    tensors.put("renderer.net.model.9.weight", TensorSource.filled(1, 5));
    var report = export(write(), folder.resolve("b"), ImportOptions.defaults());
    assertEquals(List.of("renderer.net.model.9.weight"), report.unexpected());
    assertTrue(report.complete());
    assertTrue(report.ignored().contains(new ImportReport.Part("perc_loss.", 1, 400)));
    assertTrue(report.ignored().contains(new ImportReport.Part("disc.", 1, 4)));
    assertEquals(16, report.graphs().size());
    assertEquals(16, report.trials().size());
    assertTrue(report.trials().stream().allMatch(ImportReport.Trial::finite));
    assertTrue(report.toText().contains("renderer.net.model.9.weight"), report::toText);
  }

  @Test
  void namesEveryTensorThatIsMissingOrOfAnotherShape() throws IOException {
    tensors.remove("decoder.1.conv_in.bias");
    tensors.remove("z_dm_ema.time_embed.0.weight");
    tensors.remove("z_dm_ema.time_embed.2.bias");
    tensors.remove("z_dm_ema.out.2.bias");
    tensors.put("encoder.0.conv_in.weight", TensorSource.filled(1, 32, 3, 5, 5));
    var file = write();
    var problem = refused(file);
    assertTrue(problem.contains("4 tensors are missing"), problem);
    assertTrue(problem.contains("z_dm_ema.time_embed.0.weight"), problem);
    assertTrue(problem.contains("encoder.0.conv_in.weight is [32, 3, 5, 5]"), problem);
    var report = BundleExporter.inspect(file, ImportOptions.defaults());
    assertFalse(report.complete());
    assertEquals(4, report.missing().size());
    assertEquals(1, report.misshaped().size());
    assertNothingLeft();
  }

  @Test
  void takesTheRawNetworkWhenThereIsNoAverage() throws IOException {
    renameEma();
    var report = export(write(), folder.resolve("b"), ImportOptions.defaults());
    assertTrue(report.warnings().stream().anyMatch(w -> w.contains("z_dm_ema")));
    assertTrue(report.taken().stream().anyMatch(part -> part.prefix().equals("z_dm.")));
  }

  private void renameEma() {
    for (var name : List.copyOf(tensors.keySet())) {
      if (name.startsWith("z_dm_ema.")) {
        var tensor = tensors.remove(name);
        assertNotNull(tensor);
        tensors.put("z_dm." + name.substring("z_dm_ema.".length()), tensor);
      }
    }
  }

  @Test
  void refusesANetworkThatIsDescribedButAbsent() throws IOException {
    tensors.keySet().removeIf(name -> name.startsWith("z_dm"));
    assertTrue(refused(write()).contains("neither z_dm_ema nor z_dm"));
  }

  @Test
  void importsTheAutoencoderStage() throws IOException {
    args.remove("z_dm");
    args.remove("z_dp");
    tensors.keySet().removeIf(name -> name.startsWith("z_dm"));
    var target = folder.resolve("b");
    var report = export(write(), target, ImportOptions.defaults());
    var bundle = ModelBundle.open(target);
    assertFalse(bundle.has("unet"));
    assertTrue(bundle.has("decode"));
    assertNull(bundle.manifest().diffusion());
    assertTrue(report.warnings().stream().anyMatch(w -> w.contains("autoencoder stage")));
  }

  @Test
  void takesTheTrainedScaleFromTheDataSets() throws IOException {
    var outer = TorchFileWriter.infd(args, tensors);
    var wrapper = Map.of("resize_inp", 256, "resize_gt_lb", 256, "resize_gt_ub", 1024);
    var fine = Map.of("args", Map.of("resize_gt_lb", 512, "resize_gt_ub", 2048));
    outer.put(
        "cfg",
        Map.of(
            "datasets",
            Map.of(
                "train", Map.of("name", "wrapper_cae", "args", wrapper),
                "train_hrft", Map.of("args", List.of(fine)),
                "val", Map.of("args", Map.of("resize_gt_lb", 64, "resize_gt_ub", 8192)))));
    var file = folder.resolve("model.pth");
    TorchFileWriter.write(file, outer);
    export(file, folder.resolve("b"), ImportOptions.defaults());
    assertEquals(
        new Manifest.TrainedScale(256, 2048, "checkpoint"),
        ModelBundle.open(folder.resolve("b")).manifest().trainedScale());
  }

  /** A side that no lattice has would leave a model that cannot be opened. */
  @Test
  void refusesASharpSideThatCannotBe() throws IOException {
    var plain = ImportOptions.defaults();
    var checkpoint = write();
    for (int side : List.of(300, -512, 1)) {
      var options =
          new ImportOptions(
              "tiny",
              "Tiny",
              "",
              "CC0",
              false,
              null,
              side,
              LatentDiffusion.usual(),
              false,
              plain.device());
      var bundle = folder.resolve("b");
      var refused = assertThrows(Problem.class, () -> export(checkpoint, bundle, options));
      assertTrue(refused.getMessage().contains(String.valueOf(side)), refused.getMessage());
      assertFalse(Files.exists(bundle));
    }
  }

  @Test
  void takesTheTrainedScaleFromTheUser() throws IOException {
    var range = ImportOptions.Range.parse("128..512");
    var plain = ImportOptions.defaults();
    var options =
        new ImportOptions(
            "tiny",
            "Tiny",
            "A test.",
            "CC0",
            false,
            range,
            0,
            LatentDiffusion.usual(),
            false,
            plain.device());
    export(write(), folder.resolve("b"), options);
    var manifest = ModelBundle.open(folder.resolve("b")).manifest();
    assertEquals(new Manifest.TrainedScale(128, 512, "user"), manifest.trainedScale());
    assertEquals("tiny", manifest.id());
    assertEquals("Tiny", manifest.name());
    assertEquals("CC0", manifest.licence());
    for (var wrong : List.of("512..128", "0..5", "256", "a..b", "1..9999999")) {
      assertThrows(Problem.class, () -> ImportOptions.Range.parse(wrong), wrong);
    }
  }

  @Test
  void replacesABundleOnlyWhenAllowed() throws IOException {
    var file = write();
    var target = folder.resolve("b");
    export(file, target, ImportOptions.defaults());
    var before = ModelBundle.open(target).hash();
    assertThrows(Problem.class, () -> export(file, target, ImportOptions.defaults()));
    assertEquals(before, ModelBundle.open(target).hash());
    export(file, target, ImportOptions.defaults().withOverwrite(true).withFp16(true));
    assertEquals(Manifest.Storage.FP16, ModelBundle.open(target).manifest().storage());
    try (var files = Files.list(folder)) {
      assertEquals(2, files.count());
    }
  }

  @Test
  void leavesOtherFoldersAndFilesAlone() throws IOException {
    var file = write();
    var papers = Files.createDirectory(folder.resolve("papers"));
    Files.writeString(papers.resolve("thesis.txt"), "years of work");
    var options = ImportOptions.defaults().withOverwrite(true);
    assertThrows(Problem.class, () -> export(file, papers, options));
    assertThrows(Problem.class, () -> export(file, papers.resolve("thesis.txt"), options));
    assertThrows(Problem.class, () -> export(file, papers.resolve("thesis.txt/b"), options));
    assertEquals("years of work", Files.readString(papers.resolve("thesis.txt")));
    var empty = Files.createDirectory(folder.resolve("empty"));
    export(file, empty, ImportOptions.defaults());
    assertNotNull(ModelBundle.open(empty));
  }

  @Test
  void leavesNothingWhenCancelled() throws IOException {
    var file = write();
    for (var stage : List.of("Reading", "Writing", "Hashing", "Verifying", "Measuring sharpness")) {
      var cancellation = new Cancellation();
      ProgressListener listener =
          (current, fraction) -> {
            if (current.equals(stage)) {
              cancellation.cancel();
            }
          };
      assertThrows(
          CancellationException.class,
          () ->
              BundleExporter.export(
                  file, folder.resolve("b"), ImportOptions.defaults(), listener, cancellation),
          stage);
      assertNothingLeft();
    }
  }

  @Test
  void leavesNothingOfAFileWithAChangedByte() throws IOException {
    var file = write();
    var bytes = Files.readAllBytes(file);
    // inside the weights, which make up nearly all of the file
    bytes[bytes.length / 2] ^= 0x40;
    Files.write(file, bytes);
    assertTrue(refused(file).contains("checksum"));
    assertNothingLeft();
  }

  @Test
  void progressOfAStageGrowsToItsEnd() throws IOException {
    var last = new LinkedHashMap<String, Double>();
    BundleExporter.export(
        write(),
        folder.resolve("b"),
        ImportOptions.defaults(),
        (stage, fraction) -> {
          var before = last.put(stage, fraction);
          assertTrue(before == null || before <= fraction, stage);
        },
        Cancellation.never());
    assertEquals(
        List.of("Reading", "Writing", "Hashing", "Verifying", "Measuring sharpness"),
        List.copyOf(last.keySet()));
    assertEquals(1.0, last.get("Writing"));
    assertEquals(1.0, last.get("Verifying"));
  }

  private void assertNothingLeft() throws IOException {
    try (var files = Files.list(folder)) {
      assertEquals(List.of(folder.resolve("model.pth")), files.toList());
    }
  }

  private String refused(Path file) {
    var problem =
        assertThrows(
            Problem.class, () -> export(file, folder.resolve("b"), ImportOptions.defaults()));
    return String.valueOf(problem.getMessage());
  }

  private Path write() throws IOException {
    var file = folder.resolve("model.pth");
    TorchFileWriter.write(file, TorchFileWriter.infd(args, tensors));
    return file;
  }

  private static ImportReport export(Path file, Path target, ImportOptions options) {
    return BundleExporter.export(
        file, target, options, ProgressListener.none(), Cancellation.never());
  }
}
