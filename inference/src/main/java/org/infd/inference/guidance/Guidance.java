package org.infd.inference.guidance;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The part of a recipe that guides a picture by a layout, and the scores of the result.
 *
 * @param layout what should be seen where
 * @param steering how it is followed
 * @param scores per scored box what CLIP says of the finished picture, or null before it is made
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Guidance(Layout layout, GuidanceSettings steering, @Nullable List<BoxScore> scores) {
  /**
   * What CLIP says of a box: the cosine between what is seen there and its prompt, on the pixels
   * that the user sees.
   *
   * @param unguided in the picture of the same seed without guidance
   * @param guided in the picture itself
   */
  public record BoxScore(double unguided, double guided) {
    /** Checks that both are cosines. */
    public BoxScore {
      if (!(Math.abs(unguided) <= 1 && Math.abs(guided) <= 1)) {
        throw new IllegalArgumentException("cosines " + unguided + " and " + guided);
      }
    }
  }

  /** Copies the list; readers of files may leave components out. */
  public Guidance {
    Objects.requireNonNull(layout, "a layout");
    Objects.requireNonNull(steering, "settings");
    scores = scores == null ? null : List.copyOf(scores);
  }

  /** Guidance that has not been followed yet. */
  public Guidance(Layout layout, GuidanceSettings steering) {
    this(layout, steering, null);
  }

  /** The same wish with other scores. */
  public Guidance withScores(@Nullable List<BoxScore> newScores) {
    return new Guidance(layout, steering, newScores);
  }
}
