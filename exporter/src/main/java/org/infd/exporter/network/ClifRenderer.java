package org.infd.exporter.network;

import org.infd.exporter.graph.Contraction;
import org.infd.exporter.graph.Contraction.Padding;
import org.infd.exporter.graph.Elementwise;
import org.infd.exporter.graph.Shape;
import org.infd.exporter.graph.Value;
import org.jspecify.annotations.Nullable;

/**
 * The renderer (docs/spec/infd-model.md 4), from raw queries to colours. Positional encodings are
 * part of it.
 */
final class ClifRenderer {
  private ClifRenderer() {}

  /**
   * The renderer of any rectangle, names below {@code renderer.}.
   *
   * @param query φ at the nearest cell, relative row and column, relative cell height and width (1,
   *     features + 4, h, w)
   * @param norms how it normalises; not asked when the settings have no norms
   * @param blocked whether the ends are written for CPUs ({@link BlockedConvolutions})
   * @return colours (1, 3, h, w)
   */
  static Value colours(
      Layers layers, Value query, RendererSettings settings, Norms norms, boolean blocked) {
    var net = layers.in("net");
    int kernel = settings.kernel();
    var x = encoded(layers, query, settings);
    int hidden = settings.hiddenChannels();
    var first =
        blocked
            ? BlockedConvolutions.ofRaggedInput(net, x, "model.0", hidden, kernel)
            : net.convolution(x, "model.0", hidden, kernel);
    var last = behindFirst(layers, first, settings, norms);
    return blocked
        ? BlockedConvolutions.toFewChannels(net, last, "conv_out", 3, kernel)
        : net.convolution(last, "conv_out", 3, kernel);
  }

  /**
   * The same with the query in two, for VJPs: what is not asked for, the cotangent of places, is
   * then not computed with that of the features.
   *
   * @param features φ at the nearest cell (1, features, h, w)
   * @param places the other channels of the query (1, 4, h, w)
   */
  static Value colours(
      Layers layers, Value features, Value places, RendererSettings settings, Norms norms) {
    var net = layers.in("net");
    int kernel = settings.kernel();
    var first =
        BlockedConvolutions.ofParts(
            net,
            features,
            encodedPlaces(layers, places, settings),
            "model.0",
            settings.hiddenChannels(),
            kernel);
    return net.convolution(behindFirst(layers, first, settings, norms), "conv_out", 3, kernel);
  }

  private static Value behindFirst(
      Layers layers, Value first, RendererSettings settings, Norms norms) {
    var net = layers.in("net");
    Norms used = settings.normalize() ? norms : (part, name, x) -> x;
    var x = first;
    for (int block = 1; block <= settings.residualBlocks(); block++) {
      x =
          Autoencoder.residual(
              net.in("model." + block), x, settings.hiddenChannels(), settings.kernel(), used);
    }
    return layers.graph().silu(used.apply(net, "norm_out", x));
  }

  /**
   * The fixed-resolution tail, names below {@code renderer.}.
   *
   * @param phi (n, features, h, w)
   * @return colours (n, 3, h, w)
   */
  static Value fixedTail(Layers layers, Value phi) {
    var net = layers.in("net");
    var normal = net.groupNorm(phi, "norm_out", Layers.AUTOENCODER_EPSILON);
    return net.convolution(layers.graph().silu(normal), "conv_out", 3, 3);
  }

  private static Value encoded(Layers layers, Value query, RendererSettings settings) {
    if (settings.coordinateEncoding() == null && settings.cellEncoding() == null) {
      return query;
    }
    var graph = layers.graph();
    int features = settings.featureChannels();
    return graph.concatenate(
        1,
        graph.slice(query, 1, 0, features),
        encodedPlaces(layers, graph.slice(query, 1, features, features + 4L), settings));
  }

  private static Value encodedPlaces(Layers layers, Value places, RendererSettings settings) {
    if (settings.coordinateEncoding() == null && settings.cellEncoding() == null) {
      return places;
    }
    var graph = layers.graph();
    return graph.concatenate(
        1,
        encoding(layers, graph.slice(places, 1, 0, 2), settings.coordinateEncoding()),
        encoding(layers, graph.slice(places, 1, 2, 4), settings.cellEncoding()));
  }

  /**
   * The positional encoding of a 2-vector: cosines of all products, then sines. The products come
   * from a 1×1 convolution with one weight that is not zero per row, so they are exact.
   */
  private static Value encoding(
      Layers layers, Value vector, RendererSettings.@Nullable Encoding encoding) {
    if (encoding == null) {
      return vector;
    }
    var graph = layers.graph();
    int half = encoding.dim() / 2;
    var weights = encodingWeights(half, encoding.largest());
    var matrix = new float[encoding.dim() * 2];
    for (int k = 0; k < half; k++) {
      matrix[2 * k] = weights[k];
      matrix[2 * (half + k) + 1] = weights[k];
    }
    var products =
        graph.apply(
            new Contraction.Convolution(1, Padding.all(0)),
            vector,
            graph.floats(matrix, Shape.known(encoding.dim(), 2, 1, 1)));
    var angles = graph.multiply(products, graph.scalar((float) Math.PI));
    return graph.concatenate(
        1,
        graph.map(Elementwise.UnaryKind.COSINE, angles),
        graph.map(Elementwise.UnaryKind.SINE, angles));
  }

  /** exp of {@code count} float32 steps from 0 to ln(largest), as float32. */
  private static float[] encodingWeights(int count, double largest) {
    var weights = new float[count];
    float end = (float) Math.log(largest);
    float step = count > 1 ? end / (count - 1) : 0;
    for (int k = 0; k < count; k++) {
      // from both ends, as the training framework does
      float exponent = k < count / 2 || count == 1 ? step * k : end - step * (count - 1 - k);
      weights[k] = (float) StrictMath.exp(exponent);
    }
    return weights;
  }
}
