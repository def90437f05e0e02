package org.infd.exporter.network;

import java.util.List;
import org.infd.exporter.graph.Reduction;
import org.infd.exporter.graph.Shape;
import org.infd.exporter.graph.Value;

/**
 * The vector quantiser (docs/spec/infd-model.md 3): each position of z becomes the nearest row of
 * the codebook.
 */
public final class Quantiser {
  // distances of one item beyond this are computed for some positions at a time (32 MiB)
  private static final long LARGEST_DISTANCES = 8 << 20;
  private static final int MOST_PARTS = 256;

  /**
   * What the quantiser gives.
   *
   * @param rows the chosen rows (n, channels, h, w)
   * @param indices which rows, int64 (n, h, w)
   */
  public record Quantised(Value rows, Value indices) {}

  private Quantiser() {}

  /**
   * Quantises, names below {@code quantizer.}. The distance is |z|² + |e|² − 2 z·e, summed in this
   * order as in training; the first of equal rows wins.
   *
   * @param z (n, channels, h, w) with h and w known
   * @param codebook the number of rows
   */
  public static Quantised quantise(Layers layers, Value z, int codebook) {
    var graph = layers.graph();
    var shape = z.shape();
    int channels = Layers.channels(z);
    var positions = shape.dim(2).times(shape.dim(3));
    var table = layers.preciseWeight("embedding.weight", codebook, channels);
    var tokens =
        graph.transpose(graph.reshape(z, Shape.of(shape.dim(0), shape.dim(1), positions)), 0, 2, 1);
    var rowNorms = graph.reshape(graph.sum(graph.multiply(table, table), 1), Shape.known(codebook));
    var transposed = graph.transpose(table, 1, 0);
    int parts = 1;
    while (parts < MOST_PARTS
        && positions.value() / parts * codebook > LARGEST_DISTANCES
        && positions.value() % (2L * parts) == 0) {
      parts *= 2;
    }
    var pieces = parts == 1 ? List.of(tokens) : graph.split(tokens, 1, parts);
    var indices =
        pieces.stream()
            .map(
                piece -> {
                  var norms = graph.sum(graph.multiply(piece, piece), 2);
                  var products = graph.matrixProduct(piece, transposed);
                  var distances =
                      graph.subtract(
                          graph.add(norms, rowNorms), graph.multiply(products, graph.scalar(2)));
                  return graph.apply(new Reduction.ArgMin(), distances);
                })
            .toArray(Value[]::new);
    var index = graph.concatenate(1, indices);
    var rows = graph.transpose(graph.gather(table, 0, index), 0, 2, 1);
    return new Quantised(
        graph.reshape(rows, shape),
        graph.reshape(index, Shape.of(shape.dim(0), shape.dim(2), shape.dim(3))));
  }
}
