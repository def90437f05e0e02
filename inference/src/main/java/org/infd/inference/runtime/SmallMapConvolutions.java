package org.infd.inference.runtime;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Rewrites an ONNX graph so that 3×3 convolutions beside a change of size by two are computed on
 * the small map, with the same result up to rounding.
 *
 * <ul>
 *   <li>A convolution of a map whose pixels are each repeated twice in both directions: of the nine
 *       pixels under the kernel some are the same one. So the pixels of even and odd rows and
 *       columns of the result are four convolutions of the small map by kernels of 2×2 sums of
 *       weights, laid between each other: four ninths of the multiplications.
 *   <li>A convolution whose result is averaged over blocks of 2×2 pixels, as in the derivative of
 *       the first: means and convolutions may be exchanged, so it is a convolution by steps of two
 *       of the means of all 2×2 windows: a quarter of the multiplications.
 * </ul>
 *
 * <p>What is derived of weights is constant: it is computed once when the graph is loaded. For CPUs
 * only: libraries of GPUs have fast ways of their own for 3×3 convolutions. Numbers are those of
 * {@code onnx.proto}.
 */
final class SmallMapConvolutions {
  // onnx.proto: ModelProto.graph; GraphProto.node, initializer, output, value_info
  private static final int GRAPH = 7;
  private static final int NODE = 1;
  private static final int INITIALIZER = 5;
  private static final int OUTPUT = 12;
  private static final int VALUE_INFO = 13;
  // NodeProto.input, output, op_type, attribute
  private static final int NODE_INPUT = 1;
  private static final int NODE_OUTPUT = 2;
  private static final int OPERATOR = 4;
  private static final int ATTRIBUTE = 5;
  // AttributeProto.name, s, ints
  private static final int NAME = 1;
  private static final int TEXT = 4;
  private static final int INTS = 8;
  // TensorProto.data_type, float_data, name, raw_data
  private static final int DATA_TYPE = 2;
  private static final int FLOAT_DATA = 4;
  private static final int TENSOR_NAME = 8;
  private static final int RAW_DATA = 9;
  private static final int FLOAT = 1;

  /** What the constants of rewritten graphs are called. */
  private static final String CONSTANT = "small maps/";

  private static final String TAPS = CONSTANT + "taps";
  private static final String KERNEL = CONSTANT + "kernel";

  /** Per phase (0: even, 1: odd) and tap of a 3×3 kernel the tap of the 2×2 kernel. */
  private static final int[][] TAP_OF = {{0, 1, 1}, {0, 0, 1}};

  private static final Map<String, Object> CONVOLUTION =
      Map.of(
          "kernel_shape", List.of(3L, 3L),
          "pads", List.of(1L, 1L, 1L, 1L),
          "strides", List.of(1L, 1L));
  private static final Map<String, Object> DOUBLING =
      Map.of(
          "mode",
          "nearest",
          "coordinate_transformation_mode",
          "asymmetric",
          "nearest_mode",
          "floor");
  private static final Map<String, Object> HALVING =
      Map.of("kernel_shape", List.of(2L, 2L), "strides", List.of(2L, 2L));

  private final Protobuf graph;
  private final List<Protobuf> nodes;
  private final Map<String, Integer> makers = new HashMap<>();
  private final Map<String, List<Integer>> users = new HashMap<>();
  private final Set<String> outputs = new HashSet<>();
  private final Map<String, Protobuf> initializers = new HashMap<>();

  /** The sides of maps, by value, where the file says them. */
  private final Map<String, long[]> sides = new HashMap<>();

  /** What is added to the graph's constants, by name. */
  private final Map<String, Protobuf> constants = new LinkedHashMap<>();

  /** What stands in the place of a node. */
  private final Map<Integer, List<OnnxNode>> replacements = new HashMap<>();

  private SmallMapConvolutions(Protobuf graph) {
    this.graph = graph;
    this.nodes = graph.messages(NODE);
    graph.messages(OUTPUT).forEach(port -> outputs.add(port.text(1)));
    graph.messages(OUTPUT).forEach(this::readSides);
    graph.messages(VALUE_INFO).forEach(this::readSides);
    graph.messages(INITIALIZER).forEach(t -> initializers.put(t.text(TENSOR_NAME), t));
    for (int i = 0; i < nodes.size(); i++) {
      for (var output : nodes.get(i).texts(NODE_OUTPUT)) {
        makers.put(output, i);
      }
      for (var input : nodes.get(i).texts(NODE_INPUT)) {
        users.computeIfAbsent(input, _ -> new ArrayList<>()).add(i);
      }
    }
  }

  private void readSides(Protobuf port) {
    // ValueInfoProto.type; TypeProto.tensor_type; Tensor.shape; TensorShapeProto.dim, its value
    var dims =
        port.messages(2).stream()
            .flatMap(type -> type.messages(1).stream())
            .flatMap(tensor -> tensor.messages(2).stream())
            .flatMap(shape -> shape.messages(1).stream())
            .toList();
    if (dims.size() == 4) {
      var height = dims.get(2).number(1);
      var width = dims.get(3).number(1);
      if (height.isPresent() && width.isPresent()) {
        sides.put(port.text(1), new long[] {height.get(), width.get()});
      }
    }
  }

  /**
   * The graph with such convolutions on the small map.
   *
   * @param model the bytes of a model
   * @return empty if there is nothing to rewrite, or the bytes are no model, which the runtime says
   *     better
   */
  static Optional<byte[]> of(byte[] model) {
    try {
      return rewritten(Protobuf.parse(model));
    } catch (IllegalArgumentException | BufferUnderflowException e) {
      return Optional.empty();
    }
  }

  private static Optional<byte[]> rewritten(Protobuf proto) {
    var graphs = proto.messages(GRAPH);
    if (graphs.size() != 1) {
      return Optional.empty();
    }
    var rewriter = new SmallMapConvolutions(graphs.getFirst());
    rewriter.find();
    return rewriter.replacements.isEmpty()
        ? Optional.empty()
        : Optional.of(proto.without(GRAPH).message(GRAPH, rewriter.rewritten()).toBytes());
  }

  private Protobuf rewritten() {
    var result = graph.without(NODE);
    for (int i = 0; i < nodes.size(); i++) {
      var replacement = replacements.get(i);
      if (replacement == null) {
        result.message(NODE, nodes.get(i));
      } else {
        replacement.forEach(node -> result.message(NODE, node.message()));
      }
    }
    constants.values().forEach(constant -> result.message(INITIALIZER, constant));
    return result;
  }

  private void find() {
    for (int i = 0; i < nodes.size(); i++) {
      if (!is(nodes.get(i), "Conv", CONVOLUTION) || nodes.get(i).texts(NODE_INPUT).size() < 2) {
        continue;
      }
      var doubling = doublingOf(nodes.get(i).texts(NODE_INPUT).getFirst());
      if (doubling != null) {
        var size = sides.get(nodes.get(i).text(NODE_OUTPUT));
        if (size != null) {
          onTheMapBefore(i, doubling, size[0], size[1]);
        }
      } else {
        onTheMapBehind(i);
      }
    }
  }

  /** Whether a node is of an operator and has just these attributes. */
  private static boolean is(Protobuf node, String operator, Map<String, Object> attributes) {
    if (!node.text(OPERATOR).equals(operator)) {
      return false;
    }
    var found = new HashMap<String, Object>();
    for (var attribute : node.messages(ATTRIBUTE)) {
      found.put(
          attribute.text(NAME),
          attribute.has(TEXT) ? attribute.text(TEXT) : attribute.numbers(INTS));
    }
    return found.equals(attributes);
  }

  /** The place of the node that doubles a map to give a value, or null. */
  private @Nullable Integer doublingOf(String value) {
    var maker = makers.get(value);
    if (maker == null || !is(nodes.get(maker), "Resize", DOUBLING)) {
      return null;
    }
    var inputs = nodes.get(maker).texts(NODE_INPUT);
    boolean byTwo =
        inputs.size() == 3
            && inputs.get(1).isEmpty()
            && Arrays.equals(floats(inputs.get(2)), new float[] {1, 1, 2, 2});
    return byTwo ? maker : null;
  }

  /** The values of a small constant; none if it is no float32 or not in the file. */
  private float[] floats(String name) {
    var tensor = initializers.get(name);
    if (tensor == null || tensor.number(DATA_TYPE).orElse(0L) != FLOAT) {
      return new float[0];
    }
    var bytes = tensor.bytes(tensor.has(RAW_DATA) ? RAW_DATA : FLOAT_DATA).orElse(new byte[0]);
    var values = new float[bytes.length / Float.BYTES];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
    return values;
  }

  /**
   * A convolution of a doubled map.
   *
   * @param height of the doubled map
   * @param width of the doubled map
   */
  private void onTheMapBefore(int convolution, int doubling, long height, long width) {
    var node = nodes.get(convolution);
    var output = node.text(NODE_OUTPUT);
    var inputs = new ArrayList<>(node.texts(NODE_INPUT));
    inputs.set(0, nodes.get(doubling).text(NODE_INPUT));
    var taps = output + "/taps";
    var replacement = new ArrayList<OnnxNode>();
    replacement.add(new OnnxNode("Reshape", taps, inputs.get(1), shape(TAPS, 0, 0, 9)));
    for (int column = 0; column < 2; column++) {
      for (int row = 0; row < 2; row++) {
        var phase = output + "/" + row + column;
        replacement.add(new OnnxNode("MatMul", phase + "/sums", taps, sums(row, column)));
        replacement.add(
            new OnnxNode("Reshape", phase + "/kernel", phase + "/sums", shape(KERNEL, 0, 0, 2, 2)));
        inputs.set(1, phase + "/kernel");
        // the pixel before an even one is of another pixel of the small map, as that after an odd
        replacement.add(
            new OnnxNode("Conv", phase, inputs.toArray(String[]::new))
                .ints("kernel_shape", 2, 2)
                .ints("pads", 1 - row, 1 - column, row, column)
                .ints("strides", 1, 1));
      }
      var rows = output + "/rows" + column;
      replacement.add(
          new OnnxNode("Concat", rows, output + "/0" + column, output + "/1" + column)
              .number("axis", 3));
      replacement.add(
          new OnnxNode(
              "Reshape",
              rows + "/apart",
              rows,
              shape(CONSTANT + height + "×" + width + "/2", 0, 0, height, width / 2, 1)));
    }
    replacement.add(
        new OnnxNode(
                "Concat", output + "/columns", output + "/rows0/apart", output + "/rows1/apart")
            .number("axis", 4));
    replacement.add(
        new OnnxNode(
            "Reshape",
            output,
            output + "/columns",
            shape(CONSTANT + height + "×" + width, 0, 0, height, width)));
    replacements.put(convolution, replacement);
    var doubled = nodes.get(doubling).text(NODE_OUTPUT);
    boolean unused =
        !outputs.contains(doubled)
            && users.getOrDefault(doubled, List.of()).stream().allMatch(replacements::containsKey);
    if (unused) {
      replacements.put(doubling, List.of());
    }
  }

  /** The name of a constant with the extents that a node gives its input; 0 for the same. */
  private String shape(String name, long... extents) {
    constants.computeIfAbsent(name, _ -> OnnxConstant.longs(name, extents));
    return name;
  }

  /** The name of the constant (9, 4) that makes a kernel of 3×3 one of 2×2. */
  private String sums(int rowPhase, int columnPhase) {
    var name = CONSTANT + "sums" + rowPhase + columnPhase;
    constants.computeIfAbsent(
        name,
        _ -> {
          var sums = new float[9 * 4];
          for (int tap = 0; tap < 9; tap++) {
            int to = 2 * TAP_OF[rowPhase][tap / 3] + TAP_OF[columnPhase][tap % 3];
            sums[tap * 4 + to] = 1;
          }
          return OnnxConstant.floats(name, sums, 9, 4);
        });
    return name;
  }

  /** A convolution whose result is only averaged over blocks of 2×2. */
  private void onTheMapBehind(int convolution) {
    var node = nodes.get(convolution);
    var result = node.text(NODE_OUTPUT);
    var takers = users.getOrDefault(result, List.of());
    if (takers.size() != 1
        || outputs.contains(result)
        || !is(nodes.get(takers.getFirst()), "AveragePool", HALVING)) {
      return;
    }
    var output = nodes.get(takers.getFirst()).text(NODE_OUTPUT);
    var inputs = new ArrayList<>(node.texts(NODE_INPUT));
    var means = output + "/means";
    replacements.put(
        convolution,
        List.of(
            new OnnxNode("AveragePool", means, inputs.getFirst())
                .ints("kernel_shape", 2, 2)
                .ints("strides", 1, 1)
                .ints("pads", 1, 1, 1, 1)
                .number("count_include_pad", 1)));
    inputs.set(0, means);
    replacements.put(
        takers.getFirst(),
        List.of(
            new OnnxNode("Conv", output, inputs.toArray(String[]::new))
                .ints("kernel_shape", 3, 3)
                .ints("strides", 2, 2)));
  }
}
