package org.infd.inference.generation;

import java.util.List;
import java.util.Optional;
import org.infd.inference.Problem;
import org.infd.inference.bundle.Manifest.ConditioningKind;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.text.PromptChunk;

/** Tells how long prompts are for a model, and where they are cut. Thread-safe. */
@FunctionalInterface
public interface PromptMeter {
  /**
   * How long a prompt is.
   *
   * @param tokens without markers and padding
   * @param room how many tokens fit into a chunk
   * @param starts where chunks but the first begin, as indices of the prompt as written, ascending
   * @param end where what is not read begins; the prompt's length if all of it is
   * @param drawn the prompt with the alternatives that were drawn; empty where it has no choices
   */
  record Length(int tokens, int room, List<Integer> starts, int end, Optional<String> drawn) {
    /** Copies the list. */
    public Length {
      starts = List.copyOf(starts);
    }

    /** How many chunks there are, 1 or more. */
    public int chunks() {
      return starts.size() + 1;
    }
  }

  /**
   * The meter of a model; reads its vocabulary.
   *
   * @return empty for a model that takes no prompts
   * @throws Problem if the vocabulary is damaged
   */
  static Optional<PromptMeter> of(ModelBundle bundle) {
    if (bundle.manifest().conditioning().kind() != ConditioningKind.TEXT) {
      return Optional.empty();
    }
    var tokenizer = PromptReader.tokenizer(bundle);
    int most = PromptReader.mostChunks(bundle);
    return Optional.of(
        (prompt, seed) -> {
          var read = PromptPlace.PROMPT.read(prompt, seed);
          var chunks = read.chunks(tokenizer, most);
          return new Length(
              chunks.tokens(),
              tokenizer.contextLength() - 2,
              starts(chunks.chunks(), chunks.end()),
              chunks.end(),
              read.drawn());
        });
  }

  /**
   * Measures a prompt.
   *
   * @param prompt any text
   * @param seed what choices are drawn from
   */
  Length measure(String prompt, long seed);

  /** A chunk without words begins where the next one does. */
  private static List<Integer> starts(List<PromptChunk> chunks, int end) {
    var starts = new Integer[chunks.size() - 1];
    int next = end;
    for (int i = chunks.size() - 1; i >= 1; i--) {
      next = chunks.get(i).origin() < 0 ? next : chunks.get(i).origin();
      starts[i - 1] = next;
    }
    return List.of(starts);
  }
}
