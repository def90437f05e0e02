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
  // 8 heads at 128² latent cells need as many
  private static final int MOST_PARTS = 512;
  // fewer queries at a time cost more than their memory is worth
  private static final int FEWEST_QUERIES = 8;

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
    int parts = parts(heads, queries, keys);
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
    int parts = parts(heads, q.shape().dim(1), k.shape().dim(1));
    // rows of a softmax know nothing of each other, so each part has the values of the whole
    var masks = mask == null || parts == 1 ? null : graph.split(mask, 0, parts);
    var pieces = new ArrayList<Value>();
    for (var piece : parts == 1 ? List.of(queries) : graph.split(queries, 2, parts)) {
      var ofPiece = masks == null ? mask : masks.get(pieces.size());
      var scores = graph.matrixProduct(piece, keys);
      var attention = graph.softmax(ofPiece == null ? scores : graph.add(scores, ofPiece));
      pieces.add(graph.matrixProduct(attention, values));
    }
    var whole = graph.concatenate(2, pieces.toArray(Value[]::new));
    var joined = graph.transpose(whole, 0, 2, 1, 3);
    return graph.reshape(joined, q.shape());
  }

  /** Of free extents, which are short texts here, all scores are computed at once. */
  private static int parts(int heads, Dim queries, Dim keys) {
    return queries.isKnown() && keys.isKnown() ? parts(heads, queries.value(), keys.value()) : 1;
  }

  /**
   * Into how many equal parts the queries are cut: the fewest that keep the scores of a part within
   * {@link #LARGEST_SCORES}, else as many as there can be.
   */
  static int parts(int heads, long queries, long keys) {
    long most = Math.clamp(queries / FEWEST_QUERIES, 1, MOST_PARTS);
    int best = 1;
    for (int parts = 1; parts <= most; parts++) {
      if (queries % parts == 0) {
        best = parts;
        if (heads * (queries / parts) * keys <= LARGEST_SCORES) {
          break;
        }
      }
    }
    return best;
  }

  private static Value inHeads(GraphBuilder graph, Value x, int heads) {
    var shape = x.shape();
    return graph.reshape(
        x,
        org.infd.exporter.graph.Shape.of(
            shape.dim(0), shape.dim(1), Dim.of(heads), shape.dim(2).over(Dim.of(heads))));
  }
}
