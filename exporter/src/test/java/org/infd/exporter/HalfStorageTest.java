package org.infd.exporter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.infd.exporter.torch.TensorSource;
import org.infd.exporter.torch.TorchFileWriter;
import org.infd.inference.bundle.Manifest;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.Device;
import org.infd.inference.runtime.Graph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Storage in half precision: the same running graph, half the file, nothing lost in silence. */
class HalfStorageTest {
  @TempDir Path folder;

  @Test
  void loadsAsTheSameGraph() throws IOException {
    var checkpoint = folder.resolve("tiny.pth");
    RandomCheckpoint.write(checkpoint, TinyModel.args(), 0);
    export(checkpoint, "single", false);
    export(checkpoint, "half", true);
    var single = ModelBundle.open(folder.resolve("single"));
    var half = ModelBundle.open(folder.resolve("half"));
    assertEquals(Manifest.Storage.FP16, half.manifest().storage());
    for (var graph : single.manifest().graphs().keySet()) {
      assertEquals(operators(single, graph), operators(half, graph), graph);
    }
    double ratio =
        (double) Files.size(folder.resolve("half/unet.bin"))
            / Files.size(folder.resolve("single/unet.bin"));
    assertTrue(ratio < 0.52, () -> "ratio " + ratio);
  }

  @Test
  void keepsWhatDoesNotFit() throws IOException {
    var tensors = TinyModel.tensors();
    var large = "z_dm_ema.middle_block.0.in_layers.2.weight";
    tensors.put(large, changed(tensors.get(large), 70_000));
    var checkpoint = folder.resolve("tiny.pth");
    TorchFileWriter.write(checkpoint, TorchFileWriter.infd(TinyModel.args(), tensors));
    var report = export(checkpoint, "half", true);
    assertTrue(
        report.warnings().stream().anyMatch(w -> w.contains(large) && w.contains("65504")),
        report::toText);
    assertTrue(report.trials().stream().anyMatch(t -> t.graph().equals("encode") && t.finite()));
    assertTrue(report.trials().stream().anyMatch(t -> t.graph().equals("unet") && t.finite()));
    assertFalse(report.warnings().stream().anyMatch(w -> w.contains("decoder")));
  }

  private static TensorSource changed(
      @org.jspecify.annotations.Nullable TensorSource tensor, float value) {
    assert tensor != null;
    return TensorSource.generated(
        (offset, chunk) -> {
          tensor.fill(offset, chunk);
          if (offset == 0) {
            chunk[0] = value;
          }
        },
        tensor.shape());
  }

  private java.util.List<String> operators(ModelBundle bundle, String graph) {
    var file = folder.resolve(bundle.folder().getFileName() + "-" + graph + ".onnx");
    Graph.load(bundle.file(graph), Device.cpu(), java.util.Map.of(), Graph.Options.copiedTo(file))
        .close();
    return OptimizedGraph.operators(file);
  }

  private ImportReport export(Path checkpoint, String name, boolean half) {
    return BundleExporter.export(
        checkpoint,
        folder.resolve(name),
        ImportOptions.defaults().withFp16(half),
        ProgressListener.none(),
        Cancellation.never());
  }
}
