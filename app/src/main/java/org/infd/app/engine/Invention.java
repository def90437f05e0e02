package org.infd.app.engine;

import java.util.HashMap;
import java.util.Optional;
import org.infd.inference.dive.DiveLattice;
import org.infd.inference.dive.DiveOptions;

/**
 * How that is made which lies below a picture's own scale.
 *
 * @param options what was chosen
 * @param lattice where the pieces lie
 * @param takesPrompts whether pieces can be told what to show
 * @param seesWords whether words can be suggested for that
 */
public record Invention(
    DiveOptions options, DiveLattice lattice, boolean takesPrompts, boolean seesWords) {
  /** Like the picture above (1) or as the model likes (0). */
  public Invention withPull(double pull) {
    return with(options.withPull(pull));
  }

  /** What is told to pieces of a depth, and to those below it that are told nothing else. */
  public Optional<String> promptAt(int depth) {
    return options.promptAt(depth);
  }

  /**
   * Tells pieces from a depth on what to show; blank takes it back.
   *
   * @param depth from 1
   */
  public Invention withPrompt(int depth, String prompt) {
    if (prompt.strip().equals(promptAt(depth).orElse(""))) {
      return this;
    }
    var prompts = new HashMap<>(options.prompts());
    if (prompt.isBlank()) {
      prompts.remove(depth);
    } else {
      prompts.put(depth, prompt.strip());
    }
    return with(options.withPrompts(prompts));
  }

  /**
   * Makes the piece of a place anew, and all below it that it changes.
   *
   * @param depth of the piece, from 1
   * @param row 0 (top) to 1 of the whole image
   * @param column 0 (left) to 1
   */
  public Invention anew(int depth, double row, double column, long seed) {
    double last = Math.nextDown(1.0);
    var key = lattice.at(depth, Math.clamp(row, 0, last), Math.clamp(column, 0, last));
    return with(options.withSeed(key, seed));
  }

  private Invention with(DiveOptions other) {
    return new Invention(other, lattice, takesPrompts, seesWords);
  }
}
