package org.infd.inference.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.infd.inference.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GraphPartTest {
  private static final Cancellation NEVER = Cancellation.never();
  private static final List<String> SHAPE = List.of("1", "1", "1", "?w");

  @TempDir Path folder;

  /** y = sigmoid(x + one) · (x + one) + unused branch aside. */
  private static byte[] model() {
    var graph = new SmallGraph("whole", false);
    graph.input("x", 1, 1, 1, 3);
    graph.output("y", 1, 1, 1, 3);
    graph.floats("one", 1);
    graph.floats("two", 2);
    graph.node("Add", "sum", "x", "one");
    graph.node("Sigmoid", "gate", "sum");
    graph.node("Mul", "aside", "x", "two");
    graph.node("Mul", "gated", "sum", "gate");
    graph.node("Mul", "y", "gated", "two");
    return graph.toBytes();
  }

  private Tensor run(GraphPart part, Map<String, Tensor> inputs) throws IOException {
    var file = folder.resolve("whole.onnx");
    Files.write(file, model());
    try (var graph = Graph.loadPart(file, Device.cpu(), Map.of(), part)) {
      assertEquals(inputs.keySet(), Set.copyOf(graph.inputNames()));
      return graph.run(inputs, NEVER);
    }
  }

  @Test
  void partsBehindEachOtherAreTheWhole() throws IOException {
    var x = Tensor.of(new float[] {-1, 0.5f, 3}, 1, 1, 1, 3);
    var whole = run(new GraphPart(Set.of(), SHAPE, "y"), Map.of("x", x));
    var sum = run(new GraphPart(Set.of("x"), SHAPE, "sum"), Map.of("x", x));
    assertArrayEquals(new float[] {0, 1.5f, 4}, sum.toArray());
    var rest = run(new GraphPart(Set.of("sum", "x"), SHAPE, "y"), Map.of("sum", sum));
    assertArrayEquals(whole.toArray(), rest.toArray());
    assertTrue(whole.isFinite());
  }

  @Test
  void holdsWhatItNeedsAndAConvolutionByOne() {
    var part = GraphFile.read(new GraphPart(Set.of("sum"), SHAPE, "gated").of(model()));
    assertEquals(
        List.of("Conv", "Sigmoid", "Mul"),
        part.nodes().stream().map(GraphFile.Node::operator).toList());
    assertEquals(Map.of("sum/ones", List.of("1", "1", "1", "1")), part.initializers());
    assertEquals(Map.of("sum", new GraphFile.Port("float32", SHAPE)), part.inputs());
    assertEquals(Map.of("gated", new GraphFile.Port("float32", SHAPE)), part.outputs());
  }

  @Test
  void whatFollowsFromNothingIsRefused() {
    var part = new GraphPart(Set.of("sum"), SHAPE, "elsewhere");
    assertThrows(IllegalArgumentException.class, () -> part.of(model()));
  }
}
