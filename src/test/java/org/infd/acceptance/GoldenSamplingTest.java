package org.infd.acceptance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.infd.inference.bundle.Manifest;
import org.infd.inference.diffusion.BetaSchedule;
import org.infd.inference.diffusion.Ddim;
import org.infd.inference.diffusion.Denoiser;
import org.infd.inference.diffusion.NoiseSource;
import org.infd.inference.diffusion.RespacedSchedule;
import org.infd.inference.diffusion.SamplingStep;
import org.infd.inference.diffusion.TimestepRespacing;
import org.infd.inference.field.Rectangle;
import org.infd.inference.field.StatisticsMode;
import org.infd.inference.generation.FieldImage;
import org.infd.inference.generation.Generator;
import org.infd.inference.generation.RecipeRules;
import org.infd.inference.generation.RunListener;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.Device;
import org.infd.inference.runtime.DeviceQueue;
import org.infd.inference.tensor.LongTensor;
import org.infd.inference.tensor.Npz;
import org.infd.inference.tensor.Tensor;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whole sampling runs with the noise of the original's: tables exactly, trajectories and what is
 * made of their ends to 1e-4. Which arrays there are decides what is checked; step counts and η are
 * read off their names.
 */
class GoldenSamplingTest {
  private static final double TOLERANCE = 1e-4;
  private static final String EXACT = "exact";

  private record Row(String array, String error, boolean good) {}

  private final List<Row> rows = new ArrayList<>();

  @TempDir Path folder;

  static List<GoldenModel.Source> models() {
    return GoldenModel.discover();
  }

  /** The noise of a recorded run. */
  private record Recorded(Tensor init, Tensor steps) implements NoiseSource {
    @Override
    public Tensor start(long... shape) {
      assertArrayEquals(shape, init.shape());
      return init;
    }

    @Override
    public Tensor step(int step, long... shape) {
      return steps.slice(step, step + 1).reshape(shape);
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void agreesWithTheOriginal(GoldenModel.Source source) {
    try (var model = GoldenModel.open(source, folder.resolve("bundle"))) {
      if (model.manifest().diffusion() == null) {
        return;
      }
      var diffusion = model.manifest().diffusion();
      var betas = BetaSchedule.of(diffusion);
      tables(model.arrays(), betas);
      for (var name : model.arrays().names()) {
        var run = Pattern.compile("ddim(\\d+)_eta([0-9.]+)_traj").matcher(name);
        if (run.matches()) {
          trajectory(model, diffusion, betas, run);
        }
      }
    }
    System.out.println(table(source));
    assertTrue(rows.stream().allMatch(Row::good), () -> "beyond the bounds:\n" + table(source));
  }

  private void tables(Npz arrays, BetaSchedule betas) {
    int steps = betas.steps();
    if (arrays.has("betas")) {
      // recorded after the original has respaced to all steps, which rounds once more
      var all = new RespacedSchedule(betas, TimestepRespacing.all(steps));
      exactly("betas", arrays.doubles("betas"), all.betas());
    }
    if (arrays.has("alphas_cumprod")) {
      exactly("alphas_cumprod", arrays.doubles("alphas_cumprod"), betas.alphasCumprod());
    }
    for (var name : arrays.names()) {
      var respaced = Pattern.compile("(ddim\\d+)_(timesteps|alphas_cumprod|betas)").matcher(name);
      if (respaced.matches()) {
        var schedule =
            new RespacedSchedule(betas, TimestepRespacing.parse(respaced.group(1), steps));
        switch (respaced.group(2)) {
          case "timesteps" -> {
            var kept = Arrays.stream(schedule.timesteps()).asLongStream().toArray();
            assertArrayEquals(arrays.longs(name).toArray(), kept, name);
            rows.add(new Row(name, EXACT, true));
          }
          case "betas" -> exactly(name, arrays.doubles(name), schedule.betas());
          default -> exactly(name, arrays.doubles(name), schedule.alphasCumprod());
        }
      }
    }
  }

  private void exactly(String name, double[] expected, double[] actual) {
    assertArrayEquals(expected, actual, name);
    rows.add(new Row(name, EXACT, true));
  }

  private void trajectory(
      GoldenModel model, Manifest.Diffusion diffusion, BetaSchedule betas, Matcher run) {
    var arrays = model.arrays();
    int count = Integer.parseInt(run.group(1));
    var prefix = "ddim" + count + "_eta" + run.group(2);
    var sampler =
        new Ddim(
            betas,
            TimestepRespacing.ddim(count, diffusion.steps()),
            Double.parseDouble(run.group(2)));
    Denoiser.Network network =
        (z, timestep, context, cancellation) ->
            model.predict(z, LongTensor.of(new long[] {timestep}, 1));
    var seen = new ArrayList<SamplingStep>();
    var noise =
        new Recorded(
            arrays.floats("ddim_init_noise"), arrays.floats("ddim" + count + "_step_noise"));
    var z =
        sampler.sample(
            Denoiser.of(network, diffusion.prediction(), null),
            noise,
            model.manifest().latent().shape(1),
            seen::add,
            Cancellation.never());
    assertEquals(count, seen.size());
    trajectory(arrays, prefix + "_traj", seen, SamplingStep::latent);
    if (arrays.has(prefix + "_x0")) {
      trajectory(arrays, prefix + "_x0", seen, SamplingStep::x0);
    }
    if (arrays.has(prefix + "_z")) {
      check(arrays, prefix + "_z", z);
    }
    pictures(model, prefix, z);
  }

  /**
   * Compares recorded steps with executed ones. A set may hold every step or only some, in order
   * and with the last among them; then each is compared with the step that it fits best.
   */
  private void trajectory(
      Npz arrays, String name, List<SamplingStep> seen, Function<SamplingStep, Tensor> what) {
    var recorded = arrays.floats(name);
    double worst = 0;
    int next = 0;
    for (int i = 0; i < recorded.extent(0); i++) {
      int left = recorded.extent(0) - 1 - i;
      var wanted = recorded.slice(i, i + 1).reshape(what.apply(seen.getFirst()).shape());
      int last = left == 0 ? seen.size() - 1 : seen.size() - 1 - left;
      int first = left == 0 ? last : next;
      double best = Double.POSITIVE_INFINITY;
      for (int step = first; step <= last; step++) {
        double error = Npz.relativeError(what.apply(seen.get(step)), wanted);
        if (error < best) {
          best = error;
          next = step + 1;
        }
      }
      worst = Math.max(worst, best);
    }
    add(name, worst);
  }

  /** What the product makes of the latent that it sampled itself. */
  private void pictures(GoldenModel model, String prefix, Tensor z) {
    var arrays = model.arrays();
    var bundle = model.bundle();
    var device = Device.cpu();
    var image = FieldImage.of(z, RecipeRules.defaultRecipe(bundle, 0));
    var never = Cancellation.never();
    try (var queue = new DeviceQueue(device);
        var generator = new Generator(bundle, device, queue)) {
      var phi = generator.decode(image, RunListener.none(), never);
      for (var name : arrays.names()) {
        if (!name.startsWith(prefix + "_")) {
          continue;
        }
        var rest = name.substring(prefix.length() + 1);
        var every = Pattern.compile("phi_every(\\d+)").matcher(rest);
        var picture = Pattern.compile("rgb(\\d+)").matcher(rest);
        var part = Pattern.compile("rgb(\\d+)_rows(\\d+)_(\\d+)_cols(\\d+)_(\\d+)").matcher(rest);
        if (rest.equals("phi_mean") || rest.equals("phi_std")) {
          check(arrays, name, FeatureMapFigures.perChannel(phi, rest.equals("phi_mean")));
        } else if (every.matches()) {
          check(arrays, name, FeatureMapFigures.thinned(phi, Integer.parseInt(every.group(1))));
        } else if (!model.manifest().renderer().hasNorms()
            && (picture.matches() || part.matches())) {
          // with norms the original's pixels depend on its rectangles, ours do not
          int side = Integer.parseInt((picture.matches() ? picture : part).group(1));
          var rectangle = picture.matches() ? Rectangle.whole(side) : rectangle(part);
          try (var field = generator.open(image, StatisticsMode.EXACT, never)) {
            check(arrays, name, field.render(side, rectangle, never));
          }
        }
      }
    }
  }

  private static Rectangle rectangle(Matcher part) {
    int row = Integer.parseInt(part.group(2));
    int column = Integer.parseInt(part.group(4));
    return new Rectangle(
        row,
        column,
        Integer.parseInt(part.group(3)) - row,
        Integer.parseInt(part.group(5)) - column);
  }

  private void check(Npz arrays, String name, Tensor actual) {
    add(name, Npz.relativeError(actual, arrays.floats(name)));
  }

  private void add(String name, double error) {
    rows.add(new Row(name, String.format(Locale.ROOT, "%.1e", error), error <= TOLERANCE));
  }

  private String table(GoldenModel.Source source) {
    var text = new StringBuilder(source + "\n");
    for (var row : rows) {
      text.append(String.format(Locale.ROOT, "  %-52s %s%n", row.array(), row.error()));
    }
    return text.toString();
  }
}
