package org.infd.exporter.graph;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reverse-mode differentiation: adds to a graph the nodes that carry a cotangent of one value back
 * to an input. What is differentiated with respect to is data, never weights.
 *
 * <p>A cotangent may have extent 1 where its value has more: it is then the same along that axis.
 * Means give such ones, and elementwise nodes take them as they are, so most are never spread.
 */
public final class ReverseMode {
  private final GraphBuilder graph;
  private final Map<Value, Value> straightThrough;
  private final List<Node> nodes;
  private final Map<Value, Node> producers = new HashMap<>();
  private final Set<Value> active = new HashSet<>();
  private final Map<Value, Value> cotangents = new HashMap<>();

  private ReverseMode(GraphBuilder graph, Map<Value, Value> straightThrough) {
    this.graph = graph;
    this.straightThrough = straightThrough;
    this.nodes = List.copyOf(graph.nodes());
    nodes.forEach(node -> node.outputs().forEach(value -> producers.put(value, node)));
  }

  /**
   * The vector-Jacobian product.
   *
   * @param graph where {@code output} was computed and where nodes are added
   * @param output what the cotangent belongs to
   * @param cotangent of the output, of its shape
   * @param input with respect to what
   * @param straightThrough values whose cotangent goes to another value of the same shape
   *     unchanged, past whatever computed them, such as the rows that a quantiser chose
   * @return the cotangent of the input, of its shape
   * @throws IllegalArgumentException if the output does not depend on the input, or in a way that
   *     cannot be differentiated
   */
  public static Value pullBack(
      GraphBuilder graph,
      Value output,
      Value cotangent,
      Value input,
      Map<Value, Value> straightThrough) {
    if (!cotangent.type().equals(output.type())) {
      throw new IllegalArgumentException(cotangent + " is no cotangent of " + output);
    }
    return new ReverseMode(graph, straightThrough).pullBack(output, cotangent, input);
  }

  private Value pullBack(Value output, Value cotangent, Value input) {
    markActive(input);
    if (!active.contains(output)) {
      throw new IllegalArgumentException(output + " does not depend on " + input);
    }
    cotangents.put(output, cotangent);
    for (var node : nodes.reversed()) {
      carry(node);
    }
    var result = cotangents.get(input);
    if (result == null) {
      throw new IllegalArgumentException(output + " does not depend smoothly on " + input);
    }
    return Pullback.spread(graph, result, input);
  }

  private void markActive(Value input) {
    active.add(input);
    for (var node : nodes) {
      boolean reached = node.inputs().stream().anyMatch(active::contains);
      for (var value : node.outputs()) {
        var source = straightThrough.get(value);
        if (source == null ? reached && isReal(value) : active.contains(source)) {
          active.add(value);
        }
      }
    }
  }

  private static boolean isReal(Value value) {
    return value.element() == ElementType.FLOAT32 || value.element() == ElementType.FLOAT64;
  }

  private void carry(Node node) {
    var arriving = new ArrayList<@Nullable Value>();
    for (var value : node.outputs()) {
      var cotangent = cotangents.get(value);
      var source = straightThrough.get(value);
      if (cotangent != null && source != null) {
        accumulate(source, cotangent);
        cotangent = null;
      }
      arriving.add(cotangent);
    }
    if (arriving.stream().allMatch(c -> c == null)) {
      return;
    }
    var gated = gateOf(node);
    if (gated != null) {
      accumulate(gated, throughSilu(node, gated, arriving.getFirst()));
      return;
    }
    var pullback = new Pullback(graph, node, arriving);
    for (int i = 0; i < node.inputs().size(); i++) {
      var value = node.inputs().get(i);
      if (active.contains(value)) {
        accumulate(value, pullback.to(i));
      }
    }
  }

  private void accumulate(Value value, Value cotangent) {
    if (active.contains(value)) {
      cotangents.merge(value, cotangent, graph::add);
    }
  }

  /** The x of a node that computes x·sigmoid(x), or null. */
  private @Nullable Value gateOf(Node node) {
    if (!node.operation().equals(new Elementwise.Binary(Elementwise.BinaryKind.MULTIPLY))) {
      return null;
    }
    var x = node.inputs().get(0);
    var gate = producers.get(node.inputs().get(1));
    boolean silu =
        gate != null
            && gate.operation().equals(new Elementwise.Unary(Elementwise.UnaryKind.SIGMOID))
            && gate.inputs().getFirst().equals(x);
    return silu ? x : null;
  }

  /** y = x·s has the slope s·(1 + x − y): fewer passes over memory than both factors apart. */
  private Value throughSilu(Node node, Value x, @Nullable Value cotangent) {
    if (cotangent == null) {
      throw new IllegalStateException("no cotangent of " + node);
    }
    var y = node.outputs().getFirst();
    var slope = graph.add(graph.subtract(x, y), Pullback.scalar(graph, x, 1));
    return graph.multiply(cotangent, graph.multiply(slope, node.inputs().get(1)));
  }
}
