package org.infd.exporter.graph;

import java.util.ArrayList;
import java.util.List;

/** Operations that reduce axes. */
public sealed interface Reduction extends Operation {
  /** Reduces the last axes; they stay, with extent 1. */
  record Fold(FoldKind kind, List<Integer> axes) implements Reduction {
    @Override
    public String operator() {
      return kind.operator;
    }

    @Override
    public List<ValueType> infer(List<Value> inputs) {
      var x = inputs.getFirst();
      var shape = x.shape();
      for (int axis : axes) {
        shape = shape.with(axis, Dim.ONE);
      }
      return List.of(new ValueType(x.element(), shape));
    }
  }

  /** What a fold computes. */
  enum FoldKind {
    SUM("ReduceSum"),
    MEAN("ReduceMean");

    private final String operator;

    FoldKind(String operator) {
      this.operator = operator;
    }
  }

  /** The int64 index of the smallest element of the last axis, which disappears; first on ties. */
  record ArgMin() implements Reduction {
    @Override
    public String operator() {
      return "ArgMin";
    }

    @Override
    public List<ValueType> infer(List<Value> inputs) {
      var dims = new ArrayList<>(inputs.getFirst().shape().dims());
      dims.removeLast();
      return List.of(new ValueType(ElementType.INT64, new Shape(dims)));
    }
  }

  /** The extent of an axis, int64 with one element: for axes whose extent is free. */
  record Extent(int axis) implements Reduction {
    @Override
    public String operator() {
      return "Shape";
    }

    @Override
    public List<ValueType> infer(List<Value> inputs) {
      return List.of(new ValueType(ElementType.INT64, Shape.known(1)));
    }
  }
}
