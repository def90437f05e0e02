package org.infd.inference.generation;

import java.util.List;
import org.infd.inference.Problem;
import org.infd.inference.bundle.Manifest.ConditioningKind;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.diffusion.TimestepRespacing;
import org.infd.inference.generation.Recipe.SamplerKind;
import org.infd.inference.guidance.GuidanceSettings;
import org.jspecify.annotations.Nullable;

/** What a model's manifest says of recipes for it: defaults, checks, reasons. Loads nothing. */
public final class RecipeRules {
  private RecipeRules() {}

  /**
   * The guidance scale of someone who gave these words and no scale: the model's own or else {@link
   * RecipeDefaults#GUIDANCE} where there are words and the model can be guided by them, else 1.
   *
   * @param prompt what the image should show, or null
   * @param negativePrompt what it should not show, or null
   */
  public static double usualGuidance(
      ModelBundle bundle, @Nullable String prompt, @Nullable String negativePrompt) {
    var conditioning = bundle.manifest().conditioning();
    var diffusion = bundle.manifest().diffusion();
    var usual = diffusion == null ? null : diffusion.guidanceScale();
    return (prompt != null || negativePrompt != null)
            && conditioning.kind() == ConditioningKind.TEXT
            && conditioning.unconditionalTrained()
        ? usual == null ? RecipeDefaults.GUIDANCE : usual
        : 1;
  }

  /** The sampler of someone who chose none: the model's own or else {@link RecipeDefaults}'. */
  public static SamplerKind usualSampler(ModelBundle bundle) {
    var diffusion = bundle.manifest().diffusion();
    var usual = diffusion == null ? null : diffusion.sampler();
    return usual == null ? RecipeDefaults.SAMPLER : SamplerKind.valueOf(usual.name());
  }

  /**
   * The recipe for someone who asked for nothing but a seed: the checkpoint's own steps and η with
   * DDIM, no prompt, and no class unless the model needs one.
   *
   * @throws Problem if the model has no diffusion network
   */
  public static Recipe defaultRecipe(ModelBundle bundle, long seed) {
    var manifest = bundle.manifest();
    var diffusion = SamplingPlan.requireDiffusion(manifest);
    var conditioning = manifest.conditioning();
    boolean needsClass =
        conditioning.kind() == ConditioningKind.CLASS && !conditioning.unconditionalTrained();
    return Recipe.builder(manifest.id(), bundle.hash())
        .seed(seed)
        .steps(TimestepRespacing.parse(diffusion.respacing(), diffusion.steps()).count())
        .sampler(SamplerKind.DDIM)
        .eta(diffusion.eta())
        .classLabel(needsClass ? 0 : null)
        .build();
  }

  /**
   * Checks that the model can follow a recipe, without loading anything.
   *
   * @return what the user should know about it, as sentences; usually nothing
   * @throws Problem if the model cannot follow it
   */
  public static List<String> check(ModelBundle bundle, Recipe recipe) {
    return SamplingPlan.of(bundle, recipe).notes();
  }

  /**
   * Why a model cannot follow layouts, in a sentence or two; empty where it can.
   *
   * @param depth how far back gradients are to go
   */
  public static String whyNoLayout(ModelBundle bundle, GuidanceSettings.Depth depth) {
    try {
      LayoutRun.requireGradients(bundle, depth);
      return "";
    } catch (Problem e) {
      return String.valueOf(e.getMessage());
    }
  }
}
