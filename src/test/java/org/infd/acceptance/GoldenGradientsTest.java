package org.infd.acceptance;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.infd.acceptance.GoldenModel.Axis;
import org.infd.exporter.network.ClipTowers;
import org.infd.inference.diffusion.BetaSchedule;
import org.infd.inference.diffusion.Denoiser;
import org.infd.inference.diffusion.NoiseLevel;
import org.infd.inference.field.Rectangle;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.tensor.LongTensor;
import org.infd.inference.tensor.Npz;
import org.infd.inference.tensor.Tensor;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The gradients of a bundle's vjp graphs, chained, against those that automatic differentiation
 * made of the original code. Where no codebook decision is near, relative error at most 1e-4;
 * through the diffusion network a decision may be near and amplification is large: 1e-3.
 */
class GoldenGradientsTest {
  private static final double SAFE = 1e-4;
  private static final double THROUGH_NETWORK = 1e-3;

  // rows 20…60, columns 30…80 of a 96 pixel image, as the arrays' description says
  private static final int SIDE = 96;
  private static final Rectangle PART = new Rectangle(20, 30, 40, 50);

  private record Row(String array, double error, double tolerance) {}

  private final List<Row> rows = new ArrayList<>();

  @TempDir Path folder;

  static List<GoldenModel.Source> models() {
    return GoldenModel.discover().stream()
        .filter(source -> Npz.read(source.arrays()).has("grad_w"))
        .toList();
  }

  static List<GoldenClipTest.Source> clips() {
    return GoldenClipTest.sources();
  }

  @ParameterizedTest
  @MethodSource("models")
  void modelsAgreeWithTheOriginal(GoldenModel.Source source) {
    try (var model = GoldenModel.open(source, folder.resolve("bundle"))) {
      var arrays = model.arrays();
      var w = arrays.floats("grad_w");
      check("grad_z", throughField(model, arrays.floats("z0"), w, false), arrays, SAFE);
      check("grad_z", throughField(model, arrays.floats("z0"), w, true), arrays, SAFE);
      for (var name : arrays.names()) {
        if (name.matches("grad_zt\\d+_grad")) {
          int t = Integer.parseInt(name.replaceAll("\\D", ""));
          check(name, throughNetwork(model, t, w), arrays, THROUGH_NETWORK);
        }
      }
    }
    report(source.toString());
  }

  /** The cotangent of z from that of the colours of a rectangle, item by item. */
  private static Tensor throughField(GoldenModel model, Tensor z, Tensor w, boolean gather) {
    var phi = model.decode(z);
    var back = new ArrayList<Tensor>();
    for (int item = 0; item < z.extent(0); item++) {
      var one = phi.slice(item, item + 1);
      var colours = w.slice(item, item + 1);
      back.add(gather ? pullGathered(model, one, colours) : pullQuery(model, one, colours));
    }
    return model.run("decode_vjp", Map.of("z", z, "d_phi", GoldenModel.stack(back)));
  }

  private static Tensor pullQuery(GoldenModel model, Tensor phi, Tensor w) {
    var down = Axis.of(SIDE, PART.row(), PART.height());
    var across = Axis.of(SIDE, PART.column(), PART.width());
    var query = GoldenModel.query(phi, down, across);
    var back = model.run("render_live_vjp", Map.of("query", query, "d_rgb", w));
    var sums = Tensor.zeros(phi.shape());
    int h = PART.height();
    for (int c = 0; c < phi.extent(1); c++) {
      for (int y = 0; y < h; y++) {
        int row = GoldenModel.nearest(down.centres().get(y), phi.extent(2));
        for (int x = 0; x < PART.width(); x++) {
          int column = GoldenModel.nearest(across.centres().get(x), phi.extent(3));
          int at = (c * phi.extent(2) + row) * phi.extent(3) + column;
          sums.set(at, sums.get(at) + back.get((c * h + y) * PART.width() + x));
        }
      }
    }
    return sums;
  }

  private static Tensor pullGathered(GoldenModel model, Tensor phi, Tensor w) {
    var down = Axis.of(SIDE, PART.row(), PART.height());
    var across = Axis.of(SIDE, PART.column(), PART.width());
    return model.run(
        "render_live_gather_vjp",
        Map.of(
            "phi_window", phi,
            "row", down.cells(phi.extent(2)),
            "column", across.cells(phi.extent(3)),
            "relative_row", down.relatives(phi.extent(2)),
            "relative_column", across.relatives(phi.extent(3)),
            "cell",
                Tensor.of(
                    new float[] {down.cell() * phi.extent(2), across.cell() * phi.extent(3)}, 2),
            "d_rgb", w));
  }

  /**
   * As guidance does it: x̂0, its decoding and a rectangle of it, and the VJP through all of it.
   */
  private static Tensor throughNetwork(GoldenModel model, int t, Tensor w) {
    var arrays = model.arrays();
    var diffusion = model.manifest().diffusion();
    var level = new NoiseLevel(t, BetaSchedule.of(diffusion).alphaCumprod(t));
    var denoiser = Denoiser.of(new Unet(model), diffusion.prediction(), null);
    var noisy = arrays.floats("grad_zt" + t + "_zt");
    var back = new ArrayList<Tensor>();
    for (int item = 0; item < noisy.extent(0); item++) {
      var x = noisy.slice(item, item + 1);
      var x0 = denoiser.estimate(x, level, Cancellation.never()).x0();
      var cotangent = throughField(model, x0, w.slice(item, item + 1), false);
      back.add(denoiser.vjp(x, level, cotangent, Cancellation.never()));
    }
    return GoldenModel.stack(back);
  }

  /** The network of a bundle with its VJP. */
  private record Unet(GoldenModel model) implements Denoiser.DifferentiableNetwork {
    @Override
    public Tensor predict(Tensor z, int timestep, Tensor context, Cancellation cancellation) {
      return model.predict(z, steps(z, timestep));
    }

    @Override
    public Tensor vjp(
        Tensor z, int timestep, Tensor context, Tensor cotangent, Cancellation cancellation) {
      return model.run(
          "unet_vjp", Map.of("z", z, "t", steps(z, timestep), "d_prediction", cotangent));
    }

    private static LongTensor steps(Tensor z, int timestep) {
      var steps = new long[z.extent(0)];
      Arrays.fill(steps, timestep);
      return LongTensor.of(steps, steps.length);
    }
  }

  /** The image tower's graphs take colours from −1 to 1, the arrays are of normalised ones. */
  @ParameterizedTest
  @MethodSource("clips")
  void clipsAgreeWithTheOriginal(GoldenClipTest.Source source) {
    var arrays = Npz.read(source.arrays());
    var tap = new NetworkTap(folder);
    try (var clip = source.open()) {
      var settings = clip.settings().image();
      var crop = colours(arrays.floats("image"));
      var embedding =
          tap.run(ClipTowers.imageGraph(clip.weights(), settings), Map.of("crop", crop));
      check("image_embedding", (Tensor) embedding.get("embedding"), arrays, 1e-5);
      var vjp = ClipTowers.imageVjpGraph(clip.weights(), settings);
      for (var pair : Map.of("d_image", "d_embedding", "vjp_image", "vjp_cotangent").entrySet()) {
        var cotangent = arrays.floats(pair.getValue());
        var back = tap.run(vjp, Map.of("crop", crop, "d_embedding", cotangent));
        check(pair.getKey(), normalised((Tensor) back.get("d_crop")), arrays, SAFE);
      }
    }
    report(source.toString());
  }

  private static final double[] MEAN = {0.48145466, 0.4578275, 0.40821073};
  private static final double[] DEVIATION = {0.26862954, 0.26130258, 0.27577711};

  private static Tensor colours(Tensor image) {
    var colours = Tensor.zeros(image.shape());
    int plane = image.extent(2) * image.extent(3);
    for (int i = 0; i < image.elements(); i++) {
      int c = i / plane % 3;
      colours.set(i, (float) (2 * (image.get(i) * DEVIATION[c] + MEAN[c]) - 1));
    }
    return colours;
  }

  private static Tensor normalised(Tensor cotangent) {
    var scaled = Tensor.zeros(cotangent.shape());
    int plane = cotangent.extent(2) * cotangent.extent(3);
    for (int i = 0; i < cotangent.elements(); i++) {
      scaled.set(i, (float) (cotangent.get(i) * 2 * DEVIATION[i / plane % 3]));
    }
    return scaled;
  }

  private void check(String name, Tensor actual, Npz arrays, double tolerance) {
    rows.add(new Row(name, Npz.relativeError(actual, arrays.floats(name)), tolerance));
  }

  private void report(String source) {
    var table = new StringBuilder(source + "\n");
    for (var row : rows) {
      table.append(String.format(Locale.ROOT, "  %-24s %.1e%n", row.array(), row.error()));
    }
    System.out.println(table);
    assertFalse(rows.isEmpty());
    assertTrue(rows.stream().allMatch(row -> row.error() <= row.tolerance()), table::toString);
  }
}
