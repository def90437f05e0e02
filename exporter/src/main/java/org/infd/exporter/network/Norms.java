package org.infd.exporter.network;

import org.infd.exporter.graph.Value;

/** How a residual block normalises. */
@FunctionalInterface
interface Norms {
  /**
   * Normalises (n, c, h, w).
   *
   * @param layers the part that holds the norm
   * @param name the norm's name in it
   */
  Value apply(Layers layers, String name, Value x);
}
