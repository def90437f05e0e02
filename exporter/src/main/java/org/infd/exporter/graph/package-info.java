/** Typed computation graphs: built node by node, inspected as a list, written as ONNX. */
@org.jspecify.annotations.NullMarked
package org.infd.exporter.graph;
