package org.infd.inference.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import java.util.TreeSet;
import org.infd.inference.Problem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProbeNetworkTest {
  /** What models are made of: see the exporter's graphs. */
  private static final Set<String> NEEDED =
      Set.of(
          "Conv",
          "InstanceNormalization",
          "Reshape",
          "Mul",
          "Add",
          "Sigmoid",
          "Resize",
          "Concat",
          "Transpose",
          "MatMul",
          "Softmax",
          "Gather",
          "Cast");

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aProviderThatLeavesEverythingToTheCpuDoesNotPass(boolean half) {
    // as one whose library could not be loaded: the session is made, and runs elsewhere
    var refused = assertThrows(Problem.class, () -> ProbeNetwork.isRight(options -> {}, half));
    assertTrue(refused.getMessage().contains("fallback to CPU"), refused.getMessage());
  }

  @Test
  void aProviderThatTakesAPartOnlyDoesNotPass() {
    // it takes convolutions, and no lookup; absent in some builds, which say so
    var refused =
        assertThrows(
            Problem.class,
            () -> ProbeNetwork.isRight(options -> options.addXnnpack(java.util.Map.of()), false));
    assertTrue(!refused.getMessage().isBlank());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theNetworkIsMadeOfWhatModelsAreMadeOf(boolean half) {
    var graph = Protobuf.parse(ProbeNetwork.model(half)).messages(7).getFirst();
    var operations = new TreeSet<String>();
    graph.messages(1).forEach(node -> operations.add(node.text(4)));
    assertEquals(new TreeSet<>(NEEDED), operations);
    assertEquals(1, graph.messages(11).size(), "weights are constants, not inputs");
  }

  @Test
  void theCpuComputesItInBothPrecisionsAlike() throws Exception {
    var folder = java.nio.file.Files.createTempDirectory("probe");
    var image = org.infd.inference.tensor.Tensor.zeros(1, 8, 16, 16);
    for (int i = 0; i < image.data().limit(); i++) {
      image.data().put(i, (i * 13 % 33 - 16) / 64f);
    }
    var results = new java.util.ArrayList<org.infd.inference.tensor.Tensor>();
    for (boolean half : new boolean[] {false, true}) {
      var file = folder.resolve("probe-" + half + ".onnx");
      java.nio.file.Files.write(file, ProbeNetwork.model(half));
      try (var graph = Graph.load(file, Device.cpu())) {
        results.add(
            (org.infd.inference.tensor.Tensor)
                graph
                    .run(java.util.Map.of("x", image), Set.of("y"), Cancellation.never())
                    .get("y"));
      }
      java.nio.file.Files.delete(file);
    }
    java.nio.file.Files.delete(folder);
    double distance = results.get(1).distanceFrom(results.get(0));
    assertTrue(distance > 0 && distance < 0.02, () -> "distance " + distance);
  }
}
