package org.infd.inference.runtime;

import java.util.ArrayList;
import java.util.List;

/**
 * Writes a graph of a few nodes as ONNX, opset 17, with its weights inside. Computes in float16
 * between {@link #fromFloat} and {@link #toFloat}, or in float32.
 */
final class SmallGraph {
  // the numbers of onnx.proto
  private static final int MODEL_IR = 1;
  private static final int MODEL_GRAPH = 7;
  private static final int MODEL_OPSET = 8;
  private static final int OPSET_VERSION = 2;
  private static final int GRAPH_NODE = 1;
  private static final int GRAPH_NAME = 2;
  private static final int GRAPH_INITIALIZER = 5;
  private static final int GRAPH_INPUT = 11;
  private static final int GRAPH_OUTPUT = 12;
  private static final int FLOAT = 1;
  private static final int FLOAT16 = 10;
  private static final int IR = 8;
  private static final int OPSET = 17;

  private final Protobuf graph = new Protobuf();
  private final List<OnnxNode> nodes = new ArrayList<>();
  private final boolean half;

  SmallGraph(String name, boolean half) {
    this.half = half;
    graph.text(GRAPH_NAME, name);
  }

  void input(String name, long... shape) {
    graph.message(GRAPH_INPUT, value(name, shape));
  }

  void output(String name, long... shape) {
    graph.message(GRAPH_OUTPUT, value(name, shape));
  }

  /** ValueInfo: name = 1, type = 2 { tensor = 1 { element = 1, shape = 2 { dimension = 1 } } }. */
  private static Protobuf value(String name, long... shape) {
    var dimensions = new Protobuf();
    for (long side : shape) {
      dimensions.message(1, new Protobuf().number(1, side));
    }
    var tensor = new Protobuf().number(1, FLOAT).message(2, dimensions);
    return new Protobuf().text(1, name).message(2, new Protobuf().message(1, tensor));
  }

  /** Constants in the precision in which is computed. */
  void weights(String name, float[] values, long... shape) {
    graph.message(
        GRAPH_INITIALIZER,
        half ? OnnxConstant.halves(name, values, shape) : OnnxConstant.floats(name, values, shape));
  }

  /** A row of constants in float32 in any case. */
  void floats(String name, float... values) {
    graph.message(GRAPH_INITIALIZER, OnnxConstant.floats(name, values, values.length));
  }

  /** A row of whole numbers. */
  void shape(String name, long... values) {
    graph.message(GRAPH_INITIALIZER, OnnxConstant.longs(name, values));
  }

  /** A node with one output; an input without a name is left out. */
  OnnxNode node(String operation, String output, String... inputs) {
    var node = new OnnxNode(operation, output, inputs);
    nodes.add(node);
    return node;
  }

  /** What comes in as float32 goes on in the precision in which is computed. */
  void fromFloat(String input, String output) {
    cast(input, output, half ? FLOAT16 : FLOAT);
  }

  /** The way back. */
  void toFloat(String input, String output) {
    cast(input, output, FLOAT);
  }

  private void cast(String input, String output, int type) {
    node("Cast", output, input).number("to", type);
  }

  /** The model's bytes. */
  byte[] toBytes() {
    nodes.forEach(node -> graph.message(GRAPH_NODE, node.message()));
    return new Protobuf()
        .number(MODEL_IR, IR)
        .message(MODEL_GRAPH, graph)
        .message(MODEL_OPSET, new Protobuf().text(1, "").number(OPSET_VERSION, OPSET))
        .toBytes();
  }
}
