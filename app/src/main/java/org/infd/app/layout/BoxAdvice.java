package org.infd.app.layout;

import java.util.ArrayList;
import java.util.List;
import org.infd.app.engine.LayoutSupport;
import org.infd.inference.NumberText;

/**
 * Advice on boxes that can be followed but may disappoint.
 *
 * @param id the box that it is about
 */
public record BoxAdvice(long id, String sentence) {
  /** Boxes that share more than this part of the smaller one pull at the same place. */
  private static final double MUCH_OVERLAP = 0.5;

  /** Looks at all boxes. */
  public static List<BoxAdvice> of(List<DraftBox> boxes, LayoutSupport support) {
    var advice = new ArrayList<BoxAdvice>();
    for (int i = 0; i < boxes.size(); i++) {
      var box = boxes.get(i);
      if (!box.hidden()) {
        missing(box, i + 1, advice);
        small(box, i + 1, support, advice);
        overlapping(boxes, i, advice);
      }
    }
    return List.copyOf(advice);
  }

  private static void missing(DraftBox box, int number, List<BoxAdvice> advice) {
    if (box.prompt().isBlank()) {
      advice.add(
          new BoxAdvice(box.id(), "Box " + number + " has no prompt yet, so it is not followed."));
    }
  }

  /**
   * A cell of the latent is the least that can be led, and beyond the trained scale CLIP sees
   * nothing but enlarged colours.
   */
  private static void small(
      DraftBox box, int number, LayoutSupport support, List<BoxAdvice> advice) {
    double side = Math.min(box.place().height(), box.place().width());
    double cell = 1.0 / support.latentSide();
    if (!support.isThere()) {
      return;
    }
    if (side < cell) {
      advice.add(
          new BoxAdvice(
              box.id(),
              NumberText.format(
                  "Box %d is smaller than the model can lead (%s of the image): its surroundings change with it.",
                  number, percent(cell))));
    } else if (support.trainedSide() > 0 && side * support.trainedSide() < support.clipSide()) {
      advice.add(
          new BoxAdvice(
              box.id(),
              NumberText.format(
                  "Box %d is smaller than what CLIP can make out (%s of the image).",
                  number, percent((double) support.clipSide() / support.trainedSide()))));
    }
  }

  private static String percent(double part) {
    return NumberText.format("%.1f %%", part * 100);
  }

  private static void overlapping(List<DraftBox> boxes, int index, List<BoxAdvice> advice) {
    var box = boxes.get(index);
    var others = new ArrayList<String>();
    for (int i = 0; i < index; i++) {
      var other = boxes.get(i);
      if (!other.hidden() && box.place().overlap(other.place()) > MUCH_OVERLAP) {
        others.add(Integer.toString(i + 1));
      }
    }
    if (!others.isEmpty()) {
      advice.add(
          new BoxAdvice(
              box.id(),
              NumberText.format(
                  "Box %d lies over %s: both pull at the same place.",
                  index + 1, String.join(", ", others))));
    }
  }
}
