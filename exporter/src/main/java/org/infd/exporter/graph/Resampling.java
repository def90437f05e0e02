package org.infd.exporter.graph;

import java.util.List;

/** Operations that change the size of images (n, c, h, w) by a factor. */
public sealed interface Resampling extends Operation {
  /** Repeats each pixel {@code factor} times in both directions. */
  record NearestUpsampling(int factor) implements Resampling {
    @Override
    public String operator() {
      return "Resize";
    }

    @Override
    public List<ValueType> infer(List<Value> inputs) {
      var x = inputs.getFirst();
      return List.of(
          new ValueType(
              x.element(),
              x.shape()
                  .with(2, x.shape().dim(2).times(factor))
                  .with(3, x.shape().dim(3).times(factor))));
    }
  }

  /** Averages blocks of {@code size}×{@code size} pixels; a rest at the end is dropped. */
  record AveragePooling(int size) implements Resampling {
    @Override
    public String operator() {
      return "AveragePool";
    }

    @Override
    public List<ValueType> infer(List<Value> inputs) {
      var x = inputs.getFirst();
      return List.of(
          new ValueType(
              x.element(),
              x.shape().with(2, pooled(x.shape().dim(2))).with(3, pooled(x.shape().dim(3)))));
    }

    private Dim pooled(Dim dim) {
      return dim.isKnown() ? Dim.of(dim.value() / size) : dim.over(Dim.of(size));
    }
  }
}
