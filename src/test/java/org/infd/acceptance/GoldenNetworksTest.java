package org.infd.acceptance;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.infd.acceptance.GoldenModel.Axis;
import org.infd.exporter.graph.Dim;
import org.infd.exporter.graph.ElementType;
import org.infd.exporter.graph.GraphBuilder;
import org.infd.exporter.graph.Shape;
import org.infd.exporter.network.InfdGraphs;
import org.infd.exporter.network.ModelSettings;
import org.infd.exporter.network.TimestepEmbedding;
import org.infd.exporter.torch.Checkpoint;
import org.infd.inference.bundle.Manifest.LatentKind;
import org.infd.inference.field.Rectangle;
import org.infd.inference.tensor.AnyTensor;
import org.infd.inference.tensor.LongTensor;
import org.infd.inference.tensor.Npz;
import org.infd.inference.tensor.Tensor;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every network, stage by stage, against arrays that the original code made of the same checkpoint:
 * relative error at most 1e-5. Which arrays there are decides what is checked; all settings come
 * from the checkpoint.
 */
class GoldenNetworksTest {
  private static final double TOLERANCE = 1e-5;

  // rows 20…60, columns 30…80 of a 96 pixel image, as the arrays' description says
  private static final Rectangle PART_OF_96 = new Rectangle(20, 30, 40, 50);

  private record Row(String array, String shape, double error) {}

  private final List<Row> rows = new ArrayList<>();

  @TempDir Path folder;

  static List<GoldenModel.Source> models() {
    return GoldenModel.discover();
  }

  @ParameterizedTest
  @MethodSource("models")
  void agreesWithTheOriginal(GoldenModel.Source source) {
    try (var model = GoldenModel.open(source, folder.resolve("bundle"))) {
      encoder(model);
      decoderAndRenderer(model);
      network(model);
      samples(model);
      try (var checkpoint = Checkpoint.open(source.checkpoint())) {
        taps(model, checkpoint);
      }
    }
    System.out.println(table(source));
    assertFalse(rows.isEmpty());
    assertTrue(
        rows.stream().allMatch(row -> row.error() <= TOLERANCE),
        () -> "beyond " + TOLERANCE + ":\n" + table(source));
  }

  private void encoder(GoldenModel model) {
    if (model.manifest().latent().kind() != LatentKind.GAUSSIAN) {
      if (has(model, "enc_image", "enc_z")) {
        check(model, "enc_z", model.encode(model.arrays().floats("enc_image")));
      }
      if (has(model, "rec_image", "rec_z")) {
        check(model, "rec_z", model.encode(model.arrays().floats("rec_image")));
      }
    }
    if (has(model, "rec_z", "rec_rgb256")) {
      var phi = model.decode(model.arrays().floats("rec_z"));
      check(model, "rec_rgb256", model.colours(phi, 256, Rectangle.whole(256)));
    }
  }

  private void decoderAndRenderer(GoldenModel model) {
    var arrays = model.arrays();
    if (!arrays.has("z0") && !arrays.has("enc_z")) {
      return;
    }
    var phi = model.decode(arrays.floats(arrays.has("z0") ? "z0" : "enc_z"));
    if (arrays.has("phi")) {
      check(model, "phi", phi.slice(0, 1));
    }
    if (arrays.has("layout16")) {
      var axis = Axis.of(16, 0, 16);
      check(model, "layout16", GoldenModel.query(phi.slice(0, 1), axis, axis));
    }
    for (var name : arrays.names()) {
      var full = match("rgb_full(\\d+)", name);
      if (full.matches()) {
        int n = Integer.parseInt(full.group(1));
        check(model, name, model.colours(phi, n, Rectangle.whole(n)));
      }
      var norm = match("gn(\\d+)\\.(.*)\\.(mean|var)", name);
      if (norm.matches()) {
        check(model, name, statistics(model, phi, norm));
      }
    }
    for (var name : List.of("rgb_sub_of_full96", "grad_z_rgb")) {
      if (arrays.has(name)) {
        check(model, name, model.colours(phi, 96, PART_OF_96));
      }
    }
    if (has(model, "range_coord", "range_cell", "rgb_range")) {
      check(model, "rgb_range", range(model, phi));
    }
  }

  private static Tensor statistics(GoldenModel model, Tensor phi, Matcher norm) {
    int n = Integer.parseInt(norm.group(1));
    var names = model.manifest().renderer().norms().stream().map(m -> m.name()).toList();
    int k = names.indexOf("renderer." + norm.group(2));
    var output = (norm.group(3).equals("mean") ? "mean_" : "variance_") + k;
    var axis = Axis.of(n, 0, n);
    var items = new ArrayList<Tensor>();
    for (int i = 0; i < phi.extent(0); i++) {
      items.add((Tensor) GoldenModel.get(model.renderLive(phi, i, axis, axis), output));
    }
    return GoldenModel.stack(items);
  }

  private static Tensor range(GoldenModel model, Tensor phi) {
    var centres = model.arrays().floats("range_coord");
    var cells = model.arrays().floats("range_cell");
    var rows = new ArrayList<Float>();
    for (int y = 0; y < centres.extent(1); y++) {
      rows.add(centres.get(y * centres.extent(2) * 2));
    }
    var columns = new ArrayList<Float>();
    for (int x = 0; x < centres.extent(2); x++) {
      columns.add(centres.get(x * 2 + 1));
    }
    return model.colours(phi, new Axis(rows, cells.get(0)), new Axis(columns, cells.get(1)));
  }

  private void network(GoldenModel model) {
    var arrays = model.arrays();
    for (var name : List.of("unet_eps_ema", "unet_out_ema")) {
      if (arrays.has(name)) {
        check(model, name, model.predict(arrays.floats("unet_zt"), arrays.longs("unet_t")));
      }
    }
    for (var name : arrays.names()) {
      var noisy = match("grad_zt(\\d+)_eps", name);
      if (noisy.matches()) {
        var zt = arrays.floats("grad_zt" + noisy.group(1) + "_zt");
        var t = new long[zt.extent(0)];
        Arrays.fill(t, Long.parseLong(noisy.group(1)));
        check(model, name, model.predict(zt, LongTensor.of(t, t.length)));
      }
    }
  }

  /** What is made of sampled latents: φ in figures and samples, whole images and parts. */
  private void samples(GoldenModel model) {
    var arrays = model.arrays();
    for (var name : arrays.names()) {
      var part = match("(.*)_rgb(\\d+)_rows(\\d+)_(\\d+)_cols(\\d+)_(\\d+)", name);
      var whole = match("(ddim.*)_rgb(\\d+)", name);
      var every = match("(.*)_phi_every(\\d+)", name);
      var figures = match("(.*)_phi_(mean|std)", name);
      if (part.matches() && !model.manifest().renderer().hasNorms()) {
        check(model, name, part(model, part));
      } else if (whole.matches()) {
        int n = Integer.parseInt(whole.group(2));
        check(model, name, model.colours(phi(model, whole), n, Rectangle.whole(n)));
      } else if (every.matches()) {
        check(
            model,
            name,
            FeatureMapFigures.thinned(phi(model, every), Integer.parseInt(every.group(2))));
      } else if (figures.matches()) {
        check(
            model,
            name,
            FeatureMapFigures.perChannel(phi(model, figures), figures.group(2).equals("mean")));
      }
    }
  }

  private static Tensor phi(GoldenModel model, Matcher name) {
    return model.decode(model.arrays().floats(name.group(1) + "_z"));
  }

  /** A part of a whole image, rendered with a rim that is cut off. */
  private static Tensor part(GoldenModel model, Matcher name) {
    int n = Integer.parseInt(name.group(2));
    int row = Integer.parseInt(name.group(3));
    int column = Integer.parseInt(name.group(5));
    int height = Integer.parseInt(name.group(4)) - row;
    int width = Integer.parseInt(name.group(6)) - column;
    var wanted = new Rectangle(row, column, height, width);
    var grown = wanted.grown(model.manifest().renderer().receptiveRadius(), n);
    var colours = model.colours(phi(model, name), n, grown);
    var inner = Tensor.zeros(colours.extent(0), 3, height, width);
    for (int plane = 0; plane < inner.extent(0) * 3; plane++) {
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          int from =
              (plane * grown.height() + y + row - grown.row()) * grown.width()
                  + x
                  + column
                  - grown.column();
          inner.set((plane * height + y) * width + x, colours.get(from));
        }
      }
    }
    return inner;
  }

  /** Arrays that no graph of the bundle gives: the same network classes, tapped. */
  private void taps(GoldenModel model, Checkpoint checkpoint) {
    var arrays = model.arrays();
    var settings = ModelSettings.of(checkpoint.modelArgs());
    var weights = NetworkTap.weights(checkpoint);
    var graphs = new InfdGraphs(settings, weights);
    var tap = new NetworkTap(folder);
    if (arrays.has("vq_index")) {
      var z = arrays.floats(arrays.has("z0") ? "z0" : "enc_z");
      var chosen = tap.run(graphs.quantise(), Map.of("z", z));
      var rows = (Tensor) GoldenModel.get(chosen, "rows");
      checkIndices(model, "vq_index", (LongTensor) GoldenModel.get(chosen, "indices"));
      if (arrays.has("codebook_rows")) {
        check(model, "codebook_rows", channelsLast(rows));
      }
      if (arrays.has("z_q")) {
        check(model, "z_q", rows);
      }
    }
    if (arrays.has("phi_no_vq")) {
      var z = arrays.floats("z0").slice(0, 1);
      var phi = (Tensor) GoldenModel.get(tap.run(graphs.decode(false), Map.of("z", z)), "phi");
      check(model, "phi_no_vq", FeatureMapFigures.thinned(phi, 4));
    }
    var unet = settings.unet();
    if (unet != null && arrays.has("unet_eps") && weights.hasPrefix("z_dm.")) {
      Map<String, AnyTensor> inputs =
          Map.of("z", arrays.floats("unet_zt"), "t", arrays.longs("unet_t"));
      var raw = tap.run(graphs.unet(unet, "z_dm."), inputs);
      check(model, "unet_eps", (Tensor) GoldenModel.get(raw, "prediction"));
    }
    if (arrays.has("timestep_embedding")) {
      var graph = new GraphBuilder("embedding");
      var t = graph.input("t", ElementType.INT64, Shape.of(Dim.free("n")));
      int width = arrays.floats("timestep_embedding").extent(1);
      graph.output("embedding", TimestepEmbedding.embed(graph, t, width));
      var embedded = tap.run(graph.build(), Map.of("t", arrays.longs("unet_t")));
      check(model, "timestep_embedding", (Tensor) GoldenModel.get(embedded, "embedding"));
    }
  }

  private static Tensor channelsLast(Tensor x) {
    var result = Tensor.zeros(x.extent(0), x.extent(2), x.extent(3), x.extent(1));
    int pixels = x.extent(2) * x.extent(3);
    int channels = x.extent(1);
    for (int i = 0; i < x.elements(); i++) {
      int item = i / (channels * pixels);
      int channel = i / pixels % channels;
      result.set((item * pixels + i % pixels) * channels + channel, x.get(i));
    }
    return result;
  }

  private static Matcher match(String pattern, String name) {
    return Pattern.compile(pattern).matcher(name);
  }

  private static boolean has(GoldenModel model, String... names) {
    return Arrays.stream(names).allMatch(model.arrays()::has);
  }

  private void check(GoldenModel model, String name, Tensor actual) {
    var expected = model.arrays().floats(name);
    rows.add(new Row(name, Arrays.toString(expected.shape()), Npz.relativeError(actual, expected)));
  }

  private void checkIndices(GoldenModel model, String name, LongTensor actual) {
    var expected = model.arrays().longs(name).toArray();
    long different = 0;
    for (int i = 0; i < expected.length; i++) {
      different += expected[i] == actual.toArray()[i] ? 0 : 1;
    }
    rows.add(
        new Row(
            name,
            Arrays.toString(model.arrays().longs(name).shape()),
            (double) different / expected.length));
  }

  private String table(GoldenModel.Source source) {
    var text = new StringBuilder(source + "\n");
    for (var row : rows) {
      text.append(
          String.format(
              Locale.ROOT, "  %-52s %-20s %.1e%n", row.array(), row.shape(), row.error()));
    }
    return text.toString();
  }
}
