package org.infd.exporter.graph;

import java.util.List;
import java.util.stream.IntStream;
import org.infd.exporter.graph.Elementwise.UnaryKind;

/** How a cotangent flows back through operations that rescale by statistics. */
final class NormPullback {
  private final GraphBuilder graph;
  private final Node node;
  private final Value cotangent;

  /**
   * The pullback of a node.
   *
   * @param cotangent of the output, of its shape
   */
  NormPullback(GraphBuilder graph, Node node, Value cotangent) {
    this.graph = graph;
    this.node = node;
    this.cotangent = cotangent;
  }

  /** The cotangent of the data. */
  Value to(Normalization operation, int input) {
    if (input != 0) {
      throw new IllegalArgumentException(node.inputs().get(input) + " is a weight of a norm");
    }
    var x = node.inputs().getFirst();
    int rank = x.shape().rank();
    return switch (operation) {
      case Normalization.Softmax _ -> {
        var p = node.outputs().getFirst();
        var mean = graph.sum(graph.multiply(cotangent, p), rank - 1);
        yield graph.multiply(p, graph.subtract(cotangent, mean));
      }
      case Normalization.InstanceNormalization norm ->
          throughStatistics(
              x,
              scaled(perChannel(node.inputs().get(1), rank)),
              IntStream.range(2, rank).boxed().toList(),
              norm.epsilon());
      case Normalization.LayerNormalization norm ->
          throughStatistics(x, scaled(node.inputs().get(1)), List.of(rank - 1), norm.epsilon());
      case Normalization.FrozenNormalization norm -> {
        var deviation = deviation(node.inputs().get(4), norm.epsilon());
        yield graph.multiply(
            cotangent, perChannel(graph.divide(node.inputs().get(1), deviation), rank));
      }
    };
  }

  private Value scaled(Value scale) {
    return graph.holdsOnly(scale, 1) ? cotangent : graph.multiply(cotangent, scale);
  }

  private Value perChannel(Value vector, int rank) {
    if (graph.holdsOnly(vector, 1)) {
      return vector;
    }
    var dims = new Dim[rank];
    java.util.Arrays.fill(dims, Dim.ONE);
    dims[1] = vector.shape().dim(0);
    return graph.reshape(vector, Shape.of(dims));
  }

  /**
   * With c = x − mean and s = √(variance + epsilon): (h − mean(h))/s − c·mean(h·c)/s³, h being the
   * cotangent of c/s (clip.md 2.2, for any axes).
   */
  private Value throughStatistics(Value x, Value h, List<Integer> axes, float epsilon) {
    var over = axes.toArray(Integer[]::new);
    var centred = graph.subtract(x, graph.mean(x, over));
    var variance = graph.mean(graph.multiply(centred, centred), over);
    var deviation = deviation(variance, epsilon);
    var cubed = graph.multiply(graph.multiply(deviation, deviation), deviation);
    var slope = graph.divide(graph.mean(graph.multiply(h, centred), over), cubed);
    var direct = graph.divide(graph.subtract(h, graph.mean(h, over)), deviation);
    return graph.subtract(direct, graph.multiply(centred, slope));
  }

  private Value deviation(Value variance, float epsilon) {
    return graph.map(
        UnaryKind.SQUARE_ROOT, graph.add(variance, Pullback.scalar(graph, variance, epsilon)));
  }
}
