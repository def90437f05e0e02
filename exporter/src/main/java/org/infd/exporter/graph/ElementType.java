package org.infd.exporter.graph;

/** The element types of values in a graph. */
public enum ElementType {
  FLOAT32("float32"),
  FLOAT64("float64"),
  INT64("int64"),
  INT32("int32");

  private final String label;

  ElementType(String label) {
    this.label = label;
  }

  /** The name used in bundle manifests, for example "float32". */
  public String label() {
    return label;
  }
}
