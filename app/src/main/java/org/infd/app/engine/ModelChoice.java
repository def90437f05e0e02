package org.infd.app.engine;

import java.util.List;
import org.infd.inference.bundle.Manifest;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.generation.Recipe.SamplerKind;
import org.infd.inference.generation.RecipeDefaults;
import org.infd.inference.generation.RecipeRules;

/**
 * A model that the user can choose.
 *
 * @param id the bundle's id, as in recipes
 * @param name what the user is shown
 * @param description what the model is, in a sentence or two; may be empty
 * @param hash the SHA-256 of its manifest, for recipes
 * @param classes how many classes it knows, 0 when it takes none
 * @param eta the η of DDIM that the model's authors chose
 * @param prompts what it does with a prompt
 * @param layouts what it does with a layout
 * @param classNames the names of its classes, none when they are not known
 * @param guidance how strictly it usually follows a prompt
 * @param sampler what it is usually sampled by
 */
public record ModelChoice(
    String id,
    String name,
    String description,
    String hash,
    int classes,
    double eta,
    Prompts prompts,
    LayoutSupport layouts,
    List<String> classNames,
    double guidance,
    SamplerKind sampler) {
  /** A model that is guided and sampled as most are. */
  public ModelChoice(
      String id,
      String name,
      String description,
      String hash,
      int classes,
      double eta,
      Prompts prompts,
      LayoutSupport layouts,
      List<String> classNames) {
    this(
        id,
        name,
        description,
        hash,
        classes,
        eta,
        prompts,
        layouts,
        classNames,
        RecipeDefaults.GUIDANCE,
        RecipeDefaults.SAMPLER);
  }

  /** Copies the names. */
  public ModelChoice {
    classNames = List.copyOf(classNames);
  }

  /** What a model does with prompts. */
  public enum Prompts {
    /** It takes none. */
    NONE,
    /** It follows one, but there is no guidance: it never learnt pictures without a text. */
    FOLLOWED,
    /** It follows one as strictly as wanted. */
    GUIDED
  }

  /** Whether a picture can be asked for in words. */
  public boolean takesPrompts() {
    return prompts != Prompts.NONE;
  }

  /** What the user calls a class: its name and number, or the number alone. */
  public String className(int number) {
    return number < classNames.size()
        ? classNames.get(number) + " (" + number + ")"
        : "Class " + number;
  }

  /** Whether a picture is of a class. */
  public boolean hasClasses() {
    return classes > 0;
  }

  /** What the manifest of a bundle says of it. */
  static ModelChoice of(ModelBundle bundle) {
    var manifest = bundle.manifest();
    var diffusion = manifest.diffusion();
    var conditioning = manifest.conditioning();
    int classes =
        conditioning.kind() == Manifest.ConditioningKind.CLASS ? conditioning.classes() : 0;
    var prompts =
        conditioning.kind() != Manifest.ConditioningKind.TEXT
            ? Prompts.NONE
            : conditioning.unconditionalTrained() ? Prompts.GUIDED : Prompts.FOLLOWED;
    return new ModelChoice(
        manifest.id(),
        manifest.name(),
        manifest.description(),
        bundle.hash(),
        classes,
        diffusion == null ? 1 : diffusion.eta(),
        prompts,
        LayoutSupport.of(bundle),
        ClassNames.read(bundle.folder(), classes),
        diffusion == null || diffusion.guidanceScale() == null
            ? RecipeDefaults.GUIDANCE
            : diffusion.guidanceScale(),
        RecipeRules.usualSampler(bundle));
  }
}
