package org.infd.app.layout;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javafx.beans.property.ReadOnlyIntegerProperty;
import javafx.beans.property.ReadOnlyIntegerWrapper;
import org.infd.app.runs.GenerateModel.ClipEvaluation;
import org.infd.inference.generation.FieldImage;
import org.infd.inference.guidance.Guidance;
import org.infd.inference.guidance.LayoutBox;

/**
 * The CLIP scores of boxes: while a picture is made, evaluation by evaluation, and of the finished
 * one, without and with the layout. A box that was changed since has no score. Belongs to the user
 * interface's thread.
 */
public final class BoxScores {
  /** A look is compared with so many before it: single ones jump. */
  private static final int COMPARED = 3;

  /** Less than this is neither rising nor falling. */
  private static final double STILL = 0.004;

  /** Which way a score goes. */
  public enum Way {
    RISING,
    FALLING,
    STILL
  }

  private final Map<LayoutBox, List<Double>> evaluations = new HashMap<>();
  private final Map<LayoutBox, Guidance.BoxScore> scores = new HashMap<>();
  private final ReadOnlyIntegerWrapper revision = new ReadOnlyIntegerWrapper(this, "revision");
  private Optional<Guidance> followed = Optional.empty();
  private int lastNumber;

  /** Whether the picture of the run is the one that is looked at. */
  private boolean seen;

  /** Changes when any score does. */
  public ReadOnlyIntegerProperty revisionProperty() {
    return revision.getReadOnlyProperty();
  }

  /** A run has looked at its boxes. */
  public void look(ClipEvaluation look) {
    if (look.number() <= lastNumber || !followed.equals(Optional.of(look.guidance()))) {
      followed = Optional.of(look.guidance());
      evaluations.clear();
    }
    lastNumber = look.number();
    var boxes = look.guidance().layout().boxes();
    for (int i = 0; i < Math.min(boxes.size(), look.cosines().size()); i++) {
      double cosine = look.cosines().get(i);
      if (Double.isFinite(cosine)) {
        evaluations.computeIfAbsent(boxes.get(i), box -> new ArrayList<>()).add(cosine);
      }
    }
    changed();
  }

  /**
   * Says whether the picture in the making is the one that is looked at: its looks are not those at
   * the boxes of another one.
   */
  public void setSeen(boolean isSeen) {
    if (seen != isSeen) {
      seen = isSeen;
      changed();
    }
  }

  /** No run evaluations any more. */
  public void endLooks() {
    if (!evaluations.isEmpty()) {
      evaluations.clear();
      followed = Optional.empty();
      changed();
    }
  }

  /** Another picture is shown: its scores count now, those of redone boxes before older ones. */
  public void show(FieldImage image) {
    scores.clear();
    for (var layer : image.layers()) {
      var guidance = layer.recipe().guidance();
      var list = guidance == null ? null : guidance.scores();
      if (guidance != null && list != null) {
        var boxes = guidance.layout().boxes();
        for (int i = 0; i < Math.min(boxes.size(), list.size()); i++) {
          scores.put(boxes.get(i), list.get(i));
        }
      }
    }
    changed();
  }

  /** No picture is shown. */
  public void clear() {
    if (!scores.isEmpty()) {
      scores.clear();
      changed();
    }
  }

  private void changed() {
    revision.set(revision.get() + 1);
  }

  /**
   * All evaluations at a box in the run that is in progress, the first one first; none while
   * another picture is looked at.
   */
  public List<Double> evaluations(DraftBox box) {
    return seen && box.isUsable()
        ? evaluations.getOrDefault(box.toLayoutBox(), List.of())
        : List.of();
  }

  /**
   * Which way the score of a box goes in the run that is in progress; empty without two
   * evaluations.
   */
  public Optional<Way> way(DraftBox box) {
    var all = evaluations(box);
    if (all.size() < 2) {
      return Optional.empty();
    }
    int last = all.size() - 1;
    double before =
        all.subList(Math.max(0, last - COMPARED), last).stream()
            .mapToDouble(Double::doubleValue)
            .average()
            .orElseThrow();
    double change = all.get(last) - before;
    return Optional.of(
        Math.abs(change) < STILL ? Way.STILL : change > 0 ? Way.RISING : Way.FALLING);
  }

  /** What is said of a box in the finished picture; empty where it was not followed as it is. */
  public Optional<Guidance.BoxScore> score(DraftBox box) {
    return box.isUsable() ? Optional.ofNullable(scores.get(box.toLayoutBox())) : Optional.empty();
  }

  /** How a picture has come out, in a sentence: "3 of 4 boxes rose."; empty without scores. */
  public static Optional<String> summary(Guidance guidance) {
    var list = guidance.scores();
    if (list == null || list.isEmpty()) {
      return Optional.empty();
    }
    long rose = list.stream().filter(score -> score.guided() > score.unguided()).count();
    return Optional.of(
        list.size() == 1
            ? (rose == 1 ? "The box rose." : "The box did not rise.")
            : rose + " of " + list.size() + " boxes rose.");
  }
}
