package org.infd.acceptance.golden;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import org.infd.exporter.BundleExporter;
import org.infd.exporter.ImportOptions;
import org.infd.exporter.ProgressListener;
import org.infd.exporter.graph.Dim;
import org.infd.exporter.graph.ElementType;
import org.infd.exporter.graph.GraphBuilder;
import org.infd.exporter.graph.ReverseMode;
import org.infd.exporter.graph.Shape;
import org.infd.exporter.network.Autoencoder;
import org.infd.exporter.network.InfdGraphs;
import org.infd.exporter.network.Layers;
import org.infd.exporter.network.ModelSettings;
import org.infd.exporter.network.Weights;
import org.infd.exporter.torch.Checkpoint;
import org.infd.inference.bundle.Manifest;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.field.Rectangle;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.Device;
import org.infd.inference.runtime.Graph;
import org.infd.inference.tensor.AnyTensor;
import org.infd.inference.tensor.LongTensor;
import org.infd.inference.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A checkpoint, imported as a bundle; runs its graphs as directly as possible, and graphs of the
 * same network classes that the bundle does not hold.
 */
public final class GoldenModel implements AutoCloseable {
  private final Checkpoint checkpoint;
  private final ModelBundle bundle;
  private final ModelSettings settings;
  private final Weights weights;
  private final NetworkTap tap;
  private final Map<String, Graph> graphs = new HashMap<>();

  private GoldenModel(Checkpoint checkpoint, ModelBundle bundle, Path folder) {
    this.checkpoint = checkpoint;
    this.bundle = bundle;
    this.settings = ModelSettings.of(checkpoint.modelArgs());
    this.weights = NetworkTap.weights(checkpoint);
    this.tap = new NetworkTap(folder);
  }

  /** Imports the checkpoint into a bundle in {@code folder}. */
  public static GoldenModel open(Path file, Path folder) {
    var bundle = folder.resolve("bundle");
    BundleExporter.export(
        file, bundle, ImportOptions.defaults(), ProgressListener.none(), Cancellation.never());
    return new GoldenModel(Checkpoint.open(file), ModelBundle.open(bundle), folder);
  }

  /** A checkpoint of the test resources, for example {@code infd-tiny/last-model.pth}. */
  public static Path own(String name) {
    return GoldenSets.own().resolve(name);
  }

  /** The bundle. */
  public ModelBundle bundle() {
    return bundle;
  }

  /** What the bundle says of itself. */
  public Manifest manifest() {
    return bundle.manifest();
  }

  /** A tensor of the checkpoint in the shape of a recorded one. */
  Tensor tensor(String name, long... shape) {
    var stored = checkpoint.stateDict().get(name);
    if (stored == null) {
      throw new IllegalArgumentException("the checkpoint has no " + name);
    }
    return Tensor.of(stored.toFloats(), shape);
  }

  ModelSettings settings() {
    return settings;
  }

  Weights weights() {
    return weights;
  }

  InfdGraphs infdGraphs() {
    return new InfdGraphs(settings, weights);
  }

  NetworkTap tap() {
    return tap;
  }

  /** The result of a graph with one output. */
  Tensor run(String graph, Map<String, ? extends AnyTensor> inputs) {
    return graph(graph).run(inputs, Cancellation.never());
  }

  private Graph graph(String name) {
    return graphs.computeIfAbsent(name, n -> bundle.load(n, Device.cpu()));
  }

  Tensor predict(Tensor z, LongTensor t, @Nullable Tensor context) {
    var inputs = new HashMap<String, AnyTensor>(Map.of("z", z, "t", t));
    if (context != null) {
      inputs.put("context", context);
    }
    return run("unet", inputs);
  }

  /** φ (n, features, height, width). */
  Tensor decode(Tensor z, boolean quantised) {
    if (quantised || manifest().latent().kind() != Manifest.LatentKind.QUANTISED) {
      return run("decode", Map.of("z", z));
    }
    return (Tensor) get(tap.run(infdGraphs().decode(false), Map.of("z", z)), "phi");
  }

  /** The cotangent of z from that of φ; the quantiser, where it is used, passes it on as it is. */
  Tensor decodeVjp(Tensor z, Tensor ofPhi, boolean quantised) {
    if (quantised || manifest().latent().kind() != Manifest.LatentKind.QUANTISED) {
      return run("decode_vjp", Map.of("z", z, "d_phi", ofPhi));
    }
    var graph = new GraphBuilder("decode_vjp");
    var input = graph.input("z", ElementType.FLOAT32, shape(z));
    var phi =
        Autoencoder.decoder(new Layers(graph, weights, "decoder."), input, settings.decoder());
    var cotangent = graph.input("d_phi", ElementType.FLOAT32, phi.shape());
    graph.output("d_z", ReverseMode.vjp(graph, phi, cotangent, input, Map.of()));
    return (Tensor) get(tap.run(graph.build(), Map.of("z", z, "d_phi", ofPhi)), "d_z");
  }

  private static Shape shape(Tensor z) {
    return Shape.of(Dim.free("n"), Dim.of(z.extent(1)), Dim.of(z.extent(2)), Dim.of(z.extent(3)));
  }

  /** All outputs of {@code render_live} for item {@code item} of φ. */
  Map<String, AnyTensor> renderLive(Tensor phi, int item, Axis rows, Axis columns) {
    var live = graph("render_live");
    var query = query(phi.slice(item, item + 1), rows, columns);
    return live.run(Map.of("query", query), Set.copyOf(live.outputNames()), Cancellation.never());
  }

  /** The colours of all items of φ in a rectangle of an image of side {@code n}, at once. */
  Tensor colours(Tensor phi, int n, Rectangle rectangle) {
    return colours(
        phi,
        Axis.of(n, rectangle.row(), rectangle.height()),
        Axis.of(n, rectangle.column(), rectangle.width()));
  }

  Tensor colours(Tensor phi, Axis rows, Axis columns) {
    var items =
        LongStream.range(0, phi.extent(0))
            .mapToObj(i -> (Tensor) get(renderLive(phi, (int) i, rows, columns), "rgb"))
            .toList();
    return stack(items);
  }

  static AnyTensor get(Map<String, AnyTensor> outputs, String name) {
    var output = outputs.get(name);
    if (output == null) {
      throw new IllegalStateException("no output " + name);
    }
    return output;
  }

  /** Items of equal shape (1, …) one after another. */
  static Tensor stack(List<Tensor> items) {
    var shape = items.getFirst().shape();
    int each = items.getFirst().elements();
    shape[0] = items.size();
    var all = Tensor.zeros(shape);
    for (int i = 0; i < items.size(); i++) {
      all.data().put(i * each, items.get(i).data(), 0, each);
    }
    return all;
  }

  /**
   * Pixel centres along one axis in [−1, 1] and the extent of a pixel, in float32
   * (docs/spec/infd-model.md 4.1).
   */
  record Axis(List<Float> centres, float cell) {
    /** Pixels {@code from} to {@code from + count} of an axis with {@code size} pixels. */
    static Axis of(int size, int from, int count) {
      var centres = new ArrayList<Float>();
      for (int i = from; i < from + count; i++) {
        centres.add(-1f + 2f * ((0.5f + i) / size));
      }
      return new Axis(centres, 2f / size);
    }

    /** The nearest of {@code size} cells of each pixel. */
    LongTensor cells(int size) {
      var cells = centres.stream().mapToLong(centre -> nearest(centre, size)).toArray();
      return LongTensor.of(cells, cells.length);
    }

    /** The place of each pixel relative to the nearest of {@code size} cells. */
    Tensor relatives(int size) {
      var values = Tensor.zeros(centres.size());
      for (int i = 0; i < centres.size(); i++) {
        values.set(i, relative(centres.get(i), nearest(centres.get(i), size), size));
      }
      return values;
    }
  }

  /** The renderer's input, written down straight from docs/spec/infd-model.md 4 and 4.1. */
  static Tensor query(Tensor phi, Axis rows, Axis columns) {
    int features = phi.extent(1);
    int height = phi.extent(2);
    int width = phi.extent(3);
    int h = rows.centres().size();
    int w = columns.centres().size();
    var query = Tensor.zeros(1, features + 4L, h, w);
    for (int y = 0; y < h; y++) {
      int sourceRow = nearest(rows.centres().get(y), height);
      for (int x = 0; x < w; x++) {
        int sourceColumn = nearest(columns.centres().get(x), width);
        int at = y * w + x;
        for (int c = 0; c < features; c++) {
          query.set(c * h * w + at, phi.get((c * height + sourceRow) * width + sourceColumn));
        }
        query.set(features * h * w + at, relative(rows.centres().get(y), sourceRow, height));
        query.set(
            (features + 1) * h * w + at, relative(columns.centres().get(x), sourceColumn, width));
        query.set((features + 2) * h * w + at, rows.cell() * height);
        query.set((features + 3) * h * w + at, columns.cell() * width);
      }
    }
    return query;
  }

  static int nearest(float centre, int size) {
    return (int) Math.rint(((centre + 1) * size - 1) / 2);
  }

  private static float relative(float centre, int cell, int size) {
    return (centre - (-1f + 2f * ((0.5f + cell) / size))) * size;
  }

  @Override
  public void close() {
    graphs.values().forEach(Graph::close);
    checkpoint.close();
  }
}
