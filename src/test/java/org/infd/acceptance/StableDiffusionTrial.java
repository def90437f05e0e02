package org.infd.acceptance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.infd.exporter.BundleExporter;
import org.infd.exporter.ImportOptions;
import org.infd.exporter.ImportOptions.LatentDiffusion;
import org.infd.exporter.ldm.LdmModel.Copy;
import org.infd.exporter.network.InfdGraphs;
import org.infd.exporter.network.ModelSettings;
import org.infd.exporter.network.Weights;
import org.infd.exporter.torch.DataType;
import org.infd.exporter.torch.SafetensorsFileWriter;
import org.infd.exporter.torch.TensorSource;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.Device;
import org.infd.inference.tensor.LongTensor;
import org.infd.inference.tensor.Tensor;

/**
 * Tries Stable Diffusion 1.5 or 2.1 of the published size: writes a file of 2 GB with random
 * weights in half precision, imports it, takes guided steps, decodes, and prints times and peak
 * memory. Not part of the tests: it takes minutes and 10 GB of disk.
 *
 * <p>Arguments: an empty folder to work in, {@code 1} or {@code 2}, and optionally {@code fp16}.
 */
final class StableDiffusionTrial {
  private static final int TOKENS = 49_408;
  private static final List<String> PARTS = List.of("q_proj", "k_proj", "v_proj");

  private StableDiffusionTrial() {}

  public static void main(String[] arguments) throws IOException {
    var folder = Files.createDirectories(Path.of(arguments[0]));
    boolean second = arguments[1].equals("2");
    boolean half = arguments.length > 2 && arguments[2].equals("fp16");
    var file = folder.resolve("sd" + arguments[1] + ".safetensors");
    if (!Files.exists(file)) {
      long start = System.nanoTime();
      SafetensorsFileWriter.write(file, tensors(second));
      TrialReport.print("wrote " + Files.size(file) / 1_000_000 + " MB", start);
    }
    var merges = folder.resolve("merges.txt");
    Files.writeString(merges, merges());
    long start = System.nanoTime();
    var wishes = new LatentDiffusion(Copy.EMA, null, 0, null, List.of(), merges, Map.of());
    var options =
        ImportOptions.defaults().withFp16(half).withOverwrite(true).withLatentDiffusion(wishes);
    var bundle = folder.resolve("bundle");
    var result =
        BundleExporter.export(file, bundle, options, (stage, part) -> {}, new Cancellation());
    TrialReport.print("imported", start);
    System.out.println(result.toText());
    run(ModelBundle.open(bundle));
  }

  /** As many merges as the published list has, of no meaning. */
  private static String merges() {
    var text = new StringBuilder("#version: 0.2\n");
    var letters = "abcdefghijklmnopqrstuvwxyz";
    int wanted = TOKENS - 514;
    for (int i = 0; i < wanted; i++) {
      text.append(word(letters, i)).append(' ').append(word(letters, i + 1)).append('\n');
    }
    return text.toString();
  }

  private static String word(String letters, int number) {
    var word = new StringBuilder();
    for (int rest = number; word.isEmpty() || rest > 0; rest /= letters.length()) {
      word.append(letters.charAt(rest % letters.length()));
    }
    return word.toString();
  }

  private static Map<String, Object> component(String name, Map<String, Object> args) {
    return Map.of("name", name, "args", args);
  }

  private static Map<String, Object> args(boolean second) {
    var coder = new LinkedHashMap<String, Object>();
    coder.put("z_channels", 4L);
    coder.put("resolution", 512L);
    coder.put("ch_mult", List.of(1L, 2L, 4L, 4L));
    var encoder = new LinkedHashMap<String, Object>(coder);
    encoder.put("double_z", true);
    var unet = new LinkedHashMap<String, Object>();
    unet.put("in_channels", 4L);
    unet.put("out_channels", 4L);
    unet.put("model_channels", 320L);
    unet.put("channel_mult", List.of(1L, 2L, 4L, 4L));
    unet.put("attention_resolutions", List.of(1L, 2L, 4L));
    unet.put("num_heads", second ? -1L : 8L);
    unet.put("num_head_channels", second ? 64L : -1L);
    unet.put("use_spatial_transformer", true);
    unet.put("context_dim", second ? 1024L : 768L);
    var text = new LinkedHashMap<String, Object>();
    text.put("width", second ? 1024L : 768L);
    text.put("blocks", second ? 24L : 12L);
    text.put("activation", second ? "gelu" : "quick_gelu");
    var args = new LinkedHashMap<String, Object>();
    args.put("encoder", component("encoder_vqf4", encoder));
    args.put("decoder", component("decoder_vqf4", coder));
    args.put(
        "renderer",
        component(
            "renderer_fixres_wrapper", Map.of("net", component("fixres_original_tail", Map.of()))));
    args.put("z_shape", List.of(4L, 64L, 64L));
    args.put("z_gaussian", true);
    args.put("z_dm", component("openai_unet", unet));
    args.put("z_dp", Map.of());
    args.put("z_dm_cond", "infd_studio_text");
    args.put("z_dm_cond_encoder", component("infd_studio_clip_text_states", text));
    return args;
  }

  private static Map<String, TensorSource> tensors(boolean second) {
    var none = new Weights(Map.of());
    new InfdGraphs(ModelSettings.of(args(second)), none).all("z_dm.");
    var tensors = new LinkedHashMap<String, TensorSource>();
    none.asked()
        .forEach(
            (name, extents) -> {
              long[] shape = extents.stream().mapToLong(Long::longValue).toArray();
              if (name.startsWith("z_dm_cond_encoder.")) {
                var inner = name.substring("z_dm_cond_encoder.".length());
                if (!inner.equals("merges")) {
                  text(tensors, inner, shape, second);
                }
                return;
              }
              boolean matrix =
                  second
                      && (name.contains(".proj_in.weight") || name.contains(".1.proj_out.weight"));
              put(tensors, original(name), matrix ? Arrays.copyOf(shape, 2) : shape);
            });
    return tensors;
  }

  /** What the original code calls a tensor of an INFD model. */
  static String original(String name) {
    var vae = "first_stage_model.";
    return name.replaceFirst("^z_dm\\.", "model.diffusion_model.")
        .replaceFirst("^encoder\\.0\\.", vae + "encoder.")
        .replaceFirst("^encoder\\.1\\.", vae + "quant_conv.")
        .replaceFirst("^decoder\\.0\\.", vae + "post_quant_conv.")
        .replaceFirst("^decoder\\.1\\.", vae + "decoder.")
        .replaceFirst("^renderer\\.net\\.", vae + "decoder.")
        .replaceFirst("^quantizer\\.", vae + "quantize.")
        .replaceFirst("^z_dm_cond_encoder\\.embedding\\.", "cond_stage_model.embedding.");
  }

  private static void text(
      Map<String, TensorSource> tensors, String name, long[] shape, boolean second) {
    if (second) {
      put(tensors, "cond_stage_model.model." + name, shape);
      return;
    }
    var root = "cond_stage_model.transformer.text_model.";
    var hub =
        name.replace("transformer.resblocks.", "encoder.layers.")
            .replace("attn.out_proj", "self_attn.out_proj")
            .replace("ln_1", "layer_norm1")
            .replace("ln_2", "layer_norm2")
            .replace("mlp.c_fc", "mlp.fc1")
            .replace("mlp.c_proj", "mlp.fc2")
            .replace("ln_final", "final_layer_norm")
            .replace("token_embedding", "embeddings.token_embedding");
    if (name.equals("positional_embedding")) {
      put(tensors, root + "embeddings.position_embedding.weight", shape);
    } else if (name.contains("attn.in_proj_")) {
      for (var part : PARTS) {
        var third = shape.clone();
        third[0] /= PARTS.size();
        put(tensors, root + hub.replace("attn.in_proj_", "self_attn." + part + "."), third);
      }
    } else {
      put(tensors, root + hub, shape);
    }
  }

  private static void put(Map<String, TensorSource> tensors, String name, long[] shape) {
    long fanIn = Arrays.stream(shape).skip(1).reduce(1, (a, b) -> a * b);
    boolean norm = shape.length == 1 && name.endsWith(".weight");
    float scale = (float) (norm ? 1 : 1.2 / Math.sqrt(fanIn));
    var single =
        norm
            ? TensorSource.filled(1, shape)
            : TensorSource.random(name.hashCode(), shape.length == 1 ? 0.02f : scale, shape);
    tensors.put(name, inHalf(single));
  }

  private static TensorSource inHalf(TensorSource single) {
    return new TensorSource() {
      @Override
      public long[] shape() {
        return single.shape();
      }

      @Override
      public DataType type() {
        return DataType.F16;
      }

      @Override
      public void fill(long offset, float[] chunk) {
        single.fill(offset, chunk);
      }
    };
  }

  private static void run(ModelBundle bundle) {
    var device = Device.cpu();
    var never = Cancellation.never();
    var latent = bundle.manifest().latent();
    var z = Tensor.zeros(latent.shape(2));
    for (int i = 0; i < z.elements(); i++) {
      z.set(i, (float) Math.sin(i * 0.7));
    }
    int width = bundle.manifest().conditioning().contextWidth();
    var context = Tensor.zeros(2, 77, width);
    for (int i = 0; i < context.elements(); i++) {
      context.set(i, (float) Math.sin(i * 0.3));
    }
    long start = System.nanoTime();
    try (var unet = bundle.load("unet", device)) {
      TrialReport.print("loaded the network", start);
      for (int round = 0; round < 3; round++) {
        start = System.nanoTime();
        var inputs =
            Map.of("z", z, "t", LongTensor.of(new long[] {500, 500}, 2), "context", context);
        var prediction = unet.run(inputs, never);
        TrialReport.print("guided step, finite " + prediction.isFinite(), start);
      }
    }
    start = System.nanoTime();
    try (var decode = bundle.load("decode", device);
        var render = bundle.load("render_fixed", device)) {
      var phi = decode.run(Map.of("z", z.slice(0, 1)), never);
      var rgb = render.run(Map.of("phi", phi), never);
      TrialReport.print("decoded, loading included, finite " + rgb.isFinite(), start);
    }
  }
}
