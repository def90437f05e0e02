package org.infd.inference.generation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import org.infd.inference.Problem;
import org.infd.inference.bundle.Manifest;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.diffusion.Ddim;
import org.infd.inference.diffusion.Denoiser;
import org.infd.inference.diffusion.PhiloxNoise;
import org.infd.inference.dive.DiveNetworks;
import org.infd.inference.dive.DiveOptions;
import org.infd.inference.field.OfficialRendering;
import org.infd.inference.field.OpenField;
import org.infd.inference.field.StatisticsMode;
import org.infd.inference.generation.Recipe.SamplerKind;
import org.infd.inference.generation.SamplingPlan.Condition;
import org.infd.inference.guidance.GuidanceSettings;
import org.infd.inference.guidance.GuidanceTimes;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.Device;
import org.infd.inference.runtime.DeviceQueue;
import org.infd.inference.runtime.Network;
import org.infd.inference.runtime.Urgency;
import org.infd.inference.tensor.AnyTensor;
import org.infd.inference.tensor.LongTensor;
import org.infd.inference.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Makes images from recipes with one model on one device. Networks are loaded when first needed,
 * kept, and freed by {@link #close()}. Everything that touches the device is handed to its queue
 * piece by piece: a cancelled caller is free at once, the device at its next node. Thread-safe.
 */
public final class Generator implements AutoCloseable {
  private final ModelBundle bundle;
  private final Device device;
  private final DeviceQueue queue;
  private final LoadedGraphs graphs;
  private final GraphNetworks networks;
  private final TextStates texts;
  private final FieldOpener fields;
  private final Cancellation.Registration idle;

  /**
   * A generator for a model. Loads nothing yet.
   *
   * @param queue the queue of {@code device}; stays open when this is closed
   */
  public Generator(ModelBundle bundle, Device device, DeviceQueue queue) {
    this.bundle = bundle;
    this.device = device;
    this.queue = queue;
    graphs = new LoadedGraphs(bundle, device, queue::tell);
    idle = queue.whenIdle(graphs::trim);
    networks = new GraphNetworks(graphs, queue);
    texts = new TextStates(networks);
    fields = new FieldOpener(bundle, device, queue, graphs);
  }

  /**
   * Measures on this device what following a layout costs, by one step of each kind.
   *
   * @throws Problem if the model cannot follow layouts
   * @throws CancellationException at once when it was asked for
   */
  public GuidanceTimes measureGuidance(Cancellation cancellation) {
    SamplingPlan.requireDiffusion(bundle.manifest());
    LayoutRun.requireGradients(bundle, GuidanceSettings.Depth.FAST);
    return new GuidanceProbe(bundle, networks, cancellation).measure();
  }

  /**
   * Which of the words that the model knows its CLIP sees in a picture, the best first.
   *
   * @param rgb (1, 3, s, s) in [-1, 1], s the side of CLIP's input
   * @param most how many are wanted at most
   * @return none where the model has no words or no CLIP
   */
  public List<String> seenWords(Tensor rgb, int most, Cancellation cancellation) {
    return new SeenWords(bundle, networks).in(rgb, most, cancellation);
  }

  /**
   * Samples a latent: docs/design.md 7 has what is promised of the result.
   *
   * @return an image of one layer, whose recipe names this very version of the model
   * @throws Problem if the model cannot follow the recipe, or the latent overflows
   * @throws CancellationException at once when it was asked for
   */
  public FieldImage generate(Recipe recipe, RunListener listener, Cancellation cancellation) {
    requireSampled(recipe);
    var plan = SamplingPlan.of(bundle, recipe);
    plan.notes().forEach(listener::note);
    listener.stage(RunListener.Stage.LOADING);
    load("unet", cancellation);
    return sample(plan, recipe, denoiser(plan, cancellation), listener, cancellation);
  }

  private static void requireSampled(Recipe recipe) {
    if (!recipe.isSampled()) {
      throw new Problem(
          recipe.photo() != null
              ? "The recipe encodes a photo, which has to be opened for it."
              : "The recipe goes out from another picture, which has to be opened for it.");
    }
  }

  /**
   * Covers a finished latent with noise up to a step of the schedule and samples on from there,
   * with a recipe that may ask for something else. The noise belongs to the recipe's seed and has a
   * stream of its own. Little strength keeps the large shapes; none at all gives the latent back,
   * and all of it is a sampling from noise alone, which knows nothing of the latent. Boxes that
   * were redone in the parent become part of the one latent.
   *
   * @param parent an image of this model
   * @param asked what the variation shall be; where it goes out from is filled in
   * @param strength the part of the steps that are done again, 0 to 1
   * @return an image of one layer
   * @throws Problem if the model cannot follow the recipe, the recipe has a layout, the parent is
   *     not of this model, or the latent overflows
   * @throws CancellationException at once when it was asked for
   */
  public FieldImage vary(
      FieldImage parent,
      Recipe asked,
      double strength,
      RunListener listener,
      Cancellation cancellation) {
    if (!(strength >= 0 && strength <= 1)) {
      throw new Problem("The strength of a variation is 0 to 1, and " + strength + " is not.");
    }
    if (asked.guidance() != null) {
      throw new Problem("A layout cannot steer a variation. Leave the layout out.");
    }
    var plan = SamplingPlan.of(bundle, asked);
    fields.requireLatents(parent, listener);
    var z = FieldLayers.latent(parent);
    var recipe =
        asked
            .withModel(bundle.manifest().id(), bundle.hash())
            .withVariation(new Recipe.Variation(hash(z), strength));
    int count = plan.sampler().timesteps().length;
    int first = count - (int) Math.rint(strength * count);
    if (first == count) {
      return FieldImage.of(z, recipe);
    }
    if (first == 0) {
      // what is done as a whole can be done again without a parent
      return generate(recipe.withVariation(null), listener, cancellation);
    }
    plan.notes().forEach(listener::note);
    listener.stage(RunListener.Stage.LOADING);
    load("unet", cancellation);
    var denoiser = denoiser(plan, cancellation);
    listener.stage(RunListener.Stage.SAMPLING);
    var noise = new PhiloxNoise(recipe.seed());
    var fresh = noise.normal(PhiloxNoise.Stream.RENOISE, 0, z.shape());
    var start = plan.sampler().level(first).covered(z, fresh);
    var varied =
        plan.sampler().resume(denoiser, noise, start, first, listener::sampled, cancellation);
    return FieldImage.of(varied, recipe);
  }

  /** The SHA-256 of a latent's values, as little-endian float32. */
  public static String hash(Tensor z) {
    return ModelBundle.sha256(FieldFile.toBytes(z));
  }

  /**
   * Encodes a photo into a latent; of a Gaussian one it takes the mean.
   *
   * @param rgb (1, 3, r, r) in [−1, 1], r as {@link Manifest#encoderSide} says
   * @param photo what it was cut out of
   * @return an image of one layer
   * @throws Problem if the model has no encoder, or the latent overflows
   * @throws CancellationException at once when it was asked for
   */
  public FieldImage encode(
      Tensor rgb, Recipe.Photo photo, RunListener listener, Cancellation cancellation) {
    var manifest = bundle.manifest();
    if (!bundle.has("encode")) {
      throw new Problem(
          "The model '" + manifest.name() + "' has no encoder, so it cannot open photos.");
    }
    listener.stage(RunListener.Stage.LOADING);
    return FieldImage.of(encoded(rgb, cancellation), encoding().photo(photo).build());
  }

  /** The same for a picture that is nobody's photo. */
  FieldImage encode(Tensor rgb, Cancellation cancellation) {
    return FieldImage.of(encoded(rgb, cancellation), encoding().build());
  }

  private RecipeBuilder encoding() {
    return Recipe.builder(bundle.manifest().id(), bundle.hash())
        .steps(1)
        .sampler(SamplerKind.DPMPP);
  }

  /** The latent of a picture; of a Gaussian one the mean. */
  Tensor encoded(Tensor rgb, Cancellation cancellation) {
    var manifest = bundle.manifest();
    int side = manifest.encoderSide();
    if (!Arrays.equals(rgb.shape(), new long[] {1, 3, side, side})) {
      throw new IllegalArgumentException(rgb + " for an encoder of side " + side);
    }
    var encoder = load("encode", cancellation);
    var name = manifest.latent().kind() == Manifest.LatentKind.GAUSSIAN ? "mean" : "z";
    var outputs =
        queue.call(
            Urgency.present(),
            cancellation,
            () -> encoder.run(Map.of("image", rgb), Set.of(name), cancellation));
    if (!(outputs.get(name) instanceof Tensor z) || !z.isFinite()) {
      throw new Problem(
          "The picture cannot be encoded with the model '"
              + manifest.name()
              + "': its latent overflowed. Import the model again without --fp16.");
    }
    return z;
  }

  /**
   * Makes a part of an image anew so that it fits the rest: a layer over it. Further from the box
   * than two latent cells and what a pixel of the renderer sees, the image stays as it was, bit for
   * bit.
   *
   * @param image an image of this model
   * @param row the upper edge of the box, as fractions of the image's side like the others
   * @param recipe how the part is made; its prompt is the part's
   * @return the image with one more layer
   * @throws Problem if the model cannot follow the recipe, the image is not of this model or has
   *     too many layers, or the latent overflows
   * @throws CancellationException at once when it was asked for
   */
  public FieldImage redo(
      FieldImage image,
      double row,
      double column,
      double height,
      double width,
      Recipe recipe,
      RunListener listener,
      Cancellation cancellation) {
    if (!(row >= 0 && column >= 0 && height > 0 && width > 0)
        || row + height > 1 + 1e-9
        || column + width > 1 + 1e-9) {
      throw new Problem("The box to redo does not lie in the image, whose sides go from 0 to 1.");
    }
    if (image.layers().size() >= FieldFile.MOST_LAYERS) {
      throw new Problem(
          "The picture has "
              + image.layers().size()
              + " layers, as many as a file can keep. Generate a new one.");
    }
    var plan = SamplingPlan.of(bundle, recipe);
    plan.notes().forEach(listener::note);
    fields.requireLatents(image, listener);
    listener.stage(RunListener.Stage.LOADING);
    load("unet", cancellation);
    var latent = bundle.manifest().latent();
    var mask =
        FieldLayers.mask(
            row, column, row + height, column + width, latent.height(), latent.width());
    var before = FieldLayers.latent(image);
    var denoiser = denoiser(plan, cancellation).knowing(before, FieldLayers.outside(mask, before));
    var made = sample(plan, recipe, denoiser, listener, cancellation).base();
    var layers = new ArrayList<>(image.layers());
    layers.add(new FieldImage.Layer(made.z(), made.recipe(), mask));
    return new FieldImage(layers, image.dive());
  }

  private FieldImage sample(
      SamplingPlan plan,
      Recipe recipe,
      Denoiser denoiser,
      RunListener listener,
      Cancellation cancellation) {
    var own = recipe.withModel(bundle.manifest().id(), bundle.hash());
    if (recipe.guidance() != null && plan.sampler() instanceof Ddim ddim) {
      return new LayoutRun(bundle, device, networks)
          .generate(own, recipe.guidance(), ddim, denoiser, listener, cancellation);
    }
    listener.stage(RunListener.Stage.SAMPLING);
    var z =
        plan.sampler()
            .sample(
                denoiser,
                new PhiloxNoise(recipe.seed()),
                bundle.manifest().latent().shape(1),
                listener::sampled,
                cancellation);
    return FieldImage.of(z, own);
  }

  /**
   * Samples {@code count} latents with the seeds {@code seed}, {@code seed + 1} and so on. They are
   * sampled one after the other, so each is bit-equal to a run of its own; on the CPU a batch would
   * not be quicker either.
   *
   * @param count at least 1
   * @throws Problem if the model cannot follow the recipe, a latent overflows, or the count is
   *     below 1
   * @throws CancellationException at once when it was asked for
   */
  public List<FieldImage> generate(
      Recipe recipe, int count, RunListener listener, Cancellation cancellation) {
    if (count < 1) {
      throw new Problem("The number of pictures must be 1 or more, and " + count + " is not.");
    }
    var images = new ArrayList<FieldImage>();
    for (int i = 0; i < count; i++) {
      images.add(generate(recipe.withSeed(recipe.seed() + i), listener, cancellation));
    }
    return images;
  }

  /** The diffusion network under the condition of a plan. */
  Denoiser denoiser(SamplingPlan plan, Cancellation cancellation) {
    return switch (plan.condition()) {
      case Condition.None _ -> Denoiser.of(networks, plan.prediction(), null);
      case Condition.OfClass of -> {
        var against = of.against();
        yield denoiser(
            plan,
            context(of.label(), cancellation),
            against == null ? null : context(against, cancellation));
      }
      case Condition.OfText of -> {
        var against = of.against();
        yield denoiser(
            plan,
            texts.states(of.prompt(), cancellation),
            against == null ? null : texts.states(against, cancellation));
      }
    };
  }

  private Denoiser denoiser(SamplingPlan plan, Tensor context, @Nullable Tensor against) {
    return against == null
        ? Denoiser.of(networks, plan.prediction(), context)
        : Denoiser.guided(networks, plan.prediction(), context, against, plan.guidanceScale());
  }

  private Tensor context(int label, Cancellation cancellation) {
    var condition = load("condition", cancellation);
    Map<String, AnyTensor> inputs = Map.of("label", LongTensor.of(new long[] {label}, 1));
    return queue.call(Urgency.present(), cancellation, () -> condition.run(inputs, cancellation));
  }

  private Network load(String graph, Cancellation cancellation) {
    return queue.call(Urgency.present(), cancellation, () -> graphs.get(graph));
  }

  /**
   * Decodes an image's latent into its feature map φ (1, F, H, W).
   *
   * @throws Problem if the image is not of this model or φ overflows
   * @throws CancellationException at once when it was asked for
   */
  public Tensor decode(FieldImage image, RunListener listener, Cancellation cancellation) {
    return fields.decode(image, listener, cancellation);
  }

  /**
   * Decodes an image once, into what gives its pixels at every scale: its field, or of a model
   * whose renderer has one resolution the picture.
   *
   * @param mode where the statistics of frozen norms come from
   * @return the field, to be closed by the caller
   * @throws Problem if the image is not of this model, or φ overflows
   * @throws CancellationException at once when it was asked for
   */
  public OpenField open(
      FieldImage image, StatisticsMode mode, RunListener listener, Cancellation cancellation) {
    return fields.open(image, mode, listener, cancellation);
  }

  /**
   * {@link #open(FieldImage, StatisticsMode, RunListener, Cancellation)} for nobody who listens.
   */
  public OpenField open(FieldImage image, StatisticsMode mode, Cancellation cancellation) {
    return open(image, mode, RunListener.none(), cancellation);
  }

  /**
   * Decodes an image into what renders it as published: norms live over each patch.
   *
   * @return to be closed by the caller
   * @throws Problem if the image is not of this model, φ overflows, or the model has no field
   * @throws CancellationException at once when it was asked for
   */
  public OfficialRendering openOfficial(FieldImage image, Cancellation cancellation) {
    return fields.openOfficial(image, cancellation);
  }

  /**
   * What the model does for the children of a picture. Good as long as this is open.
   *
   * @param recipe what the picture was made by
   * @throws Problem if the model cannot follow the prompts
   */
  DiveNetworks dive(Recipe recipe, DiveOptions options) {
    return new ModelDive(bundle, this, fields, queue, recipe, options);
  }

  /**
   * Frees the networks. Waits for the run in progress on the device, which ends soon when it was
   * cancelled. Images and feature maps stay good.
   */
  @Override
  public void close() {
    idle.close();
    graphs.close();
  }
}
