package org.infd.exporter.graph;

/**
 * A tensor in a graph: an input, a parameter or the result of a node.
 *
 * @param name unique within its graph
 */
public record Value(String name, ValueType type) {
  /** The element type. */
  public ElementType element() {
    return type.element();
  }

  /** The shape. */
  public Shape shape() {
    return type.shape();
  }

  @Override
  public String toString() {
    return name + type.shape();
  }
}
