package org.infd.inference.field;

import org.infd.inference.runtime.Network;
import org.jspecify.annotations.Nullable;

/**
 * A render session whose norms are frozen at the statistics of one scale. Counted: it is closed
 * when it has been retired and its last user has let it go, so that a tile in flight keeps its
 * session.
 */
final class FieldScale implements AutoCloseable {
  private final Network graph;
  private final @Nullable Network first;
  private int users = 1;
  private boolean retired;

  /**
   * @param graph from the query to the colours, or from the first convolution's result
   * @param first from the query to that result, or null where the graph begins at the query
   */
  FieldScale(Network graph, @Nullable Network first) {
    this.graph = graph;
    this.first = first;
  }

  Network graph() {
    return graph;
  }

  @Nullable Network first() {
    return first;
  }

  /** Gives the device's memory back as far as it is not weights. */
  void trim() {
    graph.trim();
    if (first != null) {
      first.trim();
    }
  }

  synchronized FieldScale used() {
    users++;
    return this;
  }

  /** No new users will come. */
  synchronized void retire() {
    if (!retired) {
      retired = true;
      closeIfIdle();
    }
  }

  /** Lets the session go: ends one use. */
  @Override
  public synchronized void close() {
    users--;
    closeIfIdle();
  }

  private void closeIfIdle() {
    if (retired && users == 0) {
      graph.close();
      if (first != null) {
        first.close();
      }
    }
  }
}
