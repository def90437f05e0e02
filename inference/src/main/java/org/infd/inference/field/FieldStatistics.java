package org.infd.inference.field;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.infd.inference.bundle.Manifest;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.Device;
import org.infd.inference.runtime.Graph;
import org.infd.inference.runtime.OutOfDeviceMemory;
import org.infd.inference.tensor.AnyTensor;
import org.infd.inference.tensor.DoubleTensor;
import org.infd.inference.tensor.LongTensor;
import org.infd.inference.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The norm statistics of a field at a scale: a function of the bundle, the feature map, N and the
 * mode, and of nothing else, so that every tile, view and export at N uses the same numbers.
 *
 * <p>{@link StatisticsMode#INTERPOLATED}: up to N = 512 those of the whole image at N itself. Far
 * above, knots at N = φ side · 2^k, from 1024 on, each one live pass of 256 × 256 pixels over the
 * whole field with the cell size of the knot; between knots the mean is linear and the log-variance
 * linear in log2 N. Below the first knot such a pass at N itself, which costs a first tile no more
 * than a knot does. As a 256-pixel pass is a little biased (neighbouring samples lie further apart
 * than pixels), the two meet in the half octave above 512, interpolated between the whole image at
 * 512 and the pass at its end. So statistics are continuous in N, those of the image up to 512 and
 * those of the knots from 1024 on.
 *
 * <p>{@link StatisticsMode#EXACT}: the same up to N = 512, above it one streaming pass per norm
 * over all tiles, which needs no more memory than a tile (docs/spec/infd-model.md 8).
 *
 * <p>A whole image is normalised live in one run of a graph where it is small or the device is a
 * GPU, and {@link LayeredPass layer by layer} else, which gives its picture along.
 *
 * <p>Passes are remembered. Thread-safe; one pass runs at a time.
 */
final class FieldStatistics {
  /** Up to this N a pass over the whole image is affordable, and exact. */
  static final int LARGEST_WHOLE_SIDE = 512;

  /** Up to this N one run of a graph over the whole image needs no more memory than others do. */
  static final int LARGEST_RUN_SIDE = 320;

  /** The first knot lies no lower. */
  static final int LOWEST_KNOT = 1024;

  /** The side of the pass behind a knot: 45 dB against exact at a 64th of a 2048² render. */
  static final int PASS_SIDE = 256;

  /** How many octaves above 512 no trace of its exact statistics is left. */
  private static final double MEETING = 0.5;

  private static final int REMEMBERED_PICTURES = 4;

  private static final int REMEMBERED_SCALES = 256;

  private final ModelBundle bundle;
  private Device device;
  private final RenderInputs inputs;
  private final RenderInputs shown;
  private final StatisticsMode mode;
  private final int tileSide;
  private final List<Manifest.Norm> layout;
  private final ReentrantLock working = new ReentrantLock();
  private final Map<Double, NormStatistics> passes = new HashMap<>();
  private final Map<Integer, NormStatistics> scales = new Recent<>(REMEMBERED_SCALES);
  private final Map<Integer, Tensor> pictures = new Recent<>(REMEMBERED_PICTURES);
  private Optional<LayeredPass> layered = Optional.empty();
  private boolean layersSought;

  /** The entries that were used last. */
  private static final class Recent<V> extends LinkedHashMap<Integer, V> {
    private static final long serialVersionUID = 1;
    private final int most;

    Recent(int most) {
      super(16, 0.75f, true);
      this.most = most;
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<Integer, V> eldest) {
      return size() > most;
    }
  }

  /**
   * The statistics of a field.
   *
   * @param inputs of the feature map that they are taken from
   * @param shown of the feature map that is rendered with them; often the same
   * @param tileSide the side of the tiles of streaming passes
   */
  FieldStatistics(
      ModelBundle bundle,
      Device device,
      RenderInputs inputs,
      RenderInputs shown,
      StatisticsMode mode,
      int tileSide) {
    this.bundle = bundle;
    this.device = device;
    this.inputs = inputs;
    this.shown = shown;
    this.mode = mode;
    this.tileSide = tileSide;
    this.layout = bundle.manifest().renderer().norms();
  }

  /** The statistics at image side N. A thread that waits for another's pass heeds its own stop. */
  NormStatistics at(int imageSide, Cancellation cancellation) {
    lock(cancellation);
    try {
      var known = scales.get(imageSide);
      if (known == null) {
        known = computeWhereItFits(imageSide, cancellation);
        scales.put(imageSide, known);
      }
      return known;
    } finally {
      working.unlock();
    }
  }

  /**
   * Whether pictures of this side are made whole, by {@link #picture}: one pass over the image
   * finds its statistics and gives its colours.
   */
  boolean givesPictures(int imageSide) {
    return !layout.isEmpty()
        && imageSide > LARGEST_RUN_SIDE
        && imageSide <= LARGEST_WHOLE_SIDE
        && layered().isPresent();
  }

  /**
   * The whole image at a side of which pictures are given, with {@link #at its statistics}; made if
   * it is not one of the last few. On the CPU, whatever the statistics come from.
   *
   * @return RGB (1, 3, N, N), to be read
   */
  Tensor picture(int imageSide, Cancellation cancellation) {
    lock(cancellation);
    try {
      var statistics = at(imageSide, cancellation);
      var known = pictures.get(imageSide);
      if (known == null) {
        known = layered().orElseThrow().run(shown, imageSide, statistics, cancellation).picture();
        pictures.put(imageSide, known);
      }
      return known;
    } finally {
      working.unlock();
    }
  }

  private synchronized Optional<LayeredPass> layered() {
    if (!layersSought) {
      layered = LayeredPass.of(bundle);
      layersSought = true;
    }
    return layered;
  }

  private void lock(Cancellation cancellation) {
    try {
      do {
        cancellation.throwIfCancelled();
      } while (!working.tryLock(20, TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted");
    }
  }

  /** These passes are few: where a GPU's memory does not suffice, the CPU makes them. */
  private NormStatistics computeWhereItFits(int imageSide, Cancellation cancellation) {
    try {
      return compute(imageSide, cancellation);
    } catch (OutOfDeviceMemory e) {
      device = Device.cpu();
      return compute(imageSide, cancellation);
    }
  }

  private NormStatistics compute(int imageSide, Cancellation cancellation) {
    if (imageSide <= LARGEST_WHOLE_SIDE) {
      return whole(imageSide, cancellation);
    }
    if (mode == StatisticsMode.EXACT) {
      return streamed(imageSide, cancellation);
    }
    double octaves = log2(imageSide / (double) LARGEST_WHOLE_SIDE);
    if (octaves < MEETING) {
      return at(LARGEST_WHOLE_SIDE, cancellation)
          .towards(
              pass(LARGEST_WHOLE_SIDE * Math.pow(2, MEETING), cancellation), octaves / MEETING);
    }
    double place = log2(imageSide / firstKnot());
    if (place < 0) {
      return sampled(imageSide, cancellation);
    }
    double below = Math.floor(place);
    var lower = pass(firstKnot() * Math.pow(2, below), cancellation);
    return place == below
        ? lower
        : lower.towards(pass(firstKnot() * Math.pow(2, below + 1), cancellation), place - below);
  }

  private NormStatistics whole(int imageSide, Cancellation cancellation) {
    if (device.isGpu() || !givesPictures(imageSide)) {
      return live(
          PixelAxis.of(imageSide, 0, imageSide, inputs.cellRows()),
          PixelAxis.of(imageSide, 0, imageSide, inputs.cellColumns()),
          cancellation);
    }
    var pass = layered().orElseThrow().run(inputs, imageSide, null, cancellation);
    if (shown == inputs) {
      pictures.put(imageSide, pass.picture());
    }
    return pass.statistics();
  }

  /** A pass that many scales share. */
  private NormStatistics pass(double side, Cancellation cancellation) {
    var known = passes.get(side);
    if (known == null) {
      known = sampled(side, cancellation);
      passes.put(side, known);
    }
    return known;
  }

  /**
   * A live pass of few pixels over the whole field, which pretend to be those of a larger image.
   */
  private NormStatistics sampled(double side, Cancellation cancellation) {
    return live(
        PixelAxis.sampled(PASS_SIDE, side, inputs.cellRows()),
        PixelAxis.sampled(PASS_SIDE, side, inputs.cellColumns()),
        cancellation);
  }

  private double firstKnot() {
    double side = Math.max(inputs.cellRows(), inputs.cellColumns());
    return side * Math.pow(2, Math.ceil(log2(LOWEST_KNOT / side)));
  }

  /** Exact for powers of two, which have to meet their knots. */
  private static double log2(double value) {
    int exponent = Math.getExponent(value);
    return exponent + Math.log(value / Math.scalb(1.0, exponent)) / Math.log(2);
  }

  private NormStatistics live(PixelAxis rows, PixelAxis columns, Cancellation cancellation) {
    var wanted = new LinkedHashSet<String>();
    for (int k = 0; k < layout.size(); k++) {
      wanted.add("mean_" + k);
      wanted.add("variance_" + k);
    }
    try (var graph = bundle.load("render_live", device)) {
      var found = graph.run(Map.of("query", inputs.query(rows, columns)), wanted, cancellation);
      var norms = new ArrayList<List<NormStatistics.Group>>();
      for (int k = 0; k < layout.size(); k++) {
        norms.add(
            groups((Tensor) value(found, "mean_" + k), (Tensor) value(found, "variance_" + k)));
      }
      return NormStatistics.of(norms);
    }
  }

  private static List<NormStatistics.Group> groups(Tensor mean, Tensor variance) {
    var groups = new ArrayList<NormStatistics.Group>();
    for (int g = 0; g < mean.elements(); g++) {
      groups.add(new NormStatistics.Group(mean.get(g), variance.get(g)));
    }
    return groups;
  }

  /** Norm by norm over all tiles, each with the norms before it frozen at what was found. */
  private NormStatistics streamed(int imageSide, Cancellation cancellation) {
    var found = new ArrayList<List<NormStatistics.Group>>();
    for (int k = 0; k < layout.size(); k++) {
      var before = NormStatistics.of(found).initializers(layout);
      try (var graph = bundle.load("render_moments_" + k, device, before)) {
        found.add(moments(graph, layout.get(k), imageSide, cancellation));
      }
    }
    return NormStatistics.of(found);
  }

  private List<NormStatistics.Group> moments(
      Graph graph, Manifest.Norm norm, int imageSide, Cancellation cancellation) {
    var sum = new double[norm.groups()];
    var squares = new double[norm.groups()];
    int halo = bundle.manifest().renderer().receptiveRadius();
    @Nullable Tensor query = null;
    for (var part : TilePlan.of(imageSide, Rectangle.whole(imageSide), halo, tileSide, true)) {
      cancellation.throwIfCancelled();
      var in = part.input();
      var out = part.output();
      var rows = PixelAxis.of(imageSide, in.row(), in.height(), inputs.cellRows());
      var columns = PixelAxis.of(imageSide, in.column(), in.width(), inputs.cellColumns());
      if (query == null) {
        query = Tensor.zeros(inputs.queryShape(in.height(), in.width()));
      }
      inputs.fill(query, rows, columns);
      var interior =
          LongTensor.of(
              new long[] {
                out.row() - in.row(), out.column() - in.column(), out.height(), out.width()
              },
              4);
      var result =
          graph.run(
              Map.of("query", query, "interior", interior),
              Set.of("sum", "sum_squares"),
              cancellation);
      add(sum, value(result, "sum"));
      add(squares, value(result, "sum_squares"));
    }
    double count = (double) imageSide * imageSide * norm.channels() / norm.groups();
    var groups = new ArrayList<NormStatistics.Group>();
    for (int g = 0; g < sum.length; g++) {
      groups.add(NormStatistics.Group.ofSums(sum[g], squares[g], count));
    }
    return groups;
  }

  private static void add(double[] total, AnyTensor part) {
    var values = ((DoubleTensor) part).toArray();
    for (int g = 0; g < total.length; g++) {
      total[g] += values[g];
    }
  }

  private static AnyTensor value(Map<String, AnyTensor> outputs, String name) {
    AnyTensor value = outputs.get(name);
    if (value == null) {
      throw new IllegalStateException("no output " + name);
    }
    return value;
  }
}
