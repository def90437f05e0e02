package org.infd.exporter.graph;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.infd.exporter.graph.Contraction.Padding;

/**
 * Builds a graph node by node; shapes are checked as it grows. What no output needs is left out at
 * the end, so a network may be built whole and tapped anywhere. Not thread-safe.
 */
public final class GraphBuilder {
  private final String name;
  private final List<Value> inputs = new ArrayList<>();
  private final List<Node> nodes = new ArrayList<>();
  private final Map<String, Value> named = new HashMap<>();
  private final Map<Value, Parameter> parameters = new LinkedHashMap<>();
  private final Map<String, Value> outputs = new LinkedHashMap<>();
  private int counter;

  /** An empty graph. */
  public GraphBuilder(String name) {
    this.name = name;
  }

  /** The nodes so far. */
  public List<Node> nodes() {
    return Collections.unmodifiableList(nodes);
  }

  /** The inputs so far, in order. */
  public List<Value> inputs() {
    return Collections.unmodifiableList(inputs);
  }

  /** Declares an input. */
  public Value input(String inputName, ElementType element, Shape shape) {
    var value = declare(inputName, new ValueType(element, shape));
    inputs.add(value);
    return value;
  }

  /** Trained values under their own name; asking again for a name gives the same value. */
  public Value weight(String weightName, Shape shape, TensorSource source, boolean storable16) {
    return parameter(weightName, shape, new Parameter.Weight(source, storable16));
  }

  /** Values (length) that are given when a session is created. */
  public Value replaceable(String parameterName, long length, float placeholder) {
    return parameter(parameterName, Shape.known(length), new Parameter.Replaceable(placeholder));
  }

  private Value parameter(String parameterName, Shape shape, Parameter content) {
    var present = named.get(parameterName);
    if (present != null) {
      if (!present.shape().equals(shape)) {
        throw new IllegalArgumentException(present + " is also wanted as " + shape);
      }
      return present;
    }
    var value = declare(parameterName, new ValueType(ElementType.FLOAT32, shape));
    parameters.put(value, content);
    return value;
  }

  /** A constant with one element and no axes. */
  public Value scalar(float value) {
    return floats(new float[] {value}, Shape.of());
  }

  /** Small constant values, row-major. */
  public Value floats(float[] values, Shape shape) {
    var value = declare(fresh("constant"), new ValueType(ElementType.FLOAT32, shape));
    var list = new ArrayList<Float>(values.length);
    for (float v : values) {
      list.add(v);
    }
    parameters.put(value, new Parameter.Floats(list));
    return value;
  }

  /** Small constant indices on one axis. */
  public Value longs(long... values) {
    var value =
        declare(fresh("constant"), new ValueType(ElementType.INT64, Shape.known(values.length)));
    parameters.put(value, new Parameter.Longs(Arrays.stream(values).boxed().toList()));
    return value;
  }

  /**
   * The indices that a value of {@link #longs} holds.
   *
   * @throws IllegalArgumentException if it is no such value
   */
  List<Long> constants(Value value) {
    if (parameters.get(value) instanceof Parameter.Longs indices) {
      return indices.values();
    }
    throw new IllegalArgumentException(value + " is not constant");
  }

  /** Whether a value is a small constant that is the same everywhere. */
  boolean holdsOnly(Value value, float constant) {
    return parameters.get(value) instanceof Parameter.Floats floats
        && floats.values().stream().allMatch(v -> v == constant);
  }

  /** Adds a node and returns its first result. */
  public Value apply(Operation operation, Value... operands) {
    return applyAll(operation, operands).getFirst();
  }

  /** Adds a node and returns all of its results. */
  public List<Value> applyAll(Operation operation, Value... operands) {
    var operandList = List.of(operands);
    var results = new ArrayList<Value>();
    for (var type : operation.infer(operandList)) {
      results.add(declare(fresh(operation.operator()), type));
    }
    nodes.add(new Node(operation, operandList, results));
    return results;
  }

  /** Makes a computed value a result of the graph. */
  public void output(String outputName, Value value) {
    if (inputs.contains(value) || parameters.containsKey(value) || outputs.containsValue(value)) {
      throw new IllegalArgumentException(value + " cannot be the output " + outputName);
    }
    if (named.containsKey(outputName) || outputs.putIfAbsent(outputName, value) != null) {
      throw new IllegalArgumentException("the name " + outputName + " is taken");
    }
  }

  private Value declare(String valueName, ValueType type) {
    var value = new Value(valueName, type);
    if (named.putIfAbsent(valueName, value) != null) {
      throw new IllegalArgumentException("the name " + valueName + " is taken");
    }
    return value;
  }

  private String fresh(String stem) {
    counter++;
    return stem + "_" + counter;
  }

  /** The graph of all that the outputs need. */
  public NodeGraph build() {
    var producers = new HashMap<Value, Node>();
    nodes.forEach(node -> node.outputs().forEach(value -> producers.put(value, node)));
    var needed = new HashSet<Value>();
    var open = new ArrayDeque<>(outputs.values());
    while (!open.isEmpty()) {
      var value = open.pop();
      if (needed.add(value)) {
        var producer = producers.get(value);
        if (producer != null) {
          open.addAll(producer.inputs());
        }
      }
    }
    var kept = nodes.stream().filter(n -> n.outputs().stream().anyMatch(needed::contains)).toList();
    var used = new LinkedHashMap<Value, Parameter>();
    for (var node : kept) {
      for (var value : node.inputs()) {
        var parameter = parameters.get(value);
        if (parameter != null) {
          used.put(value, parameter);
        }
      }
    }
    return new NodeGraph(name, inputs, kept, used, outputs);
  }

  // the operations by name, in the words of the networks

  /** a + b. */
  public Value add(Value a, Value b) {
    return apply(new Elementwise.Binary(Elementwise.BinaryKind.ADD), a, b);
  }

  /** a − b. */
  public Value subtract(Value a, Value b) {
    return apply(new Elementwise.Binary(Elementwise.BinaryKind.SUBTRACT), a, b);
  }

  /** a·b, element by element. */
  public Value multiply(Value a, Value b) {
    return apply(new Elementwise.Binary(Elementwise.BinaryKind.MULTIPLY), a, b);
  }

  /** a/b, element by element. */
  public Value divide(Value a, Value b) {
    return apply(new Elementwise.Binary(Elementwise.BinaryKind.DIVIDE), a, b);
  }

  /** A function of each element. */
  public Value map(Elementwise.UnaryKind kind, Value x) {
    return apply(new Elementwise.Unary(kind), x);
  }

  /** x·sigmoid(x); ONNX Runtime makes one kernel of the two nodes. */
  public Value silu(Value x) {
    return multiply(x, map(Elementwise.UnaryKind.SIGMOID, x));
  }

  /** x·½(1 + erf(x/√2)), in the order of nodes that ONNX Runtime knows as one kernel. */
  public Value gelu(Value x) {
    var error = map(Elementwise.UnaryKind.ERROR_FUNCTION, divide(x, scalar((float) Math.sqrt(2))));
    return multiply(multiply(x, add(error, scalar(1))), scalar(0.5f));
  }

  /** x·sigmoid(1.702·x), which CLIP was trained with in place of {@link #gelu}. */
  public Value quickGelu(Value x) {
    return multiply(x, map(Elementwise.UnaryKind.SIGMOID, multiply(x, scalar(1.702f))));
  }

  /** Another element type. */
  public Value cast(Value x, ElementType to) {
    return apply(new Elementwise.Cast(to), x);
  }

  /** A convolution with bias. */
  public Value convolution(Value x, Value weight, Value bias, int stride, Padding padding) {
    return apply(new Contraction.Convolution(stride, padding), x, weight, bias);
  }

  /** The matrix product of the last two axes. */
  public Value matrixProduct(Value a, Value b) {
    return apply(new Contraction.MatrixProduct(), a, b);
  }

  /** The same elements under another shape. */
  public Value reshape(Value x, Shape shape) {
    return x.shape().equals(shape) ? x : apply(new Rearrangement.Reshape(shape), x);
  }

  /** Reorders axes: axis i of the result is axis {@code order[i]} of x. */
  public Value transpose(Value x, int... order) {
    return apply(new Rearrangement.Transpose(Arrays.stream(order).boxed().toList()), x);
  }

  /** Exchanges the last two axes. */
  public Value transposeLast(Value x) {
    int rank = x.shape().rank();
    var order = IntStream.range(0, rank).toArray();
    order[rank - 2] = rank - 1;
    order[rank - 1] = rank - 2;
    return transpose(x, order);
  }

  /** Equal parts of an axis. */
  public List<Value> split(Value x, int axis, int parts) {
    return applyAll(new Rearrangement.Split(axis, parts), x);
  }

  /** Values side by side along an axis. */
  public Value concatenate(int axis, Value... parts) {
    return parts.length == 1 ? parts[0] : apply(new Rearrangement.Concatenation(axis), parts);
  }

  /** Zeros before and after the entries of an axis. */
  public Value zerosAround(Value x, int axis, long before, long after) {
    var none = Collections.nCopies(x.shape().rank(), 0L);
    var front = new ArrayList<>(none);
    front.set(axis, before);
    var back = new ArrayList<>(none);
    back.set(axis, after);
    var padded = x.shape().with(axis, Dim.of(x.shape().extent(axis) + before + after));
    return apply(new Rearrangement.ZeroPadding(front, back, padded), x);
  }

  /** Entries {@code from} (inclusive) to {@code to} (exclusive) of an axis. */
  public Value slice(Value x, int axis, long from, long to) {
    return apply(
        new Rearrangement.Slice(List.of(axis), List.of(Dim.of(to - from))),
        x,
        longs(from),
        longs(to));
  }

  /** Entries of an axis by index. */
  public Value gather(Value x, int axis, Value indices) {
    return apply(new Rearrangement.Gather(axis), x, indices);
  }

  /** The mean over axes, which stay with extent 1. */
  public Value mean(Value x, Integer... axes) {
    return apply(new Reduction.Fold(Reduction.FoldKind.MEAN, List.of(axes)), x);
  }

  /** The sum over axes, which stay with extent 1. */
  public Value sum(Value x, Integer... axes) {
    return apply(new Reduction.Fold(Reduction.FoldKind.SUM, List.of(axes)), x);
  }

  /** The softmax over the last axis. */
  public Value softmax(Value x) {
    return apply(new Normalization.Softmax(), x);
  }
}
