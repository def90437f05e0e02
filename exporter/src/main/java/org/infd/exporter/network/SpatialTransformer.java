package org.infd.exporter.network;

import org.infd.exporter.graph.Dim;
import org.infd.exporter.graph.Shape;
import org.infd.exporter.graph.Value;
import org.infd.inference.Problem;
import org.jspecify.annotations.Nullable;

/** The spatial transformer of the diffusion network (docs/spec/infd-model.md 5). */
final class SpatialTransformer {
  private final UnetSettings settings;
  private final @Nullable Value context;

  /**
   * Transformers of one network.
   *
   * @param context tokens (n, k, context width), or null: then cross-attention is self-attention
   */
  SpatialTransformer(UnetSettings settings, @Nullable Value context) {
    this.settings = settings;
    this.context = context;
  }

  /** One transformer on (n, c, h, w). */
  Value apply(Layers layers, Value x) {
    var graph = layers.graph();
    int channels = Layers.channels(x);
    int heads = settings.transformerHeads(channels);
    int inner = heads * settings.transformerHeadChannels(channels);
    if (context == null && settings.contextWidth() != 0 && settings.contextWidth() != inner) {
      throw new Problem(
          "The diffusion network attends to a context of width "
              + settings.contextWidth()
              + ", but the model is not conditioned on anything that gives one, so it cannot run.");
    }
    var normal = layers.groupNorm(x, "norm", Layers.AUTOENCODER_EPSILON);
    var inside = layers.convolution(normal, "proj_in", inner, 1);
    var pixels =
        Shape.of(x.shape().dim(0), Dim.of(inner), x.shape().dim(2).times(x.shape().dim(3)));
    var tokens = graph.transpose(graph.reshape(inside, pixels), 0, 2, 1);
    for (int depth = 0; depth < settings.transformerDepth(); depth++) {
      tokens = block(layers.in("transformer_blocks." + depth), tokens, heads);
    }
    var back = graph.reshape(graph.transpose(tokens, 0, 2, 1), inside.shape());
    return graph.add(layers.convolution(back, "proj_out", channels, 1), x);
  }

  private Value block(Layers layers, Value tokens, int heads) {
    var graph = layers.graph();
    var x = tokens;
    var normal = layers.layerNorm(x, "norm1");
    x = graph.add(attention(layers.in("attn1"), normal, normal, heads), x);
    normal = layers.layerNorm(x, "norm2");
    x =
        graph.add(
            attention(layers.in("attn2"), normal, context == null ? normal : context, heads), x);
    return graph.add(feedForward(layers.in("ff"), layers.layerNorm(x, "norm3")), x);
  }

  private static Value attention(Layers layers, Value x, Value context, int heads) {
    int inner = Math.toIntExact(x.shape().extent(2));
    var q = layers.tokenLinear(x, "to_q", inner, false);
    var k = layers.tokenLinear(context, "to_k", inner, false);
    var v = layers.tokenLinear(context, "to_v", inner, false);
    var attended = Attention.overTokens(layers.graph(), q, k, v, heads, null);
    return layers.tokenLinear(attended, "to_out.0", inner, true);
  }

  private static Value feedForward(Layers layers, Value x) {
    var graph = layers.graph();
    int inner = Math.toIntExact(x.shape().extent(2));
    var parts = graph.split(layers.tokenLinear(x, "net.0.proj", 8 * inner, true), 2, 2);
    var gated = graph.multiply(parts.get(0), graph.gelu(parts.get(1)));
    return layers.tokenLinear(gated, "net.2", inner, true);
  }
}
