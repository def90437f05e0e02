package org.infd.exporter.network;

import java.util.Map;
import org.infd.exporter.graph.Contraction;
import org.infd.exporter.graph.Dim;
import org.infd.exporter.graph.ElementType;
import org.infd.exporter.graph.GraphBuilder;
import org.infd.exporter.graph.NodeGraph;
import org.infd.exporter.graph.Rearrangement;
import org.infd.exporter.graph.Reduction;
import org.infd.exporter.graph.ReverseMode;
import org.infd.exporter.graph.Shape;
import org.infd.exporter.graph.Value;
import org.infd.exporter.network.ClipSettings.Activation;
import org.infd.exporter.network.ClipSettings.Transformer;
import org.jspecify.annotations.Nullable;

/**
 * The two towers of CLIP, image and text, from tensors under the official names (docs/spec/clip.md
 * 2, 3). Layer norms stand before the attention and the perceptron of each block.
 */
public final class ClipTowers {
  private static final Dim BATCH = Dim.free("n");

  // of the pictures that every released CLIP was trained on, for values from 0 to 1
  // (docs/spec/clip.md 7)
  private static final double[] MEAN = {0.48145466, 0.4578275, 0.40821073};
  private static final double[] DEVIATION = {0.26862954, 0.26130258, 0.27577711};

  private ClipTowers() {}

  /**
   * The graph {@code clip_image}: {@code crop} (n, 3, side, side), RGB from −1 to 1 as the renderer
   * gives it, to {@code embedding} (n, embedding), not normalised to unit length.
   */
  public static NodeGraph imageGraph(Weights weights, ClipSettings.Image settings) {
    var graph = new GraphBuilder("clip_image");
    graph.output("embedding", cropEmbedding(weights, settings, crop(graph, settings), graph));
    return graph.build();
  }

  /**
   * The graph {@code clip_image_vjp}, {@link #imageGraph} differentiated: {@code crop} and {@code
   * d_embedding} (n, embedding) to {@code d_crop} (n, 3, side, side).
   */
  public static NodeGraph imageVjpGraph(Weights weights, ClipSettings.Image settings) {
    var graph = new GraphBuilder("clip_image_vjp");
    var crop = crop(graph, settings);
    var embedding = cropEmbedding(weights, settings, crop, graph);
    var cotangent = graph.input("d_embedding", ElementType.FLOAT32, embedding.shape());
    graph.output("d_crop", ReverseMode.vjp(graph, embedding, cotangent, crop, Map.of()));
    return graph.build();
  }

  private static Value crop(GraphBuilder graph, ClipSettings.Image settings) {
    var side = Dim.of(settings.side());
    return graph.input("crop", ElementType.FLOAT32, Shape.of(BATCH, Dim.of(3), side, side));
  }

  /** Colours from −1 to 1 normalised as CLIP knows them, then the tower. */
  private static Value cropEmbedding(
      Weights weights, ClipSettings.Image settings, Value crop, GraphBuilder graph) {
    var scale = new float[MEAN.length];
    var shift = new float[MEAN.length];
    for (int c = 0; c < MEAN.length; c++) {
      scale[c] = (float) (0.5 / DEVIATION[c]);
      shift[c] = (float) ((0.5 - MEAN[c]) / DEVIATION[c]);
    }
    var perChannel = Shape.known(1, MEAN.length, 1, 1);
    var image =
        graph.add(
            graph.multiply(crop, graph.floats(scale, perChannel)), graph.floats(shift, perChannel));
    return imageEmbedding(new Layers(graph, weights, "visual."), settings, image);
  }

  /**
   * The graph {@code clip_text}: {@code tokens} (n, context length) to {@code states} (n, context
   * length, width) and, where there is a projection, {@code embedding} (n, embedding).
   *
   * @param name what the graph is called
   * @param prefix what the names of the tower start with, empty or ending in '.'
   */
  public static NodeGraph textGraph(
      String name, Weights weights, String prefix, ClipSettings.Text settings) {
    var graph = new GraphBuilder(name);
    var tokens =
        graph.input("tokens", ElementType.INT64, Shape.of(BATCH, Dim.of(settings.contextLength())));
    var layers = new Layers(graph, weights, prefix);
    var states = textStates(layers, settings, tokens);
    graph.output("states", states);
    if (settings.embedding() > 0) {
      graph.output("embedding", textEmbedding(layers, settings, tokens, states));
    }
    return graph.build();
  }

  /**
   * The image tower.
   *
   * @param layers names below {@code visual.}
   * @param image (n, 3, side, side), normalised by CLIP's mean and deviation per channel
   * @return (n, embedding), not normalised to unit length
   */
  public static Value imageEmbedding(Layers layers, ClipSettings.Image settings, Value image) {
    var graph = layers.graph();
    var transformer = settings.transformer();
    int width = transformer.width();
    int tokens = settings.grid() * settings.grid() + 1;
    // the class token stands first: its row of zeros gets its value along with the positions
    var places =
        graph.add(
            layers.weight("positional_embedding", tokens, width),
            graph.zerosAround(
                layers.vector("class_embedding", width, 1, width), 0, 0, tokens - 1L));
    var patches = graph.zerosAround(patches(layers, settings, image), 1, 1, 0);
    var x = layers.layerNorm(graph.add(patches, places), "ln_pre", transformer.epsilon());
    x = blocks(layers, transformer, x, null);
    var first = layers.layerNorm(graph.slice(x, 1, 0, 1), "ln_post", transformer.epsilon());
    return graph.matrixProduct(
        graph.reshape(first, Shape.of(first.shape().dim(0), Dim.of(width))),
        layers.weight("proj", width, settings.embedding()));
  }

  /**
   * A convolution whose kernel is its stride, as one matrix product: (n, grid², width). So its way
   * back is a matrix product, too.
   */
  private static Value patches(Layers layers, ClipSettings.Image settings, Value image) {
    var graph = layers.graph();
    var grid = Dim.of(settings.grid());
    var side = Dim.of(settings.patch());
    int values = 3 * settings.patch() * settings.patch();
    var batch = image.shape().dim(0);
    var cut = graph.reshape(image, Shape.of(batch, Dim.of(3), grid, side, grid, side));
    var rows =
        graph.reshape(
            graph.transpose(cut, 0, 2, 4, 1, 3, 5),
            Shape.of(batch.times(grid).times(grid), Dim.of(values)));
    int width = settings.transformer().width();
    var kernels = layers.matrix("conv1.weight", width, 3, settings.patch(), settings.patch());
    var products = graph.apply(new Contraction.Linear(), rows, kernels);
    return graph.reshape(products, Shape.of(batch, grid.times(grid), Dim.of(width)));
  }

  /**
   * The states of all positions behind the last layer norm: the context of text-conditioned
   * networks.
   *
   * @param tokens int64 (n, context length)
   * @return (n, context length, width)
   */
  public static Value textStates(Layers layers, ClipSettings.Text settings, Value tokens) {
    var graph = layers.graph();
    var transformer = settings.transformer();
    int width = transformer.width();
    int length = settings.contextLength();
    var table = layers.weight("token_embedding.weight", settings.vocabulary(), width);
    var x =
        graph.add(
            graph.gather(table, 0, tokens), layers.weight("positional_embedding", length, width));
    x = blocks(layers, transformer, x, causalMask(graph, length));
    return layers.layerNorm(x, "ln_final", transformer.epsilon());
  }

  /**
   * The projected state at the first end marker, which has the highest id of all tokens.
   *
   * @return (n, embedding), not normalised to unit length
   */
  public static Value textEmbedding(
      Layers layers, ClipSettings.Text settings, Value tokens, Value states) {
    var graph = layers.graph();
    // ids are small enough to be exact; the largest is the smallest of the negated
    var negated = graph.multiply(graph.cast(tokens, ElementType.FLOAT32), graph.scalar(-1));
    var position = graph.apply(new Reduction.ArgMin(), negated);
    var pooled =
        graph.apply(
            new Rearrangement.EntryOfEach(),
            states,
            graph.reshape(position, Shape.of(position.shape().dim(0), Dim.ONE)));
    return graph.matrixProduct(
        pooled,
        layers.weight("text_projection", settings.transformer().width(), settings.embedding()));
  }

  /** No position sees a later one: (length, length), 0 on and below the diagonal, else −∞. */
  private static Value causalMask(GraphBuilder graph, int length) {
    var mask = new float[length * length];
    for (int query = 0; query < length; query++) {
      for (int key = query + 1; key < length; key++) {
        mask[query * length + key] = Float.NEGATIVE_INFINITY;
      }
    }
    return graph.floats(mask, Shape.known(length, length));
  }

  private static Value blocks(
      Layers layers, Transformer settings, Value tokens, @Nullable Value mask) {
    var x = tokens;
    for (int i = 0; i < settings.blocks(); i++) {
      x = block(layers.in("transformer.resblocks." + i), settings, x, mask);
    }
    return x;
  }

  private static Value block(
      Layers layers, Transformer settings, Value tokens, @Nullable Value mask) {
    var graph = layers.graph();
    int width = settings.width();
    var normal = layers.layerNorm(tokens, "ln_1", settings.epsilon());
    var x = graph.add(tokens, attention(layers.in("attn"), settings, normal, mask));
    normal = layers.layerNorm(x, "ln_2", settings.epsilon());
    var wide = layers.tokenLinear(normal, "mlp.c_fc", 4 * width, true);
    var active =
        settings.activation() == Activation.QUICK_GELU ? graph.quickGelu(wide) : graph.gelu(wide);
    return graph.add(x, layers.tokenLinear(active, "mlp.c_proj", width, true));
  }

  private static Value attention(
      Layers layers, Transformer settings, Value x, @Nullable Value mask) {
    var graph = layers.graph();
    int width = settings.width();
    var shape = x.shape();
    var rows = graph.reshape(x, Shape.of(shape.dim(0).times(shape.dim(1)), shape.dim(2)));
    var projected =
        graph.apply(
            new Contraction.Linear(),
            rows,
            layers.weight("in_proj_weight", 3L * width, width),
            layers.weight("in_proj_bias", 3L * width));
    var parts = graph.split(graph.reshape(projected, shape.with(2, Dim.of(3L * width))), 2, 3);
    var attended =
        Attention.overTokens(
            graph, parts.get(0), parts.get(1), parts.get(2), settings.heads(), mask);
    return layers.tokenLinear(attended, "out_proj", width, true);
  }
}
