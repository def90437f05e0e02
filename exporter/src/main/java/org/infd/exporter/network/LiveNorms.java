package org.infd.exporter.network;

import java.util.ArrayList;
import java.util.List;
import org.infd.exporter.graph.Dim;
import org.infd.exporter.graph.Elementwise;
import org.infd.exporter.graph.Shape;
import org.infd.exporter.graph.Value;

/**
 * Group norms of the renderer over the rectangle that is being rendered (1, c, h, w), with their
 * statistics (docs/spec/infd-model.md 8). Sums run along rows first, then over rows: as precise as
 * pairwise summation, and as parallel as the image has rows.
 */
final class LiveNorms implements Norms {
  /**
   * The statistics of one norm.
   *
   * @param mean per group (1, groups)
   * @param variance biased, per group (1, groups)
   */
  record Statistics(Value mean, Value variance) {}

  private final List<Statistics> statistics = new ArrayList<>();

  @Override
  public Value apply(Layers layers, String name, Value x) {
    var graph = layers.graph();
    var shape = x.shape();
    long channels = shape.extent(1);
    Layers.requireGroups(layers.prefix() + name, channels);
    long perGroup = channels / Layers.GROUPS;
    var groups =
        graph.reshape(
            x,
            Shape.of(
                shape.dim(0), Dim.of(Layers.GROUPS), shape.dim(2).times(perGroup), shape.dim(3)));
    var mean = graph.mean(graph.mean(groups, 3), 2);
    var centred = graph.subtract(groups, mean);
    var variance = graph.mean(graph.mean(graph.multiply(centred, centred), 3), 2);
    var flat = Shape.of(shape.dim(0), Dim.of(Layers.GROUPS));
    statistics.add(new Statistics(graph.reshape(mean, flat), graph.reshape(variance, flat)));

    var deviation =
        graph.map(
            Elementwise.UnaryKind.SQUARE_ROOT,
            graph.add(variance, graph.scalar(Layers.AUTOENCODER_EPSILON)));
    var scale =
        graph.divide(
            layers.vector(name + ".weight", channels, 1, Layers.GROUPS, perGroup, 1), deviation);
    var scaled =
        graph.multiply(
            graph.reshape(centred, shape), graph.reshape(scale, Shape.known(1, channels, 1, 1)));
    return graph.add(scaled, layers.vector(name + ".bias", channels, channels, 1, 1));
  }

  /** The statistics of the norms so far, in layer order. */
  List<Statistics> statistics() {
    return statistics;
  }
}
