package org.infd.exporter.graph;

import java.util.List;

/** Operations that rescale values by statistics. */
public sealed interface Normalization extends Operation {
  /** The softmax over the last axis. */
  record Softmax() implements Normalization {
    @Override
    public String operator() {
      return "Softmax";
    }

    @Override
    public List<ValueType> infer(List<Value> inputs) {
      return List.of(inputs.getFirst().type());
    }
  }

  /**
   * Per item and channel of (n, c, …): (x − mean)/√(variance + epsilon)·scale + shift, with scale
   * and shift (c).
   */
  record InstanceNormalization(float epsilon) implements Normalization {
    @Override
    public String operator() {
      return "InstanceNormalization";
    }

    @Override
    public List<ValueType> infer(List<Value> inputs) {
      return List.of(inputs.getFirst().type());
    }
  }

  /** Over the last axis, with scale and shift of its extent. */
  record LayerNormalization(float epsilon) implements Normalization {
    @Override
    public String operator() {
      return "LayerNormalization";
    }

    @Override
    public List<ValueType> infer(List<Value> inputs) {
      return List.of(inputs.getFirst().type());
    }
  }

  /**
   * Per channel of (n, c, …), with given statistics. Inputs: x, scale, shift, mean, variance, the
   * last four of shape (c).
   */
  record FrozenNormalization(float epsilon) implements Normalization {
    @Override
    public String operator() {
      return "BatchNormalization";
    }

    @Override
    public List<ValueType> infer(List<Value> inputs) {
      return List.of(inputs.getFirst().type());
    }
  }
}
