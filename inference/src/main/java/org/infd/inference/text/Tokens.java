package org.infd.inference.text;

import org.infd.inference.tensor.LongTensor;

/**
 * A text as a text tower takes it.
 *
 * @param row start marker, tokens, end marker, then zeros or end markers: (1, context length)
 * @param used how many positions of the row are not padding
 * @param cut the rest of the cleaned text that did not fit, from the first word that is not whole;
 *     empty if nothing was lost
 */
public record Tokens(LongTensor row, int used, String cut) {
  /** Whether some of the text did not fit. */
  public boolean isCut() {
    return !cut.isEmpty();
  }
}
