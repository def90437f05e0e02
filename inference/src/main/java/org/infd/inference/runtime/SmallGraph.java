package org.infd.inference.runtime;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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
  private static final int NODE_INPUT = 1;
  private static final int NODE_OUTPUT = 2;
  private static final int NODE_OPERATION = 4;
  private static final int NODE_ATTRIBUTE = 5;
  private static final int ATTRIBUTE_NAME = 1;
  private static final int ATTRIBUTE_INT = 3;
  private static final int ATTRIBUTE_TEXT = 4;
  private static final int ATTRIBUTE_INTS = 8;
  private static final int ATTRIBUTE_TYPE = 20;
  private static final int TYPE_INT = 2;
  private static final int TYPE_TEXT = 3;
  private static final int TYPE_INTS = 7;
  private static final int TENSOR_DIMENSION = 1;
  private static final int TENSOR_TYPE = 2;
  private static final int TENSOR_NAME = 8;
  private static final int TENSOR_BYTES = 9;
  private static final int FLOAT = 1;
  private static final int INT64 = 7;
  private static final int FLOAT16 = 10;
  private static final int IR = 8;
  private static final int OPSET = 17;

  /** A node; its attributes are added one after the other. */
  static final class Node {
    private final Protobuf message = new Protobuf();

    Node number(String name, long value) {
      return attribute(name, TYPE_INT, new Protobuf().number(ATTRIBUTE_INT, value));
    }

    Node text(String name, String value) {
      return attribute(name, TYPE_TEXT, new Protobuf().text(ATTRIBUTE_TEXT, value));
    }

    Node ints(String name, long... values) {
      var attribute = new Protobuf();
      for (long value : values) {
        attribute.number(ATTRIBUTE_INTS, value);
      }
      return attribute(name, TYPE_INTS, attribute);
    }

    private Node attribute(String name, int type, Protobuf attribute) {
      message.message(
          NODE_ATTRIBUTE, attribute.text(ATTRIBUTE_NAME, name).number(ATTRIBUTE_TYPE, type));
      return this;
    }
  }

  private final Protobuf graph = new Protobuf();
  private final List<Node> nodes = new ArrayList<>();
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
    if (!half) {
      floats(name, values, shape);
      return;
    }
    var bytes = ByteBuffer.allocate(values.length * Short.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      bytes.putShort(Float.floatToFloat16(value));
    }
    constant(name, FLOAT16, bytes.array(), shape);
  }

  /** A row of constants in float32 in any case. */
  void floats(String name, float... values) {
    floats(name, values, values.length);
  }

  private void floats(String name, float[] values, long... shape) {
    var bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    constant(name, FLOAT, bytes.array(), shape);
  }

  /** A row of whole numbers. */
  void shape(String name, long... values) {
    var bytes = ByteBuffer.allocate(values.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asLongBuffer().put(values);
    constant(name, INT64, bytes.array(), values.length);
  }

  private void constant(String name, int type, byte[] bytes, long... shape) {
    var tensor = new Protobuf();
    for (long side : shape) {
      tensor.number(TENSOR_DIMENSION, side);
    }
    graph.message(
        GRAPH_INITIALIZER,
        tensor.number(TENSOR_TYPE, type).text(TENSOR_NAME, name).bytes(TENSOR_BYTES, bytes));
  }

  /** A node with one output; an input without a name is left out. */
  Node node(String operation, String output, String... inputs) {
    var node = new Node();
    for (var input : inputs) {
      node.message.text(NODE_INPUT, input);
    }
    node.message.text(NODE_OUTPUT, output).text(NODE_OPERATION, operation);
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
    nodes.forEach(node -> graph.message(GRAPH_NODE, node.message));
    return new Protobuf()
        .number(MODEL_IR, IR)
        .message(MODEL_GRAPH, graph)
        .message(MODEL_OPSET, new Protobuf().text(1, "").number(OPSET_VERSION, OPSET))
        .toBytes();
  }
}
