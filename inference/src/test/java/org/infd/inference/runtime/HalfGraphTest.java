package org.infd.inference.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.infd.inference.Problem;
import org.infd.inference.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HalfGraphTest {
  @TempDir private Path folder;

  private Graph load(byte[] model, boolean half) throws IOException {
    var file = Files.write(folder.resolve("g" + half + ".onnx"), model);
    return Graph.load(
        file,
        Device.cpu(),
        Map.of(),
        Graph.Options.in(half ? Graph.Form.HALF : Graph.Form.FASTEST));
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
  void scoresOfAttentionBeyondHalfPrecisionAreComputedInFull() throws IOException {
    var model =
        new TinyOnnx()
            .input("x", 2, 2)
            .constant("factor", 1)
            .node("Mul", "q", "x", "factor")
            .node("Transpose", "k", "q")
            .node("MatMul", "scores", "q", "k")
            .node("Softmax", "y", "scores")
            .output("y", 2, 2)
            .build();
    // 256·256 is more than float16 holds, and its sums with 0.25 more than it can tell apart
    var x = Tensor.of(new float[] {256, 0, 256, 0.5f}, 2, 2);
    try (var full = load(model, false);
        var half = load(model, true)) {
      var expected = full.run(Map.of("x", x), Cancellation.never());
      assertEquals(1 / (1 + Math.exp(-0.25)), expected.get(3), 1e-6);
      assertArrayEquals(
          expected.toArray(), half.run(Map.of("x", x), Cancellation.never()).toArray(), 1e-6f);
    }
  }

  @Test
  void onlyTheProductOfTwoComputedValuesBeforeASoftmaxIsFull() {
    var model =
        new TinyOnnx()
            .input("x", 2, 2)
            .constant("factor", 2)
            .row("stored", 1, 2)
            .node("Transpose", "weight", "stored")
            .node("MatMul", "q", "x", "weight")
            .node("Mul", "scaled", "q", "factor")
            .node("Transpose", "k", "q")
            .node("MatMul", "scores", "scaled", "k")
            .node("Split", "part", "scores")
            .node("Transpose", "turned", "part")
            .node("Reshape", "flat", "turned", "sizes")
            .longs("sizes", 2, 2)
            .node("Mul", "smaller", "flat", "factor")
            .node("Add", "masked", "smaller", "x")
            .node("Softmax", "soft", "masked")
            .node("MatMul", "attended", "soft", "q")
            .node("Add", "y", "attended", "x")
            // a softmax of what a weight makes is no attention
            .node("MatMul", "logits", "y", "weight")
            .node("Softmax", "classes", "logits")
            .node("Add", "z", "classes", "y")
            .output("z", 2, 2)
            .build();
    var full = new ArrayList<String>();
    for (var node : Protobuf.parse(HalfGraph.of(model)).messages(7).getFirst().messages(1)) {
      if (!node.text(2).endsWith("/half") && !node.text(4).equals("Cast")) {
        full.add(node.text(2));
      }
    }
    assertEquals(
        List.of("scores", "part", "turned", "flat", "smaller", "masked", "soft", "classes"), full);
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
