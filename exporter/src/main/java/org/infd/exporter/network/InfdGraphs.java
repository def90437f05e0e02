package org.infd.exporter.network;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.infd.exporter.graph.Dim;
import org.infd.exporter.graph.ElementType;
import org.infd.exporter.graph.Elementwise;
import org.infd.exporter.graph.GraphBuilder;
import org.infd.exporter.graph.NodeGraph;
import org.infd.exporter.graph.ReverseMode;
import org.infd.exporter.graph.Shape;
import org.infd.exporter.graph.Value;
import org.infd.inference.bundle.Manifest;
import org.infd.inference.bundle.Manifest.ConditioningKind;
import org.infd.inference.bundle.Manifest.LatentKind;
import org.jspecify.annotations.Nullable;

/**
 * The graphs of a model by their names in a bundle. Building reads no weights; what is missing is
 * noted in the {@link Weights}.
 */
public final class InfdGraphs {
  /**
   * The merges of the text tower's vocabulary: the bytes of a file (docs/spec/infd-model.md 10).
   */
  public static final String MERGES = "z_dm_cond_encoder.merges";

  private static final String CONDITION = "z_dm_cond_encoder.";
  private static final Dim BATCH = Dim.free("n");

  private final ModelSettings settings;
  private final Weights weights;

  /** The graphs of a model with these settings and weights. */
  public InfdGraphs(ModelSettings settings, Weights weights) {
    this.settings = settings;
    this.weights = weights;
  }

  /**
   * All graphs.
   *
   * @param unetPrefix which diffusion network to take, {@code z_dm_ema.} or {@code z_dm.}; unused
   *     without one
   */
  public List<PlannedGraph> all(String unetPrefix) {
    var graphs = new ArrayList<PlannedGraph>();
    var unet = settings.unet();
    if (unet != null) {
      graphs.add(new PlannedGraph(unet(unet, unetPrefix), "unet", "forward"));
    }
    graphs.add(new PlannedGraph(encode(), "encode", "forward"));
    graphs.add(new PlannedGraph(decode(true), "decode", "forward"));
    // guidance scores crops, which a fixed tail cannot render
    if (!settings.renderer().fixed()) {
      if (unet != null) {
        graphs.add(new PlannedGraph(unetVjp(unet, unetPrefix), "unet", "vjp"));
      }
      graphs.add(new PlannedGraph(decodeVjp(), "decode", "vjp"));
    }
    graphs.addAll(new RendererGraphs(settings, weights).all());
    if (settings.condition().kind() == ConditioningKind.CLASS) {
      graphs.add(new PlannedGraph(condition(), "condition", "forward"));
    }
    var text = settings.condition().text();
    if (text != null) {
      weights.require(MERGES);
      graphs.add(new PlannedGraph(clipText(text), "clip_text", "forward"));
    }
    return graphs;
  }

  /** The norms of the renderer in layer order; empty if it has none that can be frozen. */
  public List<Manifest.Norm> norms() {
    return new RendererGraphs(settings, weights).norms();
  }

  /**
   * {@code z} (n, c, h, w), {@code t} (n), and {@code context} (n, k, d) when conditioned, to
   * {@code prediction} (n, c, h, w).
   */
  public NodeGraph unet(UnetSettings unet, String prefix) {
    var graph = new GraphBuilder("unet");
    graph.output("prediction", prediction(graph, latent(graph), unet, prefix));
    return graph.build();
  }

  /**
   * The diffusion network in a graph of the caller's, with its inputs.
   *
   * @param prefix which network to take, {@code z_dm_ema.} or {@code z_dm.}
   * @return the prediction (n, c, h, w)
   * @throws IllegalStateException if the model has none
   */
  public Value unet(GraphBuilder graph, String prefix) {
    var unet = settings.unet();
    if (unet == null) {
      throw new IllegalStateException("the model has no diffusion network");
    }
    return prediction(graph, latent(graph), unet, prefix);
  }

  /**
   * {@link #unet} differentiated with respect to z: its inputs and {@code d_prediction} (n, c, h,
   * w) to {@code d_z} (n, c, h, w).
   */
  private NodeGraph unetVjp(UnetSettings unet, String prefix) {
    var graph = new GraphBuilder("unet_vjp");
    var z = latent(graph);
    var prediction = prediction(graph, z, unet, prefix);
    var cotangent = graph.input("d_prediction", ElementType.FLOAT32, prediction.shape());
    graph.output("d_z", ReverseMode.vjp(graph, prediction, cotangent, z, Map.of()));
    return graph.build();
  }

  private Value prediction(GraphBuilder graph, Value z, UnetSettings unet, String prefix) {
    var t = graph.input("t", ElementType.INT64, Shape.of(BATCH));
    @Nullable Value context = null;
    if (settings.condition().kind() != ConditioningKind.NONE) {
      var shape = Shape.of(BATCH, Dim.free("k"), Dim.of(settings.condition().width()));
      context = graph.input("context", ElementType.FLOAT32, shape);
    }
    return AdmUnet.predict(new Layers(graph, weights, prefix), unet, z, t, context);
  }

  /** {@code image} (n, 3, r, r) to {@code z}, or {@code mean} and {@code deviation}. */
  public NodeGraph encode() {
    var graph = new GraphBuilder("encode");
    int side = settings.encoderSide();
    var image =
        graph.input(
            "image", ElementType.FLOAT32, Shape.of(BATCH, Dim.of(3), Dim.of(side), Dim.of(side)));
    var z = Autoencoder.encoder(new Layers(graph, weights, "encoder."), image, settings.encoder());
    if (settings.latent().kind() == LatentKind.GAUSSIAN) {
      var parts = graph.split(z, 1, 2);
      var logVariance = graph.apply(new Elementwise.Clip(-30, 20), parts.get(1));
      graph.output("mean", parts.get(0));
      graph.output(
          "deviation",
          graph.map(
              Elementwise.UnaryKind.EXPONENTIAL, graph.multiply(logVariance, graph.scalar(0.5f))));
    } else {
      graph.output("z", z);
    }
    return graph.build();
  }

  /**
   * {@code z} (n, c, h, w) to {@code phi} (n, features, height, width).
   *
   * @param quantised whether the quantiser, where there is one, comes first; the trainer's own
   *     previews leave it out (docs/spec/infd-model.md 6)
   */
  public NodeGraph decode(boolean quantised) {
    var graph = new GraphBuilder("decode");
    var z = latent(graph);
    if (quantised && settings.latent().kind() == LatentKind.QUANTISED) {
      z = quantise(graph, z).rows();
    }
    graph.output(
        "phi", Autoencoder.decoder(new Layers(graph, weights, "decoder."), z, settings.decoder()));
    return graph.build();
  }

  /**
   * {@link #decode} differentiated with respect to z: {@code z} and {@code d_phi} to {@code d_z}.
   * The quantiser passes cotangents on as they are (docs/spec/infd-model.md 3).
   */
  private NodeGraph decodeVjp() {
    var graph = new GraphBuilder("decode_vjp");
    var z = latent(graph);
    var decoded = z;
    Map<Value, Value> straightThrough = Map.of();
    if (settings.latent().kind() == LatentKind.QUANTISED) {
      decoded = quantise(graph, z).rows();
      straightThrough = Map.of(decoded, z);
    }
    var phi =
        Autoencoder.decoder(new Layers(graph, weights, "decoder."), decoded, settings.decoder());
    var cotangent = graph.input("d_phi", ElementType.FLOAT32, phi.shape());
    graph.output("d_z", ReverseMode.vjp(graph, phi, cotangent, z, straightThrough));
    return graph.build();
  }

  /** {@code z} to the chosen codebook {@code rows} (n, c, h, w) and their {@code indices}. */
  public NodeGraph quantise() {
    var graph = new GraphBuilder("quantise");
    var quantised = quantise(graph, latent(graph));
    graph.output("rows", quantised.rows());
    graph.output("indices", quantised.indices());
    return graph.build();
  }

  private Quantiser.Quantised quantise(GraphBuilder graph, Value z) {
    return Quantiser.quantise(
        new Layers(graph, weights, "quantizer."), z, settings.latent().codebook());
  }

  /**
   * {@code label} (n) to {@code context} (n, 1, d): a row of the class table
   * (docs/spec/infd-model.md 5).
   */
  private NodeGraph condition() {
    var graph = new GraphBuilder("condition");
    var condition = settings.condition();
    var label = graph.input("label", ElementType.INT64, Shape.of(BATCH));
    var table =
        new Layers(graph, weights, CONDITION)
            .preciseWeight("embedding.weight", condition.classes() + 1L, condition.width());
    graph.output(
        "context",
        graph.reshape(
            graph.gather(table, 0, label), Shape.of(BATCH, Dim.ONE, Dim.of(condition.width()))));
    return graph.build();
  }

  private NodeGraph clipText(ClipSettings.Text text) {
    var whole =
        new ClipSettings.Text(
            text.transformer(),
            text.contextLength(),
            text.vocabulary(),
            ClipSettings.embedding(weights, CONDITION));
    return ClipTowers.textGraph("clip_text", weights, CONDITION, whole);
  }

  private Value latent(GraphBuilder graph) {
    var latent = settings.latent();
    return graph.input(
        "z",
        ElementType.FLOAT32,
        Shape.of(
            BATCH, Dim.of(latent.channels()), Dim.of(latent.height()), Dim.of(latent.width())));
  }
}
