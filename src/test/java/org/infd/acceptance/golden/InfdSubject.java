package org.infd.acceptance.golden;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.infd.inference.tensor.Tensor;

/** A model with the arrays of its set: which of them are latents, and what they decode to. */
final class InfdSubject {
  /** Relative error of one call of a network. */
  static final double CALL = 1e-5;

  private static final int MOST_SOURCES = 6;

  private final GoldenModel model;
  private final GoldenArrays arrays;
  private final GoldenLedger ledger;
  private final Map<String, Tensor> latents = new LinkedHashMap<>();
  private final Map<String, Tensor> computed = new HashMap<>();

  InfdSubject(GoldenModel model, GoldenArrays arrays, GoldenLedger ledger) {
    this.model = model;
    this.arrays = arrays;
    this.ledger = ledger;
    collectLatents();
  }

  private void collectLatents() {
    var found = new ArrayList<>(latentShaped());
    found.removeIf(name -> !isCleanLatent(ArrayName.of(name)));
    found.sort((a, b) -> Integer.compare(rank(a), rank(b)));
    found.forEach(name -> latents.put(name, arrays.floats(name)));
    for (var name : arrays.names()) {
      // the last latent of a recorded run
      if (ArrayName.of(name).ends("traj", "trajectory") && arrays.get(name).rank() >= 4) {
        var all = arrays.floats(name);
        var last = all.slice(all.extent(0) - 1, all.extent(0));
        int items = last.elements() / model.manifest().latent().elements();
        if (items * model.manifest().latent().elements() == last.elements()) {
          latents.put(name, last.reshape(model.manifest().latent().shape(items)));
        }
      }
    }
  }

  private static boolean isCleanLatent(ArrayName name) {
    return !name.ends(
                "grad",
                "eps",
                "epsilon",
                "noise",
                "v",
                "velocity",
                "out",
                "output",
                "pred",
                "zt",
                "xt",
                "x",
                "noisy",
                "logvar",
                "var",
                "std",
                "deviation",
                "w",
                "cotangent",
                "dz")
            && !name.says("image", "img", "photo", "rgb", "picture", "grad", "noise", "d", "init")
        || name.says("grad") && name.ends("x0");
  }

  private static int rank(String name) {
    var list = List.of("z0", "z", "latent", "enc_z");
    int at = list.indexOf(name);
    if (at >= 0) {
      return at;
    }
    return ArrayName.of(name).says("mean", "q") ? 9 : 5;
  }

  GoldenModel model() {
    return model;
  }

  GoldenArrays arrays() {
    return arrays;
  }

  GoldenLedger ledger() {
    return ledger;
  }

  /** The names of all arrays of whole latents, whatever they are. */
  List<String> latentShaped() {
    var latent = model.manifest().latent();
    return arrays.shaped(false, -1, latent.channels(), latent.height(), latent.width());
  }

  /** The clean latents that an array may have been made of, the likeliest first. */
  List<String> sources(String array) {
    var near = ArrayName.of(array).nearest(List.copyOf(latents.keySet()));
    return near.subList(0, Math.min(MOST_SOURCES, near.size()));
  }

  /**
   * Whether the latent that arrays without further words were made of is certainly in the set. A
   * set of a diffusion network has one beside the encoder's result; without it there is no telling.
   */
  boolean knowsItsLatent() {
    return model.manifest().diffusion() == null
        || latents.keySet().stream()
            .map(ArrayName::of)
            .anyMatch(
                name ->
                    name.ends("z0", "z", "latent", "latents")
                        && !name.says("enc", "rec", "q", "ddim"));
  }

  /** A clean latent (n, c, h, w). */
  Tensor latent(String name) {
    var latent = latents.get(name);
    if (latent == null) {
      throw new IllegalArgumentException(name);
    }
    return latent;
  }

  /** φ of a clean latent of the set. */
  Tensor phi(String latent, boolean quantised) {
    return once(
        "φ of " + sourceWords(latent, quantised), () -> model.decode(latent(latent), quantised));
  }

  /** Computes something the first time that it is asked for. */
  Tensor once(String key, Supplier<Tensor> how) {
    var known = computed.get(key);
    if (known == null) {
      known = how.get();
      computed.put(key, known);
    }
    return known;
  }

  /** Everything that was computed so far, by what it is. */
  Map<String, Tensor> computed() {
    return Map.copyOf(computed);
  }

  /** Notes that a latent was decoded. */
  void given(String name) {
    if (arrays.has(name) && !ledger.isSettled(name)) {
      ledger.input(name, "a latent to decode");
    }
  }

  /** Whether decoding with the quantiser, without, or either may have made an array. */
  List<Boolean> quantised(ArrayName name) {
    return name.withoutQuantiser() ? List.of(false) : List.of(true, false);
  }

  static String sourceWords(String latent, boolean quantised) {
    return latent + (quantised ? "" : " without the quantiser");
  }
}
