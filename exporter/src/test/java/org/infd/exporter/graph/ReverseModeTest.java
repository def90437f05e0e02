package org.infd.exporter.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.infd.exporter.graph.Contraction.Padding;
import org.infd.exporter.graph.Elementwise.UnaryKind;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.tensor.AnyTensor;
import org.infd.inference.tensor.LongTensor;
import org.infd.inference.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every operation against central differences, with known and with free extents. */
class ReverseModeTest {
  private static final double STEP = 1e-2;
  private static final Dim H = Dim.free("h");
  private static final Dim W = Dim.free("w");

  @TempDir private Path folder;

  /** A function of one input. */
  private interface Network {
    Value of(GraphBuilder graph, Value x);
  }

  /**
   * A function to differentiate.
   *
   * @param input the shape as the graph declares it
   * @param extents the shape that is run
   */
  private record Case(String name, Shape input, long[] extents, Network network) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Case known(String name, Network network, long... extents) {
    return new Case(name, Shape.known(extents), extents, network);
  }

  private static Case image(String name, Network network) {
    return new Case(
        name + ", free size", Shape.of(Dim.ONE, Dim.of(4), H, W), new long[] {1, 4, 5, 6}, network);
  }

  private static Value weights(GraphBuilder graph, long... extents) {
    return constant(graph, 11, extents);
  }

  private static Value constant(GraphBuilder graph, long seed, long... extents) {
    var shape = Shape.known(extents);
    var random = new Random(seed);
    var values = new float[Math.toIntExact(shape.elements().value())];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian() * 0.5f + 0.1f;
    }
    return graph.floats(values, shape);
  }

  private static Value convolved(
      GraphBuilder g, Value x, int out, int kernel, int stride, Padding padding) {
    return g.convolution(
        x, weights(g, out, x.shape().extent(1), kernel, kernel), weights(g, out), stride, padding);
  }

  static Stream<Case> cases() {
    return Stream.of(
            elementwise(), contractions(), rearrangements(), resampling(), reductions(), norms())
        .flatMap(List::stream);
  }

  private static List<Case> elementwise() {
    return List.of(
        known("x + x", (g, x) -> g.add(x, x), 2, 3),
        known("row + column", (g, x) -> g.add(g.mean(x, 0), g.mean(x, 1)), 3, 4),
        known("c − x", (g, x) -> g.subtract(weights(g, 3), x), 2, 3),
        known("x·c", (g, x) -> g.multiply(x, weights(g, 2, 1)), 2, 3),
        known("x·x", (g, x) -> g.multiply(x, x), 2, 3),
        known("repeated x·c", (g, x) -> g.multiply(x, weights(g, 4, 2, 3)), 1, 3),
        known("x/c", (g, x) -> g.divide(x, weights(g, 2, 3)), 2, 3),
        known(
            "c/x",
            (g, x) -> g.divide(weights(g, 2, 3), g.add(g.multiply(x, x), g.scalar(1))),
            2,
            3),
        known("sigmoid", (g, x) -> g.map(UnaryKind.SIGMOID, x), 7),
        known("silu", GraphBuilder::silu, 7),
        known("silu used twice", (g, x) -> g.multiply(g.silu(x), g.map(UnaryKind.SIGMOID, x)), 7),
        known("exp", (g, x) -> g.map(UnaryKind.EXPONENTIAL, x), 5),
        known("cos", (g, x) -> g.map(UnaryKind.COSINE, x), 5),
        known("sin", (g, x) -> g.map(UnaryKind.SINE, x), 5),
        known("erf", (g, x) -> g.map(UnaryKind.ERROR_FUNCTION, x), 5),
        known(
            "sqrt",
            (g, x) -> g.map(UnaryKind.SQUARE_ROOT, g.add(g.multiply(x, x), g.scalar(1))),
            5),
        known(
            "through float64",
            (g, x) -> {
              var wide = g.cast(x, ElementType.FLOAT64);
              return g.cast(g.multiply(wide, g.mean(wide, 1)), ElementType.FLOAT32);
            },
            2,
            3));
  }

  private static List<Case> contractions() {
    return List.of(
        image("3×3", (g, x) -> convolved(g, x, 5, 3, 1, Padding.all(1))),
        image("5×5", (g, x) -> convolved(g, x, 2, 5, 1, Padding.all(2))),
        image("1×1", (g, x) -> convolved(g, x, 3, 1, 1, Padding.all(0))),
        image("1×1 with a frame", (g, x) -> convolved(g, x, 3, 1, 1, new Padding(1, 0, 2, 1))),
        known(
            "3×3, one-sided",
            (g, x) -> convolved(g, x, 2, 3, 1, new Padding(0, 2, 1, 0)),
            2,
            3,
            5,
            6),
        image(
            "silu behind a convolution",
            (g, x) -> g.silu(convolved(g, x, 3, 3, 1, Padding.all(1)))),
        image(
            "silu of a residual block behind a convolution",
            (g, x) -> {
              var first = convolved(g, x, 4, 3, 1, Padding.all(1));
              var second = convolved(g, g.silu(first), 4, 3, 1, Padding.all(1));
              return convolved(g, g.silu(g.add(first, second)), 2, 1, 1, Padding.all(0));
            }),
        known("stride 2", (g, x) -> convolved(g, x, 3, 3, 2, Padding.all(1)), 2, 2, 6, 8),
        known("stride 2, odd", (g, x) -> convolved(g, x, 3, 3, 2, Padding.all(1)), 1, 2, 5, 7),
        known(
            "stride 2, one-sided",
            (g, x) -> convolved(g, x, 3, 3, 2, new Padding(0, 0, 1, 1)),
            1,
            2,
            6,
            7),
        known(
            "transposed",
            (g, x) ->
                g.apply(
                    new Contraction.TransposedConvolution(2, Padding.all(1), Dim.of(6), Dim.of(7)),
                    x,
                    weights(g, 2, 3, 3, 3)),
            1,
            2,
            3,
            4),
        known("x·W", (g, x) -> g.matrixProduct(x, weights(g, 4, 5)), 2, 3, 4),
        known("W·x", (g, x) -> g.matrixProduct(weights(g, 2, 5, 3), x), 3, 4),
        known("x·xᵀ", (g, x) -> g.matrixProduct(x, g.transposeLast(x)), 2, 3, 4),
        known(
            "linear",
            (g, x) -> g.apply(new Contraction.Linear(), x, weights(g, 5, 4), weights(g, 5)),
            3,
            4));
  }

  private static List<Case> rearrangements() {
    return List.of(
        known("reshape", (g, x) -> g.multiply(g.reshape(x, Shape.known(3, 2)), weights(g, 2)), 6),
        known("reshape of a mean", (g, x) -> g.reshape(g.mean(x, 1), Shape.known(2)), 2, 3),
        known("transpose", (g, x) -> g.transpose(x, 2, 0, 1), 2, 3, 4),
        known(
            "split",
            (g, x) -> {
              var parts = g.split(x, 1, 3);
              return g.multiply(parts.get(0), parts.get(2));
            },
            2,
            6),
        known("concatenate", (g, x) -> g.concatenate(1, weights(g, 2, 2), x, x), 2, 3),
        known("slice", (g, x) -> g.slice(x, 1, 1, 3), 2, 4),
        image(
            "slice to the ends",
            (g, x) -> {
              var larger = convolved(g, x, 2, 1, 1, Padding.all(1));
              return g.apply(
                  new Rearrangement.Slice(List.of(1, 2, 3), List.of(Dim.ONE, H, W)),
                  larger,
                  g.longs(1, 0, 2),
                  g.longs(2, -2, Long.MAX_VALUE));
            }),
        known(
            "zeros around",
            (g, x) ->
                g.apply(
                    new Rearrangement.ZeroPadding(
                        List.of(0L, 1L), List.of(2L, 0L), Shape.known(4, 4)),
                    x),
            2,
            3),
        known("gather", (g, x) -> g.gather(x, 1, g.longs(2, 0, 2, 2)), 2, 3, 2));
  }

  private static List<Case> resampling() {
    return List.of(
        image("nearest", (g, x) -> g.apply(new Resampling.NearestUpsampling(2), x)),
        known(
            "nearest by 3", (g, x) -> g.apply(new Resampling.NearestUpsampling(3), x), 1, 2, 2, 3),
        image(
            "3×3 of a doubled map",
            (g, x) ->
                convolved(
                    g, g.apply(new Resampling.NearestUpsampling(2), x), 3, 3, 1, Padding.all(1))),
        known(
            "average of a 3×3",
            (g, x) ->
                g.apply(new Resampling.AveragePooling(2), convolved(g, x, 3, 3, 1, Padding.all(1))),
            2,
            3,
            5,
            6),
        known("average", (g, x) -> g.apply(new Resampling.AveragePooling(2), x), 1, 2, 4, 6),
        known(
            "average with a rest",
            (g, x) -> g.apply(new Resampling.AveragePooling(2), x),
            1,
            2,
            5,
            7));
  }

  private static List<Case> reductions() {
    return List.of(
        known("sum", (g, x) -> g.sum(x, 0, 2), 2, 3, 4),
        known("mean", (g, x) -> g.mean(x, 1), 2, 3, 4),
        image("mean of rows", (g, x) -> g.mean(g.mean(x, 3), 2)),
        image(
            "variance",
            (g, x) -> {
              var centred = g.subtract(x, g.mean(x, 2, 3));
              return g.mean(g.multiply(centred, centred), 2, 3);
            }));
  }

  private static List<Case> norms() {
    return List.of(
        known("softmax", (g, x) -> g.softmax(x), 2, 3, 4),
        known(
            "instance norm",
            (g, x) ->
                g.apply(
                    new Normalization.InstanceNormalization(1e-3f),
                    x,
                    weights(g, 3),
                    weights(g, 3)),
            2,
            3,
            5),
        known(
            "instance norm without scale",
            (g, x) ->
                g.apply(
                    new Normalization.InstanceNormalization(1e-3f),
                    x,
                    g.floats(new float[] {1, 1}, Shape.known(2)),
                    weights(g, 2)),
            1,
            2,
            3,
            4),
        known(
            "layer norm",
            (g, x) ->
                g.apply(
                    new Normalization.LayerNormalization(1e-5f), x, weights(g, 6), weights(g, 6)),
            2,
            3,
            6),
        image(
            "frozen norm",
            (g, x) ->
                g.apply(
                    new Normalization.FrozenNormalization(1e-5f),
                    x,
                    weights(g, 4),
                    weights(g, 4),
                    weights(g, 4),
                    g.floats(new float[] {0.5f, 1, 2, 3}, Shape.known(4)))));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void agreesWithCentralDifferences(Case example) {
    var forward = new GraphBuilder("forward");
    var x = forward.input("x", ElementType.FLOAT32, example.input());
    forward.output("y", example.network().of(forward, x));

    var random = new Random(3);
    var at = random(random, example.extents());
    var slopes = new double[Math.toIntExact(at.elements())];
    Tensor cotangent;
    try (var session = GraphRunner.load(forward.build(), folder)) {
      var y = session.run(Map.of("x", at), Cancellation.never());
      cotangent = random(random, y.shape());
      for (int i = 0; i < slopes.length; i++) {
        var above = session.run(Map.of("x", moved(at, i, STEP)), Cancellation.never());
        var below = session.run(Map.of("x", moved(at, i, -STEP)), Cancellation.never());
        slopes[i] = (product(above, cotangent) - product(below, cotangent)) / (2 * STEP);
      }
    }

    var backward = new GraphBuilder("backward");
    var input = backward.input("x", ElementType.FLOAT32, example.input());
    var output = example.network().of(backward, input);
    var given = backward.input("d_y", output.element(), output.shape());
    backward.output("d_x", ReverseMode.vjp(backward, output, given, input, Map.of()));
    var actual = run(backward, Map.of("x", at, "d_y", cotangent), "d_x");

    assertArrayEquals(at.shape(), actual.shape());
    double worst = 0;
    double largest = 0;
    for (int i = 0; i < slopes.length; i++) {
      worst = Math.max(worst, Math.abs(slopes[i] - actual.get(i)));
      largest = Math.max(largest, Math.abs(slopes[i]));
    }
    assertTrue(largest > 1e-3, "the function does not depend on its input");
    assertEquals(0, worst / largest, 2e-3);
  }

  @Test
  void aLimitPassesNothingOutside() {
    var graph = new GraphBuilder("clip");
    var x = graph.input("x", ElementType.FLOAT32, Shape.known(4));
    var y = graph.apply(new Elementwise.Clip(-1, 2), x);
    var given = graph.input("d_y", ElementType.FLOAT32, Shape.known(4));
    graph.output("d_x", ReverseMode.vjp(graph, y, given, x, Map.of()));
    var result =
        run(
            graph,
            Map.of(
                "x", Tensor.of(new float[] {-3, 2, 0.5f, 2.5f}, 4),
                "d_y", Tensor.of(new float[] {1, 2, 3, 4}, 4)),
            "d_x");
    assertArrayEquals(new float[] {0, 2, 3, 0}, result.toArray());
  }

  @Test
  void aChoicePassesStraightThrough() {
    var graph = new GraphBuilder("choice");
    var x = graph.input("x", ElementType.FLOAT32, Shape.known(2, 3));
    var index = graph.apply(new Reduction.ArgMin(), x);
    var table = weights(graph, 3, 3);
    var rows = graph.gather(table, 0, index);
    var y = graph.multiply(rows, rows);
    var given = graph.input("d_y", ElementType.FLOAT32, Shape.known(2, 3));
    graph.output("rows", rows);
    graph.output("d_x", ReverseMode.vjp(graph, y, given, x, Map.of(rows, x)));
    var inputs = Map.of("x", random(new Random(1), 2, 3), "d_y", random(new Random(2), 2, 3));
    var chosen = run(graph, inputs, "rows");
    var result = run(graph, inputs, "d_x");
    for (int i = 0; i < 6; i++) {
      assertEquals(2 * chosen.get(i) * inputs.get("d_y").get(i), result.get(i), 1e-6);
    }
  }

  @Test
  void aLookupByAnInputAddsUp() {
    var graph = new GraphBuilder("lookup");
    var x = graph.input("x", ElementType.FLOAT32, Shape.of(Dim.ONE, Dim.of(2), Dim.free("a")));
    var index = graph.input("index", ElementType.INT32, Shape.of(H));
    var y = graph.gather(x, 2, index);
    var given = graph.input("d_y", ElementType.FLOAT32, y.shape());
    graph.output("d_x", ReverseMode.vjp(graph, y, given, x, Map.of()));
    Map<String, AnyTensor> inputs = new HashMap<>();
    inputs.put("x", random(new Random(1), 1, 2, 3));
    inputs.put("index", LongTensor.of(new long[] {2, 0, 2, 2}, 4));
    inputs.put("d_y", Tensor.of(new float[] {1, 2, 3, 4, 5, 6, 7, 8}, 1, 2, 4));
    assertArrayEquals(new float[] {2, 0, 8, 6, 0, 20}, run(graph, inputs, "d_x").toArray(), 0);
  }

  @Test
  void whatCannotBeDerivedIsRefused() {
    var graph = new GraphBuilder("refused");
    var x = graph.input("x", ElementType.FLOAT32, Shape.known(2, 3));
    var other = graph.silu(graph.input("z", ElementType.FLOAT32, Shape.known(2)));
    assertThrows(
        IllegalArgumentException.class, () -> ReverseMode.vjp(graph, other, other, x, Map.of()));
    var product = graph.apply(new Contraction.Linear(), weights(graph, 4, 3), x);
    assertThrows(
        IllegalArgumentException.class,
        () -> ReverseMode.vjp(graph, product, product, x, Map.of()));
    var y = graph.silu(x);
    assertThrows(
        IllegalArgumentException.class, () -> ReverseMode.vjp(graph, y, other, x, Map.of()));
  }

  private Tensor run(GraphBuilder graph, Map<String, ? extends AnyTensor> inputs, String output) {
    return (Tensor) GraphRunner.run(graph.build(), folder, inputs).get(output);
  }

  private static Tensor moved(Tensor at, int index, double step) {
    var values = at.toArray();
    values[index] += (float) step;
    return Tensor.of(values, at.shape());
  }

  private static double product(Tensor a, Tensor b) {
    double sum = 0;
    for (int i = 0; i < a.elements(); i++) {
      sum += (double) a.get(i) * b.get(i);
    }
    return sum;
  }

  private static Tensor random(Random random, long... extents) {
    var tensor = Tensor.zeros(extents);
    for (int i = 0; i < tensor.elements(); i++) {
      tensor.set(i, (float) random.nextGaussian());
    }
    return tensor;
  }
}
