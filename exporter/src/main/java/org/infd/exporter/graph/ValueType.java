package org.infd.exporter.graph;

/** What is known of a value before it is computed. */
public record ValueType(ElementType element, Shape shape) {}
