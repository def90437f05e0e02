package org.infd.exporter.graph;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.infd.exporter.graph.Contraction.Padding;
import org.infd.exporter.graph.Elementwise.BinaryKind;
import org.infd.exporter.graph.Elementwise.UnaryKind;
import org.jspecify.annotations.Nullable;

/**
 * How the cotangents of one node's outputs flow back to one of its inputs. Weights are never
 * differentiated with respect to; asking for them is an error of the caller.
 */
final class Pullback {
  private final GraphBuilder graph;
  private final Node node;
  private final List<@Nullable Value> arriving;

  /**
   * The pullback of a node.
   *
   * @param arriving per output its cotangent, or null for zero; not all are null
   */
  Pullback(GraphBuilder graph, Node node, List<@Nullable Value> arriving) {
    this.graph = graph;
    this.node = node;
    this.arriving = arriving;
  }

  /** The cotangent that goes to an input, broadcastable to its shape. */
  Value to(int input) {
    return switch (node.operation()) {
      case Elementwise operation -> elementwise(operation, input);
      case Contraction operation -> contraction(operation, input);
      case Rearrangement operation -> rearrangement(operation, input);
      case Resampling operation -> resampling(operation);
      case Reduction operation -> reduction(operation);
      case Normalization operation -> new NormPullback(graph, node, full()).to(operation, input);
    };
  }

  // ------------------------------------------------------------------------------- elementwise

  private Value elementwise(Elementwise operation, int input) {
    return switch (operation) {
      case Elementwise.Binary binary -> reduceTo(binary(binary.kind(), input), in(input));
      case Elementwise.Unary unary -> graph.multiply(first(), slope(unary.kind()));
      case Elementwise.Clip _ -> {
        // inside, ends included, nothing was changed: 1 − sign(x − y)² is the mask
        var sign = graph.map(UnaryKind.SIGN, graph.subtract(in(0), out()));
        yield graph.multiply(first(), graph.subtract(constant(1), graph.multiply(sign, sign)));
      }
      case Elementwise.Cast _ -> graph.cast(first(), in(0).element());
    };
  }

  private Value binary(BinaryKind kind, int input) {
    var dy = first();
    var a = in(0);
    var b = in(1);
    return switch (kind) {
      case ADD -> dy;
      case SUBTRACT -> input == 0 ? dy : negative(dy);
      case MULTIPLY -> graph.multiply(dy, input == 0 ? b : a);
      case DIVIDE ->
          input == 0 ? graph.divide(dy, b) : negative(graph.divide(graph.multiply(dy, out()), b));
    };
  }

  private Value slope(UnaryKind kind) {
    var x = in(0);
    var y = out();
    return switch (kind) {
      case SIGMOID -> graph.multiply(y, graph.subtract(constant(1), y));
      case SQUARE_ROOT -> graph.divide(constant(0.5f), y);
      case EXPONENTIAL -> y;
      case COSINE -> negative(graph.map(UnaryKind.SINE, x));
      case SINE -> graph.map(UnaryKind.COSINE, x);
      case ERROR_FUNCTION ->
          graph.multiply(
              constant((float) (2 / Math.sqrt(Math.PI))),
              graph.map(UnaryKind.EXPONENTIAL, negative(graph.multiply(x, x))));
      case SIGN -> constant(0);
    };
  }

  private Value negative(Value x) {
    return graph.multiply(x, constant(-1));
  }

  /** Sums a cotangent of the output over the axes along which the operand was repeated. */
  private Value reduceTo(Value cotangent, Value operand) {
    var whole = out().shape();
    var shape = operand.shape();
    if (shape.equals(whole)) {
      return cotangent;
    }
    var broadcast = broadcastTo(graph, cotangent, out());
    int missing = whole.rank() - shape.rank();
    var axes =
        IntStream.range(0, whole.rank())
            .filter(
                i ->
                    !whole.dim(i).equals(Dim.ONE)
                        && (i < missing || shape.dim(i - missing).equals(Dim.ONE)))
            .boxed()
            .toArray(Integer[]::new);
    return graph.reshape(axes.length == 0 ? broadcast : graph.sum(broadcast, axes), shape);
  }

  // ------------------------------------------------------------------------------- contractions

  private Value contraction(Contraction operation, int input) {
    return switch (operation) {
      case Contraction.Convolution convolution -> {
        requireData(input);
        yield convolution(convolution);
      }
      case Contraction.TransposedConvolution transposed -> {
        requireData(input);
        yield graph.apply(
            new Contraction.Convolution(transposed.stride(), transposed.padding()), full(), in(1));
      }
      case Contraction.MatrixProduct _ ->
          input == 0
              ? summedLeading(graph.matrixProduct(full(), graph.transposeLast(in(1))), in(0))
              : summedLeading(graph.matrixProduct(graph.transposeLast(in(0)), full()), in(1));
      case Contraction.Linear _ -> {
        requireData(input);
        yield graph.matrixProduct(full(), in(1));
      }
    };
  }

  private void requireData(int input) {
    if (input != 0) {
      throw new IllegalArgumentException(in(input) + " is a weight of " + node.operation());
    }
  }

  private Value convolution(Contraction.Convolution convolution) {
    var weight = in(1);
    var padding = convolution.padding();
    int height = Math.toIntExact(weight.shape().extent(2));
    int width = Math.toIntExact(weight.shape().extent(3));
    if (convolution.stride() > 1) {
      return graph.apply(
          new Contraction.TransposedConvolution(
              convolution.stride(), padding, in(0).shape().dim(2), in(0).shape().dim(3)),
          full(),
          weight);
    }
    if (height == 1 && width == 1 && !padding.equals(Padding.all(0))) {
      return graph.apply(
          new Contraction.Convolution(1, Padding.all(0)),
          cropped(full(), padding),
          graph.transpose(weight, 1, 0, 2, 3));
    }
    // twice as fast as a transposed convolution, and folded at load
    var turned =
        height == 1 && width == 1
            ? weight
            : graph.apply(new Rearrangement.Reversal(List.of(2, 3)), weight);
    return graph.apply(
        new Contraction.Convolution(
            1,
            new Padding(
                height - 1 - padding.top(),
                width - 1 - padding.left(),
                height - 1 - padding.bottom(),
                width - 1 - padding.right())),
        full(),
        graph.transpose(turned, 1, 0, 2, 3));
  }

  private Value cropped(Value cotangent, Padding padding) {
    var shape = in(0).shape();
    return graph.apply(
        new Rearrangement.Slice(List.of(2, 3), List.of(shape.dim(2), shape.dim(3))),
        cotangent,
        graph.longs(padding.top(), padding.left()),
        graph.longs(fromTheEnd(padding.bottom()), fromTheEnd(padding.right())));
  }

  /** The exclusive end of a window before which {@code rest} entries are left. */
  private static long fromTheEnd(long rest) {
    return rest == 0 ? Long.MAX_VALUE : -rest;
  }

  /** Sums over the leading axes along which an operand of a matrix product was repeated. */
  private Value summedLeading(Value cotangent, Value operand) {
    var whole = cotangent.shape();
    var shape = operand.shape();
    int missing = whole.rank() - shape.rank();
    var axes =
        IntStream.range(0, whole.rank() - 2)
            .filter(i -> i < missing || !whole.dim(i).equals(shape.dim(i - missing)))
            .boxed()
            .toArray(Integer[]::new);
    return graph.reshape(axes.length == 0 ? cotangent : graph.sum(cotangent, axes), shape);
  }

  // ----------------------------------------------------------------------------- rearrangements

  private Value rearrangement(Rearrangement operation, int input) {
    return switch (operation) {
      case Rearrangement.Reshape _ -> graph.reshape(full(), in(0).shape());
      case Rearrangement.Transpose transpose -> {
        var inverse = new int[transpose.order().size()];
        for (int i = 0; i < inverse.length; i++) {
          inverse[transpose.order().get(i)] = i;
        }
        yield graph.transpose(full(), inverse);
      }
      case Rearrangement.Split split -> {
        var parts = new Value[node.outputs().size()];
        for (int i = 0; i < parts.length; i++) {
          var part = node.outputs().get(i);
          var cotangent = arriving.get(i);
          parts[i] =
              cotangent == null
                  ? graph.multiply(part, constant(0))
                  : broadcastTo(graph, cotangent, part);
        }
        yield graph.concatenate(split.axis(), parts);
      }
      case Rearrangement.Concatenation concatenation -> {
        int axis = concatenation.axis();
        long from = 0;
        for (int i = 0; i < input; i++) {
          from += in(i).shape().extent(axis);
        }
        yield graph.slice(full(), axis, from, from + in(input).shape().extent(axis));
      }
      case Rearrangement.Slice slice -> behindZeros(slice);
      case Rearrangement.Reversal reversal -> graph.apply(reversal, full());
      case Rearrangement.ZeroPadding zeros -> {
        var axes = IntStream.range(0, zeros.before().size()).boxed().toList();
        var ends = zeros.after().stream().mapToLong(Pullback::fromTheEnd).toArray();
        yield graph.apply(
            new Rearrangement.Slice(axes, in(0).shape().dims()),
            full(),
            graph.longs(zeros.before().stream().mapToLong(Long::longValue).toArray()),
            graph.longs(ends));
      }
      case Rearrangement.Gather gather -> scattered(gather, input);
      case Rearrangement.EntryOfEach _ ->
          throw new IllegalArgumentException("nothing is differentiated through " + operation);
      case Rearrangement.ScatterAddition _ ->
          throw new IllegalArgumentException("a second derivative of a lookup");
    };
  }

  private Value behindZeros(Rearrangement.Slice slice) {
    var starts = graph.constants(in(1));
    var ends = graph.constants(in(2));
    var before = new ArrayList<Long>(java.util.Collections.nCopies(in(0).shape().rank(), 0L));
    var after = new ArrayList<Long>(before);
    for (int i = 0; i < slice.axes().size(); i++) {
      int axis = slice.axes().get(i);
      long start = starts.get(i);
      long end = ends.get(i);
      boolean toTheEnd = end == Long.MAX_VALUE;
      before.set(axis, start < 0 ? in(0).shape().extent(axis) + start : start);
      after.set(axis, toTheEnd ? 0 : end < 0 ? -end : in(0).shape().extent(axis) - end);
    }
    return graph.apply(new Rearrangement.ZeroPadding(before, after, in(0).shape()), full());
  }

  /** Adds up what came from the same entry; only indices with one axis are emitted on data. */
  private Value scattered(Rearrangement.Gather gather, int input) {
    requireData(input);
    int rank = in(0).shape().rank();
    if (in(1).shape().rank() != 1) {
      throw new IllegalArgumentException("a lookup on data with indices " + in(1));
    }
    int axis = gather.axis();
    var order = new int[rank];
    order[0] = axis;
    for (int i = 1; i < rank; i++) {
      order[i] = i <= axis ? i - 1 : i;
    }
    var inverse = new int[rank];
    for (int i = 0; i < rank; i++) {
      inverse[order[i]] = i;
    }
    var zeros = graph.transpose(graph.multiply(in(0), constant(0)), order);
    var rows =
        graph.reshape(
            graph.cast(in(1), ElementType.INT64), Shape.of(in(1).shape().dim(0), Dim.ONE));
    var sums =
        graph.apply(
            new Rearrangement.ScatterAddition(), zeros, rows, graph.transpose(full(), order));
    return graph.transpose(sums, inverse);
  }

  // ----------------------------------------------------------------------- resampling, reduction

  private Value resampling(Resampling operation) {
    return switch (operation) {
      case Resampling.NearestUpsampling up -> {
        float pixels = (float) up.factor() * up.factor();
        yield graph.multiply(
            graph.apply(new Resampling.AveragePooling(up.factor()), full()), constant(pixels));
      }
      case Resampling.AveragePooling down -> {
        float share = 1f / ((float) down.size() * down.size());
        var shape = in(0).shape();
        var repeated =
            graph.apply(
                new Resampling.NearestUpsampling(down.size()),
                graph.multiply(full(), constant(share)));
        var rest = List.of(0L, 0L, shape.extent(2) % down.size(), shape.extent(3) % down.size());
        yield rest.stream().allMatch(n -> n == 0)
            ? repeated
            : graph.apply(
                new Rearrangement.ZeroPadding(List.of(0L, 0L, 0L, 0L), rest, shape), repeated);
      }
    };
  }

  private Value reduction(Reduction operation) {
    return switch (operation) {
      case Reduction.Fold fold ->
          fold.kind() == Reduction.FoldKind.SUM
              ? first()
              : graph.divide(first(), count(graph, in(0), fold.axes()));
      case Reduction.ArgMin _, Reduction.Extent _ ->
          throw new IllegalArgumentException(operation + " has no derivative");
    };
  }

  // ------------------------------------------------------------------------------------- shared

  /** The number of elements along axes, as a float. */
  static Value count(GraphBuilder graph, Value x, List<Integer> axes) {
    float known = 1;
    @Nullable Value free = null;
    for (int axis : axes) {
      var dim = x.shape().dim(axis);
      if (dim.isKnown()) {
        known *= dim.value();
      } else {
        var extent = graph.cast(graph.apply(new Reduction.Extent(axis), x), x.element());
        free = free == null ? extent : graph.multiply(free, extent);
      }
    }
    var constant = scalar(graph, x, known);
    return free == null ? constant : graph.multiply(free, constant);
  }

  /** A constant of the element type of a value. */
  static Value scalar(GraphBuilder graph, Value like, float value) {
    var constant = graph.scalar(value);
    return like.element() == ElementType.FLOAT32 ? constant : graph.cast(constant, like.element());
  }

  /** A cotangent of the very shape of its value. */
  static Value broadcastTo(GraphBuilder graph, Value cotangent, Value value) {
    return cotangent.shape().equals(value.shape())
        ? cotangent
        : graph.add(cotangent, graph.multiply(value, scalar(graph, value, 0)));
  }

  private Value constant(float value) {
    return scalar(graph, out(), value);
  }

  private Value in(int index) {
    return node.inputs().get(index);
  }

  private Value out() {
    return node.outputs().getFirst();
  }

  /** The cotangent of the only output. */
  private Value first() {
    var cotangent = arriving.getFirst();
    if (cotangent == null) {
      throw new IllegalStateException("no cotangent of " + node);
    }
    return cotangent;
  }

  private Value full() {
    return broadcastTo(graph, first(), out());
  }
}
