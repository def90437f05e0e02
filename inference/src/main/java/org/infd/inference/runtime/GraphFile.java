package org.infd.inference.runtime;

import java.nio.BufferUnderflowException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.infd.inference.Problem;
import org.infd.inference.ShownText;

/**
 * What an ONNX file says of itself, read without the runtime and without its weights. A file with
 * loops, branches, functions or operations of others is refused: no import writes such a graph, and
 * one of them could run for ever. Numbers are those of {@code onnx.proto}.
 *
 * @param inputs by name, in their order
 * @param outputs by name, in their order
 * @param initializers the shapes of its constants, by name
 * @param nodes its operations; each comes after what it takes
 */
public record GraphFile(
    Map<String, Port> inputs,
    Map<String, Port> outputs,
    Map<String, List<String>> initializers,
    List<Node> nodes) {
  // onnx.proto: ModelProto.graph, training_info, functions
  private static final int GRAPH = 7;
  private static final int TRAINING = 20;
  private static final int FUNCTIONS = 25;
  // GraphProto
  private static final int NODE = 1;
  private static final int INITIALIZER = 5;
  private static final int INPUT = 11;
  private static final int OUTPUT = 12;
  private static final int SPARSE_INITIALIZER = 15;
  // NodeProto
  private static final int NODE_INPUT = 1;
  private static final int NODE_OUTPUT = 2;
  private static final int OPERATOR = 4;
  private static final int ATTRIBUTE = 5;
  private static final int DOMAIN = 7;
  // AttributeProto.name, i, s, ints
  private static final int ATTRIBUTE_NAME = 1;
  private static final int WHOLE = 3;
  private static final int TEXT = 4;
  private static final int WHOLES = 8;
  // AttributeProto.g, graphs
  private static final int SUBGRAPH = 6;
  private static final int SUBGRAPHS = 11;
  // TensorProto
  private static final int DIMS = 1;
  private static final int TENSOR_NAME = 8;

  private static final Set<String> OFFICIAL = Set.of("", "ai.onnx");
  private static final int LONGEST_NAME = 60;

  /**
   * An input or output.
   *
   * @param type "float32", "float64", "int32" or "int64"; the number of another type
   * @param shape the axes: a number, or a name where the extent is free
   */
  public record Port(String type, List<String> shape) {
    /** Copies the list. */
    public Port {
      shape = List.copyOf(shape);
    }
  }

  /**
   * An operation.
   *
   * @param operator its name in ONNX
   * @param inputs the values that it takes; an empty name where one is left out
   * @param outputs the values that it gives
   * @param numbers its attributes of whole numbers, by name
   * @param texts its attributes of text, by name
   */
  public record Node(
      String operator,
      List<String> inputs,
      List<String> outputs,
      Map<String, List<Long>> numbers,
      Map<String, String> texts) {}

  /**
   * Reads a file.
   *
   * @param bytes all of it; its weights lie elsewhere
   * @throws Problem saying what is wrong, a clause without the file's name
   */
  public static GraphFile read(byte[] bytes) {
    try {
      var model = Protobuf.parse(bytes);
      var graphs = model.messages(GRAPH);
      if (graphs.size() != 1) {
        throw new Problem("it is no ONNX graph");
      }
      if (model.has(FUNCTIONS) || model.has(TRAINING)) {
        throw new Problem("it holds functions or training steps, which no import writes");
      }
      return read(graphs.getFirst());
    } catch (IllegalArgumentException | BufferUnderflowException e) {
      throw new Problem("it is no ONNX graph", e);
    }
  }

  private static GraphFile read(Protobuf graph) {
    var initializers = new LinkedHashMap<String, List<String>>();
    for (var tensor : graph.messages(INITIALIZER)) {
      initializers.put(
          tensor.text(TENSOR_NAME), tensor.numbers(DIMS).stream().map(String::valueOf).toList());
    }
    if (graph.has(SPARSE_INITIALIZER)) {
      throw new Problem("it holds sparse constants, which no import writes");
    }
    var inputs = ports(graph.messages(INPUT));
    var known = new HashSet<>(initializers.keySet());
    known.addAll(inputs.keySet());
    known.add("");
    var nodes = new ArrayList<Node>();
    for (var node : graph.messages(NODE)) {
      var plain = plain(node);
      for (var input : plain.inputs) {
        if (!known.contains(input)) {
          throw new Problem(
              "its operation '" + shown(plain.operator) + "' takes what comes after it");
        }
      }
      known.addAll(plain.outputs);
      nodes.add(plain);
    }
    return new GraphFile(inputs, ports(graph.messages(OUTPUT)), initializers, nodes);
  }

  private static Node plain(Protobuf node) {
    var operator = shown(node.text(OPERATOR));
    if (!OFFICIAL.contains(node.text(DOMAIN))) {
      throw new Problem(
          "its operation '" + operator + "' is of a collection that no import takes from");
    }
    var numbers = new HashMap<String, List<Long>>();
    var texts = new HashMap<String, String>();
    for (var attribute : node.messages(ATTRIBUTE)) {
      if (attribute.has(SUBGRAPH) || attribute.has(SUBGRAPHS)) {
        throw new Problem(
            "its operation '" + operator + "' is a loop or a branch, which no import writes");
      }
      var name = attribute.text(ATTRIBUTE_NAME);
      var whole = attribute.number(WHOLE);
      if (whole.isPresent()) {
        numbers.put(name, List.of(whole.get()));
      } else if (attribute.has(WHOLES)) {
        numbers.put(name, attribute.numbers(WHOLES));
      } else if (attribute.has(TEXT)) {
        texts.put(name, attribute.text(TEXT));
      }
    }
    return new Node(
        node.text(OPERATOR), node.texts(NODE_INPUT), node.texts(NODE_OUTPUT), numbers, texts);
  }

  private static String shown(String name) {
    var line = ShownText.line(name);
    return line.length() > LONGEST_NAME ? line.substring(0, LONGEST_NAME) + "…" : line;
  }

  private static Map<String, Port> ports(List<Protobuf> messages) {
    var ports = new LinkedHashMap<String, Port>();
    for (var message : messages) {
      // ValueInfoProto.name, type; TypeProto.tensor_type; Tensor.elem_type, shape
      var types = message.messages(2).stream().flatMap(type -> type.messages(1).stream()).toList();
      if (types.size() != 1) {
        throw new Problem("'" + shown(message.text(1)) + "' is no tensor");
      }
      var shape = new ArrayList<String>();
      for (var dims : types.getFirst().messages(2)) {
        for (var dim : dims.messages(1)) {
          var extent = dim.number(1);
          shape.add(extent.isPresent() ? Long.toString(extent.get()) : "?" + dim.text(2));
        }
      }
      ports.put(message.text(1), new Port(type(types.getFirst().number(1).orElse(0L)), shape));
    }
    return ports;
  }

  private static String type(long number) {
    return switch ((int) number) {
      case 1 -> "float32";
      case 6 -> "int32";
      case 7 -> "int64";
      case 11 -> "float64";
      default -> "type " + number;
    };
  }
}
