package org.infd.inference.studio;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.infd.inference.Problem;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.runtime.Device;
import org.infd.inference.runtime.Graph;

/** The graphs of a model that are in memory: loaded at the first wish, kept until closed. */
final class LoadedGraphs implements AutoCloseable {
  private final ModelBundle bundle;
  private final Device device;
  private final Map<String, Graph> graphs = new HashMap<>();
  private boolean closed;

  LoadedGraphs(ModelBundle bundle, Device device) {
    this.bundle = bundle;
    this.device = device;
  }

  /**
   * A graph, loaded if it was not yet.
   *
   * @throws Problem if it cannot be had
   * @throws CancellationException if the model was given up meanwhile
   */
  synchronized Graph get(String name) {
    if (closed) {
      throw new CancellationException("the model was closed");
    }
    return graphs.computeIfAbsent(name, n -> bundle.load(n, device));
  }

  @Override
  public synchronized void close() {
    closed = true;
    graphs.values().forEach(Graph::close);
    graphs.clear();
  }
}
