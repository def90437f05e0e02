package org.infd.inference.generation;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.regex.Pattern;
import org.infd.inference.ShownText;
import org.infd.inference.guidance.Guidance;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.annotation.JsonDeserialize;
import tools.jackson.databind.annotation.JsonSerialize;

/**
 * All that affects an image: written into every file, so that the image can be made again.
 *
 * @param model the bundle's id
 * @param modelHash the SHA-256 of the bundle's manifest, which holds the hashes of its graphs
 * @param seed the seed of all noise, all 64 bits; {@link Seed} writes it as people do
 * @param steps the number of sampling steps asked for; DDIM takes the next count that exists
 * @param sampler the sampler
 * @param eta η of DDIM, 0 (deterministic) to 1; ignored by the other samplers
 * @param classLabel the class, or null for none
 * @param prompt what the image should show, or null for none; at most {@link #LONGEST_PROMPT}
 *     characters
 * @param negativePrompt what it should not show, or null for none; as long
 * @param guidanceScale the weight w of classifier-free guidance, 1 for none
 * @param guidance the layout that the image follows, or null for none
 * @param photo the photo that the latent encodes, or null; then nothing was sampled
 * @param variation the latent that the sampling went out from, or null for none but noise
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Recipe(
    String model,
    String modelHash,
    @JsonSerialize(using = Seed.Writer.class) @JsonDeserialize(using = Seed.Reader.class) long seed,
    int steps,
    SamplerKind sampler,
    double eta,
    @Nullable Integer classLabel,
    @Nullable String prompt,
    @Nullable String negativePrompt,
    double guidanceScale,
    @Nullable Guidance guidance,
    @Nullable Photo photo,
    @Nullable Variation variation) {
  /**
   * The square of a photo that was encoded: who has the file can do it again.
   *
   * @param file its name, without folders
   * @param sha256 the hash of the whole file, lower-case hexadecimal
   * @param top the first row of the square in pixels of the upright photo
   * @param left the first column
   * @param side the side of the square in pixels
   */
  public record Photo(String file, String sha256, int top, int left, int side) {
    /** Makes the name fit to be shown. */
    public Photo {
      file = shown(file);
    }

    private boolean isUsable() {
      return isText(file) && isText(sha256) && top >= 0 && left >= 0 && side >= 1;
    }
  }

  /**
   * A latent that was covered with noise again: who has it can do it again.
   *
   * @param parent the SHA-256 of the latent's values, little-endian float32, lower-case hexadecimal
   * @param strength the part of the sampling that was done again, 0 to 1
   */
  public record Variation(String parent, double strength) {}

  /** Prompts with more characters are neither sampled nor read back from files. */
  public static final int LONGEST_PROMPT = 10_000;

  private static final Pattern LONE_SURROGATES = Pattern.compile("[\\x{d800}-\\x{dfff}]");

  /** The samplers that a recipe can name, the usual one first; files hold these names. */
  public enum SamplerKind {
    DPMPP,
    DDIM,
    EULER,
    EULER_A
  }

  /**
   * Replaces halves of surrogate pairs in the prompts, which no file could hold, and makes the name
   * of the model fit to be shown.
   */
  public Recipe {
    model = shown(model);
    prompt = encodable(prompt);
    negativePrompt = encodable(negativePrompt);
  }

  /**
   * A recipe by the names of its components.
   *
   * @param model the bundle's id
   * @param modelHash the SHA-256 of the bundle's manifest
   */
  public static RecipeBuilder builder(String model, String modelHash) {
    return new RecipeBuilder(model, modelHash);
  }

  /** Null stays null: the reader of files asks later whether a recipe is whole. */
  private static String shown(String name) {
    @Nullable String given = name;
    return given == null ? name : ShownText.line(given);
  }

  private static @Nullable String encodable(@Nullable String text) {
    return text == null ? null : LONE_SURROGATES.matcher(text).replaceAll("\ufffd");
  }

  /** The seed as people write it, 0 to 2⁶⁴ − 1. */
  public String seedText() {
    return Seed.text(seed);
  }

  /** The same recipe with another seed; scores of boxes belong to a seed and are left out. */
  public Recipe withSeed(long newSeed) {
    var unscored = guidance == null ? null : guidance.withScores(null);
    return with(model, modelHash, newSeed, unscored, photo, variation);
  }

  /** The same recipe, going out from a latent, or from noise alone. */
  public Recipe withVariation(@Nullable Variation newVariation) {
    return with(model, modelHash, seed, guidance, null, newVariation);
  }

  /** Whether noise and this recipe suffice to make the image again. */
  @JsonIgnore
  public boolean isSampled() {
    return photo == null && variation == null;
  }

  /**
   * Whether a recipe that was read from a file can be one: the reader fills records without asking
   * whether a component may be null.
   */
  @JsonIgnore
  public boolean isUsable() {
    Object named = sampler;
    return isText(model)
        && isText(modelHash)
        && (prompt == null || isText(prompt))
        && (negativePrompt == null || isText(negativePrompt))
        && named != null
        && steps >= 1
        && isShare(eta)
        && (classLabel == null || classLabel >= 0)
        && Double.isFinite(guidanceScale)
        && guidanceScale >= 0
        && (photo == null || photo.isUsable())
        && (variation == null || (isText(variation.parent()) && isShare(variation.strength())));
  }

  private static boolean isShare(double value) {
    return value >= 0 && value <= 1;
  }

  private static boolean isText(@Nullable String text) {
    return text != null && text.length() <= LONGEST_PROMPT;
  }

  /** The same recipe with another layout, or with none. */
  public Recipe withGuidance(@Nullable Guidance newGuidance) {
    return with(model, modelHash, seed, newGuidance, photo, variation);
  }

  /**
   * The same recipe for another model, or for another version of its own.
   *
   * @param id the bundle's id
   * @param hash the SHA-256 of the bundle's manifest
   */
  public Recipe withModel(String id, String hash) {
    return with(id, hash, seed, guidance, photo, variation);
  }

  /** Everything that some other recipe may differ in; how it is sampled and what it shows stays. */
  private Recipe with(
      String newModel,
      String newHash,
      long newSeed,
      @Nullable Guidance newGuidance,
      @Nullable Photo newPhoto,
      @Nullable Variation newVariation) {
    return new Recipe(
        newModel,
        newHash,
        newSeed,
        steps,
        sampler,
        eta,
        classLabel,
        prompt,
        negativePrompt,
        guidanceScale,
        newGuidance,
        newPhoto,
        newVariation);
  }

  /** Whether the other recipe differs at most in its seed. */
  public boolean sameSettings(Recipe other) {
    return withSeed(0).equals(other.withSeed(0));
  }
}
