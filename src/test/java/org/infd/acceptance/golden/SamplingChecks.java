package org.infd.acceptance.golden;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.function.Function;
import org.infd.inference.bundle.Manifest;
import org.infd.inference.diffusion.BetaSchedule;
import org.infd.inference.diffusion.Ddim;
import org.infd.inference.diffusion.Denoiser;
import org.infd.inference.diffusion.NoiseSource;
import org.infd.inference.diffusion.SamplingStep;
import org.infd.inference.diffusion.TimestepRespacing;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.tensor.LongTensor;
import org.infd.inference.tensor.Npz;
import org.infd.inference.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Whole sampling runs with the recorded noise. The numbers of steps and η are read off the names,
 * and where these do not tell, off the arrays.
 */
final class SamplingChecks {
  private static final double RUN = 1e-4;

  /** A run that arrays of a set belong to; η is negative where no name says it. */
  private record Run(int steps, double eta) {}

  /** What a run gave, and the end latent for pictures. */
  record Sampled(String words, List<String> arrays, Tensor z) {}

  private record Recorded(Tensor init, @Nullable Tensor steps, int item) implements NoiseSource {
    @Override
    public Tensor start(long... shape) {
      return init.slice(item, item + 1).reshape(shape);
    }

    @Override
    public Tensor step(int step, long... shape) {
      if (steps == null) {
        // only η = 0 is asked for without noise
        return Tensor.zeros(shape);
      }
      var one = steps.slice(step, step + 1);
      int each = init.slice(0, 1).elements();
      var values = Arrays.copyOfRange(one.toArray(), item * each, (item + 1) * each);
      return Tensor.of(values, shape);
    }
  }

  private final InfdSubject subject;
  private final GoldenModel model;
  private final GoldenArrays arrays;
  private final GoldenLedger ledger;
  private final Contexts contexts;
  private final List<Sampled> sampled = new ArrayList<>();

  SamplingChecks(InfdSubject subject, Contexts contexts) {
    this.subject = subject;
    this.model = subject.model();
    this.arrays = subject.arrays();
    this.ledger = subject.ledger();
    this.contexts = contexts;
  }

  List<Sampled> run() {
    var diffusion = model.manifest().diffusion();
    if (diffusion == null) {
      return List.of();
    }
    var runs = new LinkedHashMap<Run, List<String>>();
    for (var array : arrays.names()) {
      var name = ArrayName.of(array);
      boolean result =
          name.ends("traj", "trajectory", "x0", "xstart")
              || name.ends("z", "sample", "samples", "latent") && name.says("ddim", "sample");
      if (result
          && (isOfRun(name) || arrays.get(array).rank() == 5)
          && !name.says("grad", "unet")
          && isOfLatents(array)) {
        runs.computeIfAbsent(runOf(array, name), r -> new ArrayList<>()).add(array);
      }
    }
    runs.forEach((run, results) -> sample(diffusion, run, results));
    return sampled;
  }

  private static boolean isOfRun(ArrayName name) {
    return name.says("ddim", "traj", "trajectory", "sample", "samples", "eta");
  }

  private boolean isOfLatents(String array) {
    var shape = arrays.get(array).shape();
    var latent = model.manifest().latent();
    return shape.length >= 3
        && shape[shape.length - 1] == latent.width()
        && shape[shape.length - 2] == latent.height()
        && shape[shape.length - 3] == latent.channels();
  }

  private Run runOf(String array, ArrayName name) {
    int steps = name.number("ddim");
    steps = steps == 0 ? name.number("steps") : steps;
    double eta = -1;
    for (var word : name.words()) {
      if (word.matches("eta\\d.*")) {
        eta = Double.parseDouble(word.substring(3).replace('p', '.'));
      }
    }
    if (steps == 0) {
      steps = stepsOfSet(array);
    }
    return new Run(steps, eta);
  }

  /** How many steps a set's runs have whose names do not say it. */
  private int stepsOfSet(String array) {
    for (var other : arrays.names()) {
      var name = ArrayName.of(other);
      if (name.says("noise", "noises")
          && name.says("step", "steps")
          && name.run().stream().noneMatch(word -> word.matches("ddim\\d+"))) {
        return arrays.get(other).extent(0);
      }
    }
    for (var other : arrays.shaped(true, -1)) {
      if (ArrayName.of(other).ends("timesteps") && !ArrayName.of(other).says("unet")) {
        return arrays.get(other).extent(0);
      }
    }
    return arrays.get(array).rank() >= 4 && ArrayName.of(array).ends("traj", "trajectory")
        ? arrays.get(array).extent(0)
        : 0;
  }

  private void sample(Manifest.Diffusion diffusion, Run run, List<String> results) {
    var first = ArrayName.of(results.getFirst());
    var starts = new ArrayList<>(subject.latentShaped());
    starts.addAll(
        arrays.shaped(
            false,
            model.manifest().latent().channels(),
            model.manifest().latent().height(),
            model.manifest().latent().width()));
    starts.removeIf(array -> !ArrayName.of(array).says("noise", "init", "start", "xt", "zt"));
    starts.removeIf(
        array ->
            ArrayName.of(array).says("step", "steps", "enc", "grad", "unet")
                || ArrayName.of(array).says("encoder"));
    starts.sort(
        (a, b) ->
            Boolean.compare(
                ArrayName.of(b).says("noise", "init"), ArrayName.of(a).says("noise", "init")));
    var near = first.nearest(starts);
    if (near.isEmpty() || run.steps() < 1) {
      results.forEach(
          array ->
              ledger.notChecked(
                  array,
                  near.isEmpty()
                      ? "the set lacks the noise that the run began with"
                      : "nothing says how many steps the run had"));
      return;
    }
    Outcome best = null;
    for (var start : near.subList(0, Math.min(2, near.size()))) {
      var outcome = from(diffusion, run, results, start);
      if (outcome != null && (best == null || outcome.worst(results) < best.worst(results))) {
        best = outcome;
      }
      if (best != null && best.worst(results) <= RUN) {
        break;
      }
    }
    if (best == null) {
      results.forEach(
          array -> ledger.notChecked(array, "the set lacks the noise of the run's steps"));
      return;
    }
    best.given().forEach(array -> ledger.input(array, "noise of sampling runs"));
    for (var array : results) {
      double allowed = ledger.tolerance(arrays.get(array), RUN);
      ledger.note(array, best.error(array), allowed, best.words());
    }
    contexts.given();
    sampled.add(new Sampled(best.words(), results, best.end()));
  }

  /** The run from one start whose outcome is nearest, or null if noise is missing. */
  private @Nullable Outcome from(
      Manifest.Diffusion diffusion, Run run, List<String> results, String start) {
    int elements = model.manifest().latent().elements();
    var numbers = arrays.get(start);
    var init =
        arrays
            .floats(start)
            .reshape(model.manifest().latent().shape(numbers.values().length / elements));
    var name = ArrayName.of(results.getFirst());
    var noise = stepNoise(name, run.steps(), init.elements());
    var etas = new LinkedHashSet<Double>();
    if (run.eta() >= 0) {
      etas.add(run.eta());
    } else {
      etas.addAll(List.of(0.0, diffusion.eta(), 1.0, 0.5));
    }
    Outcome best = null;
    for (var context : contexts.of(name, init.extent(0))) {
      for (double eta : etas) {
        if (eta != 0 && noise == null) {
          continue;
        }
        var given = noise == null ? List.of(start) : List.of(start, noise);
        var outcome = once(diffusion, run.steps(), eta, init, given, context);
        double error = outcome.worst(results);
        if (best == null || error < best.worst(results)) {
          best = outcome;
        }
        if (error <= RUN) {
          return best;
        }
      }
    }
    return best;
  }

  /** The array with noise of every step, or null. */
  private @Nullable String stepNoise(ArrayName name, int steps, int elements) {
    var found = new ArrayList<String>();
    for (var array : arrays.names()) {
      var numbers = arrays.get(array);
      if (ArrayName.of(array).says("noise", "noises")
          && numbers.rank() > 3
          && numbers.extent(0) == steps
          && numbers.values().length == steps * elements) {
        found.add(array);
      }
    }
    var near = name.nearest(found);
    return near.isEmpty() ? null : near.getFirst();
  }

  /** Steps of one run for each item. */
  private final class Outcome {
    private final String words;
    private final List<String> given;
    private final List<List<SamplingStep>> items;

    Outcome(String words, List<String> given, List<List<SamplingStep>> items) {
      this.words = words;
      this.given = given;
      this.items = items;
    }

    String words() {
      return words;
    }

    List<String> given() {
      return given;
    }

    Tensor end() {
      return GoldenModel.stack(items.stream().map(steps -> steps.getLast().latent()).toList());
    }

    double worst(List<String> results) {
      return results.stream().mapToDouble(this::error).max().orElse(0);
    }

    double error(String array) {
      var name = ArrayName.of(array);
      boolean clean = name.ends("x0", "xstart");
      Function<SamplingStep, Tensor> what = clean ? SamplingStep::x0 : SamplingStep::latent;
      int all = items.getFirst().getFirst().latent().elements() * items.size();
      var recorded = arrays.floats(array);
      int rows = recorded.elements() / all;
      if (rows * all != recorded.elements()) {
        return Double.POSITIVE_INFINITY;
      }
      return trajectory(recorded.reshape(rows, all), what);
    }

    /**
     * A set may hold every step or only some, in order and with the last among them; then each is
     * compared with the step that it fits best.
     */
    private double trajectory(Tensor recorded, Function<SamplingStep, Tensor> what) {
      int count = items.getFirst().size();
      double worst = 0;
      int next = 0;
      for (int i = 0; i < recorded.extent(0); i++) {
        int left = recorded.extent(0) - 1 - i;
        var wanted = recorded.slice(i, i + 1);
        int last = count - 1 - left;
        int first = left == 0 ? last : next;
        double best = Double.POSITIVE_INFINITY;
        for (int step = first; step <= last; step++) {
          int s = step;
          var made = GoldenModel.stack(items.stream().map(it -> what.apply(it.get(s))).toList());
          double error = Npz.relativeError(made.reshape(1, made.elements()), wanted);
          if (error < best) {
            best = error;
            next = step + 1;
          }
        }
        worst = Math.max(worst, best);
      }
      return worst;
    }
  }

  private Outcome once(
      Manifest.Diffusion diffusion,
      int steps,
      double eta,
      Tensor init,
      List<String> given,
      Contexts.Context context) {
    var betas = BetaSchedule.of(diffusion);
    var sampler = new Ddim(betas, TimestepRespacing.ddim(steps, diffusion.steps()), eta);
    Denoiser.Network network =
        (z, timestep, c, cancellation) ->
            model.predict(z, LongTensor.of(new long[] {timestep}, 1), c);
    var items = new ArrayList<List<SamplingStep>>();
    for (int item = 0; item < init.extent(0); item++) {
      var seen = new ArrayList<SamplingStep>();
      sampler.sample(
          Denoiser.of(network, diffusion.prediction(), context.item(item).tensor()),
          new Recorded(init, given.size() == 1 ? null : arrays.floats(given.get(1)), item),
          model.manifest().latent().shape(1),
          seen::add,
          Cancellation.never());
      items.add(seen);
    }
    return new Outcome(steps + " steps of DDIM, η " + eta + context.words(), given, items);
  }
}
