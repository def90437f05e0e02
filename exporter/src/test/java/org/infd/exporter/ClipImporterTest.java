package org.infd.exporter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import org.infd.exporter.network.ClipSettings.Activation;
import org.infd.exporter.torch.TensorSource;
import org.infd.exporter.torch.TorchFileWriter;
import org.infd.inference.Problem;
import org.infd.inference.bundle.Manifest;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.Device;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** CLIPs on their way into bundles. */
class ClipImporterTest {
  @TempDir Path folder;

  private final Map<String, TensorSource> model = RandomCheckpoint.tensors(TinyModel.textArgs(), 0);
  private Path bundle = Path.of("");
  private Path merges = Path.of("");

  @BeforeEach
  void makeFiles() throws IOException {
    bundle = folder.resolve("bundle");
    TinyClip.project(model);
    merges = TinyClip.writeMerges(model, folder.resolve("own.txt"));
  }

  private void importModel(
      Map<String, Object> args, Map<String, TensorSource> tensors, boolean half)
      throws IOException {
    var file = folder.resolve("model.pth");
    TorchFileWriter.write(file, TorchFileWriter.infd(args, tensors));
    BundleExporter.export(
        file,
        bundle,
        ImportOptions.defaults().withFp16(half).withOverwrite(true),
        ProgressListener.none(),
        Cancellation.never());
  }

  private Path clip(Map<String, TensorSource> tensors) throws IOException {
    return TinyClip.write(tensors, folder.resolve("clip.pt"));
  }

  private ImportReport add(Path clip, @Nullable Path vocabulary, boolean overwrite) {
    return ClipImporter.addTo(
        clip,
        vocabulary,
        Activation.QUICK_GELU,
        bundle,
        overwrite,
        Device.cpu(),
        ProgressListener.none(),
        Cancellation.never());
  }

  private String refused(Path clip, @Nullable Path vocabulary) throws IOException {
    var before = hashes();
    var message = assertThrows(Problem.class, () -> add(clip, vocabulary, false)).getMessage();
    assertEquals(before, hashes(), "the bundle stays as it was");
    try (var files = Files.list(folder)) {
      assertTrue(files.noneMatch(file -> file.getFileName().toString().startsWith(".infd")));
    }
    return message;
  }

  private Map<String, String> hashes() throws IOException {
    var hashes = new TreeMap<String, String>();
    try (var files = Files.list(bundle)) {
      files.forEach(file -> hashes.put(file.getFileName().toString(), ModelBundle.sha256(file)));
    }
    return hashes;
  }

  private Manifest.Clip clipOf(ModelBundle opened) {
    var clip = opened.manifest().clip();
    assertNotNull(clip);
    return clip;
  }

  @Test
  void aTowerThatConditionsTheNetworkIsNotStoredAgain() throws IOException {
    for (boolean half : new boolean[] {false, true}) {
      importModel(TinyModel.textArgs(), model, half);
      var before = hashes();
      var report = add(clip(TinyClip.of(model)), merges, false);
      assertTrue(report.toText().contains("not stored again"), report::toText);
      assertEquals(2, report.trials().size());
      assertTrue(report.trials().stream().allMatch(ImportReport.Trial::finite), report::toText);
      var opened = ModelBundle.open(bundle);
      opened.verifyAll();
      var clip = clipOf(opened);
      assertEquals(TinyClip.SIDE, clip.side());
      assertEquals(TinyClip.EMBEDDING, clip.embedding());
      assertEquals("quick_gelu", clip.activation());
      assertEquals("clip_text", clip.textGraph());
      assertEquals(opened.manifest().conditioning().vocabulary(), clip.vocabulary());
      var after = hashes();
      after.keySet().removeAll(List.of("clip_image.onnx", "clip_image_vjp.onnx", "clip_image.bin"));
      before.remove("bundle.json");
      after.remove("bundle.json");
      assertEquals(before, after, "all else is as it was");
      var back = opened.manifest().graphs().get("clip_image_vjp");
      assertNotNull(back);
      assertEquals("clip_image.bin", back.weights());
      assertEquals("vjp", back.form());
    }
  }

  @Test
  void anotherTowerGetsAGraphAndMergesOfItsOwn() throws IOException {
    importModel(TinyModel.textArgs(), model, true);
    var other = RandomCheckpoint.tensors(TinyModel.textArgs(), 5);
    TinyClip.project(other);
    add(clip(TinyClip.of(other)), merges, false);
    var opened = ModelBundle.open(bundle);
    opened.verifyAll();
    assertEquals("clip_score_text", clipOf(opened).textGraph());
    assertEquals("merges.txt", clipOf(opened).vocabulary().file(), "the same merges lie once");

    var changed = Files.readString(merges).replaceFirst("a a</w>", "aa a</w>");
    var otherMerges = Files.writeString(folder.resolve("other.txt"), changed);
    var problem =
        assertThrows(Problem.class, () -> add(folder.resolve("clip.pt"), otherMerges, false));
    assertTrue(problem.getMessage().contains("already has a CLIP"), problem.getMessage());
    add(clip(TinyClip.of(model)), otherMerges, true);
    opened = ModelBundle.open(bundle);
    opened.verifyAll();
    assertEquals("clip_score_text", clipOf(opened).textGraph(), "other tokens, another tower");
    assertEquals("clip_merges.txt", clipOf(opened).vocabulary().file());
    Files.writeString(opened.clipVocabulary(), "changed");
    var damaged = assertThrows(Problem.class, () -> ModelBundle.open(bundle).verifyAll());
    assertTrue(damaged.getMessage().contains("clip_merges.txt"), damaged.getMessage());

    add(clip(TinyClip.of(model)), merges, true);
    assertFalse(Files.exists(bundle.resolve("clip_merges.txt")), "what is replaced is gone");
    assertFalse(Files.exists(bundle.resolve("clip_score_text.bin")));
    ModelBundle.open(bundle).verifyAll();
  }

  @Test
  void modelsWithoutTextsTakeAnyClip() throws IOException {
    importModel(TinyModel.args(), TinyModel.tensors(), false);
    add(clip(TinyClip.of(model)), merges, false);
    var opened = ModelBundle.open(bundle);
    opened.verifyAll();
    assertEquals("clip_score_text", clipOf(opened).textGraph());
    assertEquals("clip_merges.txt", clipOf(opened).vocabulary().file());
  }

  @Test
  void aClipOfAnotherWidthAndSideStandsBesideTheConditioning() throws IOException {
    importModel(TinyModel.textArgs(), model, true);
    var conditioning = ModelBundle.open(bundle).manifest().conditioning();
    add(clip(TinyClip.of(model)), merges, false);
    var other = NarrowClip.writeMerges(folder.resolve("narrow.txt"));
    add(clip(NarrowClip.of(14, 3)), other, true);
    var opened = ModelBundle.open(bundle);
    opened.verifyAll();
    var clip = opened.requireClip();
    assertEquals(42, clip.side());
    assertEquals(NarrowClip.WIDTH, clip.embedding());
    assertEquals("clip_score_text", clip.textGraph());
    assertEquals(NarrowClip.CONTEXT, clip.contextLength());
    assertEquals("clip_merges.txt", clip.vocabulary().file());
    assertEquals(conditioning, opened.manifest().conditioning(), "prompts go where they went");
  }

  @Test
  void aClipOfOtherSizesThanItsGraphsIsSaidAndCanBeReplaced() throws IOException {
    importModel(TinyModel.textArgs(), model, false);
    add(clip(TinyClip.of(model)), merges, false);
    var manifest = bundle.resolve(ModelBundle.MANIFEST);
    var text = Files.readString(manifest);
    int start = text.indexOf("\"clip\"");
    for (var change :
        List.of(
            List.of("\"side\" : 16", "\"side\" : 224", "side"),
            List.of("\"embedding\" : 24", "\"embedding\" : 512", "embedding"))) {
      Files.writeString(
          manifest,
          text.substring(0, start) + text.substring(start).replace(change.get(0), change.get(1)));
      var opened = ModelBundle.open(bundle);
      var message = assertThrows(Problem.class, opened::requireClip).getMessage();
      assertTrue(message.contains("clip." + change.get(2) + " is "), message);
      assertTrue(message.contains("--overwrite"), message);
    }
    add(clip(TinyClip.of(model)), merges, true);
    assertEquals(TinyClip.SIDE, ModelBundle.open(bundle).requireClip().side());
  }

  @Test
  void whatCannotBeAddedIsSaid() throws IOException {
    importModel(TinyModel.textArgs(), model, false);
    var whole = TinyClip.of(model);
    var message = refused(clip(whole), null);
    assertTrue(message.contains("--vocab"), message);
    assertTrue(message.contains("bpe_simple_vocab_16e6.txt.gz"), message);
    message = refused(clip(whole), folder.resolve("none.txt"));
    assertTrue(message.contains("There is no file") && message.contains("merges.txt"), message);
    message = refused(clip(whole), Files.writeString(folder.resolve("few.txt"), "#\na b"));
    assertTrue(message.contains("holds 1 merges") && message.contains("Hugging Face"), message);
    message = refused(clip(TinyClip.image()), merges);
    assertTrue(message.contains("no text tower"), message);
    whole.remove("visual.ln_post.bias");
    message = refused(clip(whole), merges);
    assertTrue(message.contains("visual.ln_post.bias"), message);
    whole = TinyClip.of(model);
    whole.put("text_projection", TensorSource.filled(1, 64, 20));
    message = refused(clip(whole), merges);
    assertTrue(message.contains("24 for pictures and 20 for texts"), message);
    whole.remove("text_projection");
    message = refused(clip(whole), merges);
    assertTrue(message.contains("no projection"), message);
  }

  @Test
  void bundlesThatCannotBeGuidedAreSaid() throws IOException {
    importModel(TinyModel.textArgs(), model, false);
    var manifest = bundle.resolve(ModelBundle.MANIFEST);
    var text = Files.readString(manifest);
    Files.writeString(manifest, text.replace("\"decode_vjp\"", "\"other\""));
    var message = refused(clip(TinyClip.of(model)), merges);
    assertTrue(message.contains("earlier version"), message);
    Files.writeString(
        manifest,
        text.replace("\"FIELD\"", "\"FIXED\"")
            .replace("\"hiddenChannels\" : 64", "\"hiddenChannels\" : 0")
            .replace("\"render\"", "\"other\"")
            .replace("\"render_", "\"other_"));
    message = refused(clip(TinyClip.of(model)), merges);
    assertTrue(message.contains("fixed resolution"), message);
  }

  @Test
  void aCancelledImportLeavesTheBundle() throws IOException {
    importModel(TinyModel.textArgs(), model, false);
    var before = hashes();
    var cancellation = new Cancellation();
    var clip = clip(TinyClip.of(model));
    assertThrows(
        CancellationException.class,
        () ->
            ClipImporter.addTo(
                clip,
                merges,
                Activation.QUICK_GELU,
                bundle,
                false,
                Device.cpu(),
                (stage, done) -> {
                  if (stage.equals("Verifying")) {
                    cancellation.cancel();
                  }
                },
                cancellation));
    assertEquals(before, hashes());
  }
}
