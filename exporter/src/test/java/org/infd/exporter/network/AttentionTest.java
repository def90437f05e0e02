package org.infd.exporter.network;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.infd.exporter.graph.Dim;
import org.infd.exporter.graph.ElementType;
import org.infd.exporter.graph.GraphBuilder;
import org.infd.exporter.graph.GraphRunner;
import org.infd.exporter.graph.NodeGraph;
import org.infd.exporter.graph.ReverseMode;
import org.infd.exporter.graph.Shape;
import org.infd.exporter.graph.Value;
import org.infd.inference.diffusion.PhiloxNoise;
import org.infd.inference.diffusion.PhiloxNoise.Stream;
import org.infd.inference.tensor.AnyTensor;
import org.infd.inference.tensor.Tensor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Attention by parts is attention. */
class AttentionTest {
  private static final int HEADS = 2;
  private static final int WIDTH = 4;
  // 2·1536² scores are more than a part may have
  private static final int TOKENS = 1536;

  @TempDir private Path folder;

  /** The same nodes for all queries at once. */
  private static Value whole(GraphBuilder graph, Value x, @Nullable Value mask) {
    var inHeads = Shape.of(x.shape().dim(0), Dim.of(TOKENS), Dim.of(HEADS), Dim.of(WIDTH / HEADS));
    var scaled = graph.multiply(x, graph.scalar((float) (1 / Math.sqrt((double) WIDTH / HEADS))));
    var q = graph.transpose(graph.reshape(scaled, inHeads), 0, 2, 1, 3);
    var k = graph.transpose(graph.reshape(x, inHeads), 0, 2, 3, 1);
    var v = graph.transpose(graph.reshape(x, inHeads), 0, 2, 1, 3);
    var scores = graph.matrixProduct(q, k);
    var attention = graph.softmax(mask == null ? scores : graph.add(scores, mask));
    var joined = graph.transpose(graph.matrixProduct(attention, v), 0, 2, 1, 3);
    return graph.reshape(joined, x.shape());
  }

  /** Self-attention with what carries a cotangent back to the tokens. */
  private static NodeGraph graph(boolean byParts, boolean masked) {
    var graph = new GraphBuilder("attention");
    var shape = Shape.of(Dim.free("n"), Dim.of(TOKENS), Dim.of(WIDTH));
    var x = graph.input("x", ElementType.FLOAT32, shape);
    var given = graph.input("cotangent", ElementType.FLOAT32, shape);
    var mask =
        masked ? graph.input("mask", ElementType.FLOAT32, Shape.known(TOKENS, TOKENS)) : null;
    var y = byParts ? Attention.overTokens(graph, x, x, x, HEADS, mask) : whole(graph, x, mask);
    graph.output("y", y);
    graph.output("back", ReverseMode.vjp(graph, y, given, x, Map.of()));
    return graph.build();
  }

  private static Tensor noise(int step, long... shape) {
    return new PhiloxNoise(3).normal(Stream.START, step, shape);
  }

  @ParameterizedTest
  @CsvSource({"false, 2", "true, 1"})
  void partsGiveWhatTheWholeGives(boolean masked, int items) {
    var inputs = new HashMap<String, AnyTensor>();
    inputs.put("x", noise(0, items, TOKENS, WIDTH));
    inputs.put("cotangent", noise(1, items, TOKENS, WIDTH));
    if (masked) {
      inputs.put("mask", noise(2, TOKENS, TOKENS));
    }
    var parts = graph(true, masked);
    assertEquals(
        2,
        parts.nodes().stream()
            .filter(node -> node.operation().operator().equals("Softmax"))
            .count());
    var split = GraphRunner.run(parts, folder, inputs);
    var whole = GraphRunner.run(graph(false, masked), folder, inputs);
    assertArrayEquals(values(whole, "y"), values(split, "y"));
    // keys and values gather what comes from each part, in another order of sums
    assertArrayEquals(values(whole, "back"), values(split, "back"), 2e-5f);
  }

  private static float[] values(Map<String, AnyTensor> outputs, String name) {
    return ((Tensor) Objects.requireNonNull(outputs.get(name))).toArray();
  }

  @Test
  void aContextOfFreeLengthIsAttendedAtOnce() {
    var graph = new GraphBuilder("attention");
    var x = graph.input("x", ElementType.FLOAT32, Shape.known(1, TOKENS, WIDTH));
    var free = Shape.of(Dim.ONE, Dim.free("k"), Dim.of(WIDTH));
    var context = graph.input("context", ElementType.FLOAT32, free);
    graph.output("y", Attention.overTokens(graph, x, context, context, HEADS, null));
    var inputs = Map.of("x", noise(0, 1, TOKENS, WIDTH), "context", noise(1, 1, 1, WIDTH));
    var y = values(GraphRunner.run(graph.build(), folder, inputs), "y");
    // of one token only its own value can come
    for (int i = 0; i < y.length; i++) {
      assertEquals(noise(1, 1, 1, WIDTH).get(i % WIDTH), y[i], 1e-6f);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "8, 4096, 4096, 32",
    "5, 9216, 9216, 128",
    "8, 9216, 9216, 192",
    "8, 16384, 16384, 512",
    "1, 9216, 9216, 24",
    "8, 3600, 3600, 25",
    "8, 4096, 77, 1",
    "12, 77, 77, 1",
    "16, 577, 577, 1",
    "1, 2048, 2048, 1",
    "1, 4096, 4096, 4"
  })
  void aPartHoldsSixteenMebibytesOfScores(int heads, long queries, long keys, int expected) {
    int parts = Attention.parts(heads, queries, keys);
    assertEquals(expected, parts);
    assertEquals(0, queries % parts);
    boolean isPrime = queries == 577;
    assertTrue(isPrime || 4L * heads * queries / parts * keys <= 16 << 20);
  }
}
