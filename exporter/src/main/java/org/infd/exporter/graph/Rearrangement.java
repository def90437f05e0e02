package org.infd.exporter.graph;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Operations that move elements without changing them. */
public sealed interface Rearrangement extends Operation {
  /** The same elements under another shape. */
  record Reshape(Shape target) implements Rearrangement {
    @Override
    public String operator() {
      return "Reshape";
    }

    @Override
    public List<ValueType> infer(List<Value> inputs) {
      var x = inputs.getFirst();
      if (!x.shape().elements().equals(target.elements())) {
        throw new IllegalArgumentException(x + " cannot become " + target);
      }
      encode(x.shape());
      return List.of(new ValueType(x.element(), target));
    }

    /**
     * The target in the terms of ONNX: a number, 0 for "as the input's axis of this index", −1 for
     * the one that follows from the rest.
     */
    List<Long> encode(Shape from) {
      var code = new ArrayList<Long>();
      boolean open = false;
      for (int i = 0; i < target.rank(); i++) {
        var dim = target.dim(i);
        if (dim.isKnown()) {
          code.add(dim.value());
        } else if (i < from.rank() && from.dim(i).equals(dim)) {
          code.add(0L);
        } else if (!open) {
          code.add(-1L);
          open = true;
        } else {
          throw new IllegalArgumentException(from + " cannot become " + target + " in one step");
        }
      }
      return code;
    }
  }

  /** Axis i of the result is axis {@code order[i]} of the input. */
  record Transpose(List<Integer> order) implements Rearrangement {
    @Override
    public String operator() {
      return "Transpose";
    }

    @Override
    public List<ValueType> infer(List<Value> inputs) {
      var x = inputs.getFirst();
      if (order.size() != x.shape().rank()) {
        throw new IllegalArgumentException("order " + order + " of " + x);
      }
      return List.of(
          new ValueType(x.element(), new Shape(order.stream().map(x.shape()::dim).toList())));
    }
  }

  /** Cuts an axis of known extent into equal parts. */
  record Split(int axis, int parts) implements Rearrangement {
    @Override
    public String operator() {
      return "Split";
    }

    @Override
    public List<ValueType> infer(List<Value> inputs) {
      var x = inputs.getFirst();
      var part = x.shape().with(axis, Dim.of(x.shape().extent(axis)).over(Dim.of(parts)));
      return Collections.nCopies(parts, new ValueType(x.element(), part));
    }
  }

  /** Joins values along an axis. */
  record Concatenation(int axis) implements Rearrangement {
    @Override
    public String operator() {
      return "Concat";
    }

    @Override
    public List<ValueType> infer(List<Value> inputs) {
      var first = inputs.getFirst();
      long sum = 0;
      for (var input : inputs) {
        sum += input.shape().extent(axis);
        if (!input.shape().with(axis, Dim.ONE).equals(first.shape().with(axis, Dim.ONE))) {
          throw new IllegalArgumentException(first + " beside " + input);
        }
      }
      return List.of(new ValueType(first.element(), first.shape().with(axis, Dim.of(sum))));
    }
  }

  /**
   * A window of some axes. Inputs: the value, the starts and the ends (exclusive), one int64 per
   * axis.
   *
   * @param axes the axes that are cut
   * @param extents the extents of these axes afterwards
   */
  record Slice(List<Integer> axes, List<Dim> extents) implements Rearrangement {
    @Override
    public String operator() {
      return "Slice";
    }

    @Override
    public List<ValueType> infer(List<Value> inputs) {
      var x = inputs.getFirst();
      var dims = new ArrayList<>(x.shape().dims());
      for (int i = 0; i < axes.size(); i++) {
        dims.set(axes.get(i), extents.get(i));
      }
      return List.of(new ValueType(x.element(), new Shape(dims)));
    }
  }

  /** The entries of some axes in the opposite order. */
  record Reversal(List<Integer> axes) implements Rearrangement {
    /** Copies the list. */
    public Reversal {
      axes = List.copyOf(axes);
    }

    @Override
    public String operator() {
      return "Slice";
    }

    @Override
    public List<ValueType> infer(List<Value> inputs) {
      return List.of(inputs.getFirst().type());
    }
  }

  /**
   * Zeros around a value.
   *
   * @param before how many, per axis
   * @param after how many, per axis
   * @param padded the shape afterwards
   */
  record ZeroPadding(List<Long> before, List<Long> after, Shape padded) implements Rearrangement {
    /** Copies the lists. */
    public ZeroPadding {
      before = List.copyOf(before);
      after = List.copyOf(after);
    }

    @Override
    public String operator() {
      return "Pad";
    }

    @Override
    public List<ValueType> infer(List<Value> inputs) {
      return List.of(new ValueType(inputs.getFirst().element(), padded));
    }
  }

  /**
   * Adds rows to a value. Inputs: the value (a, …), int64 indices (k, 1) and rows (k, …); rows of
   * equal index add up.
   */
  record ScatterAddition() implements Rearrangement {
    @Override
    public String operator() {
      return "ScatterND";
    }

    @Override
    public List<ValueType> infer(List<Value> inputs) {
      return List.of(inputs.getFirst().type());
    }
  }

  /** Takes entries of an axis by an int32 or int64 index tensor, whose axes replace it. */
  record Gather(int axis) implements Rearrangement {
    @Override
    public String operator() {
      return "Gather";
    }

    @Override
    public List<ValueType> infer(List<Value> inputs) {
      var x = inputs.get(0);
      var dims = new ArrayList<>(x.shape().dims().subList(0, axis));
      dims.addAll(inputs.get(1).shape().dims());
      dims.addAll(x.shape().dims().subList(axis + 1, x.shape().rank()));
      return List.of(new ValueType(x.element(), new Shape(dims)));
    }
  }

  /** For each item of (n, t, …) its entry at an int64 index; the indices are (n, 1). */
  record EntryOfEach() implements Rearrangement {
    @Override
    public String operator() {
      return "GatherND";
    }

    @Override
    public List<ValueType> infer(List<Value> inputs) {
      var x = inputs.get(0);
      var indices = inputs.get(1).shape();
      if (indices.rank() != 2
          || !indices.dim(0).equals(x.shape().dim(0))
          || !indices.dim(1).equals(Dim.ONE)) {
        throw new IllegalArgumentException("an entry of each of " + x + " by " + indices);
      }
      var dims = new ArrayList<>(x.shape().dims());
      dims.remove(1);
      return List.of(new ValueType(x.element(), new Shape(dims)));
    }
  }
}
