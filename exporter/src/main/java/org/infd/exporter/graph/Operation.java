package org.infd.exporter.graph;

import java.util.List;

/**
 * An operation that graphs can hold, with its attributes. The set is closed and small on purpose:
 * whoever derives, writes or counts a graph switches over it.
 */
public sealed interface Operation
    permits Elementwise, Contraction, Rearrangement, Resampling, Reduction, Normalization {
  /** The ONNX operator (opset 17). */
  String operator();

  /**
   * The types of the results.
   *
   * @throws IllegalArgumentException if the inputs do not fit
   */
  List<ValueType> infer(List<Value> inputs);
}
