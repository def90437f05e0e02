package org.infd.exporter.graph;

import java.util.List;

/** One operation applied to values. */
public record Node(Operation operation, List<Value> inputs, List<Value> outputs) {
  /** Copies the lists. */
  public Node {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }
}
