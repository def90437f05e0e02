package org.infd.inference.runtime;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Rewrites an ONNX graph so that 3×3 convolutions beside a change of size by two are computed on
 * the small map, with a quarter of the multiplications and the same result up to rounding. To
 * repeat each pixel of x twice in both directions is to put zeros between the pixels and to sum
 * each 2×2 window; convolutions and sums of windows may be exchanged, so
 *
 * <ul>
 *   <li>a convolution of the doubled map is a transposed convolution of x by steps of two (nothing
 *       is multiplied with the zeros), whose 2×2 windows are summed;
 *   <li>a convolution whose result is averaged over blocks of 2×2 pixels, as in the derivative of
 *       the first, is a convolution by steps of two of the 2×2 means of x.
 * </ul>
 *
 * <p>What is derived of weights is constant: it is computed once when the graph is loaded. For CPUs
 * only: libraries of GPUs have fast ways of their own for 3×3 convolutions. Numbers are those of
 * {@code onnx.proto}.
 */
final class SmallMapConvolutions {
  // onnx.proto: ModelProto.graph; GraphProto.node, initializer, output
  private static final int GRAPH = 7;
  private static final int NODE = 1;
  private static final int INITIALIZER = 5;
  private static final int OUTPUT = 12;
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

  // constants that rewritten graphs have
  private static final String BACKWARDS = "small maps/backwards";
  private static final String FOUR = "small maps/four";

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

  /** What stands in the place of a node. */
  private final Map<Integer, List<OnnxNode>> replacements = new HashMap<>();

  private SmallMapConvolutions(Protobuf graph) {
    this.graph = graph;
    this.nodes = graph.messages(NODE);
    graph.messages(OUTPUT).forEach(port -> outputs.add(port.text(1)));
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
    return result
        .message(INITIALIZER, OnnxConstant.longs(BACKWARDS, 2, 1, 0))
        .message(INITIALIZER, OnnxConstant.floats(FOUR, new float[] {4}));
  }

  private void find() {
    for (int i = 0; i < nodes.size(); i++) {
      if (!is(nodes.get(i), "Conv", CONVOLUTION)) {
        continue;
      }
      var doubled = doubledBy(nodes.get(i).texts(NODE_INPUT).getFirst());
      if (doubled != null) {
        onTheMapBefore(i, doubled);
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

  /** The node that doubles a map to give a value, or null. */
  private @Nullable Protobuf doubledBy(String value) {
    var maker = makers.get(value);
    if (maker == null || !is(nodes.get(maker), "Resize", DOUBLING)) {
      return null;
    }
    var inputs = nodes.get(maker).texts(NODE_INPUT);
    boolean byTwo =
        inputs.size() == 3
            && inputs.get(1).isEmpty()
            && Arrays.equals(floats(inputs.get(2)), new float[] {1, 1, 2, 2});
    return byTwo ? nodes.get(maker) : null;
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

  /** A convolution of a doubled map. */
  private void onTheMapBefore(int convolution, Protobuf doubling) {
    var node = nodes.get(convolution);
    var inputs = new ArrayList<>(node.texts(NODE_INPUT));
    var output = node.text(NODE_OUTPUT);
    var turned = output + "/turned";
    var scaled = output + "/scaled";
    var windows = output + "/windows";
    // (out, in, …) to (in, out, …), turned by 180°, times 4 as means are taken for sums
    var replacement =
        new ArrayList<>(
            List.of(
                new OnnxNode("Transpose", output + "/exchanged", inputs.get(1))
                    .ints("perm", 1, 0, 2, 3),
                new OnnxNode("Gather", output + "/flipped", output + "/exchanged", BACKWARDS)
                    .number("axis", 2),
                new OnnxNode("Gather", turned, output + "/flipped", BACKWARDS).number("axis", 3),
                new OnnxNode("Mul", scaled, turned, FOUR)));
    inputs.set(0, doubling.text(NODE_INPUT));
    inputs.set(1, scaled);
    replacement.add(
        new OnnxNode("ConvTranspose", windows, inputs.toArray(String[]::new))
            .ints("kernel_shape", 3, 3)
            .ints("strides", 2, 2));
    replacement.add(
        new OnnxNode("AveragePool", output, windows)
            .ints("kernel_shape", 2, 2)
            .ints("strides", 1, 1));
    replacements.put(convolution, replacement);
    int resize = makers.get(node.texts(NODE_INPUT).getFirst());
    var doubled = doubling.text(NODE_OUTPUT);
    boolean unused =
        !outputs.contains(doubled)
            && users.get(doubled).stream().allMatch(replacements::containsKey);
    if (unused) {
      replacements.put(resize, List.of());
    }
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
