package org.infd.acceptance.golden;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.infd.acceptance.golden.GoldenModel.Axis;
import org.infd.exporter.network.RendererSettings.Encoding;
import org.infd.inference.bundle.Manifest.LatentKind;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.Device;
import org.infd.inference.tensor.AnyTensor;
import org.infd.inference.tensor.LongTensor;
import org.infd.inference.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** The encoder, the quantiser, the decoder and the renderer's input. */
final class LatentChecks {
  private final InfdSubject subject;
  private final GoldenModel model;
  private final GoldenArrays arrays;
  private final GoldenLedger ledger;

  LatentChecks(InfdSubject subject) {
    this.subject = subject;
    this.model = subject.model();
    this.arrays = subject.arrays();
    this.ledger = subject.ledger();
  }

  void run() {
    for (var array : List.copyOf(arrays.names())) {
      var name = ArrayName.of(array);
      var numbers = arrays.get(array);
      if (numbers.integer()) {
        if (name.says("index", "indices", "codes", "idx", "ids") && !name.says("class")) {
          indices(array);
        }
      } else if (isEncoded(name)) {
        encoded(array);
      } else if (numbers.rank() == 4 && isRows(name)) {
        rows(array);
      } else if (name.says("phi", "features", "feat") && !name.says("grad", "d", "rgb")) {
        phi(array);
      } else if (name.says("layout", "query") && numbers.rank() >= 3) {
        layout(array);
      } else if (name.says("codebook", "codes") && numbers.rank() == 2) {
        codebook(array);
      }
    }
  }

  private boolean isEncoded(ArrayName name) {
    if (name.says("grad", "unet", "ddim", "phi", "gn", "vq", "q", "rgb", "time", "timestep")) {
      return false;
    }
    if (name.says("moments", "logvar", "deviation")) {
      return true;
    }
    return name.ends("z", "mean", "mu", "std", "sigma", "var", "encoded", "latent", "enc")
        && !images(name).isEmpty();
  }

  private static boolean isRows(ArrayName name) {
    return name.text().toLowerCase(Locale.ROOT).matches(".*(z_?q|quant|codebook_?rows).*")
        && !name.withoutQuantiser();
  }

  /** The pictures that an array may be encoded of: those with the same words before their name. */
  private List<String> images(ArrayName name) {
    var found = new ArrayList<String>();
    for (var array : arrays.names()) {
      var numbers = arrays.get(array);
      var other = ArrayName.of(array);
      if (numbers.rank() == 4
          && other.ends("image", "images", "img", "photo", "photos", "picture", "input", "x")
          && (numbers.extent(1) == 3 || numbers.extent(3) == 3)
          && other.words().size() <= name.words().size()
          && name.words()
              .subList(0, other.words().size() - 1)
              .equals(other.words().subList(0, other.words().size() - 1))) {
        found.add(array);
      }
    }
    return name.nearest(found);
  }

  private Tensor image(String name) {
    var numbers = arrays.get(name);
    var floats = numbers.floats();
    if (numbers.integer()) {
      for (int i = 0; i < floats.elements(); i++) {
        floats.set(i, floats.get(i) / 127.5f - 1);
      }
    }
    return numbers.extent(1) == 3 ? floats : channelsFirst(floats);
  }

  private static Tensor channelsFirst(Tensor x) {
    int channels = x.extent(3);
    int pixels = x.extent(1) * x.extent(2);
    var result = Tensor.zeros(x.extent(0), channels, x.extent(1), x.extent(2));
    for (int i = 0; i < x.elements(); i++) {
      int item = i / (pixels * channels);
      int pixel = i / channels % pixels;
      result.set((item * channels + i % channels) * pixels + pixel, x.get(i));
    }
    return result;
  }

  private void encoded(String array) {
    var name = ArrayName.of(array);
    var readings = new ArrayList<Reading>();
    var images = images(name);
    if (images.isEmpty()) {
      images = name.nearest(arrays.names().stream().filter(this::isImage).toList());
    }
    boolean gaussian = model.manifest().latent().kind() == LatentKind.GAUSSIAN;
    for (var image : images) {
      if (gaussian) {
        gaussian(name, image, readings);
      } else {
        readings.add(new Reading("encoder of " + image, () -> encode(image, "z")));
      }
    }
    // a bare "z" beside an "image" may be another latent
    boolean sure = !gaussian && name.words().size() > 1;
    if (ledger.compare(array, InfdSubject.CALL, sure, readings) != null) {
      ledger.input(images.getFirst(), "a picture to encode");
    }
  }

  private boolean isImage(String array) {
    var numbers = arrays.get(array);
    return numbers.rank() == 4
        && numbers.extent(1) == 3
        && ArrayName.of(array).ends("image", "img", "photo", "picture");
  }

  private void gaussian(ArrayName name, String image, List<Reading> readings) {
    if (name.says("moments")) {
      readings.add(
          new Reading(
              "mean and log variance of " + image,
              () -> channels(encode(image, "mean"), logVariance(image))));
    } else if (name.says("logvar", "log")) {
      readings.add(new Reading("log variance of " + image, () -> logVariance(image)));
    } else if (name.ends("std", "deviation", "sigma")) {
      readings.add(new Reading("deviation of " + image, () -> encode(image, "deviation")));
    } else if (name.ends("var")) {
      readings.add(
          new Reading(
              "variance of " + image,
              () -> map(encode(image, "deviation"), deviation -> deviation * deviation)));
    } else {
      var noises = new ArrayList<>(subject.latentShaped());
      noises.removeIf(noise -> !ArrayName.of(noise).ends("noise", "eps", "epsilon", "n"));
      readings.add(new Reading("mean of " + image, () -> encode(image, "mean")));
      for (var noise : name.nearest(noises)) {
        readings.add(
            new Reading(
                "mean + deviation · " + noise,
                () -> {
                  var z =
                      sum(encode(image, "mean"), encode(image, "deviation"), arrays.floats(noise));
                  ledger.input(noise, "noise of the encoder");
                  return z;
                }));
      }
    }
  }

  private interface Scalar {
    double of(double x);
  }

  private static Tensor map(Tensor x, Scalar scalar) {
    var result = Tensor.zeros(x.shape());
    for (int i = 0; i < x.elements(); i++) {
      result.set(i, (float) scalar.of(x.get(i)));
    }
    return result;
  }

  private Tensor logVariance(String image) {
    return map(encode(image, "deviation"), deviation -> 2 * Math.log(deviation));
  }

  private static Tensor sum(Tensor mean, Tensor deviation, Tensor noise) {
    var result = Tensor.zeros(mean.shape());
    for (int i = 0; i < result.elements(); i++) {
      result.set(i, mean.get(i) + deviation.get(i) * noise.get(i));
    }
    return result;
  }

  /** Two tensors (n, c, h, w) one behind the other along the channels. */
  static Tensor channels(Tensor first, Tensor second) {
    var shape = first.shape();
    int items = (int) shape[0];
    int each = first.elements() / items;
    shape[1] *= 2;
    var both = Tensor.zeros(shape);
    for (int item = 0; item < items; item++) {
      both.data().put(2 * item * each, first.data(), item * each, each);
      both.data().put((2 * item + 1) * each, second.data(), item * each, each);
    }
    return both;
  }

  private Tensor encode(String image, String output) {
    return subject.once(
        output + " of " + image,
        () -> {
          try (var graph = model.bundle().load("encode", Device.cpu())) {
            var outputs =
                graph.run(Map.of("image", image(image)), Set.of(output), Cancellation.never());
            return (Tensor) GoldenModel.get(outputs, output);
          }
        });
  }

  private void indices(String array) {
    if (model.manifest().latent().kind() != LatentKind.QUANTISED) {
      return;
    }
    var expected = arrays.longs(array).toArray();
    double best = 1;
    var words = "";
    for (var source : subject.sources(array)) {
      var chosen = ((LongTensor) quantised(source).get("indices")).toArray();
      if (chosen.length >= expected.length) {
        long different = 0;
        for (int i = 0; i < expected.length; i++) {
          different += expected[i] == chosen[i] ? 0 : 1;
        }
        double share = (double) different / expected.length;
        if (words.isEmpty() || share < best) {
          best = share;
          words = "codebook rows of " + source;
        }
      }
    }
    if (words.isEmpty() || best > 0.5 && !subject.knowsItsLatent()) {
      ledger.notChecked(array, "the set lacks the latent");
    } else {
      ledger.note(array, best, 0, words);
    }
  }

  private Map<String, AnyTensor> quantised(String latent) {
    return model.tap().run(model.infdGraphs().quantise(), Map.of("z", subject.latent(latent)));
  }

  private void rows(String array) {
    if (model.manifest().latent().kind() != LatentKind.QUANTISED) {
      return;
    }
    var readings = new ArrayList<Reading>();
    for (var source : subject.sources(array)) {
      if (!source.equals(array)) {
        readings.add(
            new Reading(
                "codebook rows of " + source,
                () -> (Tensor) GoldenModel.get(quantised(source), "rows")));
      }
    }
    ledger.compare(array, InfdSubject.CALL, subject.knowsItsLatent(), readings);
  }

  private void codebook(String array) {
    var tensor = "quantizer.embedding.weight";
    var shape = arrays.get(array).shape();
    ledger.compare(
        array,
        InfdSubject.CALL,
        false,
        List.of(new Reading("the codebook", () -> model.tensor(tensor, shape))));
  }

  private void phi(String array) {
    var name = ArrayName.of(array);
    var readings = new ArrayList<Reading>();
    for (boolean quantised : subject.quantised(name)) {
      for (var source : subject.sources(array)) {
        readings.add(
            new Reading(
                "φ of " + InfdSubject.sourceWords(source, quantised),
                () -> {
                  subject.given(source);
                  return subject.phi(source, quantised);
                }));
      }
    }
    ledger.compare(array, InfdSubject.CALL, subject.knowsItsLatent(), readings);
  }

  private void layout(String array) {
    if (model.settings().renderer().fixed()) {
      return;
    }
    var expected = arrays.get(array);
    int side = expected.extent(expected.rank() - 1);
    var axis = Axis.of(side, 0, side);
    var readings = new ArrayList<Reading>();
    for (var source : subject.sources(array)) {
      readings.add(
          new Reading(
              "the renderer's input at " + side + " pixels for " + source,
              () -> encodedQuery(subject.phi(source, true).slice(0, 1), axis)));
    }
    ledger.compare(array, InfdSubject.CALL, subject.knowsItsLatent(), readings);
  }

  /** The renderer's input with its positional encodings. */
  private Tensor encodedQuery(Tensor phi, Axis axis) {
    var query = GoldenModel.query(phi, axis, axis);
    int features = phi.extent(1);
    int pixels = query.extent(2) * query.extent(3);
    var parts = new ArrayList<float[]>();
    var values = query.toArray();
    for (int c = 0; c < features; c++) {
      parts.add(Arrays.copyOfRange(values, c * pixels, (c + 1) * pixels));
    }
    var renderer = model.settings().renderer();
    encode(values, features * pixels, pixels, renderer.coordinateEncoding(), parts);
    encode(values, (features + 2) * pixels, pixels, renderer.cellEncoding(), parts);
    var result = Tensor.zeros(1, parts.size(), query.extent(2), query.extent(3));
    for (int c = 0; c < parts.size(); c++) {
      result.data().put(c * pixels, parts.get(c));
    }
    return result;
  }

  private static void encode(
      float[] values, int from, int pixels, @Nullable Encoding encoding, List<float[]> parts) {
    if (encoding == null) {
      parts.add(Arrays.copyOfRange(values, from, from + pixels));
      parts.add(Arrays.copyOfRange(values, from + pixels, from + 2 * pixels));
      return;
    }
    int half = encoding.dim() / 2;
    for (boolean cosine : new boolean[] {true, false}) {
      for (int axis = 0; axis < 2; axis++) {
        for (int k = 0; k < half; k++) {
          double weight = half == 1 ? 1 : Math.exp(Math.log(encoding.largest()) * k / (half - 1.0));
          var part = new float[pixels];
          for (int i = 0; i < pixels; i++) {
            double angle = Math.PI * values[from + axis * pixels + i] * (float) weight;
            part[i] = (float) (cosine ? Math.cos(angle) : Math.sin(angle));
          }
          parts.add(part);
        }
      }
    }
  }
}
