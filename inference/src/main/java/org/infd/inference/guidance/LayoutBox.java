package org.infd.inference.guidance;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Locale;
import org.infd.inference.Problem;
import org.jspecify.annotations.Nullable;

/**
 * A box of a layout and what should be seen in it. Places are fractions of the image's side, so a
 * box means the same at every size.
 *
 * @param row the upper edge, 0 to 1
 * @param column the left edge, 0 to 1
 * @param height at least {@link #SMALLEST}; the box ends inside the image
 * @param width likewise
 * @param prompt what should be seen, not blank
 * @param negativePrompt what should not be seen, or null for nothing
 * @param weight how much the box counts, above 0 to {@link #LARGEST_WEIGHT}; 1 is usual
 * @param start when guidance begins, as a fraction of the sampling steps, 0 to 1
 * @param end when it ends, above {@code start} to 1
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record LayoutBox(
    double row,
    double column,
    double height,
    double width,
    String prompt,
    @Nullable String negativePrompt,
    double weight,
    double start,
    double end) {
  /** The smallest side: 65 pixels of a picture of 65536. */
  public static final double SMALLEST = 0.001;

  /** The largest weight. */
  public static final double LARGEST_WEIGHT = 10;

  /** Sums of decimal fractions may end this far outside. */
  private static final double ROUNDING = 1e-9;

  /**
   * Checks everything.
   *
   * @throws Problem if something is impossible
   */
  public LayoutBox {
    requireIn("row", row, 0, 1);
    requireIn("column", column, 0, 1);
    requireIn("height", height, SMALLEST, 1);
    requireIn("width", width, SMALLEST, 1);
    if (row + height > 1 + ROUNDING || column + width > 1 + ROUNDING) {
      throw new Problem(
          String.format(
              Locale.ROOT,
              "A box at row %s, column %s of %s × %s reaches beyond the image, which ends at 1.",
              row,
              column,
              height,
              width));
    }
    prompt = LayoutText.require("prompt", prompt);
    if (prompt.isBlank()) {
      throw new Problem("A box has no prompt. Say what should be seen in it.");
    }
    negativePrompt = LayoutText.optional("negative prompt", negativePrompt);
    requireIn("weight", weight, 0, LARGEST_WEIGHT);
    if (weight == 0) {
      throw new Problem("A box has the weight 0. Delete it, or give it a weight.");
    }
    requireIn("start", start, 0, 1);
    requireIn("end", end, 0, 1);
    if (start >= end) {
      throw new Problem(
          "A box is guided from " + start + " to " + end + " of the steps, which is never.");
    }
  }

  /** A box of weight 1, guided all the time. */
  public static LayoutBox of(
      double row, double column, double height, double width, String prompt) {
    return new LayoutBox(row, column, height, width, prompt, null, 1, 0, 1);
  }

  private static void requireIn(String what, double value, double least, double most) {
    // not a number is neither
    if (!(value >= least && value <= most)) {
      throw new Problem(
          "A box has the "
              + what
              + " "
              + value
              + "; it must be a number from "
              + least
              + " to "
              + most
              + ".");
    }
  }

  /** The lower edge, at most 1. */
  public double rowEnd() {
    return Math.min(1, row + height);
  }

  /** The right edge, at most 1. */
  public double columnEnd() {
    return Math.min(1, column + width);
  }

  /** The share of the image that it covers. */
  public double area() {
    return (rowEnd() - row) * (columnEnd() - column);
  }
}
