package org.infd.acceptance.golden;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.infd.acceptance.golden.GoldenModel.Axis;
import org.infd.acceptance.golden.PictureChecks.Placed;
import org.infd.inference.bundle.Manifest;
import org.infd.inference.diffusion.BetaSchedule;
import org.infd.inference.diffusion.Denoiser;
import org.infd.inference.diffusion.NoiseLevel;
import org.infd.inference.field.Rectangle;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.tensor.AnyTensor;
import org.infd.inference.tensor.LongTensor;
import org.infd.inference.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Losses of rendered pictures and their gradients, through the bundle's vjp graphs, chained. Where
 * no codebook decision is near, relative error at most 1e-4; through the diffusion network a
 * decision may be near and amplification is large: 1e-3.
 */
final class GradientChecks {
  private static final double SAFE = 1e-4;
  private static final double THROUGH_NETWORK = 1e-3;

  private final InfdSubject subject;
  private final GoldenModel model;
  private final GoldenArrays arrays;
  private final GoldenLedger ledger;
  private final Contexts contexts;
  private final Map<String, Placed> placed;
  private final FieldGradient field;

  GradientChecks(InfdSubject subject, Contexts contexts, Map<String, Placed> placed) {
    this.subject = subject;
    this.model = subject.model();
    this.arrays = subject.arrays();
    this.ledger = subject.ledger();
    this.contexts = contexts;
    this.placed = placed;
    this.field = new FieldGradient(model);
  }

  void run() {
    for (var array : arrays.names()) {
      var name = ArrayName.of(array);
      if (ledger.knows(array) || PictureChecks.isCotangent(name) && !isGradient(name)) {
        continue;
      }
      if (name.says("loss", "losses") && !isGradient(name) && arrays.get(array).rank() <= 1) {
        loss(array, name);
      } else if (isGradient(name)) {
        gradient(array, name);
      }
    }
  }

  /** Whether a name says that an array is a gradient of a loss. */
  static boolean isGradient(ArrayName name) {
    return name.text()
            .toLowerCase(Locale.ROOT)
            .matches("(.*[_./])?(d|grad|gradient|dl|vjp)_?(of_)?(d_?)?(z\\d?|latent|phi|rgb|zt|xt)")
        || name.ends("grad", "gradient", "dz", "grads")
        || name.says("grad", "gradient") && name.ends("z", "zt", "z0", "phi", "latent", "xt");
  }

  /** The arrays that weight pictures, or that these are compared with, nearest first. */
  private List<String> weights(ArrayName name) {
    var found = new ArrayList<String>();
    for (var array : arrays.names()) {
      var numbers = arrays.get(array);
      if (PictureChecks.isCotangent(ArrayName.of(array))
          && numbers.rank() == 4
          && numbers.extent(1) == 3) {
        found.add(array);
      }
    }
    return name.nearest(found);
  }

  /** Where the picture of a weight may lie: the places of pictures of its size. */
  private List<Placed> places(ArrayName name, Tensor w) {
    var found = new LinkedHashSet<Placed>();
    for (var picture : name.nearest(List.copyOf(placed.keySet()))) {
      var numbers = arrays.get(picture);
      if (numbers.rank() == 4
          && numbers.extent(2) == w.extent(2)
          && numbers.extent(3) == w.extent(3)) {
        found.add(placed.get(picture));
      }
    }
    for (var place : placed.values()) {
      if (place.rows().centres().size() == w.extent(2)
          && place.columns().centres().size() == w.extent(3)) {
        found.add(place);
      }
    }
    if (w.extent(2) == w.extent(3)) {
      int side = w.extent(2);
      var axis = Axis.of(side, 0, side);
      found.add(new Placed("", true, side, Rectangle.whole(side), true, axis, axis));
    }
    var distinct = new ArrayList<Placed>();
    var seen = new LinkedHashSet<String>();
    for (var place : found) {
      if (seen.add(place.side() + " " + place.rectangle() + place.alone() + place.rows())) {
        distinct.add(place);
      }
    }
    return distinct.subList(0, Math.min(4, distinct.size()));
  }

  private void loss(String array, ArrayName name) {
    var expected = arrays.get(array).values();
    double allowed = ledger.tolerance(arrays.get(array), SAFE);
    double best = Double.POSITIVE_INFINITY;
    var bestWords = "";
    for (var weight : weights(name)) {
      var w = arrays.floats(weight);
      for (var picture : pictures(name, w)) {
        var place = placed.get(picture);
        if (place == null) {
          continue;
        }
        var phi = subject.phi(place.latent(), place.quantised());
        int items = Math.min(phi.extent(0), w.extent(0));
        var rgb = field.colours(phi.slice(0, items), place);
        for (var loss : Loss.values()) {
          double error = error(loss, rgb, w, expected);
          if (error < best) {
            best = error;
            bestWords = loss.words() + " of " + picture + " and " + weight;
          }
        }
        if (best <= allowed) {
          ledger.note(array, best, allowed, bestWords);
          ledger.input(weight, "weight or target of a loss");
          return;
        }
      }
    }
    if (bestWords.isEmpty()) {
      ledger.notChecked(array, "the set lacks the weights or the picture that it is of");
    } else if (best <= GoldenLedger.NEAR) {
      ledger.note(array, best, allowed, bestWords);
    } else {
      ledger.notChecked(
          array, String.format(Locale.ROOT, "it fits no loss: %.1e from %s", best, bestWords));
    }
  }

  private List<String> pictures(ArrayName name, Tensor w) {
    var found = new ArrayList<String>();
    for (var picture : name.nearest(List.copyOf(placed.keySet()))) {
      var numbers = arrays.get(picture);
      if (ArrayName.of(picture).run().equals(name.run())
          && numbers.rank() == 4
          && numbers.extent(2) == w.extent(2)
          && numbers.extent(3) == w.extent(3)) {
        found.add(picture);
      }
    }
    return found;
  }

  private static double error(Loss loss, Tensor rgb, Tensor w, double[] expected) {
    int items = rgb.extent(0);
    if (expected.length != 1 && expected.length != items) {
      return Double.POSITIVE_INFINITY;
    }
    double worst = 0;
    for (int i = 0; i < expected.length; i++) {
      var value =
          expected.length == 1 ? loss.value(rgb, w, 0, items) : loss.value(rgb, w, i, i + 1);
      // terms of both signs cancel, so the error is measured against the terms
      double magnitude = Math.max(Math.abs(expected[i]), value[1]);
      worst = Math.max(worst, Math.abs(value[0] - expected[i]) / magnitude);
    }
    return worst;
  }

  private void gradient(String array, ArrayName name) {
    if (new Renders(model).fixed()) {
      ledger.unsupported(array, "a fixed-resolution tail has no gradients");
      return;
    }
    var latent = model.manifest().latent();
    var map = model.manifest().featureMap();
    var shape = arrays.get(array).shape();
    var item = Arrays.copyOfRange(shape, Math.min(1, shape.length), shape.length);
    boolean ofLatent = Arrays.equals(item, tail(latent.shape(1)));
    boolean ofPhi = Arrays.equals(item, new long[] {map.channels(), map.height(), map.width()});
    boolean ofPicture = shape.length == 4 && shape[1] == 3 && !ofLatent;
    var readings = new ArrayList<Reading>();
    var gathers = new HashMap<Reading, Reading>();
    double tolerance = SAFE;
    var noisy = ofLatent ? noisy(name, shape) : List.<String>of();
    for (var weight : weights(name)) {
      var w = arrays.floats(weight);
      for (var place : places(name, w)) {
        for (var loss : Loss.values()) {
          var words = " of " + loss.words() + " for " + weight;
          if (!noisy.isEmpty()) {
            tolerance = THROUGH_NETWORK;
            for (var source : noisy) {
              for (var context : contexts.of(name, (int) shape[0])) {
                readings.add(throughNetwork(words, source, context, w, place, loss));
              }
            }
            continue;
          }
          for (boolean quantised : subject.quantised(name)) {
            for (var source : subject.sources(array)) {
              if (source.equals(array) || subject.latent(source).extent(0) > w.extent(0)) {
                continue;
              }
              var at = words + " at " + InfdSubject.sourceWords(source, quantised);
              if (ofLatent) {
                var reading = latentGradient(at, source, quantised, w, place, loss, false);
                readings.add(reading);
                gathers.put(reading, latentGradient(at, source, quantised, w, place, loss, true));
              } else if (ofPhi) {
                readings.add(
                    new Reading(
                        "gradient in φ" + at,
                        () -> phiGradient(source, quantised, w, place, loss, false)));
              } else if (ofPicture) {
                readings.add(
                    new Reading(
                        "gradient in the picture" + at,
                        () -> pictureGradient(source, quantised, w, place, loss)));
              }
            }
          }
        }
      }
    }
    if (readings.isEmpty()) {
      ledger.notChecked(
          array, "the set lacks the weights of its loss, or a picture that tells where they lie");
      return;
    }
    var fitting = ledger.compare(array, tolerance, readings.size() <= 200, readings);
    if (fitting != null) {
      for (var weight : weights(name)) {
        ledger.input(weight, "weight or target of a loss");
      }
      if (gathers.get(fitting) instanceof Reading gather) {
        ledger.compare(array, tolerance, true, List.of(gather));
      }
    }
  }

  private static long[] tail(long[] shape) {
    return Arrays.copyOfRange(shape, 1, shape.length);
  }

  private List<String> noisy(ArrayName name, long[] shape) {
    var found = new ArrayList<>(subject.latentShaped());
    found.removeIf(
        array ->
            !ArrayName.of(array).ends("zt", "xt", "noisy", "x")
                || arrays.get(array).extent(0) != shape[0]
                || step(ArrayName.of(array)) < 0);
    return step(name) < 0 ? List.of() : name.nearest(found);
  }

  /** The time step in a name, or −1. */
  private static int step(ArrayName name) {
    for (var word : name.words()) {
      if (word.matches("(zt|xt|t)\\d+")) {
        return Integer.parseInt(word.replaceAll("\\D", ""));
      }
    }
    return -1;
  }

  private Reading latentGradient(
      String words,
      String source,
      boolean quantised,
      Tensor w,
      Placed place,
      Loss loss,
      boolean gather) {
    return new Reading(
        "gradient" + words + (gather ? ", φ looked up in the graph" : ""),
        () -> {
          subject.given(source);
          return model.decodeVjp(
              subject.latent(source),
              phiGradient(source, quantised, w, place, loss, gather),
              quantised);
        });
  }

  private Tensor phiGradient(
      String source, boolean quantised, Tensor w, Placed place, Loss loss, boolean gather) {
    var phi = subject.phi(source, quantised);
    return field.ofPhi(phi, place, cotangent(phi, w, place, loss), gather);
  }

  private Tensor pictureGradient(
      String source, boolean quantised, Tensor w, Placed place, Loss loss) {
    return cotangent(subject.phi(source, quantised), w, place, loss);
  }

  private Tensor cotangent(Tensor phi, Tensor w, Placed place, Loss loss) {
    var weights = w.slice(0, phi.extent(0));
    var rgb = loss.needsPicture() ? field.colours(phi, place) : weights;
    return loss.cotangent(rgb, weights, w.elements());
  }

  /** As guidance does it: x̂0, its decoding and a rectangle of it, and the VJP through it all. */
  private Reading throughNetwork(
      String words, String source, Contexts.Context context, Tensor w, Placed place, Loss loss) {
    return new Reading(
        "gradient" + words + " at " + source + context.words(),
        () -> {
          var diffusion = model.manifest().diffusion();
          if (diffusion == null) {
            throw new IllegalArgumentException("the model has no diffusion network");
          }
          ledger.input(source, "noisy latents");
          return throughNetwork(diffusion, source, context, w, place, loss);
        });
  }

  private Tensor throughNetwork(
      Manifest.Diffusion diffusion,
      String source,
      Contexts.Context context,
      Tensor w,
      Placed place,
      Loss loss) {
    int t = step(ArrayName.of(source));
    var level = new NoiseLevel(t, BetaSchedule.of(diffusion).alphaCumprod(t));
    var noisy = arrays.floats(source);
    var back = new ArrayList<Tensor>();
    for (int item = 0; item < noisy.extent(0); item++) {
      var denoiser =
          Denoiser.of(new Unet(model), diffusion.prediction(), context.item(item).tensor());
      var x = noisy.slice(item, item + 1);
      var x0 = denoiser.estimate(x, level, Cancellation.never()).x0();
      var phi = model.decode(x0, place.quantised());
      var weights = w.slice(item, item + 1);
      var rgb = loss.needsPicture() ? field.colours(phi, place) : weights;
      var ofRgb = loss.cotangent(rgb, weights, w.elements());
      var ofPhi = field.ofPhi(phi, place, ofRgb, false);
      var ofLatent = model.decodeVjp(x0, ofPhi, place.quantised());
      back.add(denoiser.vjp(x, level, ofLatent, Cancellation.never()));
    }
    return GoldenModel.stack(back);
  }

  /** The network of a bundle with its VJP. */
  private record Unet(GoldenModel model) implements Denoiser.DifferentiableNetwork {
    @Override
    public Tensor predict(
        Tensor z, int timestep, @Nullable Tensor context, Cancellation cancellation) {
      return model.predict(z, steps(z, timestep), context);
    }

    @Override
    public Tensor vjp(
        Tensor z,
        int timestep,
        @Nullable Tensor context,
        Tensor cotangent,
        Cancellation cancellation) {
      var inputs =
          new HashMap<String, AnyTensor>(
              Map.of("z", z, "t", steps(z, timestep), "d_prediction", cotangent));
      if (context != null) {
        inputs.put("context", context);
      }
      return model.run("unet_vjp", inputs);
    }

    private static LongTensor steps(Tensor z, int timestep) {
      var steps = new long[z.extent(0)];
      Arrays.fill(steps, timestep);
      return LongTensor.of(steps, steps.length);
    }
  }
}
