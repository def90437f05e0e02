package org.infd.app.recipe;

import java.util.Optional;
import org.infd.app.engine.ModelChoice;
import org.infd.inference.generation.Recipe.SamplerKind;

/**
 * What is chosen for the next picture, as it is typed.
 *
 * @param model the chosen model; empty while none is known
 * @param seed the seed as typed
 * @param seedUsed whether a picture was made with it, so that the next one gets another
 * @param choices all else
 * @param settled the same when the picture in sight was shown or begun; empty where it was never
 */
public record RecipeDraft(
    Optional<ModelChoice> model,
    String seed,
    boolean seedUsed,
    Choices choices,
    Optional<Choices> settled) {
  /**
   * What is chosen but for model and seed.
   *
   * @param prompt what the picture should show; blank for anything
   * @param negativePrompt what it should not show; blank for nothing
   * @param guidance how strictly the prompts are followed
   * @param steps the number of sampling steps
   * @param sampler the sampler
   * @param eta η of DDIM, 0 to 1
   * @param classLabel the class, for models that have classes
   */
  public record Choices(
      String prompt,
      String negativePrompt,
      double guidance,
      int steps,
      SamplerKind sampler,
      double eta,
      int classLabel) {}
}
