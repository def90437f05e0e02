package org.infd.exporter.network;

import org.infd.exporter.graph.NodeGraph;

/**
 * A graph of a bundle before it is written.
 *
 * @param graph the graph, named as in the bundle
 * @param weightsStem the weights file without extension; graphs of one stem share it
 * @param form what kind of graph it is: "forward", "vjp" or "moments"
 */
public record PlannedGraph(NodeGraph graph, String weightsStem, String form) {}
