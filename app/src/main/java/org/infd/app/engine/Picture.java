package org.infd.app.engine;

import org.infd.app.viewer.Field;
import org.infd.inference.ShownText;
import org.infd.inference.generation.FieldImage;
import org.infd.inference.generation.Recipe;

/**
 * A picture that is open: what it was made from and what renders it.
 *
 * @param image its latents and recipes
 * @param field its colours at every place and scale
 * @param modelName the model's name, for people
 * @param encoderSide the side in pixels that photos are reduced to before they are encoded, 0 where
 *     the model encodes none
 * @param hasNorms whether its colours depend on how statistics of norms are taken
 */
public record Picture(
    FieldImage image, Field field, String modelName, int encoderSide, boolean hasNorms) {
  /** A picture of a model that encodes no photos and has no norms. */
  public Picture(FieldImage image, Field field, String modelName) {
    this(image, field, modelName, 0, false);
  }

  /** How the whole image was made. */
  public Recipe recipe() {
    return image.base().recipe();
  }

  /** A short line for people, for example "Mountains, seed 7". */
  public String title() {
    var photo = recipe().photo();
    return photo != null
        ? modelName + " · " + photo.file()
        : modelName + " · seed " + recipe().seedText();
  }

  /**
   * What a recipe asks for, in a line: its prompt, its seed where there is none, a photo's name.
   */
  public static String subject(Recipe recipe) {
    var photo = recipe.photo();
    if (photo != null) {
      return photo.file();
    }
    var prompt = recipe.prompt();
    return prompt == null || prompt.isBlank()
        ? "Seed " + recipe.seedText()
        : ShownText.line(prompt.strip());
  }

  /** What the user should know of a picture that was a photo; empty for all others. */
  public String warning() {
    return recipe().photo() == null
        ? ""
        : "Encoded from "
            + (encoderSide > 0 ? encoderSide + " px" : "a small picture")
            + "; finer detail is invented";
  }
}
