package org.infd.inference.generation;

import org.infd.inference.NumberText;
import org.infd.inference.Problem;
import org.infd.inference.StrictJson;
import org.infd.inference.bundle.Manifest;
import org.infd.inference.bundle.Manifest.ConditioningKind;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.dive.DiveLattice;
import org.infd.inference.dive.DiveOptions;
import org.infd.inference.dive.DiveView;
import org.infd.inference.dive.Sharpness;
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
    var sharp = manifest.sharpScale();
    return new DiveLattice(
        manifest.encoderSide(),
        latent.width(),
        sharp == null ? 2 * manifest.encoderSide() : sharp.side());
  }

  /**
   * How children are made where nobody chose. Without a diffusion network they are what the encoder
   * makes of the picture above.
   *
   * @param recipe what the picture was made by
   * @throws Problem if there can be none
   */
  public static DiveOptions usual(ModelBundle bundle, Recipe recipe) {
    var sharp = bundle.manifest().sharpScale();
    boolean strict = sharp != null && sharp.kept() >= Sharpness.STRICT;
    var options = DiveOptions.usual(recipe.seed(), lattice(bundle), strict);
    return bundle.manifest().diffusion() == null ? options.withStrength(0) : options;
  }

  /**
   * How the children of an image are made: as its file says, else the usual way.
   *
   * @throws Problem if there can be none, or not as the file says
   */
  public static DiveOptions of(ModelBundle bundle, FieldImage image) {
    var kept = image.dive();
    var usual = usual(bundle, image.base().recipe());
    if (kept == null) {
      return usual;
    }
    var lattice = lattice(bundle);
    if (kept.sharpSide() != lattice.sharpSide()
        || kept.anchor() != usual.anchor()
        || (kept.strength() > 0 && bundle.manifest().diffusion() == null)) {
      throw new Problem(
          "What lies below the picture's scale was made with another version of the model '"
              + bundle.manifest().name()
              + "'. Import the version that it was made with, or choose anew how it is made.");
    }
    return kept.options();
  }

  /**
   * Makes sure that children can be told what to show.
   *
   * @throws Problem if the model takes no prompt
   */
  public static void requirePrompts(ModelBundle bundle) {
    if (!takesPrompts(bundle)) {
      throw new Problem(
          "The model '"
              + bundle.manifest().name()
              + "' takes no prompt, so depths cannot have any. Leave them out.");
    }
  }

  /** Whether children can be told what to show. */
  public static boolean takesPrompts(ModelBundle bundle) {
    var manifest = bundle.manifest();
    return manifest.conditioning().kind() == ConditioningKind.TEXT && manifest.diffusion() != null;
  }

  /** Whether a model can say what it sees: it has words, and a CLIP to compare them with. */
  public static boolean seesWords(ModelBundle bundle) {
    return SeenWords.canBeAsked(bundle);
  }

  /**
   * What is said of a view.
   *
   * @param depth the level of the children that it shows, 0 for none
   */
  public static String words(int depth, DiveView view) {
    if (depth == 0) {
      return "The image itself, nothing is invented";
    }
    return NumberText.format(
        "Invented from here, depth %d: row %d, column %d of the whole image at %d pixels a side",
        depth, view.shown().row(), view.shown().column(), view.side());
  }

  /** All that the pixels of an image and of what lies below it depend on, but for the device. */
  public static String identity(FieldImage image, ModelBundle bundle, DiveSettings settings) {
    return identity(image, bundle) + "\n" + StrictJson.lines().writeValueAsString(settings);
  }

  /** All that the pixels of an image itself depend on, but for the device. */
  public static String identity(FieldImage image, ModelBundle bundle) {
    var text = new StringBuilder(bundle.hash());
    for (var layer : image.layers()) {
      text.append(' ').append(Generator.hash(layer.z())).append(' ').append(layer.mask());
    }
    return text.toString();
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
