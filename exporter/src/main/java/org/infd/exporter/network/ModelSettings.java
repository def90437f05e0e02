package org.infd.exporter.network;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.infd.inference.NumberText;
import org.infd.inference.Problem;
import org.infd.inference.bundle.Manifest.Diffusion;
import org.infd.inference.bundle.Manifest.FeatureMap;
import org.infd.inference.bundle.Manifest.LastAlpha;
import org.infd.inference.bundle.Manifest.Latent;
import org.infd.inference.bundle.Manifest.LatentKind;
import org.infd.inference.bundle.Manifest.Prediction;
import org.infd.inference.bundle.Manifest.Schedule;
import org.infd.inference.diffusion.TimestepRespacing;
import org.jspecify.annotations.Nullable;

/**
 * All settings of a model, read from {@code model.args} with the defaults of
 * docs/spec/infd-model.md 1.3 and checked against each other.
 *
 * @param unet the diffusion network, or null in an autoencoder-stage file
 * @param diffusion the diffusion process, or null in an autoencoder-stage file
 * @param remarks what the user should know, as sentences
 */
public record ModelSettings(
    CoderSettings encoder,
    CoderSettings decoder,
    Latent latent,
    RendererSettings renderer,
    @Nullable UnetSettings unet,
    @Nullable Diffusion diffusion,
    ConditionSettings condition,
    List<String> remarks) {
  private static final int LARGEST_LATENT = 1024;

  /** How many steps sampling takes where nothing is said (docs/spec/infd-model.md 6). */
  private static final int USUAL_STEPS = 200;

  private static final Map<String, Schedule> SCHEDULES =
      Map.of(
          "linear", Schedule.LINEAR,
          "sqrt_linear", Schedule.SQRT_LINEAR,
          "cosine", Schedule.COSINE);

  /** Copies the list. */
  public ModelSettings {
    remarks = List.copyOf(remarks);
  }

  /**
   * Reads the settings.
   *
   * @param modelArgs the value of {@code model.args}; null means no arguments
   * @throws Problem if a value is absurd, unknown or cannot be run
   */
  public static ModelSettings of(@Nullable Object modelArgs) {
    var args = Arguments.of("model.args", modelArgs);
    var remarks = new ArrayList<String>();
    var encoder = coder(args, "encoder", "encoder_vqf4", remarks);
    var decoder = coder(args, "decoder", "decoder_vqf4", remarks);
    var renderer = RendererSettings.of(args.component("renderer"));
    var latent = latent(args, encoder, decoder);
    if (renderer.featureChannels() != decoder.featureChannels()) {
      throw new Problem(
          "The decoder gives "
              + decoder.featureChannels()
              + " channels, but the renderer takes "
              + renderer.featureChannels()
              + " (z_dec_channels). The model cannot be imported.");
    }
    UnetSettings unet = null;
    Diffusion diffusion = null;
    var condition = ConditionSettings.none();
    if (args.has("z_dm")) {
      unet = unet(args, latent);
      diffusion = diffusion(args, remarks);
      condition = ConditionSettings.of(args, unet, remarks);
    }
    args.skip(
        "z_dm",
        "z_dp",
        "z_ddim_eta",
        "z_dm_cond",
        "z_dm_cond_encoder",
        "z_dm_cond_opt",
        "z_dm_cond_learnable",
        "z_dm_p_uncond",
        "z_dm_ema_rate",
        "vq_beta",
        "loss_cfg",
        "adaptive_gan_weight",
        "disc",
        "disc_cond_scale",
        "disc_use_custom");
    for (var name : args.unread()) {
      remarks.add("model.args." + name + " is not known and was ignored.");
    }
    return new ModelSettings(
        encoder, decoder, latent, renderer, unet, diffusion, condition, remarks);
  }

  private static CoderSettings coder(
      Arguments args, String role, String known, List<String> remarks) {
    var component = args.component(role);
    if (!component.name().equals(known)) {
      throw new Problem(
          "The "
              + role
              + " '"
              + component.name()
              + "' is not known; only "
              + known
              + " can be imported.");
    }
    var settings = CoderSettings.of(component.args());
    for (var name : component.args().unread()) {
      remarks.add(component.args() + "." + name + " is not known and was ignored.");
    }
    return settings;
  }

  private static Latent latent(Arguments args, CoderSettings encoder, CoderSettings decoder) {
    var shape = args.integers("z_shape", List.of(3, 64, 64), 3, 1, LARGEST_LATENT);
    if (shape.size() != 3 || !shape.get(1).equals(shape.get(2))) {
      throw new Problem(
          "model.args.z_shape is " + shape + "; channels and two equal sides are needed.");
    }
    boolean quantised = args.flag("quantizer", false);
    boolean gaussian = args.flag("z_gaussian", false);
    int codebook = args.integer("n_embed", 8192, 1, 1 << 24);
    if (quantised && gaussian) {
      throw new Problem("The model has both a quantiser and a Gaussian latent; it cannot run.");
    }
    if (encoder.doubled() != gaussian) {
      throw new Problem(
          "encoder.double_z is "
              + encoder.doubled()
              + " but z_gaussian is "
              + gaussian
              + "; they belong together. The model cannot be imported.");
    }
    for (var coder : List.of(encoder, decoder)) {
      if (coder.latentChannels() != shape.getFirst()) {
        throw new Problem(
            "z_shape has "
                + shape.getFirst()
                + " channels, but z_channels is "
                + coder.latentChannels()
                + ". The model cannot be imported.");
      }
    }
    var kind = quantised ? LatentKind.QUANTISED : gaussian ? LatentKind.GAUSSIAN : LatentKind.PLAIN;
    return new Latent(
        shape.get(0),
        shape.get(1),
        shape.get(2),
        kind,
        quantised ? codebook : 0,
        args.has("z_scale") ? args.real("z_scale", 1, 1e-6, 1e6) : null);
  }

  private static UnetSettings unet(Arguments args, Latent latent) {
    var component = args.component("z_dm");
    if (!component.name().equals("openai_unet")) {
      throw new Problem(
          "The diffusion network '"
              + component.name()
              + "' is not known; only openai_unet can be imported.");
    }
    var unet = UnetSettings.of(component.args());
    if (unet.inChannels() != latent.channels() || unet.outChannels() != latent.channels()) {
      throw new Problem(
          "The diffusion network takes "
              + unet.inChannels()
              + " and gives "
              + unet.outChannels()
              + " channels, but the latent has "
              + latent.channels()
              + ". The model cannot be imported.");
    }
    if (latent.height() % unet.factor() != 0) {
      throw new Problem(
          "A latent of side "
              + latent.height()
              + " cannot be halved as often as the diffusion network does ("
              + unet.factor()
              + "). The model cannot be imported.");
    }
    return unet;
  }

  private static Diffusion diffusion(Arguments args, List<String> remarks) {
    var process = args.child("z_dp");
    for (var name : List.of("learn_sigma", "rescale_timesteps")) {
      if (process.flag(name, false)) {
        throw new Problem(process + "." + name + " is set, which this importer cannot run.");
      }
    }
    boolean start = process.flag("predict_xstart", false);
    boolean velocity = process.flag("predict_velocity", false);
    if (start && velocity) {
      throw new Problem(process + " asks for two predictions at once.");
    }
    var schedule = process.text("noise_schedule", "linear");
    var kind = SCHEDULES.getOrDefault(schedule, Schedule.LINEAR);
    if (!SCHEDULES.containsKey(schedule)) {
      throw new Problem(
          process
              + ".noise_schedule is '"
              + schedule
              + "'; only linear, sqrt_linear and cosine can be run.");
    }
    var last = process.text("last_alpha", "one");
    if (!last.equals("one") && !last.equals("first")) {
      throw new Problem(process + ".last_alpha is '" + last + "'; only one and first can be run.");
    }
    int steps =
        process.integer(process.has("steps") ? "steps" : "diffusion_steps", 1000, 1, 100_000);
    process.skip(
        "steps",
        "diffusion_steps",
        "_schedule_sampler",
        "use_kl",
        "sigma_small",
        "rescale_learned_sigmas",
        "timestep_respacing");
    var diffusion =
        new Diffusion(
            steps,
            kind,
            process.real("linear_beta_start", 0.0001, 0, 1),
            process.real("linear_beta_end", 0.02, 0, 1),
            velocity ? Prediction.VELOCITY : start ? Prediction.X0 : Prediction.EPSILON,
            args.real("z_ddim_eta", 1, 0, 1),
            respacing(
                process.text("_sampling_timestep_respacing", "ddim" + USUAL_STEPS), steps, remarks),
            last.equals("first") ? LastAlpha.FIRST : null,
            process.has("guidance_scale") ? process.real("guidance_scale", 1, 0, 100) : null,
            null);
    process.refuseUnread();
    requireNoise(process, diffusion);
    return diffusion;
  }

  /** The linear schedule is given for 1000 steps; for others it is scaled. */
  private static void requireNoise(Arguments process, Diffusion diffusion) {
    boolean scaled = diffusion.schedule() == Schedule.LINEAR;
    double scale = scaled ? 1000.0 / diffusion.steps() : 1;
    double start = diffusion.betaStart() * scale;
    double end = diffusion.betaEnd() * scale;
    if (diffusion.schedule() != Schedule.COSINE && !(start > 0 && start <= end && end < 1)) {
      throw new Problem(
          process
              + " lays on noise from "
              + diffusion.betaStart()
              + " to "
              + diffusion.betaEnd()
              + " in "
              + diffusion.steps()
              + " steps; for so many, linear_beta_start has to be more than 0, at most"
              + " linear_beta_end, and that less than "
              + NumberText.format("%s", 1 / scale)
              + ". The model cannot be imported.");
    }
  }

  /** Which steps sampling visits: a setting for another number of steps is of no use. */
  private static String respacing(String text, int steps, List<String> remarks) {
    try {
      TimestepRespacing.parse(text, steps);
      return text;
    } catch (Problem e) {
      int count = TimestepRespacing.nextDdimCount(Math.min(USUAL_STEPS, steps), steps);
      remarks.add(
          "Sampling by '"
              + text
              + "' is not possible with "
              + steps
              + " steps of diffusion; 'ddim"
              + count
              + "' is taken.");
      return "ddim" + count;
    }
  }

  /**
   * The same networks for latents of another size, as far as they are convolutions.
   *
   * @param height rows, divisible as the diffusion network needs it
   * @param width columns, likewise
   */
  public ModelSettings withLatentSize(int height, int width) {
    var resized =
        new Latent(
            latent.channels(), height, width, latent.kind(), latent.codebook(), latent.scale());
    return new ModelSettings(
        encoder, decoder, resized, renderer, unet, diffusion, condition, remarks);
  }

  /** The feature map φ that the decoder makes of a latent. */
  public FeatureMap featureMap() {
    return new FeatureMap(
        decoder.featureChannels(),
        latent.height() * decoder.factor(),
        latent.width() * decoder.factor());
  }

  /** The side of the picture whose encoding has the latent's size. */
  public int encoderSide() {
    return latent.height() * encoder.factor();
  }
}
