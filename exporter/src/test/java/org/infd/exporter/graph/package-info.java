/** Tests of graphs and of the files written from them. */
@org.jspecify.annotations.NullMarked
package org.infd.exporter.graph;
