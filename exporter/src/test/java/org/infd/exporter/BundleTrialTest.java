package org.infd.exporter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.infd.exporter.torch.TorchFileWriter;
import org.infd.inference.Problem;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.Device;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model whose latent of 16×16 is larger than a trial needs. */
class BundleTrialTest {
  @TempDir static Path folder;
  private static List<ImportReport.Trial> trials = List.of();

  @BeforeAll
  static void export() throws IOException {
    var args = TinyModel.args();
    args.put("z_shape", List.of(3, 16, 16));
    var checkpoint = folder.resolve("model.pth");
    TorchFileWriter.write(
        checkpoint, TorchFileWriter.infd(args, RandomCheckpoint.tensors(args, 0)));
    trials =
        BundleExporter.export(
                checkpoint,
                folder.resolve("bundle"),
                ImportOptions.defaults(),
                ProgressListener.none(),
                Cancellation.never())
            .trials();
  }

  private static List<String> outputs(String graph) {
    return trials.stream()
        .filter(trial -> trial.graph().equals(graph))
        .findFirst()
        .orElseThrow()
        .outputs();
  }

  @Test
  void derivativesAreTriedOnSmallerPictures() {
    assertEquals(List.of("d_z [1, 3, 8, 8]"), outputs("unet_vjp"));
    assertEquals(List.of("d_z [1, 3, 8, 8]"), outputs("decode_vjp"));
    assertEquals(List.of("prediction [1, 3, 16, 16]"), outputs("unet"));
    // encoder and decoder are run at their own size when sharpness is measured
    assertEquals(List.of("phi [1, 32, 8, 8]"), outputs("decode"));
    assertEquals(List.of("z [1, 3, 8, 8]"), outputs("encode"));
    assertTrue(trials.stream().allMatch(ImportReport.Trial::finite));
  }

  @Test
  void theBundleHoldsTheGraphsOfItsOwnSizeAlone() throws IOException {
    var bundle = ModelBundle.open(folder.resolve("bundle"));
    bundle.verifyAll();
    var back = bundle.manifest().graphs().get("unet_vjp");
    assertNotNull(back);
    assertEquals(List.of("n", "3", "16", "16"), back.inputs().getFirst().shape());
    assertFalse(Files.exists(bundle.folder().resolve("trial.onnx")));
  }

  @Test
  void weightsThatWereChangedAreNeverRun() throws IOException {
    var folderOfOwn = Files.createDirectory(folder.resolve("changed"));
    try (var files = Files.list(folder.resolve("bundle"))) {
      for (var file : files.toList()) {
        Files.copy(file, folderOfOwn.resolve(file.getFileName()));
      }
    }
    var weights = folderOfOwn.resolve("unet.bin");
    var whole = Files.readAllBytes(weights);
    var bundle = ModelBundle.open(folderOfOwn);
    var changed = whole.clone();
    changed[whole.length / 2] ^= 0x40;
    Files.write(weights, changed);
    assertRefused(bundle, "was changed after the import");
    // the runtime cannot even load them, but that is not what went wrong
    Files.write(weights, Arrays.copyOf(whole, whole.length / 2));
    assertRefused(bundle, "was changed after the import");
    Files.delete(weights);
    assertRefused(bundle, "is missing from the model");
    Files.write(weights, whole);
    bundle.load("unet", Device.cpu()).close();
  }

  private static void assertRefused(ModelBundle bundle, String sentence) {
    var message = assertThrows(Problem.class, () -> bundle.load("unet", Device.cpu())).getMessage();
    assertTrue(message.contains("unet.bin " + sentence), message);
  }
}
