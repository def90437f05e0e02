package org.infd.app.layout;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.infd.inference.Problem;
import org.infd.inference.guidance.GuidanceSettings;
import org.infd.inference.guidance.Layout;
import org.jspecify.annotations.Nullable;

/**
 * A layout at one moment of its editing: all that can be undone. Immutable.
 *
 * @param boxes in their order
 * @param prompt what the whole should show; blank for anything
 * @param negative what the whole should not show; blank for nothing
 * @param steering how the layout is followed
 */
record LayoutState(
    List<DraftBox> boxes, String prompt, String negative, GuidanceSettings steering) {
  /** Copies the list. */
  LayoutState {
    boxes = List.copyOf(boxes);
  }

  /** A sheet with nothing on it. */
  static LayoutState empty() {
    return new LayoutState(List.of(), "", "", GuidanceSettings.usual());
  }

  /** The box of an id. */
  Optional<DraftBox> box(long id) {
    return boxes.stream().filter(box -> box.id() == id).findFirst();
  }

  /** The number of a box, as people see it, from 1; 0 for none of these. */
  int number(long id) {
    for (int i = 0; i < boxes.size(); i++) {
      if (boxes.get(i).id() == id) {
        return i + 1;
      }
    }
    return 0;
  }

  /** Other boxes. */
  LayoutState withBoxes(List<DraftBox> others) {
    return new LayoutState(others, prompt, negative, steering);
  }

  /** Other words for the whole. */
  LayoutState withWords(String wanted, String unwanted) {
    return new LayoutState(boxes, wanted, unwanted, steering);
  }

  /** Followed otherwise. */
  LayoutState steered(GuidanceSettings how) {
    return new LayoutState(boxes, prompt, negative, how);
  }

  /** One box more, at an index. */
  LayoutState with(int at, DraftBox box) {
    return edited(list -> list.add(at, box));
  }

  /** One box less. */
  LayoutState without(long id) {
    return edited(list -> list.removeIf(box -> box.id() == id));
  }

  /** A box changed; the same sheet where there is none of that id. */
  LayoutState changed(long id, UnaryOperator<DraftBox> how) {
    return edited(list -> list.replaceAll(box -> box.id() == id ? how.apply(box) : box));
  }

  /** A box moved in the order, at most to an end; the same sheet where there is none of that id. */
  LayoutState reordered(long id, int step) {
    int from = number(id) - 1;
    if (from < 0) {
      return this;
    }
    int to = Math.clamp((long) from + step, 0, boxes.size() - 1);
    return edited(list -> list.add(to, list.remove(from)));
  }

  private LayoutState edited(Consumer<List<DraftBox>> how) {
    var changed = new ArrayList<>(boxes);
    how.accept(changed);
    return withBoxes(changed);
  }

  /**
   * The layout of some of the boxes.
   *
   * @throws Problem if a text cannot be kept
   */
  Layout layout(Predicate<DraftBox> which) {
    return new Layout(
        words(prompt),
        words(negative),
        boxes.stream().filter(which).map(DraftBox::toLayoutBox).toList());
  }

  private static @Nullable String words(String text) {
    return text.isBlank() ? null : text.strip();
  }
}
