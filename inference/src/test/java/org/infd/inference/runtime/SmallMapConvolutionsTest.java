package org.infd.inference.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.infd.inference.Problem;
import org.infd.inference.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against sums in double precision, and against the graph node by node. */
class SmallMapConvolutionsTest {
  @TempDir private Path folder;

  /** A convolution of (n, in, height, width) to (n, out, …) beside a change of size. */
  private record Case(int n, int in, int out, int height, int width) {
    long[] shape() {
      return new long[] {n, in, height, width};
    }

    float[] weights() {
      return random(1, out * in * 9, 1 / Math.sqrt(9 * in));
    }

    float[] bias() {
      return random(2, out, 1);
    }

    Tensor x() {
      return Tensor.of(random(3, n * in * height * width, 1), shape());
    }
  }

  private static float[] random(int seed, int count, double scale) {
    var random = new Random(seed);
    var values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (random.nextGaussian() * scale);
    }
    return values;
  }

  private static OnnxNode convolution(SmallGraph graph, String output, String... inputs) {
    return graph
        .node("Conv", output, inputs)
        .ints("kernel_shape", 3, 3)
        .ints("pads", 1, 1, 1, 1)
        .ints("strides", 1, 1);
  }

  private static OnnxNode doubling(SmallGraph graph, String mode) {
    return graph
        .node("Resize", "doubled", "x", "", "scales")
        .text("mode", mode)
        .text("coordinate_transformation_mode", "asymmetric")
        .text("nearest_mode", "floor");
  }

  private static SmallGraph begin(Case size) {
    var graph = new SmallGraph("test", false);
    graph.input("x", size.shape());
    graph.weights("weight", size.weights(), size.out(), size.in(), 3, 3);
    graph.weights("bias", size.bias(), size.out());
    graph.floats("scales", 1, 1, 2, 2);
    return graph;
  }

  private static SmallGraph ofDoubled(Case size) {
    var graph = begin(size);
    doubling(graph, "nearest");
    convolution(graph, "y", "doubled", "weight", "bias");
    graph.output("y", size.n(), size.out(), 2L * size.height(), 2L * size.width());
    return graph;
  }

  private static SmallGraph halved(Case size) {
    var graph = begin(size);
    convolution(graph, "convolved", "x", "weight", "bias");
    graph.node("AveragePool", "y", "convolved").ints("kernel_shape", 2, 2).ints("strides", 2, 2);
    graph.output("y", size.n(), size.out(), size.height() / 2, size.width() / 2);
    return graph;
  }

  private Tensor run(byte[] model, Tensor x, Graph.Options how) throws IOException {
    var file = Files.write(folder.resolve("graph.onnx"), model);
    try (var graph = Graph.load(file, Device.cpu(), Map.of(), how)) {
      return (Tensor)
          graph.run(Map.of("x", x), Set.of("y"), Cancellation.never()).values().iterator().next();
    }
  }

  private static double[] convolved(double[] x, Case size, int height, int width) {
    var weights = size.weights();
    var bias = size.bias();
    var y = new double[size.n() * size.out() * height * width];
    for (int at = 0; at < y.length; at++) {
      int column = at % width;
      int row = at / width % height;
      int out = at / (width * height) % size.out();
      int image = at / (width * height * size.out());
      double sum = bias[out];
      for (int in = 0; in < size.in(); in++) {
        for (int tap = 0; tap < 9; tap++) {
          int r = row + tap / 3 - 1;
          int c = column + tap % 3 - 1;
          if (r >= 0 && r < height && c >= 0 && c < width) {
            sum +=
                weights[(out * size.in() + in) * 9 + tap]
                    * x[((image * size.in() + in) * height + r) * width + c];
          }
        }
      }
      y[at] = sum;
    }
    return y;
  }

  private static void assertNear(double[] expected, Tensor actual) {
    assertEquals(expected.length, actual.elements());
    double largest = 0;
    double worst = 0;
    for (int i = 0; i < expected.length; i++) {
      largest = Math.max(largest, Math.abs(expected[i]));
      worst = Math.max(worst, Math.abs(expected[i] - actual.get(i)));
    }
    assertTrue(largest > 0.1, "nothing was computed");
    assertTrue(worst < 1e-6 * largest, worst + " of " + largest);
  }

  @ParameterizedTest
  @CsvSource({"1,1,1,1,1", "1,16,16,8,8", "2,3,5,5,7", "1,32,16,1,9", "2,17,48,9,2", "1,64,64,3,3"})
  void aConvolutionOfADoubledMapIsTheSame(int n, int in, int out, int height, int width)
      throws IOException {
    var size = new Case(n, in, out, height, width);
    var x = size.x();
    int wide = 2 * width;
    var doubled = new double[n * in * 4 * height * width];
    for (int at = 0; at < doubled.length; at++) {
      int row = at / wide;
      doubled[at] =
          x.get((row / (2 * height) * height + row % (2 * height) / 2) * width + at % wide / 2);
    }
    var model = ofDoubled(size).toBytes();
    var operators = operators(SmallMapConvolutions.of(model).orElseThrow());
    assertEquals(4, operators.stream().filter("Conv"::equals).count());
    assertFalse(operators.contains("Resize"));
    assertNear(convolved(doubled, size, 2 * height, wide), run(model, x, Graph.Options.plain()));
  }

  @ParameterizedTest
  @CsvSource({"1,1,1,2,2", "1,16,16,8,8", "2,3,5,5,7", "1,32,16,3,9", "2,17,48,9,2", "1,64,64,4,4"})
  void aConvolutionAveragedOverBlocksIsTheSame(int n, int in, int out, int height, int width)
      throws IOException {
    var size = new Case(n, in, out, height, width);
    var x = size.x();
    var values = new double[x.elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = x.get(i);
    }
    var whole = convolved(values, size, height, width);
    var means = new double[n * out * (height / 2) * (width / 2)];
    for (int at = 0; at < means.length; at++) {
      int column = 2 * (at % (width / 2));
      int row = 2 * (at / (width / 2) % (height / 2));
      int corner = (at / (width / 2) / (height / 2) * height + row) * width + column;
      means[at] =
          (whole[corner] + whole[corner + 1] + whole[corner + width] + whole[corner + width + 1])
              / 4;
    }
    var model = halved(size).toBytes();
    assertEquals(
        List.of("AveragePool", "Conv"), operators(SmallMapConvolutions.of(model).orElseThrow()));
    assertNear(means, run(model, x, Graph.Options.plain()));
  }

  private static List<String> operators(byte[] model) {
    return GraphFile.read(model).nodes().stream().map(GraphFile.Node::operator).toList();
  }

  @Test
  void aDoubledMapThatOthersTakeStays() throws IOException {
    var size = new Case(1, 4, 4, 3, 5);
    var graph = begin(size);
    doubling(graph, "nearest");
    convolution(graph, "y", "doubled", "weight", "bias");
    graph.node("Sigmoid", "other", "doubled");
    graph.output("y", 1, 4, 6, 10);
    graph.output("other", 1, 4, 6, 10);
    var model = graph.toBytes();
    var operators = operators(SmallMapConvolutions.of(model).orElseThrow());
    assertEquals(4, operators.stream().filter("Conv"::equals).count());
    assertTrue(operators.contains("Resize"));
    assertArrayEquals(
        run(model, size.x(), Graph.Options.in(Graph.Form.AS_WRITTEN)).toArray(),
        run(model, size.x(), Graph.Options.plain()).toArray(),
        1e-6f);
  }

  @Test
  void twoConvolutionsOfOneDoubledMap() throws IOException {
    var size = new Case(1, 4, 4, 3, 5);
    var graph = begin(size);
    doubling(graph, "nearest");
    convolution(graph, "y", "doubled", "weight", "bias");
    convolution(graph, "second", "doubled", "weight");
    graph.output("y", 1, 4, 6, 10);
    graph.output("second", 1, 4, 6, 10);
    var model = graph.toBytes();
    var operators = operators(SmallMapConvolutions.of(model).orElseThrow());
    assertEquals(8, operators.stream().filter("Conv"::equals).count());
    assertFalse(operators.contains("Resize"));
    assertArrayEquals(
        run(model, size.x(), Graph.Options.in(Graph.Form.AS_WRITTEN)).toArray(),
        run(model, size.x(), Graph.Options.plain()).toArray(),
        1e-5f);
  }

  @Test
  void aResultThatOthersTakeIsNotMoved() {
    var size = new Case(1, 4, 4, 4, 4);
    var asOutput = halved(size);
    asOutput.output("convolved", 1, 4, 4, 4);
    assertTrue(SmallMapConvolutions.of(asOutput.toBytes()).isEmpty());
    var taken = halved(size);
    taken.node("Sigmoid", "other", "convolved");
    taken.output("other", 1, 4, 4, 4);
    assertTrue(SmallMapConvolutions.of(taken.toBytes()).isEmpty());
  }

  @Test
  void aMapOfUnknownSizeIsLeftAlone() {
    var size = new Case(1, 4, 4, 4, 4);
    var graph = begin(size);
    doubling(graph, "nearest");
    convolution(graph, "convolved", "doubled", "weight", "bias");
    graph.node("Sigmoid", "y", "convolved");
    graph.output("y", 1, 4, 8, 8);
    assertTrue(SmallMapConvolutions.of(graph.toBytes()).isEmpty());
  }

  @Test
  void otherChangesOfSizeAreLeftAlone() {
    var size = new Case(1, 4, 4, 4, 4);
    var smooth = begin(size);
    doubling(smooth, "linear");
    convolution(smooth, "y", "doubled", "weight", "bias");
    smooth.output("y", 1, 4, 8, 8);
    assertTrue(SmallMapConvolutions.of(smooth.toBytes()).isEmpty());

    var threefold = begin(size);
    threefold.floats("three", 1, 1, 3, 3);
    threefold
        .node("Resize", "large", "x", "", "three")
        .text("mode", "nearest")
        .text("coordinate_transformation_mode", "asymmetric")
        .text("nearest_mode", "floor");
    convolution(threefold, "y", "large", "weight", "bias");
    threefold.output("y", 1, 4, 12, 12);
    assertTrue(SmallMapConvolutions.of(threefold.toBytes()).isEmpty());

    var oneSided = begin(size);
    doubling(oneSided, "nearest");
    oneSided
        .node("Conv", "y", "doubled", "weight", "bias")
        .ints("kernel_shape", 3, 3)
        .ints("pads", 0, 0, 1, 1)
        .ints("strides", 2, 2);
    oneSided.output("y", 1, 4, 4, 4);
    assertTrue(SmallMapConvolutions.of(oneSided.toBytes()).isEmpty());

    var grouped = begin(size);
    doubling(grouped, "nearest");
    convolution(grouped, "y", "doubled", "weight", "bias").number("group", 1);
    grouped.output("y", 1, 4, 8, 8);
    assertTrue(SmallMapConvolutions.of(grouped.toBytes()).isEmpty());
  }

  @Test
  void whatIsNoGraphIsLeftToTheRuntime() throws IOException {
    var empty = new SmallGraph("empty", false);
    convolution(empty, "y");
    assertTrue(SmallMapConvolutions.of(empty.toBytes()).isEmpty());
    assertTrue(SmallMapConvolutions.of(new byte[] {3, 1, 4, 1, 5}).isEmpty());
    assertTrue(SmallMapConvolutions.of("no graph".getBytes(StandardCharsets.US_ASCII)).isEmpty());
    var file = Files.write(folder.resolve("damaged.onnx"), new byte[] {3, 1, 4, 1, 5});
    assertThrows(Problem.class, () -> Graph.load(file, Device.cpu()));
    assertThrows(Problem.class, () -> Graph.load(folder.resolve("none.onnx"), Device.cpu()));
  }
}
