package org.infd.inference.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.infd.inference.Problem;
import org.infd.inference.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HalfGraphTest {
  @TempDir private Path folder;

  private Graph load(byte[] model, boolean half) throws IOException {
    var file = Files.write(folder.resolve("g" + half + ".onnx"), model);
    return Graph.load(file, Device.cpu(), Map.of(), new Graph.Options(half, false, null));
  }

  private static Tensor run(Graph graph, float... x) {
    return graph.run(Map.of("x", Tensor.of(x, x.length)), Cancellation.never());
  }

  private static TinyOnnx product() {
    return new TinyOnnx()
        .input("x", -1)
        .constant("factor", 1000)
        .node("Mul", "y", "x", "factor")
        .output("y", -1);
  }

  @Test
  void weightsAreRoundedToHalfPrecision() throws IOException {
    var model =
        new TinyOnnx()
            .input("x", -1)
            .constant("factor", 1 + 1 / 4096f)
            .node("Mul", "y", "x", "factor")
            .output("y", -1)
            .build();
    try (var full = load(model, false);
        var half = load(model, true)) {
      assertEquals(1 + 1 / 4096f, run(full, 1).get(0));
      // float16 has eleven bits
      assertEquals(1, run(half, 1).get(0));
    }
  }

  @Test
  void inputsAndOutputsStayWhatTheyWere() throws IOException {
    try (var graph = load(product().build(), true)) {
      assertArrayEquals(new float[] {1000, -2000}, run(graph, 1, -2).toArray());
    }
  }

  @Test
  void softmaxStaysFull() throws IOException {
    var model =
        new TinyOnnx()
            .input("x", -1)
            .constant("factor", 2)
            .node("Mul", "scaled", "x", "factor")
            .node("Softmax", "soft", "scaled")
            .node("Mul", "y", "soft", "factor")
            .output("y", -1)
            .build();
    var operators = new StringBuilder();
    for (var node : Protobuf.parse(HalfGraph.of(model)).messages(7).getFirst().messages(1)) {
      operators.append(node.text(4)).append(' ');
    }
    assertEquals("Cast Cast Mul Cast Softmax Cast Mul Cast ", operators.toString());
    try (var half = load(model, true);
        var full = load(model, false)) {
      assertArrayEquals(run(full, 1, 2, 3).toArray(), run(half, 1, 2, 3).toArray(), 2e-3f);
    }
  }

  @Test
  void anUnknownOperationIsRefused() {
    var model = product().node("Einsum", "z", "y").build();
    assertThrows(Problem.class, () -> HalfGraph.of(model));
  }

  @Test
  void aMessageComesBackAsItWas() {
    var model = product().build();
    assertArrayEquals(model, Protobuf.parse(model).toBytes());
    assertThrows(
        IllegalArgumentException.class,
        () -> Protobuf.parse(java.util.Arrays.copyOf(model, model.length - 1)));
  }

  @Test
  void memoryIsGivenBackByOneRunOnZeros() throws IOException {
    try (var graph = load(product().build(), false)) {
      assertFalse(graph.trim("cpu:0"), "nothing was run");
      assertEquals(2000, run(graph, 2).get(0));
      assertTrue(graph.trim("cpu:0"));
      assertFalse(graph.trim("cpu:0"), "nothing was run since");
      assertEquals(3000, run(graph, 3).get(0));
    }
  }
}
