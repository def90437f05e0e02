package org.infd.inference.text;

import org.infd.inference.tensor.LongTensor;
import org.infd.inference.tensor.Tensor;

/**
 * A part of a prompt that fits into the context of a text tower, with a weight for each token.
 * Immutable and thread-safe.
 */
public final class PromptChunk {
  private final LongTensor row;
  private final float[] weights;
  private final boolean isWeighed;
  private final int tokens;
  private final int origin;

  /**
   * @param weights one for each position of the row, 1 for markers and padding
   * @param tokens how many tokens it has without markers and padding
   * @param origin where its first word stands in the prompt as written; −1 without words
   */
  PromptChunk(LongTensor row, float[] weights, int tokens, int origin) {
    this.row = row;
    this.weights = weights.clone();
    this.tokens = tokens;
    this.origin = origin;
    boolean weighed = false;
    for (float weight : weights) {
      weighed |= weight != 1;
    }
    isWeighed = weighed;
  }

  /** Start marker, tokens, end marker and padding: (1, context length). */
  public LongTensor row() {
    return row;
  }

  /** How many tokens it has without markers and padding. */
  public int tokens() {
    return tokens;
  }

  /** Where its first word stands in the prompt as written; −1 without words. */
  public int origin() {
    return origin;
  }

  /** The weight of a position of the row. */
  float weight(int position) {
    return weights[position];
  }

  /**
   * The states with the weights in them, as Stable Diffusion web UI (A1111) does it by default:
   * each position's values times its weight, then all of them scaled so that their mean is what it
   * was. Where it was or becomes 0 they are not scaled.
   *
   * @param states (1, context length, width), what the text tower made of {@link #row}
   * @return the same shape; the very same object where all weights are 1
   */
  public Tensor weighed(Tensor states) {
    if (!isWeighed) {
      return states;
    }
    var values = states.toArray();
    int width = values.length / weights.length;
    double before = 0;
    double after = 0;
    for (int i = 0; i < values.length; i++) {
      before += values[i];
      values[i] *= weights[i / width];
      after += values[i];
    }
    float scale = (float) (before / after);
    if (Float.isFinite(scale) && scale != 0) {
      for (int i = 0; i < values.length; i++) {
        values[i] *= scale;
      }
    }
    return Tensor.of(values, states.shape());
  }
}
