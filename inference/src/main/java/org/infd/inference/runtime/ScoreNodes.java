package org.infd.inference.runtime;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds the nodes of an ONNX graph that hold scores of attention: the product of queries and keys
 * before a softmax, and what lies between the two. Scores of Stable Diffusion 2.1 go beyond 65,504,
 * the largest float16. Products with weights are no such nodes. Numbers are those of {@code
 * onnx.proto}.
 */
final class ScoreNodes {
  private static final int NODE = 1;
  private static final int INPUT = 11;
  private static final int NODE_INPUT = 1;
  private static final int NODE_OUTPUT = 2;
  private static final int OPERATOR = 4;

  /** What may lie between a product and its softmax: moves, scales and masks. */
  private static final Set<String> BETWEEN =
      Set.of("Add", "Concat", "Div", "Mul", "Reshape", "Slice", "Split", "Sub", "Transpose");

  /** More nodes between the two than any attention has. */
  private static final int MOST_BETWEEN = 20;

  private final Map<String, Protobuf> producers = new HashMap<>();

  /** What depends on an input of the graph; all else is made of weights. */
  private final Set<String> computed = new HashSet<>();

  /** Values that were looked at, and whether they are scores. */
  private final Map<String, Boolean> scores = new HashMap<>();

  private final Set<String> found = new HashSet<>();

  private ScoreNodes(Protobuf graph, List<Protobuf> nodes) {
    graph.messages(INPUT).forEach(port -> computed.add(port.text(1)));
    for (var node : nodes) {
      boolean isComputed = node.texts(NODE_INPUT).stream().anyMatch(computed::contains);
      for (var output : node.texts(NODE_OUTPUT)) {
        producers.put(output, node);
        if (isComputed) {
          computed.add(output);
        }
      }
    }
  }

  /**
   * The names of all values that are scores.
   *
   * @param graph a GraphProto with its nodes in the order of computation
   */
  static Set<String> of(Protobuf graph) {
    var nodes = graph.messages(NODE);
    var search = new ScoreNodes(graph, nodes);
    for (var node : nodes) {
      if (node.text(OPERATOR).equals("Softmax")) {
        search.areScores(node.texts(NODE_INPUT).getFirst(), MOST_BETWEEN);
      }
    }
    return search.found;
  }

  private boolean areScores(String value, int nodesLeft) {
    var known = scores.get(value);
    if (known != null) {
      return known;
    }
    var node = producers.get(value);
    boolean are = false;
    if (node != null && nodesLeft > 0) {
      var operator = node.text(OPERATOR);
      var inputs = node.texts(NODE_INPUT);
      if (operator.equals("MatMul")) {
        are = inputs.stream().allMatch(computed::contains);
      } else if (BETWEEN.contains(operator)) {
        for (var input : inputs) {
          // not short-circuited: each branch may have scores of its own
          are |= areScores(input, nodesLeft - 1);
        }
      }
    }
    scores.put(value, are);
    if (are && node != null) {
      found.addAll(node.texts(NODE_OUTPUT));
    }
    return are;
  }
}
