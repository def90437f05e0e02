package org.infd.inference.field;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.infd.exporter.graph.OnnxWriter;
import org.infd.exporter.graph.TensorSource;
import org.infd.exporter.graph.WeightsFile;
import org.infd.exporter.network.InfdGraphs;
import org.infd.exporter.network.ModelSettings;
import org.infd.exporter.network.PlannedGraph;
import org.infd.exporter.network.Weights;
import org.infd.inference.bundle.Manifest;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Bundles that hold only the render graphs, of any of the official renderers, with random weights:
 * fields without a decoder.
 *
 * @param features the channels of φ
 * @param side the side of φ
 * @param hidden the width of the inner network
 * @param kernel the side of its convolutions
 * @param blocks its residual blocks, 2 or 3
 * @param normalize whether it has norms
 * @param coordinateEncoding the dimension of the encoding of the relative coordinate, 0 for none
 * @param cellEncoding the dimension of the encoding of the relative cell, 0 for none
 */
record RandomRenderer(
    int features,
    int side,
    int hidden,
    int kernel,
    int blocks,
    boolean normalize,
    int coordinateEncoding,
    int cellEncoding) {
  /** The published renderer at another width. */
  static RandomRenderer of(int features, int side, int hidden) {
    return new RandomRenderer(features, side, hidden, 3, 2, true, 0, 0);
  }

  RandomRenderer withoutNorms() {
    return new RandomRenderer(
        features, side, hidden, kernel, blocks, false, coordinateEncoding, cellEncoding);
  }

  RandomRenderer encoded(int coordinate, int cell) {
    return new RandomRenderer(features, side, hidden, kernel, blocks, normalize, coordinate, cell);
  }

  RandomRenderer withKernel(int newKernel) {
    return new RandomRenderer(
        features, side, hidden, newKernel, blocks, normalize, coordinateEncoding, cellEncoding);
  }

  RandomRenderer larger() {
    return new RandomRenderer(
        features, side, hidden, kernel, 3, normalize, coordinateEncoding, cellEncoding);
  }

  /**
   * A feature map with the unevenness of real ones: mean and texture change from place to place.
   */
  Tensor phi(long seed) {
    var random = new Random(seed);
    var phi = Tensor.zeros(1, features, side, side);
    int i = 0;
    for (int f = 0; f < features; f++) {
      double phase = random.nextDouble() * 6;
      for (int r = 0; r < side; r++) {
        for (int c = 0; c < side; c++) {
          double place = Math.sin(phase + 5.0 * r / side) * Math.cos(phase + 4.0 * c / side);
          phi.set(i++, (float) (place + 0.6 * (1 + place) * random.nextGaussian()));
        }
      }
    }
    return phi;
  }

  /** Writes the bundle into an empty folder and opens it. */
  ModelBundle write(Path folder, Manifest.@Nullable TrainedScale trained) throws IOException {
    var settings = ModelSettings.of(arguments());
    var graphs = new InfdGraphs(settings, new Weights(weights()));
    var entries = new LinkedHashMap<String, Manifest.GraphEntry>();
    var planned =
        graphs.all("").stream().filter(p -> p.graph().name().startsWith("render")).toList();
    try (var file = new WeightsFile(folder.resolve("renderer.weights"), false, new Silent())) {
      for (PlannedGraph plan : planned) {
        OnnxWriter.write(plan.graph(), folder.resolve(plan.graph().name() + ".onnx"), file, "test");
      }
    }
    var hash = sha256(folder.resolve("renderer.weights"));
    for (PlannedGraph plan : planned) {
      var onnx = plan.graph().name() + ".onnx";
      entries.put(
          plan.graph().name(),
          new Manifest.GraphEntry(
              onnx,
              sha256(folder.resolve(onnx)),
              "renderer.weights",
              hash,
              plan.form(),
              List.of(),
              List.of()));
    }
    var renderer =
        new Manifest.Renderer(
            Manifest.RendererKind.FIELD,
            settings.renderer().receptiveRadius(),
            hidden,
            graphs.norms());
    var manifest =
        new Manifest(
            Manifest.FORMAT,
            "random",
            "Random renderer",
            "",
            "unknown",
            new Manifest.Source("none", "", null),
            "test",
            Manifest.Storage.FP32,
            settings.latent(),
            new Manifest.FeatureMap(features, side, side),
            256,
            renderer,
            trained,
            null,
            null,
            Manifest.Conditioning.none(),
            null,
            null,
            entries);
    Files.writeString(folder.resolve(ModelBundle.MANIFEST), ModelBundle.toJson(manifest));
    return ModelBundle.open(folder);
  }

  private Map<String, Object> arguments() {
    Map<String, Object> net = new HashMap<>();
    net.put("hidden_channels", hidden);
    net.put("kernel_size", kernel);
    net.put("normalize", normalize);
    Map<String, Object> wrapper = new HashMap<>();
    wrapper.put("z_dec_channels", features);
    wrapper.put(
        "net",
        Map.of(
            "name",
            blocks == 2 ? "simple_renderer_net" : "simple_renderer_net_larger",
            "args",
            net));
    if (coordinateEncoding > 0) {
      wrapper.put("co_pe_dim", coordinateEncoding);
      wrapper.put("co_pe_w_max", 16.0);
    }
    if (cellEncoding > 0) {
      wrapper.put("ce_pe_dim", cellEncoding);
      wrapper.put("ce_pe_w_max", 4.0);
    }
    Map<String, Object> coder = Map.of("ch", features, "ch_mult", List.of(1));
    return Map.of(
        "z_shape", List.of(3, side, side),
        "encoder", Map.of("name", "encoder_vqf4", "args", coder),
        "decoder", Map.of("name", "decoder_vqf4", "args", coder),
        "renderer", Map.of("name", "renderer_concat_wrapper", "args", wrapper));
  }

  private Map<String, Weights.Stored> weights() {
    var random = new Random(17);
    var weights = new LinkedHashMap<String, Weights.Stored>();
    int in =
        features
            + (coordinateEncoding > 0 ? 2 * coordinateEncoding : 2)
            + (cellEncoding > 0 ? 2 * cellEncoding : 2);
    convolution(weights, "model.0", in, hidden, random);
    for (int block = 1; block <= blocks; block++) {
      norm(weights, "model." + block + ".norm1", random);
      convolution(weights, "model." + block + ".conv1", hidden, hidden, random);
      norm(weights, "model." + block + ".norm2", random);
      convolution(weights, "model." + block + ".conv2", hidden, hidden, random);
    }
    norm(weights, "norm_out", random);
    convolution(weights, "conv_out", hidden, 3, random);
    return weights;
  }

  private void convolution(
      Map<String, Weights.Stored> weights, String name, int from, int to, Random random) {
    double scale = 1.4 / Math.sqrt((double) from * kernel * kernel);
    put(weights, name + ".weight", random, 0, scale, to, from, kernel, kernel);
    put(weights, name + ".bias", random, 0, 0.1, to);
  }

  private void norm(Map<String, Weights.Stored> weights, String name, Random random) {
    if (normalize) {
      put(weights, name + ".weight", random, 1, 0.3, hidden);
      put(weights, name + ".bias", random, 0, 0.3, hidden);
    }
  }

  private static void put(
      Map<String, Weights.Stored> weights,
      String name,
      Random random,
      double mean,
      double scale,
      long... shape) {
    int count = 1;
    var extents = new ArrayList<Long>();
    for (long extent : shape) {
      count = Math.multiplyExact(count, (int) extent);
      extents.add(extent);
    }
    var values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (mean + scale * random.nextGaussian());
    }
    weights.put("renderer.net." + name, new Weights.Stored(extents, TensorSource.of(values)));
  }

  private static String sha256(Path file) throws IOException {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static final class Silent implements WeightsFile.Findings {
    @Override
    public void notFinite(String name, long values) {}

    @Override
    public void beyondHalf(String name, long values) {}

    @Override
    public void progress(long bytes) {}
  }
}
