package org.infd.inference.generation;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.infd.inference.Problem;
import org.infd.inference.ShownText;
import org.infd.inference.bundle.Manifest;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.generation.SamplingPlan.Condition.OfText;
import org.infd.inference.text.ClipTokenizer;
import org.infd.inference.text.Tokens;
import org.jspecify.annotations.Nullable;

/**
 * The prompts of a recipe in the tokens of a model. Without a prompt the network is told the empty
 * text, which it was trained with for pictures of anything (docs/spec/infd-model.md 10); a negative
 * prompt takes the place of the empty text in the second branch of guidance.
 */
final class PromptReader {
  private static final int SHOWN = 200;

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
    var prompt = tokens(tokenizer, "prompt", recipe.prompt(), notes);
    return guided
        ? new OfText(prompt, tokens(tokenizer, "negative prompt", recipe.negativePrompt(), notes))
        : new OfText(prompt, null);
  }

  private static boolean isBlank(@Nullable String text) {
    return text == null || text.isBlank();
  }

  private static ClipTokenizer tokenizer(ModelBundle bundle) {
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

  private static Tokens tokens(
      ClipTokenizer tokenizer, String what, @Nullable String text, List<String> notes) {
    if (text != null && text.length() > Recipe.LONGEST_PROMPT) {
      throw new Problem(
          "The "
              + what
              + " has "
              + text.length()
              + " characters; at most "
              + Recipe.LONGEST_PROMPT
              + " can be kept in a recipe. Shorten it.");
    }
    var tokens = tokenizer.encode(text == null ? "" : text);
    if (tokens.isCut()) {
      notes.add(
          "The "
              + what
              + " is longer than the "
              + tokenizer.contextLength()
              + " tokens that the model reads. Left out: \u201c"
              + ShownText.shortened(tokens.cut(), SHOWN)
              + "\u201d");
    }
    return tokens;
  }
}
