package org.infd.inference.generation;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import org.infd.inference.NumberText;
import org.infd.inference.Problem;
import org.infd.inference.ShownText;
import org.infd.inference.bundle.Manifest;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.generation.SamplingPlan.Condition.OfText;
import org.infd.inference.text.ClipTokenizer;
import org.infd.inference.text.PromptChunks;
import org.infd.inference.text.WrittenPrompt;
import org.jspecify.annotations.Nullable;

/**
 * The prompts of a recipe in the tokens of a model. Without a prompt the network is told the empty
 * text, which it was trained with for pictures of anything (docs/spec/infd-model.md 10); a negative
 * prompt takes the place of the empty text in the second branch of guidance.
 */
final class PromptReader {
  private static final int SHOWN = 200;

  /** More would be more than the diffusion network was ever made for, and slow. */
  private static final int MOST = 16;

  private PromptReader() {}

  /**
   * Reads the prompts.
   *
   * @param notes gets what the user should know, such as what was cut off
   * @throws Problem if the model cannot follow them
   */
  static OfText read(ModelBundle bundle, Recipe recipe, List<String> notes) {
    var manifest = bundle.manifest();
    boolean trained = manifest.conditioning().unconditionalTrained();
    boolean guided = recipe.guidanceScale() != 1;
    if (recipe.classLabel() != null) {
      throw new Problem(
          "The model '"
              + manifest.name()
              + "' has no classes; it takes a prompt. Leave the class out.");
    }
    if (guided && isBlank(recipe.prompt()) && isBlank(recipe.negativePrompt())) {
      throw SamplingPlan.nothingToGuideTo(recipe, "Give a prompt");
    }
    if (guided && !trained) {
      throw new Problem(
          "The model '"
              + manifest.name()
              + "' was never trained without a text, so there is nothing to guide away from. Leave"
              + " the guidance scale at 1.");
    }
    if (!trained && isBlank(recipe.prompt())) {
      notes.add(
          "The model '"
              + manifest.name()
              + "' was never trained without a text: give a prompt for a good picture.");
    }
    if (!guided && !isBlank(recipe.negativePrompt())) {
      notes.add("The negative prompt has no effect at a guidance scale of 1.");
    }
    var tokenizer = tokenizer(bundle);
    int most = mostChunks(bundle);
    var prompt = chunks(tokenizer, recipe, PromptPlace.PROMPT, most, notes);
    if (!guided) {
      return new OfText(prompt, null);
    }
    var against = chunks(tokenizer, recipe, PromptPlace.NEGATIVE, most, notes);
    // both branches are one batch
    int count = Math.max(prompt.chunks().size(), against.chunks().size());
    return new OfText(prompt.filledUpTo(count, tokenizer), against.filledUpTo(count, tokenizer));
  }

  private static boolean isBlank(@Nullable String text) {
    return text == null || text.isBlank();
  }

  static ClipTokenizer tokenizer(ModelBundle bundle) {
    var file = bundle.vocabulary();
    var conditioning = bundle.manifest().conditioning();
    var vocabulary = conditioning.vocabulary();
    try {
      var tokenizer =
          ClipTokenizer.read(
              file.toString(),
              Files.readAllBytes(file),
              vocabulary == null ? 0 : vocabulary.tokens(),
              conditioning.contextLength());
      return conditioning.padding() == Manifest.Padding.END ? tokenizer.paddedWithEnd() : tokenizer;
    } catch (IOException e) {
      throw new Problem(file + " could not be read: " + e.getMessage(), e);
    }
  }

  /**
   * How many chunks of a prompt the diffusion network of a model can attend to: one where its graph
   * is of one context, or the manifest does not say.
   */
  static int mostChunks(ModelBundle bundle) {
    boolean isFree =
        Optional.ofNullable(bundle.manifest().graphs().get("unet")).stream()
            .flatMap(unet -> unet.inputs().stream())
            .filter(input -> input.name().equals("context") && input.shape().size() > 1)
            .anyMatch(input -> !input.shape().get(1).matches("\\d+"));
    return isFree ? MOST : 1;
  }

  private static PromptChunks chunks(
      ClipTokenizer tokenizer, Recipe recipe, PromptPlace place, int most, List<String> notes) {
    var given = place.equals(PromptPlace.PROMPT) ? recipe.prompt() : recipe.negativePrompt();
    var text = given == null ? "" : given;
    if (text.length() > Recipe.LONGEST_PROMPT) {
      throw new Problem(
          "The "
              + place.word()
              + " has "
              + text.length()
              + " characters; at most "
              + Recipe.LONGEST_PROMPT
              + " can be kept in a recipe. Shorten it.");
    }
    var prompt = place.read(text, recipe.seed());
    prompt
        .drawn()
        .ifPresent(
            drawn ->
                notes.add(
                    "Drawn in the "
                        + place.word()
                        + ": \u201c"
                        + ShownText.shortened(drawn, SHOWN)
                        + "\u201d"));
    if (prompt.isClamped()) {
      notes.add(
          NumberText.format(
              "A weight in the %s is beyond %.0f, and counts as that.",
              place.word(), WrittenPrompt.LARGEST_WEIGHT));
    }
    var chunks = prompt.chunks(tokenizer, most);
    if (!chunks.cut().isEmpty()) {
      notes.add(
          "The "
              + place.word()
              + " is longer than the "
              + most * tokenizer.contextLength()
              + " tokens that the model reads. Left out: \u201c"
              + ShownText.shortened(chunks.cut(), SHOWN)
              + "\u201d");
    }
    return chunks;
  }
}
