package org.infd.acceptance.golden;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import org.infd.exporter.graph.Dim;
import org.infd.exporter.graph.ElementType;
import org.infd.exporter.graph.GraphBuilder;
import org.infd.exporter.graph.Shape;
import org.infd.exporter.network.TimestepEmbedding;
import org.infd.inference.Problem;
import org.infd.inference.bundle.Manifest.Schedule;
import org.infd.inference.diffusion.BetaSchedule;
import org.infd.inference.diffusion.RespacedSchedule;
import org.infd.inference.diffusion.TimestepRespacing;
import org.infd.inference.field.GoldenAxes;
import org.infd.inference.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** Tables that follow from the settings alone: the diffusion process and pixel axes. */
final class TableChecks {
  private final InfdSubject subject;
  private final GoldenArrays arrays;
  private final GoldenLedger ledger;

  TableChecks(InfdSubject subject) {
    this.subject = subject;
    this.arrays = subject.arrays();
    this.ledger = subject.ledger();
  }

  void run() {
    var diffusion = subject.model().manifest().diffusion();
    for (var array : arrays.names()) {
      axes(array);
      if (diffusion != null && arrays.get(array).rank() == 1) {
        process(array, BetaSchedule.of(diffusion), diffusion.schedule() == Schedule.COSINE);
      }
      if (ArrayName.of(array).text().matches(".*time_?steps?_emb.*")) {
        embedding(array);
      }
    }
  }

  private void axes(String array) {
    var name = ArrayName.of(array);
    if (arrays.get(array).rank() != 1) {
      return;
    }
    int side = arrays.get(array).extent(0);
    if (name.says("lookup", "nearest")) {
      int cells = name.number("of");
      if (cells == 0) {
        cells = subject.model().manifest().featureMap().height();
      }
      ledger.exactly(
          array,
          Arrays.equals(arrays.longs(array).toArray(), GoldenAxes.lookup(side, cells)),
          "nearest of " + cells + " cells, exactly");
    } else if (name.says("coord", "coords", "centres", "centers") && !name.says("range")) {
      ledger.note(
          array,
          difference(arrays.get(array).values(), GoldenAxes.centres(side)),
          ledger.tolerance(arrays.get(array), 0),
          "pixel centres, exactly");
    }
  }

  private static double difference(double[] expected, float[] actual) {
    double most = 0;
    for (int i = 0; i < expected.length; i++) {
      most = Math.max(most, Math.abs((float) expected[i] - actual[i]));
    }
    return most;
  }

  private void process(String array, BetaSchedule betas, boolean cosine) {
    var name = ArrayName.of(array);
    int length = arrays.get(array).extent(0);
    int stated = name.number("ddim");
    var respacing = respacing(stated == 0 ? length : stated, betas.steps());
    if (respacing == null || respacing.count() != length) {
      return;
    }
    var schedule = new RespacedSchedule(betas, respacing);
    if (name.ends("timesteps", "steps", "timestep") && arrays.get(array).integer()) {
      if (stated != 0 || !name.says("unet")) {
        var kept = Arrays.stream(schedule.timesteps()).asLongStream().toArray();
        var reversed = kept.clone();
        for (int i = 0; i < kept.length; i++) {
          reversed[i] = kept[kept.length - 1 - i];
        }
        var recorded = arrays.longs(array).toArray();
        boolean same = Arrays.equals(recorded, kept) || Arrays.equals(recorded, reversed);
        ledger.exactly(array, same, "kept steps, exactly");
      }
      return;
    }
    var candidates = new ArrayList<double[]>();
    var words = name.words();
    if (words.contains("betas") || words.contains("beta")) {
      candidates.add(schedule.betas());
      if (length == betas.steps()) {
        candidates.add(betas.betas());
      }
    } else if (name.text().matches(".*alphas?_?(cum_?prod|bar|hat).*") || words.contains("acp")) {
      var products = schedule.alphasCumprod();
      candidates.add(products);
      if (name.says("prev")) {
        candidates.set(0, shifted(products));
      } else if (name.text().matches(".*sqrt_one_minus.*")) {
        candidates.set(0, map(products, a -> Math.sqrt(1 - a)));
      } else if (name.text().matches(".*sqrt_recipm1.*")) {
        candidates.set(0, map(products, a -> Math.sqrt(1 / a - 1)));
      } else if (name.text().matches(".*sqrt_recip.*")) {
        candidates.set(0, map(products, a -> Math.sqrt(1 / a)));
      } else if (name.says("sqrt")) {
        candidates.set(0, map(products, Math::sqrt));
      } else if (length == betas.steps()) {
        candidates.add(betas.alphasCumprod());
      }
    }
    if (!candidates.isEmpty()) {
      table(array, candidates, cosine || name.says("sqrt"));
    }
  }

  private static @Nullable TimestepRespacing respacing(int count, int steps) {
    try {
      return count == steps ? TimestepRespacing.all(steps) : TimestepRespacing.ddim(count, steps);
    } catch (Problem e) {
      return null;
    }
  }

  private static double[] shifted(double[] products) {
    var shifted = new double[products.length];
    shifted[0] = 1;
    System.arraycopy(products, 0, shifted, 1, products.length - 1);
    return shifted;
  }

  private static double[] map(double[] values, DoubleUnaryOperator operator) {
    return Arrays.stream(values).map(operator).toArray();
  }

  /** Tables are the same bits, as far as their type goes and no transcendental function is in. */
  private void table(String array, List<double[]> candidates, boolean rounded) {
    var expected = arrays.get(array);
    double best = Double.POSITIVE_INFINITY;
    for (var candidate : candidates) {
      double most = 0;
      for (int i = 0; i < candidate.length; i++) {
        double e = expected.values()[i];
        double a = e == (float) e ? (float) candidate[i] : candidate[i];
        most = Math.max(most, Math.abs(a - e) / Math.max(Math.abs(e), 1e-30));
      }
      best = Math.min(best, most);
    }
    double allowed = rounded ? 1e-12 : 0;
    ledger.note(
        array,
        best,
        expected.half() ? 1.0 / (1 << 10) : Math.max(allowed, singles(expected) ? 1e-7 : 0),
        rounded ? "table" : "table, exactly");
  }

  private static boolean singles(GoldenArrays.Numbers numbers) {
    return Arrays.stream(numbers.values()).allMatch(v -> v == (float) v);
  }

  private void embedding(String array) {
    var expected = arrays.get(array);
    if (expected.rank() != 2) {
      return;
    }
    var steps =
        ArrayName.of(array).nearest(arrays.shaped(true, expected.extent(0))).stream()
            .filter(name -> ArrayName.of(name).ends("t", "timesteps", "timestep", "steps"))
            .toList();
    var readings = new ArrayList<Reading>();
    for (var t : steps) {
      readings.add(new Reading("sinusoids of " + t, () -> embed(t, expected.extent(1))));
    }
    ledger.compare(array, InfdSubject.CALL, true, readings);
    if (!steps.isEmpty()) {
      ledger.input(steps.getFirst(), "time steps");
    }
  }

  private Tensor embed(String steps, int width) {
    var graph = new GraphBuilder("embedding");
    var t = graph.input("t", ElementType.INT64, Shape.of(Dim.free("n")));
    graph.output("embedding", TimestepEmbedding.embed(graph, t, width));
    var embedded = subject.model().tap().run(graph.build(), Map.of("t", arrays.longs(steps)));
    return (Tensor) GoldenModel.get(embedded, "embedding");
  }
}
