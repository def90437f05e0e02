package org.infd.exporter.graph;

import java.util.ArrayList;
import java.util.Arrays;
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
  public static Value vjp(
      GraphBuilder graph,
      Value output,
      Value cotangent,
      Value input,
      Map<Value, Value> straightThrough) {
    if (!cotangent.type().equals(output.type())) {
      throw new IllegalArgumentException(cotangent + " is no cotangent of " + output);
    }
    return new ReverseMode(graph, straightThrough).vjp(output, cotangent, input);
  }

  private Value vjp(Value output, Value cotangent, Value input) {
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
    return Pullback.broadcastTo(graph, result, input);
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

  /**
   * y = x·s has the slope s·(1 + x − y) = s + y·(1 − s). The first form takes the fewest passes
   * over memory. The second consists of sums, products and a rescaling of channels, which ONNX
   * Runtime computes on the blocks of channels that its convolutions leave; anything else has them
   * rearranged to planes and back, several times per node.
   */
  private Value throughSilu(Node node, Value x, @Nullable Value cotangent) {
    if (cotangent == null) {
      throw new IllegalStateException("no cotangent of " + node);
    }
    var y = node.outputs().getFirst();
    var s = node.inputs().get(1);
    var slope =
        isInBlocks(x)
            ? graph.add(s, graph.multiply(y, oneMinus(s)))
            : graph.multiply(graph.add(graph.subtract(x, y), Pullback.scalar(graph, x, 1)), s);
    return graph.multiply(cotangent, slope);
  }

  /** Whether a value comes out of convolutions with nothing but sums and gates between. */
  private boolean isInBlocks(Value value) {
    var producer = producers.get(value);
    if (producer == null) {
      return false;
    }
    if (producer.operation() instanceof Contraction.Convolution) {
      return true;
    }
    var inputs = producer.inputs();
    if (gateOf(producer) != null) {
      return isInBlocks(inputs.getFirst());
    }
    return producer.operation().equals(new Elementwise.Binary(Elementwise.BinaryKind.ADD))
        && inputs.stream().allMatch(v -> v.shape().equals(value.shape()) && isInBlocks(v));
  }

  /** 1 − x per channel of (n, c, …), as a norm with given statistics. */
  private Value oneMinus(Value x) {
    int channels = Math.toIntExact(x.shape().extent(1));
    return graph.apply(
        new Normalization.FrozenNormalization(0),
        x,
        alike(channels, -1),
        alike(channels, 1),
        alike(channels, 0),
        alike(channels, 1));
  }

  private Value alike(int count, float value) {
    var values = new float[count];
    Arrays.fill(values, value);
    return graph.floats(values, Shape.known(count));
  }
}
