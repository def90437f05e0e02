package org.infd.acceptance.golden;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.infd.exporter.network.UnetSettings;
import org.infd.inference.bundle.Manifest.Prediction;
import org.infd.inference.diffusion.BetaSchedule;
import org.infd.inference.diffusion.Denoiser;
import org.infd.inference.diffusion.NoiseLevel;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.tensor.AnyTensor;
import org.infd.inference.tensor.LongTensor;
import org.infd.inference.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Single calls of the diffusion network, averaged weights and raw ones: what it gives, and the
 * noise, velocity and clean latent that follow from it.
 */
final class NetworkChecks {
  private static final String[] RESULTS = {
    "eps",
    "epsilon",
    "out",
    "output",
    "pred",
    "prediction",
    "v",
    "velocity",
    "vel",
    "x0",
    "xstart",
    "z0",
    "start"
  };

  private final InfdSubject subject;
  private final GoldenModel model;
  private final GoldenArrays arrays;
  private final GoldenLedger ledger;
  private final Contexts contexts;

  NetworkChecks(InfdSubject subject, Contexts contexts) {
    this.subject = subject;
    this.model = subject.model();
    this.arrays = subject.arrays();
    this.ledger = subject.ledger();
    this.contexts = contexts;
  }

  void run() {
    if (model.manifest().diffusion() == null) {
      return;
    }
    for (var array : subject.latentShaped()) {
      var name = ArrayName.of(array);
      boolean network =
          name.says("unet", "network", "model", "zt", "xt", "dm", "denoiser", "eps", "velocity");
      boolean plain = !ledger.knows(array) && !name.ends("x0", "z0", "start", "xstart");
      if ((network || plain) && name.ends(RESULTS) && !name.says("ddim", "traj", "init")) {
        check(array, name);
      }
    }
  }

  private void check(String array, ArrayName name) {
    int items = arrays.get(array).extent(0);
    var readings = new ArrayList<Reading>();
    for (var noisy : noisy(name)) {
      if (arrays.get(noisy).extent(0) != items) {
        continue;
      }
      for (var steps : steps(name, noisy, items)) {
        for (var context : contexts.of(name, items)) {
          for (boolean averaged : averaged(name)) {
            readings(readings, name, noisy, steps, context, averaged);
          }
        }
      }
    }
    boolean sure = !readings.isEmpty() && name.says("unet", "zt");
    if (ledger.compare(array, InfdSubject.CALL, sure, readings) != null) {
      contexts.given();
    }
  }

  /** The noisy latents that a result may be of. */
  List<String> noisy(ArrayName name) {
    var found = new ArrayList<>(subject.latentShaped());
    found.removeIf(array -> !ArrayName.of(array).ends("zt", "xt", "x", "noisy", "z"));
    found.sort((a, b) -> Boolean.compare(isSurelyNoisy(b), isSurelyNoisy(a)));
    var near = name.nearest(found);
    return near.subList(0, Math.min(3, near.size()));
  }

  private static boolean isSurelyNoisy(String array) {
    return ArrayName.of(array).ends("zt", "xt", "noisy");
  }

  /** Time steps with where they come from. */
  private record Steps(String words, LongTensor values) {}

  private List<Steps> steps(ArrayName name, String noisy, int items) {
    var found = new ArrayList<Steps>();
    for (var word : List.of("zt", "xt", "t")) {
      if (ArrayName.of(noisy).number(word) > 0 || noisy.matches(".*" + word + "0(?!\\d).*")) {
        var same = new long[items];
        Arrays.fill(same, ArrayName.of(noisy).number(word));
        found.add(new Steps("step " + same[0], LongTensor.of(same, items)));
        return found;
      }
    }
    var candidates = new ArrayList<>(arrays.shaped(true, items));
    candidates.addAll(items == 1 ? arrays.shaped(true) : arrays.shaped(true, 1));
    candidates.removeIf(
        array -> !ArrayName.of(array).ends("t", "timesteps", "timestep", "steps", "step", "ts"));
    for (var array : name.nearest(candidates)) {
      var values = arrays.longs(array).toArray();
      var repeated = new long[items];
      for (int i = 0; i < items; i++) {
        repeated[i] = values[values.length == items ? i : 0];
      }
      found.add(new Steps(array, LongTensor.of(repeated, items)));
    }
    return found.subList(0, Math.min(2, found.size()));
  }

  private static List<Boolean> averaged(ArrayName name) {
    if (name.says("ema", "averaged")) {
      return List.of(true);
    }
    // outside of plain calls the original uses the averaged weights
    return name.says("zt", "xt", "grad") ? List.of(true, false) : List.of(false, true);
  }

  private void readings(
      List<Reading> readings,
      ArrayName name,
      String noisy,
      Steps steps,
      Contexts.Context context,
      boolean averaged) {
    var words =
        noisy
            + " at "
            + steps.words()
            + context.words()
            + (averaged ? "" : ", weights that are not averaged");
    var output =
        new Reading(
            "the network's result for " + words,
            () -> {
              ledger.input(noisy, "noisy latents");
              if (arrays.has(steps.words())) {
                ledger.input(steps.words(), "time steps");
              }
              return predict(noisy, steps.values(), context.tensor(), averaged);
            });
    var diffusion = model.manifest().diffusion();
    var prediction = diffusion == null ? Prediction.EPSILON : diffusion.prediction();
    boolean clean = name.ends("x0", "xstart", "z0", "start");
    boolean velocity = name.ends("v", "velocity", "vel");
    boolean noise = name.ends("eps", "epsilon");
    if (!clean && !(velocity && prediction != Prediction.VELOCITY)) {
      readings.add(output);
    }
    if (clean || velocity || noise) {
      var what = clean ? "the clean latent" : velocity ? "the velocity" : "the noise";
      readings.add(
          new Reading(
              what + " in " + words,
              () -> derived(noisy, steps.values(), output.value().get(), clean, velocity)));
    }
  }

  private Tensor predict(
      String noisy, LongTensor steps, @Nullable Tensor context, boolean averaged) {
    var z = arrays.floats(noisy);
    if (averaged) {
      return model.predict(z, steps, context);
    }
    UnetSettings unet = model.settings().unet();
    if (unet == null || !model.weights().hasPrefix("z_dm.")) {
      throw new IllegalArgumentException("the checkpoint has no weights that are not averaged");
    }
    Map<String, AnyTensor> inputs = new HashMap<>(Map.of("z", z, "t", steps));
    if (context != null) {
      inputs.put("context", context);
    }
    var raw = model.tap().run(model.infdGraphs().unet(unet, "z_dm."), inputs);
    return (Tensor) GoldenModel.get(raw, "prediction");
  }

  /** The estimates of the product, made of what the network gave. */
  private Tensor derived(
      String noisy, LongTensor steps, Tensor output, boolean clean, boolean velocity) {
    var diffusion = model.manifest().diffusion();
    if (diffusion == null) {
      throw new IllegalStateException("no diffusion");
    }
    var betas = BetaSchedule.of(diffusion);
    var z = arrays.floats(noisy);
    var items = new ArrayList<Tensor>();
    for (int i = 0; i < z.extent(0); i++) {
      var given = output.slice(i, i + 1);
      int t = (int) steps.toArray()[i];
      var level = new NoiseLevel(t, betas.alphaCumprod(t));
      var estimate =
          Denoiser.of((x, step, c, cancellation) -> given, diffusion.prediction(), null)
              .estimate(z.slice(i, i + 1), level, Cancellation.never());
      items.add(
          clean
              ? estimate.x0()
              : velocity ? velocity(level, estimate.x0(), estimate.epsilon()) : estimate.epsilon());
    }
    return GoldenModel.stack(items);
  }

  private static Tensor velocity(NoiseLevel level, Tensor x0, Tensor epsilon) {
    var v = Tensor.zeros(x0.shape());
    for (int i = 0; i < v.elements(); i++) {
      v.set(i, level.sqrtAlpha() * epsilon.get(i) - level.sqrtOneMinusAlpha() * x0.get(i));
    }
    return v;
  }
}
