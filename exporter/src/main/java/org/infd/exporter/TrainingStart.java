package org.infd.exporter;

import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.infd.exporter.graph.TensorSource;
import org.infd.exporter.ldm.LdmModel;
import org.infd.exporter.network.InfdGraphs;
import org.infd.exporter.network.ModelSettings;
import org.infd.exporter.network.Weights;
import org.infd.exporter.torch.CheckpointFile;
import org.infd.inference.NumberText;
import org.infd.inference.Problem;
import org.infd.inference.export.AtomicFile;
import org.jspecify.annotations.Nullable;

/**
 * Writes what the official training of an INFD autoencoder on the latents of Stable Diffusion
 * begins with (section 5.6 of the paper): a checkpoint with that model's encoder and decoder and a
 * fresh renderer, and a configuration in which the encoder is not trained.
 */
public final class TrainingStart {
  private static final int HIDDEN = 256;
  private static final int SEED = 1;

  /** The largest side of the pictures; the paper's were above it. */
  private static final int LARGEST_SIDE = 2048;

  private TrainingStart() {}

  /**
   * Writes {@code out}, and a configuration of the same name with {@code .yaml}.
   *
   * @param network the file or folder of a Stable Diffusion model
   * @param options of latent diffusion, the autoencoder to take in place of the model's
   * @return sentences on what was written and how to go on
   * @throws Problem if the model cannot be read, the configuration is there, or a file cannot be
   *     written
   */
  public static List<String> write(Path network, Path out, ImportOptions options) {
    var config = sibling(out);
    try (var files = ModelSource.ldm(network, LdmModel.Copy.EMA)) {
      var wishes = options.latentDiffusion();
      if (wishes.vae() != null) {
        files.replaceVae(wishes.vae());
      }
      var model =
          files.unscaled(new LdmModel.Choices(wishes.copy(), wishes.prediction(), wishes.side()));
      if (!Boolean.TRUE.equals(model.modelArgs().get("z_gaussian"))) {
        throw new Problem(
            network
                + " has a codebook in place of a Gaussian latent. What is trained on it could not"
                + " be composed with its network here; give a Stable Diffusion model.");
      }
      var args = arguments(model.modelArgs());
      int side = ModelSettings.of(args).encoderSide();
      var tensors = new LinkedHashMap<String, Object>();
      model
          .tensors()
          .forEach(
              (name, tensor) -> {
                if (name.startsWith("encoder.") || name.startsWith("decoder.")) {
                  tensors.put(name, new CheckpointFile.Written(tensor.shape(), tensor.source()));
                }
              });
      int kept = tensors.size();
      renderer(args, tensors);
      var content = new LinkedHashMap<String, @Nullable Object>();
      content.put("cfg", Map.of());
      content.put("model", ordered("name", "infd", "args", args, "sd", tensors));
      content.put("optimizers", Map.of());
      content.put("iter", 0L);
      content.put("train_loader_epoch", 0L);
      content.put("ckpt_select_v", 1e18);
      // the large one last: a full disk leaves a configuration at most
      AtomicFile.write(
          config, stream -> stream.write(yaml(args, side).getBytes(StandardCharsets.UTF_8)));
      AtomicFile.write(out, stream -> CheckpointFile.write(stream, content));
      return List.of(
          NumberText.format(
              "%s: %d tensors of the autoencoder as they are, %d of a fresh renderer.",
              out, kept, tensors.size() - kept),
          config
              + ": a configuration for the official training, in which the encoder is kept as it"
              + " is. Set the folder of the pictures in it; docs/stable-diffusion.md"
              + " says how to go on.");
    }
  }

  private static Path sibling(Path out) {
    var name = String.valueOf(out.getFileName());
    int dot = name.lastIndexOf('.');
    if (dot < 1 || !name.substring(dot).matches("\\.(pth|pt)")) {
      throw new Problem(
          "'" + out + "' has to end in .pth, as the official training names its files.");
    }
    AtomicFile.requireWritable(out);
    var config = out.resolveSibling(name.substring(0, dot) + ".yaml");
    if (Files.exists(config)) {
      throw new Problem(
          config
              + " is there already, and may be the configuration of a model. Choose another name"
              + " for the checkpoint.");
    }
    AtomicFile.requireWritable(config);
    return config;
  }

  /** Those of the autoencoder, with a renderer for any scale. */
  private static Map<String, @Nullable Object> arguments(Map<String, @Nullable Object> model) {
    var args = new LinkedHashMap<String, @Nullable Object>();
    for (var name : List.of("encoder", "z_shape", "z_gaussian", "decoder")) {
      args.put(name, model.get(name));
    }
    if (Boolean.TRUE.equals(model.get("quantizer"))) {
      args.put("quantizer", true);
      args.put("n_embed", model.get("n_embed"));
    }
    var fixed = model.get("renderer") instanceof Map<?, ?> map ? map.get("args") : null;
    var channels = fixed instanceof Map<?, ?> map ? map.get("z_dec_channels") : null;
    args.put(
        "renderer",
        ordered(
            "name",
            "renderer_concat_wrapper",
            "args",
            ordered(
                "z_dec_channels",
                channels,
                "net",
                ordered(
                    "name",
                    "simple_renderer_net",
                    "args",
                    ordered("hidden_channels", (long) HIDDEN)))));
    args.put("loss_cfg", ordered("gan_g_loss", 0.75));
    args.put("adaptive_gan_weight", true);
    return args;
  }

  private static Map<String, @Nullable Object> ordered(@Nullable Object... pairs) {
    var map = new LinkedHashMap<String, @Nullable Object>();
    for (int i = 0; i < pairs.length; i += 2) {
      map.put(String.valueOf(pairs[i]), pairs[i + 1]);
    }
    return map;
  }

  /** The renderer's tensors as torch begins them: uniform by the fan-in, norms as identities. */
  private static void renderer(Map<String, @Nullable Object> args, Map<String, Object> tensors) {
    var none = new Weights(Map.of());
    new InfdGraphs(ModelSettings.of(args), none).all("");
    var random = new SplittableRandom(SEED);
    var fanIn = new LinkedHashMap<String, Long>();
    none.asked()
        .forEach(
            (name, shape) -> {
              if (!name.startsWith("renderer.")) {
                return;
              }
              if (shape.size() > 1) {
                fanIn.put(
                    name.substring(0, name.lastIndexOf('.')),
                    shape.stream().skip(1).reduce(1L, (a, b) -> a * b));
              }
            });
    none.asked()
        .forEach(
            (name, shape) -> {
              if (name.startsWith("renderer.")) {
                var layer = fanIn.get(name.substring(0, name.lastIndexOf('.')));
                tensors.put(
                    name, new CheckpointFile.Written(shape, values(name, shape, layer, random)));
              }
            });
  }

  private static TensorSource values(
      String name, List<Long> shape, @Nullable Long fanIn, SplittableRandom random) {
    int count = Math.toIntExact(shape.stream().reduce(1L, (a, b) -> a * b));
    var values = FloatBuffer.allocate(count);
    if (fanIn == null) {
      float identity = name.endsWith("weight") ? 1 : 0;
      for (int i = 0; i < count; i++) {
        values.put(i, identity);
      }
    } else {
      double bound = 1 / Math.sqrt(fanIn);
      for (int i = 0; i < count; i++) {
        values.put(i, (float) random.nextDouble(-bound, bound));
      }
    }
    return TensorSource.of(values.array());
  }

  private static String yaml(Map<String, @Nullable Object> args, int side) {
    var text = new StringBuilder();
    text.append(
        """
        # For the official training of an INFD autoencoder: decoder and renderer on the latents of
        # Stable Diffusion. Set the folders of the pictures; they should be at least 2048 pixels wide.
        trainer: infd_trainer
        max_iter: 1200000
        epoch_iter: 10000
        eval_iter: null
        save_iter: 200000
        vis_iter: 100000
        gan_start_after_iters: 0
        hrft_start_after_iters: 800000
        find_unused_parameters: true

        # the encoder is not named here, so it stays as it is
        optimizers:
          decoder:
            name: adam
            args: {lr: 3.6e-5, betas: [0.5, 0.9]}
          renderer:
            name: adam
            args: {lr: 3.6e-5, betas: [0.5, 0.9]}
          disc:
            name: adam
            args: {lr: 3.6e-5, betas: [0.5, 0.9]}

        """);
    text.append("datasets:\n");
    dataset(text, "train", side, false);
    dataset(text, "train_hrft", side, true);
    text.append(
        NumberText.format(
            "\nvisualize:\n  resolution: %d\n  ds_samples: 16\n  ae_center_zoom_res: %d\n",
            side, LARGEST_SIDE));
    text.append("\nmodel:\n  name: infd\n  args:\n");
    append(text, args, "    ");
    return text.toString();
  }

  private static void dataset(StringBuilder text, String name, int side, boolean largestOften) {
    text.append(
        NumberText.format(
            """
              %s:
                name: wrapper_cae
                args:
                  dataset:
                    name: image_folder
                    args: {root_path: FOLDER_OF_PICTURES, resize: %d}
                  resize_inp: %d
                  resize_gt_lb: %d
                  resize_gt_ub: %d
            %s      final_crop_gt: 256
                loader: {batch_size: 8, num_workers: 16}
            """,
            name,
            LARGEST_SIDE,
            side,
            side,
            LARGEST_SIDE,
            largestOften ? "      p_max: 0.5\n" : ""));
  }

  private static void append(StringBuilder text, Map<?, ?> map, String indent) {
    map.forEach(
        (key, value) -> {
          text.append(indent).append(key).append(':');
          if (value instanceof Map<?, ?> inner && !inner.isEmpty()) {
            text.append('\n');
            append(text, inner, indent + "  ");
          } else if (value instanceof Map) {
            text.append(" {}\n");
          } else {
            text.append(' ').append(plain(value)).append('\n');
          }
        });
  }

  private static String plain(@Nullable Object value) {
    return value instanceof List<?> list ? new ArrayList<>(list).toString() : String.valueOf(value);
  }
}
