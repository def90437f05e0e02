package org.infd.exporter.graph;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A finished graph: a list of nodes in an order in which they can run.
 *
 * @param name what the graph is called in files and messages
 * @param inputs in order; each value's name is the input's name
 * @param nodes in order; none is superfluous
 * @param parameters what the values that no node computes hold, by value, in order of first use
 * @param outputs the results by output name, in order
 */
public record NodeGraph(
    String name,
    List<Value> inputs,
    List<Node> nodes,
    Map<Value, Parameter> parameters,
    Map<String, Value> outputs) {
  /** Copies the collections. */
  public NodeGraph {
    inputs = List.copyOf(inputs);
    nodes = List.copyOf(nodes);
    parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
    outputs = Collections.unmodifiableMap(new LinkedHashMap<>(outputs));
  }
}
