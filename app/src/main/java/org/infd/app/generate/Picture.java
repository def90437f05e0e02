package org.infd.app.generate;

import org.infd.app.viewer.Field;
import org.infd.inference.studio.FieldImage;
import org.infd.inference.studio.Recipe;

/**
 * A picture that is open: what it was made from and what renders it.
 *
 * @param image its latents and recipes
 * @param field its colours at every place and scale
 * @param modelName the model's name, for people
 */
public record Picture(FieldImage image, Field field, String modelName) {
  /** How the whole image was made. */
  public Recipe recipe() {
    return image.base().recipe();
  }

  /** A short line for people, for example "Mountains, seed 7". */
  public String title() {
    return modelName + " · seed " + recipe().seed();
  }
}
