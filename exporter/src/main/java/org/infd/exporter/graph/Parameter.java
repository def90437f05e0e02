package org.infd.exporter.graph;

import java.util.List;

/** Where a value that no node computes gets its content from. */
public sealed interface Parameter {
  /**
   * Trained values, written beside the graph as external data under the value's name; graphs that
   * share a weights file share the values of equal names.
   *
   * @param storable16 whether half precision is good enough to store them
   */
  record Weight(TensorSource source, boolean storable16) implements Parameter {}

  /**
   * Values given when a session is created ({@code Graph.load}); the file holds a placeholder in
   * their place, as external data.
   */
  record Replaceable(float placeholder) implements Parameter {}

  /** Small float32 values written into the graph itself. */
  record Floats(List<Float> values) implements Parameter {
    /** Copies the list. */
    public Floats {
      values = List.copyOf(values);
    }
  }

  /** Small int64 values written into the graph itself. */
  record Longs(List<Long> values) implements Parameter {
    /** Copies the list. */
    public Longs {
      values = List.copyOf(values);
    }
  }
}
