package org.infd.inference.generation;

import org.infd.inference.diffusion.PhiloxNoise;
import org.infd.inference.diffusion.PhiloxNoise.Stream;
import org.infd.inference.text.WrittenPrompt;

/**
 * Where a prompt stands in a recipe. What is drawn among its choices belongs to the seed, the place
 * and the number of the choice.
 *
 * @param word what users call it
 * @param number the step of the stream that choices are drawn from; recipes depend on it
 */
record PromptPlace(String word, int number) {
  static final PromptPlace PROMPT = new PromptPlace("prompt", 0);
  static final PromptPlace NEGATIVE = new PromptPlace("negative prompt", 1);

  /**
   * The prompt of a box, or the negative one.
   *
   * @param index of the box in its layout
   */
  static PromptPlace ofBox(int index, boolean negative) {
    return new PromptPlace("prompt of a box", 2 + 2 * index + (negative ? 1 : 0));
  }

  /** Reads the prompt that stands there. */
  WrittenPrompt read(String text, long seed) {
    var noise = new PhiloxNoise(seed);
    return WrittenPrompt.read(
        text, (choice, sides) -> (int) (noise.uniform(Stream.CHOICE, number, choice) * sides));
  }
}
