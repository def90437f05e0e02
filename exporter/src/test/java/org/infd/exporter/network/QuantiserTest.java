package org.infd.exporter.network;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.infd.exporter.graph.Dim;
import org.infd.exporter.graph.ElementType;
import org.infd.exporter.graph.GraphBuilder;
import org.infd.exporter.graph.GraphRunner;
import org.infd.exporter.graph.Shape;
import org.infd.exporter.graph.TensorSource;
import org.infd.inference.tensor.LongTensor;
import org.infd.inference.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The nearest codebook row, the first of equal ones. */
class QuantiserTest {
  @TempDir Path folder;

  @Test
  void choosesTheFirstOfEqualRows() {
    // rows 40 to 79 repeat rows 0 to 39
    var codebook = new float[80 * 2];
    for (int row = 0; row < 80; row++) {
      codebook[2 * row] = row % 40;
      codebook[2 * row + 1] = -(row % 40);
    }
    var z = Tensor.zeros(1, 2, 5, 8);
    for (int i = 0; i < 40; i++) {
      z.set(i, 39 - i);
      z.set(40 + i, i - 39);
    }
    var indices = indices(codebook, z);
    for (int i = 0; i < 40; i++) {
      assertEquals(39 - i, indices[i]);
    }
  }

  @Test
  void isTheNearestRowInChunksToo() {
    // 64² positions of 8192 rows are more than fits one piece
    var random = new Random(3);
    int rows = 8192;
    var codebook = new float[rows * 2];
    for (int i = 0; i < codebook.length; i++) {
      codebook[i] = random.nextInt(-1000, 1000);
    }
    var z = Tensor.zeros(1, 2, 64, 64);
    for (int i = 0; i < z.elements(); i++) {
      z.set(i, random.nextInt(-1000, 1000));
    }
    var indices = indices(codebook, z);
    var expected = new long[64 * 64];
    for (int i = 0; i < expected.length; i++) {
      double nearest = Double.POSITIVE_INFINITY;
      for (int row = 0; row < rows; row++) {
        double a = z.get(i) - codebook[2 * row];
        double b = z.get(4096 + i) - codebook[2 * row + 1];
        // whole numbers below 2^24: exact in single precision too
        if (a * a + b * b < nearest) {
          nearest = a * a + b * b;
          expected[i] = row;
        }
      }
    }
    assertArrayEquals(expected, indices);
  }

  private long[] indices(float[] codebook, Tensor z) {
    int rows = codebook.length / 2;
    var stored = new Weights.Stored(List.of((long) rows, 2L), TensorSource.of(codebook));
    var weights = new Weights(Map.of("quantizer.embedding.weight", stored));
    var graph = new GraphBuilder("quantise");
    var input =
        graph.input(
            "z",
            ElementType.FLOAT32,
            Shape.of(Dim.free("n"), Dim.of(2), Dim.of(z.extent(2)), Dim.of(z.extent(3))));
    var quantised = Quantiser.quantise(new Layers(graph, weights, "quantizer."), input, rows);
    graph.output("rows", quantised.rows());
    graph.output("indices", quantised.indices());
    var outputs = GraphRunner.run(graph.build(), folder, Map.of("z", z));
    var indices = ((LongTensor) Objects.requireNonNull(outputs.get("indices"))).toArray();
    var chosen = (Tensor) Objects.requireNonNull(outputs.get("rows"));
    for (int i = 0; i < indices.length; i++) {
      assertEquals(codebook[(int) (2 * indices[i])], chosen.get(i));
      assertEquals(codebook[(int) (2 * indices[i]) + 1], chosen.get(indices.length + i));
    }
    return indices;
  }
}
