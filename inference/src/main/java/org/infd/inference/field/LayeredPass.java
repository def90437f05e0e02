package org.infd.inference.field;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.infd.inference.bundle.Manifest;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.Device;
import org.infd.inference.runtime.Graph;
import org.infd.inference.runtime.GraphFile;
import org.infd.inference.runtime.GraphPart;
import org.infd.inference.tensor.AnyTensor;
import org.infd.inference.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A whole image at once, layer by layer: every layer up to the next norm is computed for all bands
 * of the image, then the norm's statistics over the whole image are known, and the next layer
 * begins. So the exact statistics and the picture that they make cost one render together. Held are
 * the values of the layers that are still needed (two, in the published renderer), N² · channels ·
 * 4 bytes each, and the working memory of one band; it is freed when the pass ends.
 *
 * <p>The layers are parts of the graph {@code render}, cut at its norms. Sums are taken in double
 * precision in an order that depends on N alone. Immutable; passes may run side by side.
 */
final class LayeredPass {
  /** So many pixels make a band: a run's overhead and the halo's share are small there. */
  private static final int BAND_PIXELS = 1 << 15;

  /**
   * What a pass gives.
   *
   * @param statistics the statistics of each norm over the whole image
   * @param picture the whole image as it is with them, RGB (1, 3, N, N)
   * @param held how many bytes of values and queries it held at most
   */
  record Result(NormStatistics statistics, Tensor picture, long held) {}

  /**
   * A layer.
   *
   * @param inputs what it needs: the query, or values that norms before it take
   * @param output the value that the next norm takes, or the colours
   */
  private record Layer(Set<String> inputs, String output) {}

  /** Pixels {@code first − above} to {@code first + rows + below} of all columns. */
  private record Band(int first, int rows, int above, int below) {
    int height() {
      return above + rows + below;
    }
  }

  private final ModelBundle bundle;
  private final List<Manifest.Norm> norms;
  private final List<Layer> layers;
  private final RendererLayers cuts;
  private final int bandPixels;

  private LayeredPass(ModelBundle bundle, List<Layer> layers, RendererLayers cuts, int bandPixels) {
    this.bundle = bundle;
    this.norms = bundle.manifest().renderer().norms();
    this.layers = layers;
    this.cuts = cuts;
    this.bandPixels = bandPixels;
  }

  /**
   * The pass of a model with norms.
   *
   * @return empty where the renderer is built in another way than is known here
   */
  static Optional<LayeredPass> of(ModelBundle bundle) {
    var file = bundle.structure(RendererLayers.GRAPH);
    return RendererLayers.of(bundle)
        .flatMap(
            cuts -> {
              var layers = layers(file, cuts.values());
              return layers.isEmpty()
                  ? Optional.empty()
                  : Optional.of(new LayeredPass(bundle, layers, cuts, BAND_PIXELS));
            });
  }

  /** The same with bands of about so many pixels. */
  LayeredPass inBandsOf(int pixels) {
    return new LayeredPass(bundle, layers, cuts, pixels);
  }

  /** Empty if the values do not follow from each other one by one. */
  private static List<Layer> layers(GraphFile file, List<String> cuts) {
    var layers = new ArrayList<Layer>();
    var known = new HashSet<String>();
    for (int k = 0; k <= cuts.size(); k++) {
      var output = k < cuts.size() ? cuts.get(k) : RendererLayers.COLOURS;
      var inputs = new HashSet<String>();
      var needed = new HashSet<>(Set.of(output));
      for (var node : file.nodes().reversed()) {
        if (node.outputs().stream().anyMatch(o -> needed.contains(o) && !known.contains(o))) {
          needed.addAll(node.inputs());
        }
      }
      needed.remove(output);
      needed.stream()
          .filter(v -> known.contains(v) || v.equals(RendererLayers.QUERY))
          .forEach(inputs::add);
      if (inputs.contains(RendererLayers.QUERY) != (k == 0)) {
        return List.of();
      }
      layers.add(new Layer(inputs, output));
      known.add(output);
    }
    return layers;
  }

  /**
   * Renders a whole image.
   *
   * @param inputs of the feature map
   * @param imageSide N
   * @param given the statistics to normalise with, or null for those of this image
   */
  Result run(
      RenderInputs inputs,
      int imageSide,
      @Nullable NormStatistics given,
      Cancellation cancellation) {
    try (var memory = new Memory()) {
      return new Run(inputs, imageSide, given, cancellation, memory).result();
    }
  }

  /** Native memory of equal pieces, all freed at the end. */
  private static final class Memory implements AutoCloseable {
    private final Arena arena = Arena.ofShared();
    private final Map<List<Long>, Deque<Tensor>> spare = new HashMap<>();
    private long taken;

    Tensor take(long... shape) {
      var known = spare.get(key(shape));
      if (known != null && !known.isEmpty()) {
        return known.removeFirst();
      }
      long elements = 1;
      for (long extent : shape) {
        elements = Math.multiplyExact(elements, extent);
      }
      taken += elements * Float.BYTES;
      var bytes = arena.allocate(ValueLayout.JAVA_FLOAT, elements).asByteBuffer();
      return Tensor.wrap(bytes.order(ByteOrder.nativeOrder()).asFloatBuffer(), shape);
    }

    void giveBack(Tensor tensor) {
      spare.computeIfAbsent(key(tensor.shape()), _ -> new ArrayDeque<>()).addFirst(tensor);
    }

    private static List<Long> key(long[] shape) {
      return Arrays.stream(shape).boxed().toList();
    }

    @Override
    public void close() {
      arena.close();
    }
  }

  /** One pass. */
  private final class Run {
    private final RenderInputs inputs;
    private final int imageSide;
    private final @Nullable NormStatistics given;
    private final Cancellation cancellation;
    private final Memory memory;
    private final List<Band> bands;
    private final Tensor picture;
    private final List<List<NormStatistics.Group>> found = new ArrayList<>();

    /** The bands of each value that is still needed, each with its halo. */
    private final Map<String, List<Tensor>> values = new HashMap<>();

    Run(
        RenderInputs inputs,
        int imageSide,
        @Nullable NormStatistics given,
        Cancellation cancellation,
        Memory memory) {
      this.inputs = inputs;
      this.imageSide = imageSide;
      this.given = given;
      this.cancellation = cancellation;
      this.memory = memory;
      this.bands = bands(imageSide);
      this.picture = Tensor.zeros(1, 3, imageSide, imageSide);
    }

    Result result() {
      for (int k = 0; k < layers.size(); k++) {
        var layer = layers.get(k);
        values.put(layer.output, new ArrayList<>());
        try (var graph = load(k)) {
          for (int b = 0; b < bands.size(); b++) {
            cancellation.throwIfCancelled();
            compute(graph, k, b);
          }
        }
        if (k < norms.size()) {
          var made = bandsOf(layer.output);
          exchangeHalos(made);
          found.add(given == null ? statistics(norms.get(k), made) : given.norm(k));
        }
      }
      return new Result(NormStatistics.of(found), picture, memory.taken);
    }

    private Graph load(int k) {
      var layer = layers.get(k);
      var all = NormStatistics.of(found).initializers(norms);
      var own = new HashMap<String, Tensor>();
      if (k > 0) {
        for (var name : List.of("_mean", "_variance")) {
          var initializer = "norm_" + (k - 1) + name;
          var value = all.get(initializer);
          if (value != null) {
            own.put(initializer, value);
          }
        }
      }
      return bundle.loadPart(
          RendererLayers.GRAPH,
          Device.cpu(),
          own,
          new GraphPart(layer.inputs, cuts.shape(), layer.output));
    }

    private void compute(Graph graph, int k, int b) {
      var layer = layers.get(k);
      var band = bands.get(b);
      var from = new HashMap<String, AnyTensor>();
      for (var input : layer.inputs) {
        from.put(input, input.equals(RendererLayers.QUERY) ? query(band) : bandsOf(input).get(b));
      }
      boolean last = layer.output.equals(RendererLayers.COLOURS);
      int channels = last ? 3 : norms.get(k).channels();
      var to = memory.take(1, channels, band.height(), imageSide);
      graph.runInto(from, Map.of(layer.output, to), cancellation);
      from.forEach(
          (name, tensor) -> {
            if (!neededBehind(name, k)) {
              memory.giveBack((Tensor) tensor);
            }
          });
      if (last) {
        show(to, band);
        memory.giveBack(to);
      } else {
        bandsOf(layer.output).add(to);
      }
    }

    private List<Tensor> bandsOf(String value) {
      return Objects.requireNonNull(values.get(value), value);
    }

    private boolean neededBehind(String value, int k) {
      return layers.subList(k + 1, layers.size()).stream().anyMatch(l -> l.inputs.contains(value));
    }

    private Tensor query(Band band) {
      int first = band.first - band.above;
      var rows = PixelAxis.of(imageSide, first, band.height(), inputs.cellRows());
      var columns = PixelAxis.of(imageSide, 0, imageSide, inputs.cellColumns());
      var query = memory.take(inputs.queryShape(band.height(), imageSide));
      inputs.fill(query, rows, columns);
      return query;
    }

    private void show(Tensor colours, Band band) {
      for (int channel = 0; channel < 3; channel++) {
        picture
            .data()
            .put(
                (channel * imageSide + band.first) * imageSide,
                colours.data(),
                (channel * band.height() + band.above) * imageSide,
                band.rows * imageSide);
      }
    }

    /** What a band computed of its neighbours' rows lacks their surroundings. */
    private void exchangeHalos(List<Tensor> made) {
      for (int b = 1; b < bands.size(); b++) {
        var upper = bands.get(b - 1);
        var lower = bands.get(b);
        var above = made.get(b - 1);
        var below = made.get(b);
        for (int channel = 0; channel < above.extent(1); channel++) {
          int inUpper = channel * upper.height() + upper.above + upper.rows;
          int inLower = channel * lower.height() + lower.above;
          copy(above, inUpper - lower.above, below, inLower - lower.above, lower.above);
          copy(below, inLower, above, inUpper, upper.below);
        }
      }
    }

    private void copy(Tensor from, int row, Tensor to, int toRow, int rows) {
      to.data().put(toRow * imageSide, from.data(), row * imageSide, rows * imageSide);
    }

    private List<NormStatistics.Group> statistics(Manifest.Norm norm, List<Tensor> made) {
      int perGroup = norm.channels() / norm.groups();
      var sums = new double[norm.groups()];
      var squares = new double[norm.groups()];
      for (int b = 0; b < made.size(); b++) {
        cancellation.throwIfCancelled();
        var band = bands.get(b);
        var values = new float[band.rows * imageSide];
        FloatBuffer data = made.get(b).data();
        for (int channel = 0; channel < norm.channels(); channel++) {
          data.get((channel * band.height() + band.above) * imageSide, values);
          add(values, sums, squares, channel / perGroup);
        }
      }
      double count = (double) perGroup * imageSide * imageSide;
      var groups = new ArrayList<NormStatistics.Group>();
      for (int g = 0; g < sums.length; g++) {
        groups.add(NormStatistics.Group.ofSums(sums[g], squares[g], count));
      }
      return groups;
    }
  }

  /** Adds the sum of the values and of their squares; four sums at a time keep a processor busy. */
  private static void add(float[] values, double[] sums, double[] squares, int group) {
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    double aa = 0;
    double bb = 0;
    double cc = 0;
    double dd = 0;
    int i = 0;
    for (; i + 4 <= values.length; i += 4) {
      double p = values[i];
      double q = values[i + 1];
      double r = values[i + 2];
      double s = values[i + 3];
      a += p;
      b += q;
      c += r;
      d += s;
      aa += p * p;
      bb += q * q;
      cc += r * r;
      dd += s * s;
    }
    for (; i < values.length; i++) {
      a += values[i];
      aa += (double) values[i] * values[i];
    }
    sums[group] += a + b + c + d;
    squares[group] += aa + bb + cc + dd;
  }

  private List<Band> bands(int imageSide) {
    int halo = cuts.reach();
    int rows = Math.max(Math.max(1, halo), bandPixels / imageSide);
    var bands = new ArrayList<Band>();
    for (int first = 0; first < imageSide; ) {
      int rest = imageSide - first;
      // no band is lower than the halo that its neighbours take from it
      int own = rest < 2 * rows ? rest : rows;
      bands.add(new Band(first, own, Math.min(halo, first), Math.min(halo, rest - own)));
      first += own;
    }
    return bands;
  }
}
