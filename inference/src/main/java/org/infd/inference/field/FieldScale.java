package org.infd.inference.field;

import org.infd.inference.runtime.Network;

/**
 * A render session whose norms are frozen at the statistics of one scale. Counted: it is closed
 * when it has been retired and its last user has let it go, so that a tile in flight keeps its
 * session.
 */
final class FieldScale implements AutoCloseable {
  private final Network graph;
  private int users = 1;
  private boolean retired;

  FieldScale(Network graph) {
    this.graph = graph;
  }

  Network graph() {
    return graph;
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
    }
  }
}
