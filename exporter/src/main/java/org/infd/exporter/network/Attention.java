package org.infd.exporter.network;

import java.util.ArrayList;
import java.util.List;
import org.infd.exporter.graph.Dim;
import org.infd.exporter.graph.GraphBuilder;
import org.infd.exporter.graph.Value;
import org.jspecify.annotations.Nullable;

/** Attention: softmax over keys of the scaled products, applied to values. */
final class Attention {
  // scores of one item beyond this are computed for some queries at a time (16 MiB)
  private static final long LARGEST_SCORES = 4 << 20;
  private static final int MOST_PARTS = 64;

  private Attention() {}

  /**
   * Attention of channel-major operands.
   *
   * @param q queries (…, ch, t)
   * @param k keys (…, ch, s)
   * @param v values (…, ch, s)
   * @param heads how many attentions one item of the batch holds, for the memory's sake
   * @return (…, ch, t)
   */
  static Value overPixels(GraphBuilder graph, Value q, Value k, Value v, int heads) {
    int rank = q.shape().rank();
    long channels = q.shape().extent(rank - 2);
    long queries = q.shape().extent(rank - 1);
    long keys = k.shape().extent(rank - 1);
    var scaled = graph.multiply(q, graph.scalar((float) (1 / Math.sqrt((double) channels))));
    int parts = 1;
    while (parts < MOST_PARTS
        && heads * queries / parts * keys > LARGEST_SCORES
        && queries % (2L * parts) == 0) {
      parts *= 2;
    }
    var pieces = new ArrayList<Value>();
    for (var piece : parts == 1 ? List.of(scaled) : graph.split(scaled, rank - 1, parts)) {
      var attention = graph.softmax(graph.matrixProduct(graph.transposeLast(piece), k));
      pieces.add(graph.matrixProduct(v, graph.transposeLast(attention)));
    }
    return graph.concatenate(rank - 1, pieces.toArray(Value[]::new));
  }

  /**
   * Multi-head attention of tokens; head i takes channels i·d to (i+1)·d.
   *
   * @param q (n, t, heads·d)
   * @param k (n, s, heads·d)
   * @param v (n, s, heads·d)
   * @param mask added to the scores, (t, s), or null
   * @return (n, t, heads·d)
   */
  static Value overTokens(
      GraphBuilder graph, Value q, Value k, Value v, int heads, @Nullable Value mask) {
    var width = q.shape().dim(2).over(Dim.of(heads));
    var scale = graph.scalar((float) (1 / Math.sqrt((double) width.value())));
    var queries = graph.transpose(inHeads(graph, graph.multiply(q, scale), heads), 0, 2, 1, 3);
    var keys = graph.transpose(inHeads(graph, k, heads), 0, 2, 3, 1);
    var values = graph.transpose(inHeads(graph, v, heads), 0, 2, 1, 3);
    var scores = graph.matrixProduct(queries, keys);
    var attention = graph.softmax(mask == null ? scores : graph.add(scores, mask));
    var joined = graph.transpose(graph.matrixProduct(attention, values), 0, 2, 1, 3);
    return graph.reshape(joined, q.shape());
  }

  private static Value inHeads(GraphBuilder graph, Value x, int heads) {
    var shape = x.shape();
    return graph.reshape(
        x,
        org.infd.exporter.graph.Shape.of(
            shape.dim(0), shape.dim(1), Dim.of(heads), shape.dim(2).over(Dim.of(heads))));
  }
}
