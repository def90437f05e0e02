package org.infd.inference.runtime;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A part of an ONNX graph as a graph of its own: what lies between some of its values and another.
 * Weights are read from where those of the whole graph lie.
 *
 * @param inputs values of the graph that are given from outside; those that the part does not need
 *     are left out
 * @param shape the shape (n, c, h, w) of every given value that is no input of the graph itself, as
 *     {@link GraphFile.Port} has it, c known; float32
 * @param output the value that is wanted, of the same shape where it is no output of the graph
 */
public record GraphPart(Set<String> inputs, List<String> shape, String output) {
  // onnx.proto: ModelProto.graph; GraphProto.node, initializer, input, output, value_info
  private static final int GRAPH = 7;
  private static final int NODE = 1;
  private static final int INITIALIZER = 5;
  private static final int INPUT = 11;
  private static final int OUTPUT = 12;
  private static final int VALUE_INFO = 13;
  // NodeProto.input, output; TensorProto.name; ValueInfoProto.name
  private static final int NODE_INPUT = 1;
  private static final int NODE_OUTPUT = 2;
  private static final int TENSOR_NAME = 8;
  private static final int VALUE_NAME = 1;
  private static final int FLOAT = 1;

  private static final String ONES = "/ones";
  private static final String PASSED = "/passed";

  /** Copies the collections. */
  public GraphPart {
    inputs = Set.copyOf(inputs);
    shape = List.copyOf(shape);
  }

  /**
   * The part's bytes.
   *
   * @param model the bytes of the whole model, whose weights lie elsewhere
   * @throws IllegalArgumentException if the output follows from neither inputs nor constants
   */
  byte[] of(byte[] model) {
    var proto = Protobuf.parse(model);
    var graph = proto.messages(GRAPH).getFirst();
    var part = graph;
    for (int field : new int[] {NODE, INITIALIZER, INPUT, OUTPUT, VALUE_INFO}) {
      part = part.without(field);
    }
    var needed = new HashSet<String>();
    var nodes = nodes(graph, needed);
    var missing = new HashSet<>(needed);
    for (var node : nodes) {
      node.texts(NODE_OUTPUT).forEach(missing::remove);
    }
    var given = new HashSet<>(inputs);
    given.retainAll(missing);
    graph.messages(INPUT).forEach(port -> given.remove(port.text(VALUE_NAME)));
    for (var name : given) {
      passThrough(name, part);
    }
    for (var node : nodes) {
      part.message(NODE, taking(node, given));
    }
    for (var tensor : graph.messages(INITIALIZER)) {
      if (missing.remove(tensor.text(TENSOR_NAME))) {
        part.message(INITIALIZER, tensor);
      }
    }
    ports(graph, INPUT, missing, part);
    ports(graph, OUTPUT, new HashSet<>(Set.of(output)), part);
    for (var value : graph.messages(VALUE_INFO)) {
      var name = value.text(VALUE_NAME);
      if (needed.contains(name) && !inputs.contains(name) && !name.equals(output)) {
        part.message(VALUE_INFO, value);
      }
    }
    return proto.without(GRAPH).message(GRAPH, part).toBytes();
  }

  /**
   * Lets a given value pass a convolution that changes nothing. A CPU computes channels in blocks
   * of 16; a value that comes in planes would be rearranged for every convolution behind it, and
   * what lies between would be computed in planes.
   */
  private void passThrough(String name, Protobuf part) {
    int channels = Integer.parseInt(shape.get(1));
    var ones = ByteBuffer.allocate(channels * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int c = 0; c < channels; c++) {
      ones.putFloat(1);
    }
    // TensorProto: dims, data_type, name, raw_data
    part.message(
        INITIALIZER,
        new Protobuf()
            .number(1, channels)
            .number(1, 1)
            .number(1, 1)
            .number(1, 1)
            .number(2, FLOAT)
            .text(TENSOR_NAME, name + ONES)
            .bytes(9, ones.array()));
    // NodeProto: op_type, attribute; AttributeProto: name, i, type = INT
    var group = new Protobuf().text(1, "group").number(3, channels).number(20, 2);
    part.message(
        NODE,
        new Protobuf()
            .text(NODE_INPUT, name)
            .text(NODE_INPUT, name + ONES)
            .text(NODE_OUTPUT, name + PASSED)
            .text(4, "Conv")
            .message(5, group));
  }

  /** A node that takes what has passed instead of what is given. */
  private static Protobuf taking(Protobuf node, Set<String> given) {
    var changed = node.without(NODE_INPUT);
    for (var input : node.texts(NODE_INPUT)) {
      changed.text(NODE_INPUT, given.contains(input) ? input + PASSED : input);
    }
    return changed;
  }

  /** The nodes between, in their order; {@code needed} takes all that they and the output need. */
  private List<Protobuf> nodes(Protobuf graph, Set<String> needed) {
    needed.add(output);
    var nodes = new ArrayList<Protobuf>();
    // each comes after what it takes
    for (var node : graph.messages(NODE).reversed()) {
      if (node.texts(NODE_OUTPUT).stream()
          .anyMatch(o -> needed.contains(o) && !inputs.contains(o))) {
        nodes.addFirst(node);
        node.texts(NODE_INPUT).stream().filter(i -> !i.isEmpty()).forEach(needed::add);
      }
    }
    return nodes;
  }

  /** Adds ports of these names: as the graph has them, or as plain values that are cut here. */
  private void ports(Protobuf graph, int field, Set<String> names, Protobuf part) {
    for (var port : graph.messages(field)) {
      if (names.remove(port.text(VALUE_NAME))) {
        part.message(field, port);
      }
    }
    for (var name : names) {
      if (field == INPUT && !inputs.contains(name)) {
        throw new IllegalArgumentException("'" + name + "' is not given");
      }
      part.message(field, port(name));
    }
  }

  /** ValueInfoProto: name, type { tensor_type { elem_type, shape { dim { number or name } } } }. */
  private Protobuf port(String name) {
    var dims = new Protobuf();
    for (var extent : shape) {
      boolean free = extent.startsWith("?");
      dims.message(
          1,
          free
              ? new Protobuf().text(2, extent.substring(1))
              : new Protobuf().number(1, Long.parseLong(extent)));
    }
    var tensor = new Protobuf().number(1, FLOAT).message(2, dims);
    return new Protobuf().text(VALUE_NAME, name).message(2, new Protobuf().message(1, tensor));
  }
}
