package org.infd.inference.generation;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.infd.inference.NumberText;
import org.infd.inference.Problem;
import org.infd.inference.bundle.Manifest.ConditioningKind;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.diffusion.Ddim;
import org.infd.inference.diffusion.Denoiser;
import org.infd.inference.diffusion.PhiloxNoise;
import org.infd.inference.field.FieldRenderer;
import org.infd.inference.field.NeuralField;
import org.infd.inference.field.Rectangle;
import org.infd.inference.field.StatisticsMode;
import org.infd.inference.generation.RunListener.Stage;
import org.infd.inference.guidance.ClipScorer;
import org.infd.inference.guidance.Guidance;
import org.infd.inference.guidance.GuidanceSettings.Depth;
import org.infd.inference.guidance.GuidanceSettings.StepRule;
import org.infd.inference.guidance.GuidedSampler;
import org.infd.inference.guidance.LayoutBox;
import org.infd.inference.guidance.LinearPicture;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.Device;
import org.infd.inference.runtime.DeviceQueue.Priority;
import org.infd.inference.tensor.Tensor;
import org.infd.inference.text.ClipTokenizer;
import org.jspecify.annotations.Nullable;

/**
 * A picture that follows a layout: sampled once without it, for comparison, and once with it, both
 * from the same noise; then the boxes of both are scored on the pixels that the user sees.
 */
final class LayoutRun {
  private final ModelBundle bundle;
  private final Device device;
  private final GraphNetworks networks;

  LayoutRun(ModelBundle bundle, Device device, GraphNetworks networks) {
    this.bundle = bundle;
    this.device = device;
    this.networks = networks;
  }

  /**
   * Checks that a model can be guided at all.
   *
   * @throws Problem if not
   */
  static void requireGradients(ModelBundle bundle, Depth depth) {
    bundle.requireClip();
    var needed = new ArrayList<>(List.of("clip_image_vjp", "decode_vjp", "render_live_vjp"));
    if (depth == Depth.FULL) {
      needed.add("unet_vjp");
    }
    if (!needed.stream().allMatch(bundle::has)) {
      throw new Problem(
          "The model '"
              + bundle.manifest().name()
              + "' was imported by an earlier version, without the gradients that layouts need."
              + " Import its checkpoint again.");
    }
  }

  /**
   * Checks that a layout can be followed.
   *
   * @param notes gets what the user should know
   * @throws Problem if not
   */
  static void check(ModelBundle bundle, Recipe recipe, Guidance guidance, List<String> notes) {
    requireGradients(bundle, guidance.steering().depth());
    if (recipe.sampler() != Recipe.SamplerKind.DDIM) {
      throw new Problem("Layouts are followed by the sampler DDIM only. Choose it.");
    }
    if (boxes(bundle, guidance).isEmpty()) {
      throw new Problem("The layout has no boxes. Draw one, or generate without a layout.");
    }
    if (recipe.eta() == 0 && guidance.steering().rule() == StepRule.DSG) {
      notes.add(
          "With η = 0 there is no fresh noise that guidance could turn: it shifts the picture"
              + " instead. The usual η for layouts is 1.");
    }
    notes.addAll(new BoxPrompts(boxes(bundle, guidance), recipe.seed()).notes(tokenizer(bundle)));
  }

  /** What cuts texts for a model's CLIP. */
  static ClipTokenizer tokenizer(ModelBundle bundle) {
    var clip = bundle.requireClip();
    var file = bundle.clipVocabulary();
    try {
      return ClipTokenizer.read(
          file.toString(),
          Files.readAllBytes(file),
          clip.vocabulary().tokens(),
          clip.contextLength());
    } catch (IOException e) {
      throw new Problem(file + " could not be read: " + e.getMessage(), e);
    }
  }

  /** The boxes that are scored, in the order of the scores. */
  static List<LayoutBox> boxes(ModelBundle bundle, Guidance guidance) {
    boolean takesText = bundle.manifest().conditioning().kind() == ConditioningKind.TEXT;
    return guidance.layout().scored(takesText);
  }

  /**
   * Samples twice and scores.
   *
   * @return an image whose recipe has the scores, unless one is not finite
   */
  FieldImage generate(
      Recipe recipe,
      Guidance guidance,
      Ddim ddim,
      Denoiser denoiser,
      RunListener listener,
      Cancellation cancellation) {
    var noise = new PhiloxNoise(recipe.seed());
    var scorer = scorer(guidance, noise, cancellation);
    var shape = bundle.manifest().latent().shape(1);
    listener.stage(Stage.COMPARING);
    var plain = ddim.sample(denoiser, noise, shape, listener::sampled, cancellation);
    listener.compared(FieldImage.of(plain, recipe.withGuidance(null)));
    var fitted = new AtomicReference<@Nullable LinearPicture>();
    var before =
        score(
            plain,
            renderer -> {
              if (guidance.steering().exact() > 1) {
                fitted.set(linear(plain, renderer, cancellation));
              }
              return scorer.finished(renderer, cancellation);
            },
            cancellation);
    listener.stage(Stage.SAMPLING);
    var result =
        new GuidedSampler(ddim, guidance.steering(), scorer, noise, fitted.get())
            .sample(denoiser, shape, listener::sampled, listener::evaluated, cancellation);
    if (result.skipped() > 0) {
      listener.note(
          NumberText.format(
              "At %d of %d evaluations the gradient was not finite; these steps were made without"
                  + " guidance.",
              result.skipped(), result.evaluations()));
    }
    var after =
        score(result.z(), renderer -> scorer.finished(renderer, cancellation), cancellation);
    var scores = scores(before, after);
    if (scores == null) {
      listener.note(
          "CLIP gave no finite answer for a box, so the boxes of this picture have no scores. Add a"
              + " CLIP that is whole to the model.");
    }
    return FieldImage.of(result.z(), recipe.withGuidance(guidance.withScores(scores)));
  }

  /** Null where one is not finite: the picture is worth keeping without them. */
  private static @Nullable List<Guidance.BoxScore> scores(double[] before, double[] after) {
    var scores = new ArrayList<Guidance.BoxScore>();
    for (int i = 0; i < before.length; i++) {
      if (!Double.isFinite(before[i]) || !Double.isFinite(after[i])) {
        return null;
      }
      scores.add(new Guidance.BoxScore(before[i], after[i]));
    }
    return scores;
  }

  private ClipScorer scorer(Guidance guidance, PhiloxNoise noise, Cancellation cancellation) {
    var manifest = bundle.manifest();
    var tokenizer = tokenizer(bundle);
    var targets = new ArrayList<ClipScorer.Target>();
    var prompts = new BoxPrompts(boxes(bundle, guidance), noise.seed());
    for (int i = 0; i < prompts.boxes().size(); i++) {
      targets.add(
          new ClipScorer.Target(
              prompts.boxes().get(i),
              embedding(tokenizer, prompts.wanted(i).words(), cancellation),
              prompts
                  .unwanted(i)
                  .map(words -> embedding(tokenizer, words.words(), cancellation))
                  .orElse(null)));
    }
    return new ClipScorer(
        networks,
        targets,
        bundle.requireClip().side(),
        manifest.smallestSide(),
        guidance.steering().copies(),
        noise);
  }

  private Tensor embedding(ClipTokenizer tokenizer, String text, Cancellation cancellation) {
    var tokens = Map.of("tokens", tokenizer.encode(text).row());
    return networks.run(bundle.requireClip().textGraph(), "embedding", tokens, cancellation);
  }

  /** What stands for decoder and renderer in most looks; null where cells have no whole pixels. */
  private @Nullable LinearPicture linear(
      Tensor z, FieldRenderer renderer, Cancellation cancellation) {
    int side = bundle.manifest().smallestSide();
    if (side % z.extent(2) != 0 || side % z.extent(3) != 0) {
      return null;
    }
    var rgb = renderer.render(side, Rectangle.whole(side), cancellation);
    return LinearPicture.fit(z, rgb);
  }

  /** The scores of a latent on the pixels that finished pictures show. */
  private double[] score(
      Tensor z, Function<FieldRenderer, double[]> scores, Cancellation cancellation) {
    var phi = networks.decode(z, cancellation);
    if (!phi.isFinite()) {
      throw new Problem(
          "The feature map of the picture overflowed, so its boxes cannot be scored. Try a smaller"
              + " strength or guidance scale.");
    }
    try (var field = NeuralField.open(bundle, device, phi, StatisticsMode.INTERPOLATED)) {
      return scores.apply(
          (side, rectangle, stop) ->
              networks
                  .queue()
                  .call(Priority.GENERATION, stop, () -> field.render(side, rectangle, stop)));
    }
  }
}
