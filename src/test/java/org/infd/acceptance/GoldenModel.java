package org.infd.acceptance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.infd.exporter.BundleExporter;
import org.infd.exporter.ImportOptions;
import org.infd.exporter.ProgressListener;
import org.infd.inference.bundle.Manifest;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.field.Rectangle;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.Device;
import org.infd.inference.runtime.Graph;
import org.infd.inference.tensor.AnyTensor;
import org.infd.inference.tensor.LongTensor;
import org.infd.inference.tensor.Npz;
import org.infd.inference.tensor.Tensor;

/**
 * A checkpoint with arrays that the original code made of it, imported as a bundle; runs its graphs
 * as directly as possible.
 */
public final class GoldenModel implements AutoCloseable {
  private final ModelBundle bundle;
  private final Npz arrays;
  private final Map<String, Graph> graphs = new HashMap<>();

  private GoldenModel(ModelBundle bundle, Npz arrays) {
    this.bundle = bundle;
    this.arrays = arrays;
  }

  /**
   * A checkpoint and its arrays.
   *
   * @param name for messages
   */
  public record Source(String name, Path checkpoint, Path arrays) {
    @Override
    public String toString() {
      return name;
    }
  }

  /**
   * All models: those of the test resources and those below the folder named by the system property
   * {@code infd.golden}. A checkpoint {@code x.pth} belongs to {@code x.npz}, and {@code
   * last-model.pth} to {@code golden.npz}.
   */
  public static List<Source> discover() {
    var found = new ArrayList<Source>();
    for (var root : roots()) {
      for (var folder : list(root)) {
        if (!Files.isDirectory(folder)) {
          continue;
        }
        for (var file : list(folder)) {
          var name = String.valueOf(file.getFileName());
          if (name.endsWith(".pth")) {
            var stem = name.substring(0, name.length() - 4);
            var npz = folder.resolve((stem.equals("last-model") ? "golden" : stem) + ".npz");
            if (Files.exists(npz)) {
              found.add(new Source(folder.getFileName() + "/" + stem, file, npz));
            }
          }
        }
      }
    }
    return found;
  }

  /** The folders whose folders hold golden arrays. */
  static List<Path> roots() {
    var roots = new ArrayList<Path>();
    var resource = GoldenModel.class.getResource("/golden/infd-tiny/golden.npz");
    if (resource == null) {
      throw new IllegalStateException("the golden arrays are not among the test resources");
    }
    roots.add(Path.of(java.net.URI.create(resource.toString())).getParent().getParent());
    var more = System.getProperty("infd.golden");
    if (more != null) {
      roots.add(Path.of(more));
    }
    return roots;
  }

  private static List<Path> list(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Imports the checkpoint into {@code folder}. */
  static GoldenModel open(Source files, Path folder) {
    BundleExporter.export(
        files.checkpoint(),
        folder,
        ImportOptions.defaults(),
        ProgressListener.none(),
        Cancellation.never());
    return new GoldenModel(ModelBundle.open(folder), Npz.read(files.arrays()));
  }

  ModelBundle bundle() {
    return bundle;
  }

  Manifest manifest() {
    return bundle.manifest();
  }

  Npz arrays() {
    return arrays;
  }

  /** The result of a graph with one input. */
  Tensor run(String graph, Map<String, ? extends AnyTensor> inputs) {
    return graph(graph).run(inputs, Cancellation.never());
  }

  private Graph graph(String name) {
    return graphs.computeIfAbsent(name, n -> bundle.load(n, Device.cpu()));
  }

  Tensor predict(Tensor z, LongTensor t) {
    return run("unet", Map.of("z", z, "t", t));
  }

  Tensor encode(Tensor image) {
    return run("encode", Map.of("image", image));
  }

  Tensor decode(Tensor z) {
    return run("decode", Map.of("z", z));
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
  }
}
