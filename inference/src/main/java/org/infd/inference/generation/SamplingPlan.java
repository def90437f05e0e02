package org.infd.inference.generation;

import java.util.ArrayList;
import java.util.List;
import org.infd.inference.Problem;
import org.infd.inference.bundle.Manifest;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.diffusion.BetaSchedule;
import org.infd.inference.diffusion.Ddim;
import org.infd.inference.diffusion.DpmSolver;
import org.infd.inference.diffusion.Euler;
import org.infd.inference.diffusion.RespacedSchedule;
import org.infd.inference.diffusion.Sampler;
import org.infd.inference.diffusion.TimestepRespacing;
import org.infd.inference.text.PromptChunks;
import org.jspecify.annotations.Nullable;

/**
 * A recipe that was found to be possible with a model, in the terms of the sampler.
 *
 * @param prediction what the network predicts
 * @param sampler the sampler with its steps
 * @param condition what the network is told to show
 * @param guidanceScale w
 * @param notes what the user should know, as sentences
 */
record SamplingPlan(
    Manifest.Prediction prediction,
    Sampler sampler,
    Condition condition,
    double guidanceScale,
    List<String> notes) {
  /** What a network is told to show, and for guidance what to lead away from. */
  sealed interface Condition {
    /** A network that is told nothing. */
    record None() implements Condition {}

    /**
     * A class.
     *
     * @param label its row in the class table
     * @param against the row of the second branch, or null for one branch
     */
    record OfClass(int label, @Nullable Integer against) implements Condition {}

    /**
     * A text.
     *
     * @param prompt its tokens, chunk by chunk
     * @param against those of the second branch, in as many chunks; null for one branch
     */
    record OfText(PromptChunks prompt, @Nullable PromptChunks against) implements Condition {}
  }

  private static final double LARGEST_GUIDANCE = 100;

  SamplingPlan {
    notes = List.copyOf(notes);
  }

  /**
   * Checks a recipe against a model.
   *
   * @throws Problem if the model cannot follow it
   */
  static SamplingPlan of(ModelBundle bundle, Recipe recipe) {
    var manifest = bundle.manifest();
    var diffusion = requireDiffusion(manifest);
    var notes = new ArrayList<String>();
    requireModel(bundle, recipe, notes);
    var sampler = sampler(diffusion, recipe, notes);
    requireGuidance(recipe);
    var condition =
        switch (manifest.conditioning().kind()) {
          case NONE -> none(manifest, recipe);
          case CLASS -> ofClass(manifest, recipe);
          case TEXT -> PromptReader.read(bundle, recipe, notes);
        };
    if (recipe.guidance() != null) {
      LayoutRun.check(bundle, recipe, recipe.guidance(), notes);
    }
    return new SamplingPlan(
        diffusion.prediction(), sampler, condition, recipe.guidanceScale(), notes);
  }

  /**
   * The diffusion process of a model.
   *
   * @throws Problem if it has none
   */
  static Manifest.Diffusion requireDiffusion(Manifest manifest) {
    if (manifest.diffusion() == null) {
      throw new Problem(
          "The model '"
              + manifest.name()
              + "' has no diffusion network, so it cannot make new pictures. Import a checkpoint of"
              + " the diffusion stage.");
    }
    return manifest.diffusion();
  }

  private static void requireModel(ModelBundle bundle, Recipe recipe, List<String> notes) {
    var manifest = bundle.manifest();
    if (!recipe.model().equals(manifest.id())) {
      throw new Problem(
          "The recipe was made for the model '"
              + recipe.model()
              + "', and this is '"
              + manifest.id()
              + "': a seed means something else to each. Choose that model, or take the recipe over"
              + " to this one.");
    }
    if (!recipe.modelHash().equals(bundle.hash())) {
      notes.add(
          "The recipe was made with another version of the model '"
              + manifest.id()
              + "', so the picture may differ.");
    }
  }

  private static Sampler sampler(Manifest.Diffusion diffusion, Recipe recipe, List<String> notes) {
    int steps = diffusion.steps();
    var betas = BetaSchedule.of(diffusion);
    return switch (recipe.sampler()) {
      case DPMPP -> new DpmSolver(betas, recipe.steps());
      case EULER -> Euler.plain(betas, recipe.steps());
      case EULER_A -> Euler.ancestral(betas, recipe.steps());
      case DDIM -> {
        var respacing = TimestepRespacing.nearest(recipe.steps(), diffusion.respacing(), steps);
        respacing.word(recipe.steps(), steps).ifPresent(notes::add);
        yield new Ddim(new RespacedSchedule(betas, respacing, diffusion.lastAlpha()), recipe.eta());
      }
    };
  }

  private static void requireGuidance(Recipe recipe) {
    double scale = recipe.guidanceScale();
    if (!(scale >= 0 && scale <= LARGEST_GUIDANCE)) {
      throw new Problem("The guidance scale must be between 0 and 100, and " + scale + " is not.");
    }
  }

  /** What says that there is nothing to strengthen. */
  static Problem nothingToGuideTo(Recipe recipe, String remedy) {
    return new Problem(
        "A guidance scale of "
            + recipe.guidanceScale()
            + " needs a condition to strengthen, and the recipe has none. "
            + remedy
            + ", or leave the scale at 1.");
  }

  private static Condition.None none(Manifest manifest, Recipe recipe) {
    requireNoPrompt(manifest, recipe);
    if (recipe.classLabel() != null) {
      throw new Problem("The model '" + manifest.name() + "' has no classes. Leave the class out.");
    }
    if (recipe.guidanceScale() != 1) {
      throw nothingToGuideTo(recipe, "Take a model that is told what to show");
    }
    return new Condition.None();
  }

  private static void requireNoPrompt(Manifest manifest, Recipe recipe) {
    if (recipe.prompt() != null || recipe.negativePrompt() != null) {
      throw new Problem(
          "The model '"
              + manifest.name()
              + "' takes no prompt. Leave it out or use another model.");
    }
  }

  private static Condition.OfClass ofClass(Manifest manifest, Recipe recipe) {
    requireNoPrompt(manifest, recipe);
    var conditioning = manifest.conditioning();
    int classes = conditioning.classes();
    int label = label(manifest, recipe.classLabel());
    if (recipe.guidanceScale() == 1) {
      return new Condition.OfClass(label, null);
    }
    if (recipe.classLabel() == null) {
      throw nothingToGuideTo(recipe, "Name a class");
    }
    if (!conditioning.unconditionalTrained()) {
      throw new Problem(
          "The model '"
              + manifest.name()
              + "' was never trained without a class, so there is nothing to guide away from. Leave"
              + " the guidance scale at 1.");
    }
    return new Condition.OfClass(label, classes);
  }

  private static int label(Manifest manifest, @Nullable Integer label) {
    var conditioning = manifest.conditioning();
    int classes = conditioning.classes();
    if (label == null) {
      if (!conditioning.unconditionalTrained()) {
        throw new Problem(
            "The model '"
                + manifest.name()
                + "' needs a class from 0 to "
                + (classes - 1)
                + ": it was never trained without one.");
      }
      return classes;
    }
    if (label < 0 || label >= classes) {
      throw new Problem(
          "The model '"
              + manifest.name()
              + "' has the classes 0 to "
              + (classes - 1)
              + ", and "
              + label
              + " is none of them.");
    }
    return label;
  }
}
