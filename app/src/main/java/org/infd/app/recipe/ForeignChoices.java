package org.infd.app.recipe;

import java.util.ArrayList;
import java.util.List;
import org.infd.inference.NumberText;
import org.infd.inference.generation.ForeignRecipe;
import org.infd.inference.generation.Seed;

/** The choices that another program wrote into a picture. */
public final class ForeignChoices {
  private ForeignChoices() {}

  /**
   * Takes over what can be chosen here; all else stays.
   *
   * @return what was taken over, in words
   */
  public static List<String> take(ForeignRecipe words, RecipeModel into) {
    var taken = new ArrayList<String>();
    into.promptProperty().set(words.prompt());
    taken.add("the prompt");
    into.negativePromptProperty().set(words.negativePrompt());
    if (!words.negativePrompt().isEmpty()) {
      taken.add("what is not wanted");
    }
    words
        .guidance()
        .filter(scale -> scale >= RecipeModel.LEAST_GUIDANCE && scale <= RecipeModel.MOST_GUIDANCE)
        .ifPresent(
            scale -> {
              into.guidanceProperty().set(scale);
              taken.add(NumberText.format("guidance %.1f", scale));
            });
    words
        .steps()
        .filter(count -> count >= RecipeModel.FEWEST_STEPS)
        .ifPresent(
            count -> {
              into.stepsProperty().set(count);
              taken.add(count + " steps");
            });
    words
        .sampler()
        .ifPresent(
            kind -> {
              into.samplerProperty().set(kind);
              taken.add("the sampler");
            });
    words
        .seed()
        .ifPresent(
            used -> {
              into.seedProperty().set(Seed.text(used));
              into.keepSeed();
              taken.add("seed " + Seed.text(used));
            });
    return taken;
  }
}
