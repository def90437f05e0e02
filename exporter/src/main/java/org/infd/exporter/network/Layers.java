package org.infd.exporter.network;

import java.util.Arrays;
import org.infd.exporter.graph.Contraction;
import org.infd.exporter.graph.Contraction.Padding;
import org.infd.exporter.graph.Dim;
import org.infd.exporter.graph.GraphBuilder;
import org.infd.exporter.graph.Normalization;
import org.infd.exporter.graph.Shape;
import org.infd.exporter.graph.Value;
import org.infd.inference.Problem;

/**
 * The layers that networks are made of, reading their weights below a name prefix
 * (docs/spec/infd-model.md 2).
 *
 * @param graph where nodes are added
 * @param weights where values come from
 * @param prefix what every name starts with, empty or ending in '.'
 */
public record Layers(GraphBuilder graph, Weights weights, String prefix) {
  /** The groups of every group norm. */
  public static final int GROUPS = 32;

  /** The epsilon of group norms in the autoencoder, the renderer and spatial transformers. */
  public static final float AUTOENCODER_EPSILON = 1e-6f;

  /** The epsilon of group norms in the diffusion network. */
  public static final float UNET_EPSILON = 1e-5f;

  // below this a weight is not worth a conversion
  private static final long SMALLEST_HALF = 1024;

  /** The layers of a part: {@code name} and a dot are put behind the prefix. */
  public Layers in(String name) {
    return new Layers(graph, weights, prefix + name + ".");
  }

  /** A weight; those with two or more axes may be stored as float16. */
  public Value weight(String name, long... shape) {
    boolean storable16 = shape.length > 1 && elements(shape) >= SMALLEST_HALF;
    return graph.weight(
        prefix + name, Shape.known(shape), weights.take(prefix + name, shape), storable16);
  }

  /** A weight whose precision decides, so that it is always stored as float32. */
  public Value preciseWeight(String name, long... shape) {
    return graph.weight(
        prefix + name, Shape.known(shape), weights.take(prefix + name, shape), false);
  }

  private static long elements(long[] shape) {
    return Arrays.stream(shape).reduce(1, Math::multiplyExact);
  }

  /** A convolution of odd kernel size that keeps the size of (n, c, h, w). */
  public Value convolution(Value x, String name, int out, int kernel) {
    return convolution(x, name, out, kernel, 1, Padding.all((kernel - 1) / 2));
  }

  /** A convolution with bias on (n, c, h, w). */
  public Value convolution(Value x, String name, int out, int kernel, int stride, Padding padding) {
    var part = in(name);
    return graph.convolution(
        x,
        part.weight("weight", out, channels(x), kernel, kernel),
        part.weight("bias", out),
        stride,
        padding);
  }

  /** A 1-D convolution of kernel size 1, stored (out, in, 1), on the pixels of (n, c, h, w). */
  public Value pointwise(Value x, String name, int out) {
    var full = prefix + name + ".weight";
    long in = channels(x);
    var weight =
        graph.weight(
            full,
            Shape.known(out, in, 1, 1),
            weights.take(full, out, in, 1),
            out * in >= SMALLEST_HALF);
    return graph.convolution(x, weight, in(name).weight("bias", out), 1, Padding.all(0));
  }

  /** A linear layer on the rows of (rows, in). */
  public Value linear(Value x, String name, int out, boolean bias) {
    var part = in(name);
    var weight = part.weight("weight", out, x.shape().extent(1));
    return bias
        ? graph.apply(new Contraction.Linear(), x, weight, part.weight("bias", out))
        : graph.apply(new Contraction.Linear(), x, weight);
  }

  /** A linear layer on the tokens of (n, t, in); without bias t may be free. */
  public Value tokenLinear(Value x, String name, int out, boolean bias) {
    var shape = x.shape();
    if (!shape.dim(1).isKnown() && !bias) {
      var weight = in(name).weight("weight", out, shape.extent(2));
      return graph.matrixProduct(x, graph.transpose(weight, 1, 0));
    }
    var rows = graph.reshape(x, Shape.of(shape.dim(0).times(shape.dim(1)), shape.dim(2)));
    return graph.reshape(linear(rows, name, out, bias), shape.with(2, Dim.of(out)));
  }

  /**
   * A group norm over (n, c, h, w) with h and w known.
   *
   * @throws Problem if the channels do not make 32 groups
   */
  public Value groupNorm(Value x, String name, float epsilon) {
    return affine(normalized(x, name, epsilon), name);
  }

  /** A group norm without its affine part. */
  public Value normalized(Value x, String name, float epsilon) {
    var shape = x.shape();
    requireGroups(prefix + name, shape.extent(1));
    var groups =
        graph.reshape(
            x,
            Shape.of(
                shape.dim(0), Dim.of(GROUPS), shape.elements().over(shape.dim(0).times(GROUPS))));
    var ones = new float[GROUPS];
    Arrays.fill(ones, 1);
    var normal =
        graph.apply(
            new Normalization.InstanceNormalization(epsilon),
            groups,
            graph.floats(ones, Shape.known(GROUPS)),
            graph.floats(new float[GROUPS], Shape.known(GROUPS)));
    return graph.reshape(normal, shape);
  }

  /** The affine part of a norm, per channel of (n, c, h, w). */
  public Value affine(Value x, String name) {
    long channels = channels(x);
    return graph.add(
        graph.multiply(x, vector(name + ".weight", channels, channels, 1, 1)),
        vector(name + ".bias", channels, channels, 1, 1));
  }

  /** A stored vector under another shape with the same number of elements. */
  Value vector(String name, long length, long... shape) {
    return graph.weight(
        prefix + name, Shape.known(shape), weights.take(prefix + name, length), false);
  }

  /** A stored matrix of (out, …), the axes behind the first made one. */
  Value matrix(String name, long... stored) {
    long rest = elements(stored) / stored[0];
    return graph.weight(
        prefix + name,
        Shape.known(stored[0], rest),
        weights.take(prefix + name, stored),
        elements(stored) >= SMALLEST_HALF);
  }

  /** A layer norm over the last axis, epsilon 1e-5. */
  public Value layerNorm(Value x, String name) {
    return layerNorm(x, name, 1e-5f);
  }

  /** A layer norm over the last axis. */
  public Value layerNorm(Value x, String name, float epsilon) {
    long width = x.shape().extent(x.shape().rank() - 1);
    var part = in(name);
    return graph.apply(
        new Normalization.LayerNormalization(epsilon),
        x,
        part.weight("weight", width),
        part.weight("bias", width));
  }

  /**
   * Checks that channels make 32 groups.
   *
   * @throws Problem if not
   */
  static void requireGroups(String name, long channels) {
    if (channels % GROUPS != 0) {
      throw new Problem(
          "The norm "
              + name
              + " would have "
              + channels
              + " channels, which do not make "
              + GROUPS
              + " groups. The model cannot be imported.");
    }
  }

  /** The channels of (n, c, h, w). */
  public static int channels(Value x) {
    return Math.toIntExact(x.shape().extent(1));
  }
}
