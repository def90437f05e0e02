package org.infd.exporter.network;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.infd.exporter.graph.Dim;
import org.infd.exporter.graph.ElementType;
import org.infd.exporter.graph.GraphBuilder;
import org.infd.exporter.graph.Rearrangement;
import org.infd.exporter.graph.ReverseMode;
import org.infd.exporter.graph.Shape;
import org.infd.exporter.graph.Value;
import org.infd.inference.bundle.Manifest;

/** The render graphs of a model: frozen, live, moments, and the twins that look φ up themselves. */
final class RendererGraphs {
  private static final String STEM = "renderer";
  private static final Dim HEIGHT = Dim.free("h");
  private static final Dim WIDTH = Dim.free("w");

  private final ModelSettings settings;
  private final Weights weights;

  RendererGraphs(ModelSettings settings, Weights weights) {
    this.settings = settings;
    this.weights = weights;
  }

  /** All render graphs. */
  List<PlannedGraph> all() {
    var graphs = new ArrayList<PlannedGraph>();
    if (settings.renderer().fixed()) {
      graphs.add(fixed());
      return graphs;
    }
    graphs.add(frozen("render", false));
    graphs.add(live("render_live", false));
    int norms = norms().size();
    for (int k = 0; k < norms; k++) {
      graphs.add(moments(k));
    }
    graphs.add(frozen("render_gather", true));
    graphs.add(live("render_live_gather", true));
    graphs.add(liveVjp("render_live_vjp", false));
    graphs.add(liveVjp("render_live_gather_vjp", true));
    return graphs;
  }

  /** The norms in layer order. */
  List<Manifest.Norm> norms() {
    if (settings.renderer().fixed() || !settings.renderer().normalize()) {
      return List.of();
    }
    var norms = new FrozenNorms();
    var graph = new GraphBuilder("norms");
    ClifRenderer.colours(layers(graph), query(graph), settings.renderer(), norms, false);
    return norms.norms().stream()
        .map(norm -> new Manifest.Norm(norm.name(), Layers.channels(norm.input()), Layers.GROUPS))
        .toList();
  }

  private Layers layers(GraphBuilder graph) {
    return new Layers(graph, weights, "renderer.");
  }

  private PlannedGraph fixed() {
    var graph = new GraphBuilder("render_fixed");
    var map = settings.featureMap();
    var phi =
        graph.input(
            "phi",
            ElementType.FLOAT32,
            Shape.of(
                Dim.free("n"), Dim.of(map.channels()), Dim.of(map.height()), Dim.of(map.width())));
    graph.output("rgb", ClifRenderer.fixedTail(layers(graph), phi));
    return new PlannedGraph(graph.build(), STEM, "forward");
  }

  private PlannedGraph frozen(String name, boolean gather) {
    var graph = new GraphBuilder(name);
    var query = gather ? gatheredQuery(graph) : query(graph);
    graph.output(
        "rgb",
        ClifRenderer.colours(
            layers(graph), query, settings.renderer(), new FrozenNorms(), !gather));
    return new PlannedGraph(graph.build(), STEM, "forward");
  }

  private PlannedGraph live(String name, boolean gather) {
    var graph = new GraphBuilder(name);
    var query = gather ? gatheredQuery(graph) : query(graph);
    var norms = new LiveNorms();
    graph.output(
        "rgb", ClifRenderer.colours(layers(graph), query, settings.renderer(), norms, true));
    for (int k = 0; k < norms.statistics().size(); k++) {
      graph.output("mean_" + k, norms.statistics().get(k).mean());
      graph.output("variance_" + k, norms.statistics().get(k).variance());
    }
    return new PlannedGraph(graph.build(), STEM, "forward");
  }

  /**
   * The VJP of the live renderer, with the statistics of its norms differentiated too: the forward
   * inputs and {@code d_rgb} (1, 3, h, w) to {@code d_query} (1, features, h, w), the cotangent of
   * φ at each pixel, or with {@code gather} to {@code d_phi_window} (1, features, a, b).
   */
  private PlannedGraph liveVjp(String name, boolean gather) {
    var graph = new GraphBuilder(name);
    var renderer = settings.renderer();
    var query = gather ? gathered(graph) : split(graph);
    var rgb =
        ClifRenderer.colours(
            layers(graph), query.features(), query.places(), renderer, new LiveNorms());
    var cotangent = graph.input("d_rgb", ElementType.FLOAT32, rgb.shape());
    var input = gather ? graph.inputs().getFirst() : query.features();
    graph.output(
        gather ? "d_phi_window" : "d_query",
        ReverseMode.vjp(graph, rgb, cotangent, input, Map.of()));
    return new PlannedGraph(graph.build(), STEM, "vjp");
  }

  /** Sum and sum of squares at norm k over a window, in float64 from the first addition on. */
  private PlannedGraph moments(int k) {
    var graph = new GraphBuilder("render_moments_" + k);
    var query = query(graph);
    var interior = graph.input("interior", ElementType.INT64, Shape.known(4));
    var norms = new FrozenNorms();
    ClifRenderer.colours(layers(graph), query, settings.renderer(), norms, false);
    var x = norms.norms().get(k).input();
    var start = graph.slice(interior, 0, 0, 2);
    var end = graph.add(start, graph.slice(interior, 0, 2, 4));
    var rows = Dim.free("interior_height");
    var columns = Dim.free("interior_width");
    var inside =
        graph.apply(new Rearrangement.Slice(List.of(2, 3), List.of(rows, columns)), x, start, end);
    long perGroup = Layers.channels(x) / Layers.GROUPS;
    var groups =
        graph.reshape(
            graph.cast(inside, ElementType.FLOAT64),
            Shape.of(Dim.ONE, Dim.of(Layers.GROUPS), rows.times(perGroup), columns));
    graph.output("sum", flat(graph, graph.sum(groups, 2, 3)));
    graph.output("sum_squares", flat(graph, graph.sum(graph.multiply(groups, groups), 2, 3)));
    return new PlannedGraph(graph.build(), STEM, "moments");
  }

  private static Value flat(GraphBuilder graph, Value folded) {
    return graph.reshape(folded, Shape.known(Layers.GROUPS));
  }

  private Value query(GraphBuilder graph) {
    return graph.input(
        "query",
        ElementType.FLOAT32,
        Shape.of(Dim.ONE, Dim.of(settings.renderer().featureChannels() + 4L), HEIGHT, WIDTH));
  }

  /**
   * A query in two.
   *
   * @param features φ at the nearest cell
   * @param places relative coordinates and cells
   */
  private record Query(Value features, Value places) {}

  private Query split(GraphBuilder graph) {
    var query = query(graph);
    int features = settings.renderer().featureChannels();
    return new Query(
        graph.slice(query, 1, 0, features), graph.slice(query, 1, features, features + 4L));
  }

  private Value gatheredQuery(GraphBuilder graph) {
    var query = gathered(graph);
    return graph.concatenate(1, query.features(), query.places());
  }

  /**
   * The query from a window of φ by row and column indices (docs/spec/infd-model.md 9, item 12).
   */
  private Query gathered(GraphBuilder graph) {
    var window =
        graph.input(
            "phi_window",
            ElementType.FLOAT32,
            Shape.of(
                Dim.ONE,
                Dim.of(settings.renderer().featureChannels()),
                Dim.free("a"),
                Dim.free("b")));
    var row = graph.input("row", ElementType.INT32, Shape.of(HEIGHT));
    var column = graph.input("column", ElementType.INT32, Shape.of(WIDTH));
    var relativeRow = graph.input("relative_row", ElementType.FLOAT32, Shape.of(HEIGHT));
    var relativeColumn = graph.input("relative_column", ElementType.FLOAT32, Shape.of(WIDTH));
    var cell = graph.input("cell", ElementType.FLOAT32, Shape.known(2));
    var features = graph.gather(graph.gather(window, 2, row), 3, column);
    var down = graph.reshape(relativeRow, Shape.of(Dim.ONE, Dim.ONE, HEIGHT, Dim.ONE));
    var across = graph.reshape(relativeColumn, Shape.of(Dim.ONE, Dim.ONE, Dim.ONE, WIDTH));
    // adding zeros of the other axis spreads a vector over the rectangle
    var zero = graph.scalar(0);
    var noRow = graph.multiply(down, zero);
    var noColumn = graph.multiply(across, zero);
    var rows = graph.add(down, noColumn);
    var columns = graph.add(noRow, across);
    var cells = graph.add(graph.reshape(cell, Shape.known(1, 2, 1, 1)), graph.add(noRow, noColumn));
    return new Query(features, graph.concatenate(1, rows, columns, cells));
  }
}
