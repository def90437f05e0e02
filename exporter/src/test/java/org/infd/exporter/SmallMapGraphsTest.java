package org.infd.exporter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.infd.exporter.torch.TorchFileWriter;
import org.infd.inference.bundle.Manifest;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.Device;
import org.infd.inference.runtime.Graph;
import org.infd.inference.tensor.AnyTensor;
import org.infd.inference.tensor.LongTensor;
import org.infd.inference.tensor.Tensor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The networks and their VJPs as they are written, and as a CPU computes them. */
class SmallMapGraphsTest {
  @TempDir static Path folder;

  /** A latent of 3×6×6 values, so that sides are odd in between, and a decoder of factor 4. */
  @BeforeAll
  static void export() throws IOException {
    Map<String, Object> coder = Map.of("ch", 32, "ch_mult", List.of(1, 1, 2), "num_res_blocks", 1);
    for (boolean residual : List.of(false, true)) {
      var unet = TinyModel.unetArgs();
      unet.put("resblock_updown", residual);
      var args = TinyModel.args();
      args.put("encoder", Map.of("name", "encoder_vqf4", "args", coder));
      args.put("decoder", Map.of("name", "decoder_vqf4", "args", coder));
      args.put("z_shape", List.of(3, 6, 6));
      args.put("z_dm", Map.of("name", "openai_unet", "args", unet));
      var checkpoint = folder.resolve(name(residual) + ".pth");
      TorchFileWriter.write(
          checkpoint, TorchFileWriter.infd(args, RandomCheckpoint.tensors(args, 0)));
      BundleExporter.export(
          checkpoint,
          folder.resolve(name(residual)),
          ImportOptions.defaults().withFp16(residual),
          ProgressListener.none(),
          Cancellation.never());
    }
  }

  private static String name(boolean residual) {
    return residual ? "residual" : "plain";
  }

  private static Map<String, AnyTensor> inputs(Manifest.GraphEntry graph) {
    var random = new Random(5);
    var inputs = new HashMap<String, AnyTensor>();
    for (var port : graph.inputs()) {
      var shape =
          port.shape().stream()
              .mapToLong(extent -> extent.equals("n") ? 2 : Long.parseLong(extent))
              .toArray();
      if (port.type().equals("int64")) {
        inputs.put(port.name(), LongTensor.of(new long[] {500, 20}, shape));
      } else {
        var tensor = Tensor.zeros(shape);
        for (int i = 0; i < tensor.elements(); i++) {
          tensor.set(i, (float) random.nextGaussian());
        }
        inputs.put(port.name(), tensor);
      }
    }
    return inputs;
  }

  @ParameterizedTest
  @CsvSource({
    "plain,unet,0",
    "plain,unet_vjp,0",
    "plain,decode,0",
    "plain,decode_vjp,0",
    "residual,unet,1",
    "residual,unet_vjp,3"
  })
  void aCpuComputesTheSameOnSmallMaps(String model, String name, int doublings) {
    var bundle = ModelBundle.open(folder.resolve(model));
    var entry = bundle.manifest().graphs().get(name);
    assert entry != null;
    var output = entry.outputs().getFirst().name();
    var optimised = folder.resolve(model + "-" + name + ".onnx");
    try (var written =
            bundle.load(name, Device.cpu(), Map.of(), Graph.Options.in(Graph.Form.AS_WRITTEN));
        var computed =
            bundle.load(name, Device.cpu(), Map.of(), Graph.Options.copiedTo(optimised))) {
      var inputs = inputs(entry);
      var expected = values(written, inputs, output);
      var actual = values(computed, inputs, output);
      double largest = 0;
      double worst = 0;
      for (int i = 0; i < expected.length; i++) {
        largest = Math.max(largest, Math.abs(expected[i]));
        worst = Math.max(worst, Math.abs(expected[i] - actual[i]));
      }
      assertTrue(largest > 1e-3, "nothing was computed");
      assertTrue(worst < 2e-6 * largest, worst + " of " + largest);
      assertFalse(Arrays.equals(expected, actual), "both were computed in one form");
    }
    // those that a convolution does not follow: shortcuts, and derivatives of means
    var resizing = Set.of("Resize", "Upsample");
    assertEquals(
        doublings, OptimizedGraph.operators(optimised).stream().filter(resizing::contains).count());
  }

  private static float[] values(Graph graph, Map<String, AnyTensor> inputs, String output) {
    return ((Tensor) graph.run(inputs, Set.of(output), Cancellation.never()).get(output)).toArray();
  }
}
