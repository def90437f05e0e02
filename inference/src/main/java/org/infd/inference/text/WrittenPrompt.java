package org.infd.inference.text;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A prompt as people write it: choices, weights and ends of chunks are read, as docs/prompts.md
 * says. Any text is a prompt. Immutable and thread-safe.
 */
public final class WrittenPrompt {
  /** More than this is no picture any more; it also keeps thousands of brackets finite. */
  public static final double LARGEST_WEIGHT = 10;

  /** Where choices are drawn from. */
  @FunctionalInterface
  public interface Dice {
    /**
     * Draws one alternative; the same for the same arguments.
     *
     * @param choice which choice of the text, from 0
     * @param sides how many alternatives there are, 2 or more
     * @return 0 to {@code sides} − 1
     */
    int roll(int choice, int sides);
  }

  private final String written;
  private final SourceText drawn;
  private final PromptEmphasis.Reading reading;

  private WrittenPrompt(String written, SourceText drawn) {
    this.written = written;
    this.drawn = drawn;
    reading = PromptEmphasis.read(drawn);
  }

  /**
   * Reads a prompt.
   *
   * @param written any text; may be empty
   */
  public static WrittenPrompt read(String written, Dice dice) {
    return new WrittenPrompt(written, PromptChoices.draw(SourceText.of(written), dice));
  }

  /** The text with the alternatives that were drawn; empty where it has no choices. */
  public Optional<String> drawn() {
    return drawn.text().equals(written) ? Optional.empty() : Optional.of(drawn.text());
  }

  /** Whether a weight was beyond the largest, and counts as that. */
  public boolean isClamped() {
    return reading.isClamped();
  }

  /** Whether something weighs more or less than 1, or ends a chunk. */
  public boolean isMarkedUp() {
    return parts().stream()
        .anyMatch(
            part ->
                switch (part) {
                  case PromptEmphasis.Break _ -> true;
                  case PromptEmphasis.Words words ->
                      words.weight() != 1 && !words.source().text().isBlank();
                });
  }

  /** The words alone: choices drawn, brackets and weights left out, BREAK a blank. */
  public String words() {
    return parts().stream()
        .map(
            part ->
                switch (part) {
                  case PromptEmphasis.Break _ -> " ";
                  case PromptEmphasis.Words words -> words.source().text();
                })
        .collect(Collectors.joining());
  }

  /**
   * The rows of tokens that a text tower takes.
   *
   * @param most how many chunks there may be, 1 or more; what is longer is cut
   */
  public PromptChunks chunks(ClipTokenizer tokenizer, int most) {
    return PromptChunks.of(this, tokenizer, most);
  }

  String written() {
    return written;
  }

  List<PromptEmphasis.Part> parts() {
    return reading.parts();
  }
}
