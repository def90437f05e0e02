package org.infd.inference.generation;

import org.infd.inference.diffusion.DpmSolver;
import org.infd.inference.diffusion.Euler;
import org.infd.inference.generation.Recipe.SamplerKind;

/**
 * What a recipe holds where nobody chose: the one place for window and command line. What a model
 * itself prefers, such as its η, is in {@link RecipeRules#defaultRecipe}.
 */
public final class RecipeDefaults {
  /** The sampler: good in few steps. */
  public static final SamplerKind SAMPLER = SamplerKind.DPMPP;

  /** The steps of {@link #SAMPLER}, which has converged to the eye by then. */
  public static final int STEPS = DpmSolver.DEFAULT_STEPS;

  /** The steps of Euler's method and its ancestral form. */
  public static final int EULER_STEPS = Euler.DEFAULT_STEPS;

  /** The sampler of layouts and of boxes that are made anew, the only one that can follow them. */
  public static final SamplerKind LAYOUT_SAMPLER = SamplerKind.DDIM;

  /** The steps of {@link #LAYOUT_SAMPLER}. */
  public static final int LAYOUT_STEPS = 50;

  /** η of layouts: full fresh noise, which guidance turns. */
  public static final double LAYOUT_ETA = 1;

  /** The weight of classifier-free guidance for someone who gave a prompt and nothing else. */
  public static final double GUIDANCE = 3;

  private RecipeDefaults() {}

  /** The steps of a sampler where a model prefers {@code own} with DDIM. */
  public static int steps(SamplerKind sampler, int own) {
    return switch (sampler) {
      case DPMPP -> STEPS;
      case DDIM -> own;
      case EULER, EULER_A -> EULER_STEPS;
    };
  }
}
