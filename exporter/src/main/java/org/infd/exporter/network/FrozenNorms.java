package org.infd.exporter.network;

import java.util.ArrayList;
import java.util.List;
import org.infd.exporter.graph.Normalization;
import org.infd.exporter.graph.Value;

/**
 * Norms of the renderer whose statistics are given when a session is created: per channel, under
 * the names {@code norm_<k>_mean} and {@code norm_<k>_variance}, k counting from 0 in layer order.
 */
final class FrozenNorms implements Norms {
  /**
   * One norm.
   *
   * @param name its full name in the checkpoint
   * @param input what it normalises
   */
  record Frozen(String name, Value input) {}

  private final List<Frozen> norms = new ArrayList<>();

  @Override
  public Value apply(Layers layers, String name, Value x) {
    var graph = layers.graph();
    long channels = Layers.channels(x);
    Layers.requireGroups(layers.prefix() + name, channels);
    int k = norms.size();
    norms.add(new Frozen(layers.prefix() + name, x));
    var part = layers.in(name);
    return graph.apply(
        new Normalization.FrozenNormalization(Layers.AUTOENCODER_EPSILON),
        x,
        part.weight("weight", channels),
        part.weight("bias", channels),
        graph.replaceable("norm_" + k + "_mean", channels, 0),
        graph.replaceable("norm_" + k + "_variance", channels, 1));
  }

  /** The norms so far, in layer order. */
  List<Frozen> norms() {
    return norms;
  }
}
