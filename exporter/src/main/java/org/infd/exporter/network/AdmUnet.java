package org.infd.exporter.network;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.infd.exporter.graph.Contraction.Padding;
import org.infd.exporter.graph.Dim;
import org.infd.exporter.graph.GraphBuilder;
import org.infd.exporter.graph.Resampling;
import org.infd.exporter.graph.Shape;
import org.infd.exporter.graph.Value;
import org.jspecify.annotations.Nullable;

/**
 * The diffusion network {@code openai_unet} with all of its options (docs/spec/infd-model.md 5).
 */
public final class AdmUnet {
  private enum Resample {
    NONE,
    DOWN,
    UP
  }

  private final UnetSettings settings;
  private final Layers root;
  private final GraphBuilder graph;
  private final SpatialTransformer transformer;
  private final Value embedding;

  private AdmUnet(Layers root, UnetSettings settings, Value timesteps, @Nullable Value context) {
    this.settings = settings;
    this.root = root;
    this.graph = root.graph();
    this.transformer = new SpatialTransformer(settings, context);
    int width = settings.modelChannels();
    var sinusoids = TimestepEmbedding.embed(graph, timesteps, width);
    var time = root.in("time_embed");
    var hidden = graph.silu(time.linear(sinusoids, "0", 4 * width, true));
    // every block begins with the SiLU of the embedding: once is enough
    this.embedding = graph.silu(time.linear(hidden, "2", 4 * width, true));
  }

  /**
   * The network, names below {@code layers}' prefix ({@code z_dm_ema.} or {@code z_dm.}).
   *
   * @param z noisy latents (n, c, h, w), sides divisible by {@link UnetSettings#factor()}
   * @param timesteps original steps, int64 (n)
   * @param context tokens (n, k, context width), or null without conditioning
   * @return the prediction (n, c, h, w)
   */
  public static Value predict(
      Layers layers, UnetSettings settings, Value z, Value timesteps, @Nullable Value context) {
    return new AdmUnet(layers, settings, timesteps, context).predict(z);
  }

  private Value predict(Value z) {
    Deque<Value> skips = new ArrayDeque<>();
    var x = root.convolution(z, "input_blocks.0.0", settings.width(0), 3);
    skips.push(x);
    int levels = settings.multipliers().size();
    int index = 1;
    for (int level = 0; level < levels; level++) {
      for (int block = 0; block < settings.residualBlocks(); block++) {
        var part = root.in("input_blocks." + index++);
        x = residual(part.in("0"), x, settings.width(level), Resample.NONE);
        if (settings.attentionFactors().contains(1 << level)) {
          x = attend(part.in("1"), x, false);
        }
        skips.push(x);
      }
      if (level < levels - 1) {
        x = down(root.in("input_blocks." + index++).in("0"), x);
        skips.push(x);
      }
    }
    var middle = root.in("middle_block");
    x = residual(middle.in("0"), x, Layers.channels(x), Resample.NONE);
    x = attend(middle.in("1"), x, false);
    x = residual(middle.in("2"), x, Layers.channels(x), Resample.NONE);
    index = 0;
    for (int level = levels - 1; level >= 0; level--) {
      for (int block = 0; block <= settings.residualBlocks(); block++) {
        var part = root.in("output_blocks." + index++);
        x = graph.concatenate(1, x, skips.pop());
        x = residual(part.in("0"), x, settings.width(level), Resample.NONE);
        int next = 1;
        if (settings.attentionFactors().contains(1 << level)) {
          x = attend(part.in(Integer.toString(next++)), x, true);
        }
        if (level > 0 && block == settings.residualBlocks()) {
          x = up(part.in(Integer.toString(next)), x);
        }
      }
    }
    x = graph.silu(root.groupNorm(x, "out.0", Layers.UNET_EPSILON));
    return root.convolution(x, "out.2", settings.outChannels(), 3);
  }

  private Value residual(Layers layers, Value x, int out, Resample resample) {
    var h = graph.silu(layers.groupNorm(x, "in_layers.0", Layers.UNET_EPSILON));
    h = resampled(h, resample);
    var skip = resampled(x, resample);
    h = layers.convolution(h, "in_layers.2", out, 3);
    int rows = settings.scaleShift() ? 2 * out : out;
    var projected = layers.linear(embedding, "emb_layers.1", rows, true);
    var e =
        graph.reshape(
            projected, Shape.of(projected.shape().dim(0), Dim.of(rows), Dim.ONE, Dim.ONE));
    if (settings.scaleShift()) {
      var parts = graph.split(e, 1, 2);
      var normal = layers.groupNorm(h, "out_layers.0", Layers.UNET_EPSILON);
      var scaled = graph.multiply(normal, graph.add(parts.get(0), graph.scalar(1)));
      h = graph.silu(graph.add(scaled, parts.get(1)));
    } else {
      h = graph.silu(layers.groupNorm(graph.add(h, e), "out_layers.0", Layers.UNET_EPSILON));
    }
    h = layers.convolution(h, "out_layers.3", out, 3);
    if (Layers.channels(skip) != out) {
      skip = layers.convolution(skip, "skip_connection", out, 1);
    }
    return graph.add(skip, h);
  }

  private Value resampled(Value x, Resample resample) {
    return switch (resample) {
      case NONE -> x;
      case DOWN -> graph.apply(new Resampling.AveragePooling(2), x);
      case UP -> graph.apply(new Resampling.NearestUpsampling(2), x);
    };
  }

  private Value down(Layers layers, Value x) {
    if (settings.residualResampling()) {
      return residual(layers, x, Layers.channels(x), Resample.DOWN);
    }
    return settings.resampledByConvolution()
        ? layers.convolution(x, "op", Layers.channels(x), 3, 2, Padding.all(1))
        : resampled(x, Resample.DOWN);
  }

  private Value up(Layers layers, Value x) {
    if (settings.residualResampling()) {
      return residual(layers, x, Layers.channels(x), Resample.UP);
    }
    var larger = resampled(x, Resample.UP);
    return settings.resampledByConvolution()
        ? layers.convolution(larger, "conv", Layers.channels(x), 3)
        : larger;
  }

  private Value attend(Layers layers, Value x, boolean up) {
    return settings.transformer() ? transformer.apply(layers, x) : attention(layers, x, up);
  }

  private Value attention(Layers layers, Value x, boolean up) {
    int channels = Layers.channels(x);
    int heads = settings.attentionHeads(channels, up);
    int width = channels / heads;
    var batch = x.shape().dim(0);
    var pixels = x.shape().dim(2).times(x.shape().dim(3));
    var qkv =
        layers.pointwise(layers.groupNorm(x, "norm", Layers.UNET_EPSILON), "qkv", 3 * channels);
    List<Value> parts;
    var perHead = Shape.of(batch.times(heads), Dim.of(width), pixels);
    if (settings.newAttentionOrder()) {
      parts = graph.split(qkv, 1, 3).stream().map(part -> graph.reshape(part, perHead)).toList();
    } else {
      parts = graph.split(graph.reshape(qkv, perHead.with(1, Dim.of(3L * width))), 1, 3);
    }
    var attended = Attention.overPixels(graph, parts.get(0), parts.get(1), parts.get(2), heads);
    var joined = graph.reshape(attended, x.shape());
    return graph.add(x, layers.pointwise(joined, "proj_out", channels));
  }
}
