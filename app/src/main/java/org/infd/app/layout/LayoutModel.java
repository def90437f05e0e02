package org.infd.app.layout;

import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import javafx.beans.property.BooleanProperty;
import javafx.beans.property.ReadOnlyBooleanProperty;
import javafx.beans.property.ReadOnlyBooleanWrapper;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.SimpleBooleanProperty;
import javafx.beans.property.SimpleStringProperty;
import javafx.beans.property.StringProperty;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;
import org.infd.app.work.Notices;
import org.infd.inference.Problem;
import org.infd.inference.guidance.Guidance;
import org.infd.inference.guidance.GuidanceSettings;
import org.infd.inference.guidance.Layout;
import org.jspecify.annotations.Nullable;

/**
 * A layout that is being edited: its boxes in order, which of them is selected, the words for the
 * whole, how it is followed, and undo of every change. Needs no toolkit and knows no pixels. All
 * methods belong to the user interface's thread.
 */
public final class LayoutModel {
  /** A copy lies this far from its original, in fractions of the image. */
  private static final double COPY_SHIFT = 0.02;

  private final History<LayoutState> history = new History<>(LayoutState.empty());
  private final ObservableList<DraftBox> boxes = FXCollections.observableArrayList();
  private final ObservableList<DraftBox> shown = FXCollections.unmodifiableObservableList(boxes);
  private final ReadOnlyObjectWrapper<Optional<DraftBox>> selected =
      new ReadOnlyObjectWrapper<>(this, "selected", Optional.empty());
  private final BooleanProperty open = new SimpleBooleanProperty(this, "open");
  private final BooleanProperty followed = new SimpleBooleanProperty(this, "followed", true);
  private final BooleanProperty snapping = new SimpleBooleanProperty(this, "snapping", true);
  private final StringProperty prompt = new SimpleStringProperty(this, "prompt", "");
  private final StringProperty negative = new SimpleStringProperty(this, "negative", "");
  private final ReadOnlyObjectWrapper<GuidanceSettings> steering =
      new ReadOnlyObjectWrapper<>(this, "steering", GuidanceSettings.usual());
  private final ReadOnlyBooleanWrapper undoable = new ReadOnlyBooleanWrapper(this, "undoable");
  private final ReadOnlyBooleanWrapper redoable = new ReadOnlyBooleanWrapper(this, "redoable");
  private final ReadOnlyObjectWrapper<Optional<Guidance>> guidance =
      new ReadOnlyObjectWrapper<>(this, "guidance", Optional.empty());
  private final Notices notices;
  private long nextId = 1;
  private boolean publishing;

  /**
   * An empty layout.
   *
   * @param notices hears what could not be done
   */
  public LayoutModel(Notices notices) {
    this.notices = notices;
    prompt.subscribe(text -> wholeChanged());
    negative.subscribe(text -> wholeChanged());
    open.subscribe(now -> publishGuidance());
    followed.subscribe(now -> publishGuidance());
  }

  /** Tells the user a sentence. */
  void tell(String sentence) {
    notices.note(sentence);
  }

  /** The boxes in their order: the number of a box is its index and one. */
  public ObservableList<DraftBox> boxes() {
    return shown;
  }

  /** The box that keys act on. */
  public ReadOnlyObjectProperty<Optional<DraftBox>> selectedProperty() {
    return selected.getReadOnlyProperty();
  }

  /** Whether the editor is open. */
  public BooleanProperty openProperty() {
    return open;
  }

  /** Whether the next picture follows the layout while the editor is open. */
  public BooleanProperty followedProperty() {
    return followed;
  }

  /** Whether hands are drawn to lines. */
  public BooleanProperty snappingProperty() {
    return snapping;
  }

  /** What the whole should show; blank for anything. */
  public StringProperty promptProperty() {
    return prompt;
  }

  /** What the whole should not show; blank for nothing. */
  public StringProperty negativeProperty() {
    return negative;
  }

  /** How the layout is followed. */
  public ReadOnlyObjectProperty<GuidanceSettings> steeringProperty() {
    return steering.getReadOnlyProperty();
  }

  /** Whether there is something to undo. */
  public ReadOnlyBooleanProperty undoableProperty() {
    return undoable.getReadOnlyProperty();
  }

  /** Whether there is something to redo. */
  public ReadOnlyBooleanProperty redoableProperty() {
    return redoable.getReadOnlyProperty();
  }

  /** What the next picture follows: empty while nothing is to be followed. */
  public ReadOnlyObjectProperty<Optional<Guidance>> guidanceProperty() {
    return guidance.getReadOnlyProperty();
  }

  /** The box of an id. */
  public Optional<DraftBox> box(long id) {
    return history.present().box(id);
  }

  /** The number of a box, as people see it, from 1; 0 for none of these. */
  public int number(long id) {
    return history.present().number(id);
  }

  /** Selects a box. */
  public void select(long id) {
    selected.set(box(id));
  }

  /** Selects none. */
  public void deselect() {
    selected.set(Optional.empty());
  }

  /** Selects the next box of the order, or with −1 the one before; after the last the first. */
  public void selectNext(int step) {
    if (!boxes.isEmpty()) {
      int at = selected.get().map(box -> number(box.id()) - 1).orElse(step > 0 ? -1 : 0);
      selected.set(Optional.of(boxes.get(Math.floorMod(at + step, boxes.size()))));
    }
  }

  /**
   * Adds a box and selects it; from now on the layout is followed.
   *
   * @param key as in {@link #change}
   * @return empty when there are too many
   */
  public Optional<DraftBox> add(NormalizedBox place, @Nullable Object key) {
    return add(DraftBox.at(nextId, place), boxes.size(), key);
  }

  private Optional<DraftBox> add(DraftBox box, int at, @Nullable Object key) {
    if (boxes.size() >= Layout.MOST_BOXES) {
      notices.note(
          "A layout has at most " + Layout.MOST_BOXES + " boxes. Delete one to draw another.");
      return Optional.empty();
    }
    nextId = Math.max(nextId, box.id()) + 1;
    put(history.present().with(at, box), key);
    followed.set(true);
    select(box.id());
    return Optional.of(box);
  }

  /** Adds a copy of the selected box a little beside it, and selects that. */
  public void duplicate() {
    selected
        .get()
        .ifPresent(
            box -> {
              var place = box.place();
              double down = place.rowEnd() + COPY_SHIFT <= 1 ? COPY_SHIFT : -COPY_SHIFT;
              double right = place.columnEnd() + COPY_SHIFT <= 1 ? COPY_SHIFT : -COPY_SHIFT;
              add(
                  box.withId(nextId).withPlace(place.moved(down, right)).withState(false, false),
                  number(box.id()),
                  null);
            });
  }

  /** Deletes the selected box, unless it is locked, and selects its neighbour. */
  public void delete() {
    selected.get().ifPresent(box -> delete(box.id()));
  }

  /** Deletes a box, unless it is locked. */
  public void delete(long id) {
    int number = number(id);
    if (number == 0 || isLocked(id)) {
      return;
    }
    boolean wasSelected = selected.get().filter(box -> box.id() == id).isPresent();
    put(history.present().without(id), null);
    if (wasSelected && !boxes.isEmpty()) {
      select(boxes.get(Math.min(number - 1, boxes.size() - 1)).id());
    }
  }

  private boolean isLocked(long id) {
    boolean locked = box(id).filter(DraftBox::locked).isPresent();
    if (locked) {
      notices.note("Box " + number(id) + " is locked. Unlock it first.");
    }
    return locked;
  }

  /**
   * Changes a box.
   *
   * @param key changes with equal keys one after the other are undone at once; null is one of its
   *     own
   */
  public void change(long id, UnaryOperator<DraftBox> how, @Nullable Object key) {
    put(history.present().changed(id, how), key);
  }

  /** Puts a box elsewhere, unless it is locked. */
  public void place(long id, NormalizedBox place, @Nullable Object key) {
    if (box(id).filter(box -> !box.place().equals(place)).isPresent() && !isLocked(id)) {
      change(id, box -> box.withPlace(place), key);
    }
  }

  /** Moves the selected box; many small moves are undone at once. */
  public void nudge(double down, double right) {
    selected
        .get()
        .ifPresent(box -> place(box.id(), box.place().moved(down, right), "nudge " + box.id()));
  }

  /** Moves the selected box in the order: −1 towards the first, 1 towards the last. */
  public void reorder(int step) {
    selected.get().ifPresent(box -> put(history.present().reordered(box.id(), step), null));
  }

  /** Follows the layout otherwise; see {@link #change} for the key. */
  public void steer(GuidanceSettings how, @Nullable Object key) {
    put(history.present().steered(how), key);
  }

  /** Takes all boxes away, to begin anew. */
  public void clear() {
    put(history.present().withBoxes(List.of()), null);
  }

  /**
   * Puts another layout in the place of this one, which can be undone; from now on it counts. Words
   * for the whole stay where the other has none.
   */
  public void replace(Layout layout, GuidanceSettings how) {
    var wanted = layout.prompt();
    var unwanted = layout.negativePrompt();
    nextId = 1;
    var now = layout.boxes().stream().map(box -> DraftBox.of(nextId++, box)).toList();
    var before = history.present();
    put(
        before
            .withBoxes(now)
            .withWords(
                wanted == null ? before.prompt() : wanted,
                unwanted == null ? before.negative() : unwanted)
            .steered(how),
        null);
    followed.set(true);
    deselect();
  }

  /** Takes over what was kept of an earlier editor; there is nothing to undo before it. */
  void restore(List<DraftBox> kept, GuidanceSettings how) {
    nextId = 1;
    var now = kept.stream().limit(Layout.MOST_BOXES).map(box -> box.withId(nextId++)).toList();
    history.amend(history.present().withBoxes(now).steered(how));
    publish();
  }

  /**
   * The layout as a file keeps it: every box with a prompt, hidden or not.
   *
   * @throws Problem if a text cannot be kept
   */
  public Layout layout() {
    return history.present().layout(box -> !box.prompt().isBlank());
  }

  /** Goes a step back. */
  public void undo() {
    history.undo();
    publish();
  }

  /** Undoes {@link #undo}. */
  public void redo() {
    history.redo();
    publish();
  }

  /** Undoes what was changed last with a key, as if it had never been begun. */
  void takeBack(Object key) {
    history.takeBack(key);
    publish();
  }

  /** What is changed next is undone by itself. */
  public void pause() {
    history.pause();
  }

  private void put(LayoutState next, @Nullable Object key) {
    if (!next.equals(history.present())) {
      history.put(next, key);
      publish();
    }
  }

  /**
   * The words for the whole are typed elsewhere too: only what is typed here can be undone here.
   */
  private void wholeChanged() {
    if (publishing) {
      return;
    }
    var typed = history.present().withWords(text(prompt), text(negative));
    if (open.get()) {
      history.put(typed, "whole");
    } else {
      history.amend(typed);
    }
    publish();
  }

  private static String text(StringProperty of) {
    return of.get() == null ? "" : of.get();
  }

  private void publish() {
    var now = history.present();
    publishing = true;
    prompt.set(now.prompt());
    negative.set(now.negative());
    publishing = false;
    steering.set(now.steering());
    showBoxes(now.boxes());
    selected.set(selected.get().flatMap(box -> box(box.id())));
    undoable.set(history.canUndo());
    redoable.set(history.canRedo());
    publishGuidance();
  }

  /** Only what differs is set, so that whoever shows the list keeps focus and carets. */
  private void showBoxes(List<DraftBox> now) {
    if (boxes.stream().map(DraftBox::id).toList().equals(now.stream().map(DraftBox::id).toList())) {
      for (int i = 0; i < now.size(); i++) {
        if (!boxes.get(i).equals(now.get(i))) {
          boxes.set(i, now.get(i));
        }
      }
    } else {
      boxes.setAll(now);
    }
  }

  private void publishGuidance() {
    if (!open.get() || !followed.get() || boxes.stream().noneMatch(DraftBox::isUsable)) {
      guidance.set(Optional.empty());
      return;
    }
    try {
      guidance.set(
          Optional.of(new Guidance(history.present().layout(DraftBox::isUsable), steering.get())));
    } catch (Problem e) {
      guidance.set(Optional.empty());
      notices.note(String.valueOf(e.getMessage()));
    }
  }
}
