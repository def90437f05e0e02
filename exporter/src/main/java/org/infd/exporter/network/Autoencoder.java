package org.infd.exporter.network;

import org.infd.exporter.graph.Contraction.Padding;
import org.infd.exporter.graph.Dim;
import org.infd.exporter.graph.Resampling;
import org.infd.exporter.graph.Shape;
import org.infd.exporter.graph.Value;

/**
 * The encoder and the decoder (docs/spec/infd-model.md 3) and the blocks that the renderer shares
 * with them.
 */
public final class Autoencoder {
  private Autoencoder() {}

  /**
   * The encoder, names below {@code encoder.}.
   *
   * @param image (n, 3, h, w) in [−1, 1], sides divisible by the encoder's factor
   * @return (n, z or 2·z channels, h/factor, w/factor)
   */
  public static Value encoder(Layers layers, Value image, CoderSettings settings) {
    var graph = layers.graph();
    var net = layers.in("0");
    var x = net.convolution(image, "conv_in", settings.channels(), 3);
    int resolution = settings.resolution();
    for (int level = 0; level < settings.levels(); level++) {
      var part = net.in("down." + level);
      for (int block = 0; block < settings.residualBlocks(); block++) {
        x = residual(part.in("block." + block), x, settings.width(level), 3);
        if (settings.attentionAt(resolution)) {
          x = attention(part.in("attn." + block), x);
        }
      }
      if (level < settings.levels() - 1) {
        x =
            settings.resampledByConvolution()
                ? part.convolution(
                    x, "downsample.conv", Layers.channels(x), 3, 2, new Padding(0, 0, 1, 1))
                : graph.apply(new Resampling.AveragePooling(2), x);
        resolution /= 2;
      }
    }
    x = middle(net.in("mid"), x, settings);
    x = graph.silu(net.groupNorm(x, "norm_out", Layers.AUTOENCODER_EPSILON));
    int out = settings.latentChannels() * (settings.doubled() ? 2 : 1);
    x = net.convolution(x, "conv_out", out, 3);
    return layers.convolution(x, "1", out, 1);
  }

  /**
   * The decoder without the quantiser, names below {@code decoder.}.
   *
   * @param z (n, z channels, h, w)
   * @return φ (n, feature channels, h·factor, w·factor)
   */
  public static Value decoder(Layers layers, Value z, CoderSettings settings) {
    var graph = layers.graph();
    int top = settings.levels() - 1;
    var net = layers.in("1");
    var x = layers.convolution(z, "0", settings.latentChannels(), 1);
    x = net.convolution(x, "conv_in", settings.width(top), 3);
    x = middle(net.in("mid"), x, settings);
    int resolution = settings.resolution() >> top;
    for (int level = top; level >= 0; level--) {
      var part = net.in("up." + level);
      for (int block = 0; block <= settings.residualBlocks(); block++) {
        x = residual(part.in("block." + block), x, settings.width(level), 3);
        if (settings.attentionAt(resolution)) {
          x = attention(part.in("attn." + block), x);
        }
      }
      if (level > 0) {
        x = graph.apply(new Resampling.NearestUpsampling(2), x);
        if (settings.resampledByConvolution()) {
          x = part.convolution(x, "upsample.conv", Layers.channels(x), 3);
        }
        resolution *= 2;
      }
    }
    if (settings.featuresAsOutput()) {
      return x;
    }
    x = graph.silu(net.groupNorm(x, "norm_out", Layers.AUTOENCODER_EPSILON));
    return net.convolution(x, "conv_out", settings.outputChannels(), 3);
  }

  private static Value middle(Layers layers, Value x, CoderSettings settings) {
    int width = Layers.channels(x);
    var y = residual(layers.in("block_1"), x, width, 3);
    if (settings.attention()) {
      y = attention(layers.in("attn_1"), y);
    }
    return residual(layers.in("block_2"), y, width, 3);
  }

  /** AE-Res of docs/spec/infd-model.md 2 with live norms. */
  private static Value residual(Layers layers, Value x, int out, int kernel) {
    return residual(
        layers,
        x,
        out,
        kernel,
        (part, name, value) -> part.groupNorm(value, name, Layers.AUTOENCODER_EPSILON));
  }

  /** AE-Res of docs/spec/infd-model.md 2 with norms of the caller's kind. */
  static Value residual(Layers layers, Value x, int out, int kernel, Norms norms) {
    var graph = layers.graph();
    var h = graph.silu(norms.apply(layers, "norm1", x));
    h = layers.convolution(h, "conv1", out, kernel);
    h = graph.silu(norms.apply(layers, "norm2", h));
    h = layers.convolution(h, "conv2", out, kernel);
    var shortcut = Layers.channels(x) == out ? x : layers.convolution(x, "nin_shortcut", out, 1);
    return graph.add(shortcut, h);
  }

  /** AE-Attn of docs/spec/infd-model.md 2. */
  private static Value attention(Layers layers, Value x) {
    var graph = layers.graph();
    int channels = Layers.channels(x);
    var normal = layers.groupNorm(x, "norm", Layers.AUTOENCODER_EPSILON);
    var pixels =
        Shape.of(x.shape().dim(0), Dim.of(channels), x.shape().dim(2).times(x.shape().dim(3)));
    var q = graph.reshape(layers.convolution(normal, "q", channels, 1), pixels);
    var k = graph.reshape(layers.convolution(normal, "k", channels, 1), pixels);
    var v = graph.reshape(layers.convolution(normal, "v", channels, 1), pixels);
    var attended = graph.reshape(Attention.overPixels(graph, q, k, v, 1), x.shape());
    return graph.add(x, layers.convolution(attended, "proj_out", channels, 1));
  }
}
