/** The networks of image neural field diffusion, written once each against the graph builder. */
@org.jspecify.annotations.NullMarked
package org.infd.exporter.network;
