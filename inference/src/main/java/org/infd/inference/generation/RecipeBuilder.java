package org.infd.inference.generation;

import org.infd.inference.generation.Recipe.Photo;
import org.infd.inference.generation.Recipe.SamplerKind;
import org.infd.inference.generation.Recipe.Variation;
import org.infd.inference.guidance.Guidance;
import org.jspecify.annotations.Nullable;

/**
 * Builds a {@link Recipe} by the names of its components. Begins with {@link RecipeDefaults}, seed
 * 0, η 0, and neither class, prompts, guidance, layout, photo nor variation.
 */
public final class RecipeBuilder {
  private final String model;
  private final String modelHash;
  private long seed;
  private int steps = RecipeDefaults.STEPS;
  private SamplerKind sampler = RecipeDefaults.SAMPLER;
  private double eta;
  private @Nullable Integer classLabel;
  private @Nullable String prompt;
  private @Nullable String negativePrompt;
  private double guidanceScale = 1;
  private @Nullable Guidance guidance;
  private @Nullable Photo photo;
  private @Nullable Variation variation;

  RecipeBuilder(String model, String modelHash) {
    this.model = model;
    this.modelHash = modelHash;
  }

  /** The seed of all noise. */
  public RecipeBuilder seed(long value) {
    seed = value;
    return this;
  }

  /** The number of sampling steps. */
  public RecipeBuilder steps(int value) {
    steps = value;
    return this;
  }

  /** The sampler. */
  public RecipeBuilder sampler(SamplerKind value) {
    sampler = value;
    return this;
  }

  /** η of DDIM, 0 to 1. */
  public RecipeBuilder eta(double value) {
    eta = value;
    return this;
  }

  /** The class, or null for none. */
  public RecipeBuilder classLabel(@Nullable Integer value) {
    classLabel = value;
    return this;
  }

  /** What the image should show, or null. */
  public RecipeBuilder prompt(@Nullable String value) {
    prompt = value;
    return this;
  }

  /** What it should not show, or null. */
  public RecipeBuilder negativePrompt(@Nullable String value) {
    negativePrompt = value;
    return this;
  }

  /** The weight of classifier-free guidance, 1 for none. */
  public RecipeBuilder guidanceScale(double value) {
    guidanceScale = value;
    return this;
  }

  /** The layout that the image follows, or null. */
  public RecipeBuilder guidance(@Nullable Guidance value) {
    guidance = value;
    return this;
  }

  /** The photo that the latent encodes, or null. */
  public RecipeBuilder photo(@Nullable Photo value) {
    photo = value;
    return this;
  }

  /** The latent that the sampling goes out from, or null. */
  public RecipeBuilder variation(@Nullable Variation value) {
    variation = value;
    return this;
  }

  /** The recipe. */
  public Recipe build() {
    return new Recipe(
        model,
        modelHash,
        seed,
        steps,
        sampler,
        eta,
        classLabel,
        prompt,
        negativePrompt,
        guidanceScale,
        guidance,
        photo,
        variation);
  }
}
