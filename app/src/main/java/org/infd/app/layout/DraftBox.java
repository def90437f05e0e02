package org.infd.app.layout;

import java.util.regex.Pattern;
import org.infd.inference.generation.Recipe;
import org.infd.inference.guidance.LayoutBox;
import org.jspecify.annotations.Nullable;

/**
 * A box as it is being edited: what a layout keeps of it, and what only the editor knows. Its
 * prompt may still be missing.
 *
 * @param id what it is, through all changes
 * @param prompt what should be seen; blank while nobody has said it
 * @param negative what should not be seen; blank for nothing
 * @param weight how much it counts, above 0 to {@link LayoutBox#LARGEST_WEIGHT}
 * @param start when its guidance begins, as a fraction of the steps
 * @param end when it ends, after {@code start}
 * @param locked whether the mouse passes it over
 * @param hidden whether it is neither drawn nor followed
 */
public record DraftBox(
    long id,
    NormalizedBox place,
    String prompt,
    String negative,
    double weight,
    double start,
    double end,
    boolean locked,
    boolean hidden) {
  /** The smallest weight: a box of none is no box. */
  public static final double SMALLEST_WEIGHT = 0.05;

  /** The shortest part of the steps in which a box can be guided. */
  public static final double SHORTEST_RANGE = 0.01;

  private static final Pattern LONE_SURROGATES = Pattern.compile("[\\x{d800}-\\x{dfff}]");

  /** Brings everything into its limits; readers of files may leave components out. */
  public DraftBox {
    place = place == null ? new NormalizedBox(0, 0, 1, 1) : place;
    prompt = text(prompt);
    negative = text(negative);
    weight = weight > 0 ? Math.clamp(weight, SMALLEST_WEIGHT, LayoutBox.LARGEST_WEIGHT) : 1;
    start = start > 0 ? Math.min(start, 1 - SHORTEST_RANGE) : 0;
    end = end > 0 ? Math.min(1, end) : 1;
    end = Math.max(end, start + SHORTEST_RANGE);
  }

  /** What layouts can hold: no more than they keep, and no halves of characters. */
  private static String text(@Nullable String typed) {
    var kept = typed == null ? "" : typed;
    if (kept.length() > Recipe.LONGEST_PROMPT) {
      kept = kept.substring(0, Recipe.LONGEST_PROMPT);
    }
    return LONE_SURROGATES.matcher(kept).replaceAll("\ufffd");
  }

  /** A new box, about which nothing is said yet. */
  public static DraftBox at(long id, NormalizedBox place) {
    return new DraftBox(id, place, "", "", 1, 0, 1, false, false);
  }

  /** A box of a layout. */
  public static DraftBox of(long id, LayoutBox box) {
    var negative = box.negativePrompt();
    return new DraftBox(
        id,
        new NormalizedBox(box.row(), box.column(), box.height(), box.width()),
        box.prompt(),
        negative == null ? "" : negative,
        box.weight(),
        box.start(),
        box.end(),
        false,
        false);
  }

  /** Whether it can be followed. */
  public boolean isUsable() {
    return !hidden && !prompt.isBlank();
  }

  /**
   * What a layout keeps of it.
   *
   * @throws org.infd.inference.Problem if a text cannot be kept, or there is no prompt
   */
  public LayoutBox toLayoutBox() {
    @Nullable String unwanted = negative.isBlank() ? null : negative.strip();
    return new LayoutBox(
        place.row(),
        place.column(),
        place.height(),
        place.width(),
        prompt.strip(),
        unwanted,
        weight,
        start,
        end);
  }

  /** The same box under another id. */
  public DraftBox withId(long newId) {
    return new DraftBox(newId, place, prompt, negative, weight, start, end, locked, hidden);
  }

  /** The same box elsewhere. */
  public DraftBox withPlace(NormalizedBox newPlace) {
    return new DraftBox(id, newPlace, prompt, negative, weight, start, end, locked, hidden);
  }

  /** The same box with other words. */
  public DraftBox withWords(String newPrompt, String newNegative) {
    return new DraftBox(id, place, newPrompt, newNegative, weight, start, end, locked, hidden);
  }

  /** The same box with another weight. */
  public DraftBox withWeight(double newWeight) {
    return new DraftBox(id, place, prompt, negative, newWeight, start, end, locked, hidden);
  }

  /** The same box guided at another time. */
  public DraftBox withRange(double newStart, double newEnd) {
    return new DraftBox(id, place, prompt, negative, weight, newStart, newEnd, locked, hidden);
  }

  /** The same box, locked or not, hidden or not. */
  public DraftBox withState(boolean isLocked, boolean isHidden) {
    return new DraftBox(id, place, prompt, negative, weight, start, end, isLocked, isHidden);
  }
}
