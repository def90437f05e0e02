package org.infd.acceptance.golden;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.infd.exporter.graph.GraphBuilder;
import org.infd.exporter.graph.GraphRunner;
import org.infd.exporter.graph.Node;
import org.infd.exporter.graph.NodeGraph;
import org.infd.exporter.graph.Value;
import org.infd.exporter.ldm.LdmFiles;
import org.infd.exporter.ldm.LdmModel;
import org.infd.exporter.network.InfdGraphs;
import org.infd.exporter.network.ModelSettings;
import org.infd.exporter.network.Weights;
import org.infd.exporter.torch.SettingsText;
import org.infd.exporter.torch.TensorFile;
import org.infd.inference.Problem;
import org.infd.inference.bundle.Manifest;
import org.infd.inference.diffusion.BetaSchedule;
import org.infd.inference.diffusion.Ddim;
import org.infd.inference.diffusion.Denoiser;
import org.infd.inference.diffusion.NoiseSource;
import org.infd.inference.diffusion.RespacedSchedule;
import org.infd.inference.diffusion.SamplingStep;
import org.infd.inference.diffusion.TimestepRespacing;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.Graph;
import org.infd.inference.tensor.AnyTensor;
import org.infd.inference.tensor.LongTensor;
import org.infd.inference.tensor.Tensor;
import org.infd.inference.text.ClipTokenizer;
import org.jspecify.annotations.Nullable;

/**
 * A Stable Diffusion model of one layout against arrays that the original code made of it: tokens,
 * text states, diffusion network with activations, autoencoder, schedule, guided sampling. Relative
 * error at most 1e-5 for calls, 1e-4 along sampling.
 */
final class StableDiffusionChecks implements AutoCloseable {
  private static final double CALL = 1e-5;
  private static final double RUN = 1e-4;
  private static final double GUIDANCE = 7.5;
  private static final int PICTURE_STEP = 3;
  private static final int ACTIVATION_STEP = 4;
  private static final int NORM_NODES = 3;

  private final LdmFiles files;
  private final LdmModel model;
  private final @Nullable LdmModel averaged;
  private final ModelSettings settings;
  private final GoldenArrays arrays;
  private final GoldenLedger ledger;
  private final Path folder;
  private final Path set;
  private final Map<String, Graph> graphs = new HashMap<>();

  private StableDiffusionChecks(
      LdmFiles files, GoldenArrays arrays, GoldenLedger ledger, Path folder, Path set) {
    this.files = files;
    this.arrays = arrays;
    this.ledger = ledger;
    this.folder = folder;
    this.set = set;
    model = files.model(new LdmModel.Choices(LdmModel.Copy.RAW, null, 0));
    var other = files.model(new LdmModel.Choices(LdmModel.Copy.EMA, null, 0));
    averaged =
        other.remarks().stream().anyMatch(remark -> remark.contains("averaged copy"))
            ? other
            : null;
    settings = ModelSettings.of(model.modelArgs());
  }

  /** The model of a file or folder, or null if it is not one of latent diffusion. */
  static @Nullable LdmFiles open(Path path) {
    var reader = new LdmFiles.Reader(NetworkTap::stored);
    if (LdmFiles.isFolder(path)) {
      return LdmFiles.openFolder(path, reader, LdmModel.Copy.RAW);
    }
    TensorFile file;
    try {
      file = TensorFile.open(path);
    } catch (Problem e) {
      return null;
    }
    var found = LdmFiles.of(file, reader);
    if (found.isEmpty()) {
      file.close();
    }
    return found.orElse(null);
  }

  /**
   * Checks all arrays of a set.
   *
   * @param folder where files may go
   * @param set the folder of the arrays, with the texts of the prompts
   */
  static void run(LdmFiles files, GoldenArrays arrays, GoldenLedger ledger, Path folder, Path set) {
    try (var checks = new StableDiffusionChecks(files, arrays, ledger, folder, set)) {
      checks.run();
    }
  }

  private void run() {
    schedule();
    tokens();
    call("text_states", () -> run(text(), "states", Map.of("tokens", arrays.longs("tokens"))));
    if (arrays.has("text_states_all_blocks_wrong")) {
      ledger.input("text_states_all_blocks_wrong", "what a mistake would give");
    }
    network();
    autoencoder();
    sampling();
  }

  private void schedule() {
    var diffusion = diffusion();
    var betas = BetaSchedule.of(diffusion);
    call("betas", () -> doubles(betas.betas()));
    call("alphas_cumprod", () -> doubles(betas.alphasCumprod()));
    int steps = arrays.get("ddim_timesteps").extent(0);
    var respaced = respaced(steps);
    var kept = respaced.timesteps();
    var expected = arrays.longs("ddim_timesteps").toArray();
    boolean same = kept.length == expected.length;
    for (int i = 0; same && i < kept.length; i++) {
      same = kept[i] == expected[i];
    }
    ledger.exactly("ddim_timesteps", same, "kept steps of " + diffusion.respacing());
    call("ddim_alphas", () -> doubles(respaced.alphasCumprod()));
    call(
        "ddim_alphas_prev",
        () -> {
          var before = new double[respaced.count()];
          for (int k = 0; k < before.length; k++) {
            before[k] = respaced.alphaCumprodPrev(k);
          }
          return doubles(before);
        });
  }

  private RespacedSchedule respaced(int steps) {
    var diffusion = diffusion();
    return new RespacedSchedule(
        BetaSchedule.of(diffusion),
        TimestepRespacing.nearest(steps, diffusion.respacing(), diffusion.steps()),
        diffusion.lastAlpha());
  }

  private Manifest.Diffusion diffusion() {
    var diffusion = settings.diffusion();
    if (diffusion == null) {
      throw new IllegalStateException("no diffusion network");
    }
    return diffusion;
  }

  private void tokens() {
    var condition = settings.condition();
    var merges = merges();
    var prompts = set.resolve("prompts.json");
    if (merges == null || condition.text() == null || !Files.exists(prompts)) {
      ledger.input("tokens", "tokens for the text tower");
      return;
    }
    try {
      var tokenizer =
          ClipTokenizer.read(
              "merges",
              Files.readAllBytes(merges),
              condition.text().vocabulary(),
              condition.length());
      tokenizer =
          condition.padding() == Manifest.Padding.END ? tokenizer.paddedWithEnd() : tokenizer;
      var texts =
          ((Map<?, ?>) SettingsText.parse("prompts", Files.readString(prompts))).get("texts");
      var rows = new ArrayList<Tensor>();
      for (var each : (List<?>) texts) {
        var row = tokenizer.encode(String.valueOf(each)).row().toArray();
        var values = new float[row.length];
        for (int i = 0; i < values.length; i++) {
          values[i] = row[i];
        }
        rows.add(Tensor.of(values, 1, values.length));
      }
      ledger.compare(
          "tokens", 0, true, List.of(new Reading("tokens of the prompts", () -> stack(rows))));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private @Nullable Path merges() {
    if (files.merges().isPresent()) {
      return files.merges().get();
    }
    try (var paths = Files.walk(folder, 6)) {
      return paths.filter(path -> path.endsWith("tokenizer/merges.txt")).findFirst().orElse(null);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void network() {
    var x = arrays.floats("unet_x");
    var t = arrays.longs("unet_t");
    var context = arrays.floats("unet_context");
    for (var input : List.of("unet_x", "unet_t", "unet_context")) {
      ledger.input(input, "given to the diffusion network");
    }
    var inputs = Map.<String, AnyTensor>of("z", x, "t", t, "context", context);
    var graph = new GraphBuilder("taps");
    var taps = taps(unet(model, x.extent(2), x.extent(3), graph), graph);
    taps.forEach((name, value) -> graph.output("tap_" + name, value));
    var results = GraphRunner.run(graph.build(), folder, inputs);
    call("unet_out", () -> tensor(results, "prediction"));
    call("timestep_embedding", () -> tensor(results, "tap_timestep_embedding"));
    for (var name : arrays.names()) {
      if (name.startsWith("act_") && taps.containsKey(name)) {
        call(
            name, () -> thinned(item(tensor(results, "tap_" + name), 1), arrays.get(name).shape()));
      }
    }
    if (arrays.has("unet_out_ema")) {
      if (averaged == null) {
        ledger.unsupported("unet_out_ema", "this file holds no averaged copy");
      } else {
        var other = new GraphBuilder("averaged");
        other.output("prediction", unet(averaged, x.extent(2), x.extent(3), other));
        call("unet_out_ema", () -> run(other.build(), "prediction", inputs));
      }
    }
  }

  /** The network with its output, on latents of another size than pictures have. */
  private Value unet(LdmModel of, int height, int width, GraphBuilder graph) {
    return graphs(of, height, width).unet(graph, LdmModel.UNET);
  }

  private static InfdGraphs graphs(LdmModel of, int height, int width) {
    return new InfdGraphs(
        ModelSettings.of(of.modelArgs()).withLatentSize(height, width), new Weights(of.tensors()));
  }

  private static Map<String, Value> taps(Value prediction, GraphBuilder graph) {
    graph.output("prediction", prediction);
    var taps = new LinkedHashMap<String, Value>();
    taps.put("timestep_embedding", reading(graph, "time_embed.0.weight").inputs().getFirst());
    taps.put("act_time_embed", reading(graph, "time_embed.2.weight").outputs().getFirst());
    taps.put("act_input_blocks_1_0", input(graph, "input_blocks.1.1.norm"));
    taps.put("act_input_blocks_1_1", input(graph, "input_blocks.2.0.in_layers.0"));
    taps.put("act_input_blocks_last", input(graph, "middle_block.0.in_layers.0"));
    taps.put("act_middle_block", joined(graph, "output_blocks.0.0.in_layers.0"));
    taps.put("act_output_blocks_0", joined(graph, "output_blocks.1.0.in_layers.0"));
    return taps;
  }

  /** What goes into a norm: it is grouped, normalised and ungrouped before the weight comes. */
  private static Value input(GraphBuilder graph, String norm) {
    var value = reading(graph, norm + ".weight").inputs().getFirst();
    for (int i = 0; i < NORM_NODES; i++) {
      value = producer(graph, value).inputs().getFirst();
    }
    return value;
  }

  private static Node producer(GraphBuilder graph, Value value) {
    return graph.nodes().stream()
        .filter(node -> node.outputs().contains(value))
        .findFirst()
        .orElseThrow();
  }

  /** The first of the two that are put one behind the other before a norm. */
  private static Value joined(GraphBuilder graph, String norm) {
    return producer(graph, input(graph, norm)).inputs().getFirst();
  }

  private static Node reading(GraphBuilder graph, String weight) {
    return graph.nodes().stream()
        .filter(
            node -> node.inputs().stream().anyMatch(v -> v.name().equals(LdmModel.UNET + weight)))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("nothing reads " + weight));
  }

  private void autoencoder() {
    var image = arrays.floats("vae_image");
    ledger.input("vae_image", "pictures for the encoder");
    int factor = settings.encoder().factor();
    var encode = graphs(model, image.extent(2) / factor, image.extent(3) / factor).encode();
    var encoded = GraphRunner.run(encode, folder, Map.of("image", image));
    var scale = settings.latent().scale() == null ? 1 : settings.latent().scale();
    var mean = tensor(encoded, "mean");
    var logarithm =
        mapped(tensor(encoded, "deviation"), d -> 2 * Math.log(d) - 2 * Math.log(scale));
    call("vae_mean_scaled", () -> mean);
    call("vae_mean", () -> mapped(mean, v -> v / scale));
    call("vae_logvar", () -> logarithm);
    call("vae_moments", () -> sideBySide(mapped(mean, v -> v / scale), logarithm));
    var z = arrays.floats("dec_z_scaled");
    ledger.input("dec_z_scaled", "latents for the decoder");
    call("dec_z", () -> mapped(z, v -> v / scale));
    call("dec_image", () -> decoded(z));
  }

  private Tensor decoded(Tensor z) {
    var networks = graphs(model, z.extent(2), z.extent(3));
    var phi = GraphRunner.run(networks.decode(true), folder, Map.of("z", z));
    var render =
        networks.all(LdmModel.UNET).stream()
            .map(org.infd.exporter.network.PlannedGraph::graph)
            .filter(graph -> graph.name().equals("render_fixed"))
            .findFirst()
            .orElseThrow();
    return run(render, "rgb", Map.of("phi", tensor(phi, "phi")));
  }

  private void sampling() {
    var noise = arrays.floats("ddim_noise");
    ledger.input("ddim_noise", "where sampling starts");
    var graph = new GraphBuilder("unet");
    var prediction = unet(model, noise.extent(2), noise.extent(3), graph);
    graph.output("prediction", prediction);
    var unet = GraphRunner.load(graph.build(), folder);
    graphs.put("unet", unet);
    var states = arrays.floats("text_states");
    var condition = states.slice(1, 2);
    var empty = states.slice(0, 1);
    Denoiser.Network network =
        (z, timestep, context, cancellation) -> {
          var times = new long[z.extent(0)];
          java.util.Arrays.fill(times, timestep);
          var inputs =
              Map.<String, AnyTensor>of(
                  "z", z, "t", LongTensor.of(times, times.length), "context", context);
          return unet.run(inputs, cancellation);
        };
    int steps = arrays.get("ddim_timesteps").extent(0);
    var ddim = new Ddim(respaced(steps), 0);
    int first = ddim.timesteps()[0];
    call("ddim_first_cond", () -> network.predict(noise, first, condition, Cancellation.never()));
    call("ddim_first_uncond", () -> network.predict(noise, first, empty, Cancellation.never()));
    var denoiser = Denoiser.guided(network, diffusion().prediction(), condition, empty, GUIDANCE);
    var trajectory = new ArrayList<Tensor>();
    var clean = new ArrayList<Tensor>();
    var z =
        ddim.sample(
            denoiser,
            new Start(noise),
            noise.shape(),
            (SamplingStep step) -> {
              trajectory.add(step.latent());
              clean.add(step.x0());
            },
            Cancellation.never());
    compare("ddim_traj", RUN, () -> stacked(trajectory));
    compare("ddim_x0", RUN, () -> stacked(clean));
    compare("ddim_z", RUN, () -> z);
    compare("ddim_image", RUN, () -> thinned(decoded(z), arrays.get("ddim_image").shape()));
  }

  private record Start(Tensor noise) implements NoiseSource {
    @Override
    public Tensor start(long... shape) {
      return noise;
    }

    @Override
    public Tensor step(int step, long... shape) {
      return Tensor.zeros(shape);
    }
  }

  private NodeGraph text() {
    return graphs(model, settings.latent().height(), settings.latent().width())
        .all(LdmModel.UNET)
        .stream()
        .map(org.infd.exporter.network.PlannedGraph::graph)
        .filter(graph -> graph.name().equals("clip_text"))
        .findFirst()
        .orElseThrow();
  }

  private void call(String array, Supplier<Tensor> value) {
    compare(array, CALL, value);
  }

  private void compare(String array, double tolerance, Supplier<Tensor> value) {
    if (arrays.has(array)) {
      ledger.compare(array, tolerance, true, List.of(new Reading(array, value)));
    }
  }

  private Tensor run(NodeGraph graph, String output, Map<String, ? extends AnyTensor> inputs) {
    return tensor(GraphRunner.run(graph, folder, inputs), output);
  }

  private static Tensor tensor(Map<String, AnyTensor> results, String name) {
    return (Tensor) GoldenModel.get(results, name);
  }

  private static Tensor item(Tensor all, int i) {
    return all.extent(0) > i ? all.slice(i, i + 1) : all;
  }

  /** Every so manieth row and column, as the recorded array is smaller. */
  private static Tensor thinned(Tensor all, long[] shape) {
    if (all.rank() != 4 || shape.length != 4 || all.extent(2) == shape[2]) {
      return all;
    }
    int step = Math.ceilDiv(all.extent(2), (int) shape[2]);
    step = step <= PICTURE_STEP ? PICTURE_STEP : ACTIVATION_STEP;
    int height = Math.ceilDiv(all.extent(2), step);
    int width = Math.ceilDiv(all.extent(3), step);
    var values = new float[all.extent(0) * all.extent(1) * height * width];
    int at = 0;
    for (int plane = 0; plane < all.extent(0) * all.extent(1); plane++) {
      for (int row = 0; row < all.extent(2); row += step) {
        for (int column = 0; column < all.extent(3); column += step) {
          values[at++] = all.get((plane * all.extent(2) + row) * all.extent(3) + column);
        }
      }
    }
    return Tensor.of(values, all.extent(0), all.extent(1), height, width);
  }

  private static Tensor stack(List<Tensor> rows) {
    return GoldenModel.stack(rows);
  }

  private static Tensor stacked(List<Tensor> steps) {
    var shape = steps.getFirst().shape();
    return stack(steps).reshape(steps.size(), shape[0], shape[1], shape[2], shape[3]);
  }

  private static Tensor sideBySide(Tensor a, Tensor b) {
    int items = a.extent(0);
    var parts = new ArrayList<Tensor>();
    for (int i = 0; i < items; i++) {
      var both = Tensor.joined(a.slice(i, i + 1), b.slice(i, i + 1));
      parts.add(both.reshape(1, 2L * a.extent(1), a.extent(2), a.extent(3)));
    }
    return stack(parts);
  }

  private static Tensor doubles(double[] values) {
    var floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return Tensor.of(floats, floats.length);
  }

  private static Tensor mapped(Tensor x, java.util.function.DoubleUnaryOperator f) {
    var values = x.toArray();
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) f.applyAsDouble(values[i]);
    }
    return Tensor.of(values, x.shape());
  }

  @Override
  public void close() {
    graphs.values().forEach(Graph::close);
  }
}
