package org.infd.inference.generation;

import org.infd.inference.Problem;
import org.infd.inference.bundle.Manifest;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.dive.DiveLattice;
import org.infd.inference.dive.DiveOptions;
import org.infd.inference.generation.Recipe.SamplerKind;
import org.jspecify.annotations.Nullable;

/** What a model's manifest says of dives into its pictures. Loads nothing. */
public final class DiveRules {
  private DiveRules() {}

  /** Why pictures of a model end at its scale, in a sentence or two; empty where they do not. */
  public static String whyNoDive(ModelBundle bundle) {
    try {
      lattice(bundle);
      return "";
    } catch (Problem e) {
      return String.valueOf(e.getMessage());
    }
  }

  /**
   * Where the children of a model's pictures lie.
   *
   * @throws Problem if there can be none
   */
  public static DiveLattice lattice(ModelBundle bundle) {
    var manifest = bundle.manifest();
    var latent = manifest.latent();
    if (!bundle.has("encode")) {
      throw new Problem(
          "The model '"
              + manifest.name()
              + "' has no encoder, so its pictures end at their own scale: what is deeper is made"
              + " from the picture in sight, which has to be encoded.");
    }
    if (manifest.renderer().kind() == Manifest.RendererKind.FIXED) {
      throw new Problem(
          "The model '"
              + manifest.name()
              + "' has a fixed-resolution renderer, so its pictures end at their own size. Use a"
              + " model with a neural field.");
    }
    if (latent.height() != latent.width()) {
      throw new Problem(
          "The latent of the model '"
              + manifest.name()
              + "' is not square, so its pictures end at their own scale.");
    }
    return new DiveLattice(manifest.encoderSide(), latent.width(), 2 * manifest.encoderSide());
  }

  /**
   * How children are made where nobody chose. Without a diffusion network they are what the encoder
   * makes of the picture above.
   *
   * @param recipe what the picture was made by
   * @throws Problem if there can be none
   */
  public static DiveOptions usual(ModelBundle bundle, Recipe recipe) {
    var options = DiveOptions.usual(recipe.seed(), lattice(bundle), false);
    return bundle.manifest().diffusion() == null ? options.withStrength(0) : options;
  }

  /**
   * What children are sampled by: what the picture was made by, as far as the model can follow it.
   *
   * @param prompt in place of the picture's, or null
   */
  static Recipe childRecipe(ModelBundle bundle, Recipe recipe, @Nullable String prompt) {
    var kind = bundle.manifest().conditioning().kind();
    var asked = Recipe.builder(bundle.manifest().id(), bundle.hash()).steps(1);
    asked.sampler(SamplerKind.DDIM);
    return switch (kind) {
      case NONE -> asked.build();
      case CLASS -> asked.classLabel(recipe.classLabel()).build();
      case TEXT -> asked.prompt(prompt == null ? recipe.prompt() : prompt).build();
    };
  }
}
