package org.infd.exporter;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.Device;
import org.infd.inference.runtime.Graph;
import org.infd.inference.tensor.AnyTensor;
import org.infd.inference.tensor.DoubleTensor;
import org.infd.inference.tensor.LongTensor;
import org.infd.inference.tensor.Npz;
import org.infd.inference.tensor.Tensor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The render graphs of one model against each other. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RenderGraphsTest {
  private static final int HEIGHT = 24;
  private static final int WIDTH = 40;
  private static final int NORMS = 5;
  private static final int GROUPS = 32;

  @TempDir static Path folder;

  private ModelBundle bundle;
  private Map<String, AnyTensor> live;
  private final Tensor query = random(1, 36, HEIGHT, WIDTH);

  @BeforeAll
  void importModel() throws IOException {
    var checkpoint = folder.resolve("tiny.pth");
    RandomCheckpoint.write(checkpoint, TinyModel.args(), 0);
    var target = folder.resolve("tiny");
    BundleExporter.export(
        checkpoint,
        target,
        ImportOptions.defaults(),
        ProgressListener.none(),
        Cancellation.never());
    bundle = ModelBundle.open(target);
    live = run("render_live", Map.of("query", query));
  }

  @Test
  void frozenAtTheStatisticsOfARectangleIsLive() {
    try (var frozen = bundle.load("render", Device.cpu(), statistics())) {
      var colours = frozen.run(Map.of("query", query), Cancellation.never());
      assertTrue(Npz.relativeError(colours, tensor(live, "rgb")) < 1e-5);
    }
    var placeholders = tensor(run("render", Map.of("query", query)), "rgb");
    assertTrue(Npz.relativeError(placeholders, tensor(live, "rgb")) > 0.01);
  }

  @Test
  void frozenNormsLeaveNoNodeOfTheirOwn() {
    var optimized = folder.resolve("render-optimized.onnx");
    Graph.load(bundle.file("render"), Device.cpu(), statistics(), Graph.Options.copiedTo(optimized))
        .close();
    var operators = OptimizedGraph.operators(optimized);
    assertFalse(operators.isEmpty());
    assertTrue(operators.stream().noneMatch(o -> o.contains("BatchNorm")), operators::toString);
  }

  @Test
  void momentsGiveTheLiveStatistics() {
    var frozen = statistics();
    for (int k = 0; k < NORMS; k++) {
      var all = moments(k, frozen, 0, 0, HEIGHT, WIDTH);
      long count = 2L * HEIGHT * WIDTH;
      var mean = tensor(live, "mean_" + k);
      var variance = tensor(live, "variance_" + k);
      for (int g = 0; g < GROUPS; g++) {
        double m = all[g] / count;
        assertEquals(m, mean.get(g), 2e-6);
        assertEquals(all[GROUPS + g] / count - m * m, variance.get(g), 1e-5 * variance.get(g));
      }
    }
  }

  @Test
  void momentsOfWindowsAddUp() {
    var frozen = statistics();
    var whole = moments(2, frozen, 0, 0, HEIGHT, WIDTH);
    var sum = new double[whole.length];
    int[][] windows = {{0, 0, 10, WIDTH}, {10, 0, 14, 7}, {10, 7, 14, WIDTH - 7}};
    for (var w : windows) {
      var part = moments(2, frozen, w[0], w[1], w[2], w[3]);
      for (int i = 0; i < sum.length; i++) {
        sum[i] += part[i];
      }
    }
    for (int i = 0; i < sum.length; i++) {
      assertEquals(whole[i], sum[i], 1e-9 * Math.max(1, Math.abs(whole[i])));
    }
  }

  @Test
  void gatherTwinsLookUpTheSameQuery() {
    var window = random(1, 32, 5, 6);
    long[] row = {0, 0, 1, 2, 4, 4, 3};
    long[] column = {5, 4, 4, 0, 1};
    var relativeRow = random(row.length);
    var relativeColumn = random(column.length);
    var cell = Tensor.of(new float[] {0.5f, 0.75f}, 2);
    var built = Tensor.zeros(1, 36, row.length, column.length);
    int pixels = row.length * column.length;
    for (int y = 0; y < row.length; y++) {
      for (int x = 0; x < column.length; x++) {
        int at = y * column.length + x;
        for (int c = 0; c < 32; c++) {
          built.set(c * pixels + at, window.get((int) ((c * 5 + row[y]) * 6 + column[x])));
        }
        built.set(32 * pixels + at, relativeRow.get(y));
        built.set(33 * pixels + at, relativeColumn.get(x));
        built.set(34 * pixels + at, 0.5f);
        built.set(35 * pixels + at, 0.75f);
      }
    }
    Map<String, AnyTensor> inputs =
        Map.of(
            "phi_window", window,
            "row", LongTensor.of(row, row.length),
            "column", LongTensor.of(column, column.length),
            "relative_row", relativeRow,
            "relative_column", relativeColumn,
            "cell", cell);
    var live = run("render_live", Map.of("query", built));
    var liveGather = run("render_live_gather", inputs);
    assertEquals(live.keySet(), liveGather.keySet());
    for (var output : live.keySet()) {
      assertArrayEquals(
          tensor(live, output).toArray(), tensor(liveGather, output).toArray(), output);
    }
    // the twin for GPUs sums the first and the last convolution in the plain order
    var frozen = tensor(run("render", Map.of("query", built)), "rgb").toArray();
    var gathered = tensor(run("render_gather", inputs), "rgb").toArray();
    assertArrayEquals(frozen, gathered, 2e-6f);
  }

  @Test
  void manifestNamesTheNormsInLayerOrder() {
    var norms = bundle.manifest().renderer().norms();
    assertEquals(NORMS, norms.size());
    assertEquals("renderer.net.model.1.norm1", norms.getFirst().name());
    assertEquals("renderer.net.norm_out", norms.getLast().name());
    assertTrue(norms.stream().allMatch(n -> n.channels() == 64 && n.groups() == GROUPS));
  }

  /** The live statistics, spread to channels under the names of the external initializers. */
  private Map<String, Tensor> statistics() {
    var values = new HashMap<String, Tensor>();
    for (int k = 0; k < NORMS; k++) {
      values.put("norm_" + k + "_mean", channels(tensor(live, "mean_" + k)));
      values.put("norm_" + k + "_variance", channels(tensor(live, "variance_" + k)));
    }
    return values;
  }

  private static Tensor channels(Tensor groups) {
    var spread = Tensor.zeros(64);
    for (int c = 0; c < 64; c++) {
      spread.set(c, groups.get(c / 2));
    }
    return spread;
  }

  /** Sums, then sums of squares. */
  private double[] moments(
      int k, Map<String, Tensor> frozen, int row, int column, int height, int width) {
    var before = new HashMap<String, Tensor>();
    for (int j = 0; j < k; j++) {
      for (var kind : new String[] {"mean", "variance"}) {
        var name = "norm_" + j + "_" + kind;
        before.put(name, java.util.Objects.requireNonNull(frozen.get(name)));
      }
    }
    try (var graph = bundle.load("render_moments_" + k, Device.cpu(), before)) {
      var interior = LongTensor.of(new long[] {row, column, height, width}, 4);
      var outputs =
          graph.run(
              Map.of("query", query, "interior", interior),
              Set.of("sum", "sum_squares"),
              Cancellation.never());
      var all = new double[2 * GROUPS];
      int at = 0;
      for (var name : new String[] {"sum", "sum_squares"}) {
        var output = (DoubleTensor) java.util.Objects.requireNonNull(outputs.get(name));
        System.arraycopy(output.toArray(), 0, all, at, GROUPS);
        at += GROUPS;
      }
      return all;
    }
  }

  private Map<String, AnyTensor> run(String graph, Map<String, ? extends AnyTensor> inputs) {
    try (var session = bundle.load(graph, Device.cpu())) {
      return new LinkedHashMap<>(
          session.run(inputs, Set.copyOf(session.outputNames()), Cancellation.never()));
    }
  }

  private static Tensor tensor(Map<String, AnyTensor> outputs, String name) {
    return (Tensor) java.util.Objects.requireNonNull(outputs.get(name), name);
  }

  private static Tensor random(long... shape) {
    var random = new Random(5);
    var tensor = Tensor.zeros(shape);
    for (int i = 0; i < tensor.elements(); i++) {
      tensor.set(i, (float) random.nextGaussian());
    }
    return tensor;
  }
}
