package org.infd.inference.field;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
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
 * <p>{@link StatisticsMode#INTERPOLATED}: up to N = 512 a live pass over the whole image at N
 * itself. Above, knots at N = φ side · 2^k, each one live pass of 256 × 256 pixels over the whole
 * field with the cell size of the knot; between knots the mean is linear and the log-variance
 * linear in log2 N. As a 256-pixel pass is a little biased (neighbouring samples lie further apart
 * than pixels), the two meet in the octave from 512 to 1024: there the interpolation is corrected
 * by {@code exact(512) − interpolated(512)}, fading linearly in log2 N from all of it at 512 to
 * nothing at 1024. So statistics are continuous in N, equal to the live pass up to 512 and to the
 * knots from 1024 on.
 *
 * <p>{@link StatisticsMode#EXACT}: live up to N = 512, above it one streaming pass per norm over
 * all tiles, which needs no more memory than a tile (docs/spec/infd-model.md 8).
 *
 * <p>Passes are remembered. Thread-safe; one pass runs at a time.
 */
final class FieldStatistics {
  /** Up to this N one live pass over the whole image is affordable, and exact. */
  static final int LARGEST_LIVE_SIDE = 512;

  /** The side of the pass behind a knot: 45 dB against exact at a 64th of a 2048² render. */
  static final int PASS_SIDE = 256;

  private static final int REMEMBERED_SCALES = 256;

  private final ModelBundle bundle;
  private Device device;
  private final RenderInputs inputs;
  private final StatisticsMode mode;
  private final int tileSide;
  private final List<Manifest.Norm> layout;
  private final ReentrantLock working = new ReentrantLock();
  private final Map<Integer, NormStatistics> knots = new LinkedHashMap<>();
  private final Map<Integer, NormStatistics> scales =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Integer, NormStatistics> eldest) {
          return size() > REMEMBERED_SCALES;
        }
      };

  FieldStatistics(
      ModelBundle bundle, Device device, RenderInputs inputs, StatisticsMode mode, int tileSide) {
    this.bundle = bundle;
    this.device = device;
    this.inputs = inputs;
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
    if (imageSide <= LARGEST_LIVE_SIDE) {
      return live(PixelAxis::of, imageSide, imageSide, cancellation);
    }
    if (mode == StatisticsMode.EXACT) {
      return streamed(imageSide, cancellation);
    }
    var interpolated = interpolated(imageSide, cancellation);
    double octaves = log2(imageSide / (double) LARGEST_LIVE_SIDE);
    if (octaves >= 1) {
      return interpolated;
    }
    return interpolated.shifted(
        interpolated(LARGEST_LIVE_SIDE, cancellation),
        at(LARGEST_LIVE_SIDE, cancellation),
        1 - octaves);
  }

  private NormStatistics interpolated(int imageSide, Cancellation cancellation) {
    double place = log2(imageSide / (double) fieldSide());
    int below = (int) Math.floor(place);
    var lower = knot(below, cancellation);
    return place == below ? lower : lower.towards(knot(below + 1, cancellation), place - below);
  }

  private NormStatistics knot(int octave, Cancellation cancellation) {
    var known = knots.get(octave);
    if (known == null) {
      double side = fieldSide() * Math.pow(2, octave);
      known =
          live(
              (pixels, first, count, cells) -> PixelAxis.sampled(pixels, side, cells),
              PASS_SIDE,
              PASS_SIDE,
              cancellation);
      knots.put(octave, known);
    }
    return known;
  }

  private int fieldSide() {
    return Math.max(inputs.cellRows(), inputs.cellColumns());
  }

  /** Exact for powers of two, which have to meet their knots. */
  private static double log2(double value) {
    int exponent = Math.getExponent(value);
    return exponent + Math.log(value / Math.scalb(1.0, exponent)) / Math.log(2);
  }

  private interface Axes {
    PixelAxis of(int imageSide, int first, int count, int cells);
  }

  private NormStatistics live(Axes axes, int imageSide, int pixels, Cancellation cancellation) {
    var rows = axes.of(imageSide, 0, pixels, inputs.cellRows());
    var columns = axes.of(imageSide, 0, pixels, inputs.cellColumns());
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
      double mean = sum[g] / count;
      groups.add(new NormStatistics.Group(mean, Math.max(0, squares[g] / count - mean * mean)));
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
