package org.infd.inference.runtime;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.infd.inference.Problem;

/**
 * Rewrites an ONNX graph so that it computes in float16 where that is safe: convolutions, products
 * and what lies between them; norms, sums, softmax with the scores of attention before it and the
 * like stay float32, as their sums overflow or lose digits. Inputs, outputs and stored weights stay
 * what they are: casts are put in where a value is wanted in the other form, once per value, and
 * those of weights are computed once when the graph is loaded. Numbers are those of {@code
 * onnx.proto}.
 */
final class HalfGraph {
  private static final int FLOAT = 1;
  private static final int HALF = 10;

  // onnx.proto: ModelProto.graph; GraphProto.node, initializer, input, output
  private static final int GRAPH = 7;
  private static final int NODE = 1;
  private static final int INITIALIZER = 5;
  private static final int INPUT = 11;
  private static final int OUTPUT = 12;
  // NodeProto.input, output, op_type, attribute; TensorProto.data_type, name
  private static final int NODE_INPUT = 1;
  private static final int NODE_OUTPUT = 2;
  private static final int OPERATOR = 4;
  private static final int ATTRIBUTE = 5;
  private static final int DATA_TYPE = 2;
  private static final int TENSOR_NAME = 8;

  /** What computes well in float16, or only moves values. The numbers of its inputs that follow. */
  private static final Set<String> FOLLOWS =
      Set.of(
          "Add",
          "AveragePool",
          "BatchNormalization",
          "Clip",
          "Concat",
          "Conv",
          "ConvTranspose",
          "Div",
          "Erf",
          "Gather",
          "GatherND",
          "Gemm",
          "MatMul",
          "Mul",
          "Neg",
          "Pad",
          "Relu",
          "Reshape",
          "Resize",
          "Sigmoid",
          "Slice",
          "Split",
          "Sub",
          "Tanh",
          "Transpose");

  /** What stays float32. */
  private static final Set<String> KEEPS =
      Set.of(
          "ArgMin",
          "Cos",
          "Exp",
          "InstanceNormalization",
          "LayerNormalization",
          "Log",
          "Pow",
          "ReduceMean",
          "ReduceSum",
          "ScatterND",
          "Shape",
          "Sin",
          "Softmax",
          "Sqrt");

  /** Of these only the first input is a value; the others are places, counts or scales. */
  private static final Set<String> FIRST_ONLY =
      Set.of(
          "ArgMin",
          "Gather",
          "GatherND",
          "Reshape",
          "Resize",
          "ReduceMean",
          "ReduceSum",
          "Shape",
          "Slice",
          "Split");

  private static final Set<String> GIVES_INDICES = Set.of("ArgMin", "Shape");

  /** The names of a value in its two forms; "" where that form does not exist yet. */
  private static final class Forms {
    String full = "";
    String half = "";
  }

  private final Map<String, Forms> floats = new HashMap<>();
  private final Set<String> outputs = new HashSet<>();
  private final Set<String> scores = new HashSet<>();
  private final List<Protobuf> nodes = new ArrayList<>();

  private HalfGraph() {}

  /**
   * The graph in float16.
   *
   * @param model the bytes of a model that {@code exporter} wrote
   * @throws Problem if it has an operation that is not known here
   */
  static byte[] of(byte[] model) {
    var proto = Protobuf.parse(model);
    var graph = proto.messages(GRAPH).getFirst();
    var rewritten = graph.without(NODE);
    for (var node : new HalfGraph().rewrite(graph)) {
      rewritten.message(NODE, node);
    }
    return proto.without(GRAPH).message(GRAPH, rewritten).toBytes();
  }

  private List<Protobuf> rewrite(Protobuf graph) {
    graph.messages(OUTPUT).forEach(port -> outputs.add(port.text(1)));
    scores.addAll(ScoreNodes.of(graph));
    for (var port : graph.messages(INPUT)) {
      // ValueInfoProto.type.tensor_type.elem_type
      var tensor = port.messages(2).getFirst().messages(1).getFirst();
      if (tensor.number(1).orElse(0L) == FLOAT) {
        forms(port.text(1)).full = port.text(1);
      }
    }
    for (var tensor : graph.messages(INITIALIZER)) {
      var name = tensor.text(TENSOR_NAME);
      long type = tensor.number(DATA_TYPE).orElse(0L);
      if (type == FLOAT) {
        forms(name).full = name;
      } else if (type == HALF) {
        forms(name).half = name;
      }
    }
    graph.messages(NODE).forEach(this::rewriteNode);
    return nodes;
  }

  private Forms forms(String value) {
    return floats.computeIfAbsent(value, _ -> new Forms());
  }

  private void rewriteNode(Protobuf node) {
    var operator = node.text(OPERATOR);
    if (operator.equals("Cast")) {
      cast(node);
      return;
    }
    if (!FOLLOWS.contains(operator) && !KEEPS.contains(operator)) {
      throw new Problem("The operation " + operator + " is not known in half precision.");
    }
    boolean follows =
        FOLLOWS.contains(operator) && node.texts(NODE_OUTPUT).stream().noneMatch(scores::contains);
    var inputs = node.texts(NODE_INPUT);
    boolean computes = !inputs.isEmpty() && floats.containsKey(inputs.getFirst());
    if (!computes) {
      nodes.add(node);
      return;
    }
    var changed = node.without(NODE_INPUT).without(NODE_OUTPUT);
    for (int i = 0; i < inputs.size(); i++) {
      var input = inputs.get(i);
      boolean isValue = floats.containsKey(input) && (i == 0 || !FIRST_ONLY.contains(operator));
      changed.text(NODE_INPUT, isValue ? inForm(input, follows) : input);
    }
    for (var output : node.texts(NODE_OUTPUT)) {
      changed.text(NODE_OUTPUT, declare(output, operator, follows));
    }
    nodes.add(changed);
    for (var output : node.texts(NODE_OUTPUT)) {
      if (outputs.contains(output) && floats.containsKey(output)) {
        inForm(output, false);
      }
    }
  }

  /** The name under which a node writes its output. */
  private String declare(String output, String operator, boolean follows) {
    if (GIVES_INDICES.contains(operator)) {
      return output;
    }
    var forms = forms(output);
    if (follows) {
      forms.half = output + "/half";
      return forms.half;
    }
    forms.full = output;
    return output;
  }

  private void cast(Protobuf node) {
    var input = node.text(NODE_INPUT);
    var output = node.text(NODE_OUTPUT);
    long to =
        node.messages(ATTRIBUTE).stream()
            .filter(attribute -> attribute.text(1).equals("to"))
            .findFirst()
            .flatMap(attribute -> attribute.number(3))
            .orElse(0L);
    if (to == FLOAT && floats.containsKey(input)) {
      // a weight that is stored as float16: both forms are at hand, the full one when it is wanted
      var from = forms(input);
      var forms = forms(output);
      forms.half = from.half;
      forms.full = from.full;
      if (outputs.contains(output)) {
        nodes.add(castNode(from.full.isEmpty() ? from.half : from.full, output, FLOAT));
        forms.full = output;
      }
      return;
    }
    if (to == FLOAT) {
      forms(output).full = output;
      nodes.add(node);
      return;
    }
    // to indices or to float64, which are never halved
    nodes.add(
        floats.containsKey(input)
            ? node.without(NODE_INPUT).text(NODE_INPUT, inForm(input, false))
            : node);
  }

  /** The name of a value in a form; a cast is added where it does not exist yet. */
  private String inForm(String value, boolean half) {
    var forms = forms(value);
    if (half) {
      if (forms.half.isEmpty()) {
        forms.half = value + "/half";
        nodes.add(castNode(forms.full, forms.half, HALF));
      }
      return forms.half;
    }
    if (forms.full.isEmpty()) {
      forms.full = value.equals(forms.half) ? value + "/full" : value;
      nodes.add(castNode(forms.half, forms.full, FLOAT));
    }
    return forms.full;
  }

  private static Protobuf castNode(String from, String to, int type) {
    return new OnnxNode("Cast", to, from).number("to", type).message();
  }
}
