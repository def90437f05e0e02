package org.infd.app.control;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javafx.application.Platform;
import javafx.collections.ObservableList;
import javafx.geometry.Orientation;
import javafx.scene.Node;
import javafx.scene.Scene;
import javafx.scene.control.ScrollBar;
import javafx.scene.input.KeyEvent;
import javafx.scene.input.MouseEvent;
import javafx.scene.input.ScrollEvent;
import javafx.scene.layout.Pane;
import javafx.scene.layout.Region;
import javafx.scene.shape.Rectangle;
import org.jspecify.annotations.Nullable;

/**
 * Thousands of items as cards of one size, in rows from the left, as many as fit in the width. Only
 * what is in sight has a card. Cards are made once and show one item after the other; an item that
 * stays in sight keeps its card, so a key of a search costs little.
 *
 * <p>One card is the current one: arrows, Home, End and the page keys move it, and Tab reaches it
 * alone. It follows its item when others come or go; when its item goes, the one that takes the
 * place is current. A card that has the keyboard keeps it, even out of sight, so that no key ever
 * means another item than the one that was chosen.
 *
 * <p>Belongs to the user interface's thread.
 *
 * @param <T> what a card shows; an item stands in the list once
 */
public final class CardGrid<T> extends Region {
  /** A place that shows one item after the other. */
  public interface Card<T> {
    /** What is laid out. */
    Region node();

    /** What gets the keyboard when the card becomes the current one by a key. */
    Node front();

    /** Shows an item; also called again for the same one when it has changed. */
    void show(T item);

    /** Shows nothing: the card is kept for later. */
    void clear();

    /** Whether Tab leads to what is on the card. */
    void setReachable(boolean reachable);
  }

  /** So many cards are made between two frames; the first are seen while the others are made. */
  private static final int MOST_AT_ONCE = 10;

  /** What a notch of the wheel moves where the system counts in lines. */
  private static final double LINE = 40;

  private final ObservableList<T> items;
  private final Supplier<Card<T>> maker;
  private final CardRows rows;
  private final Pane sheet = new Pane();
  private final ScrollBar bar = new ScrollBar();
  private final Rectangle clip = new Rectangle();

  /** Those that show an item. */
  private final Map<T, Card<T>> shown = new HashMap<>();

  private final ArrayDeque<Card<T>> spare = new ArrayDeque<>();
  private int current;
  private @Nullable T currentItem;
  private boolean changed = true;
  private boolean arranging;

  /** The current card is to be brought into sight, and to get the keyboard. */
  private boolean going;

  /**
   * @param items what is shown, also when it changes
   * @param maker makes a card
   * @param cardWidth of every card
   * @param cardHeight of every card
   * @param gap between cards, at least
   */
  public CardGrid(
      ObservableList<T> items,
      Supplier<Card<T>> maker,
      double cardWidth,
      double cardHeight,
      double gap) {
    this.items = items;
    this.maker = maker;
    rows = new CardRows(cardWidth, cardHeight, gap);
    getStyleClass().add("card-grid");
    sheet.setClip(clip);
    sheet.setManaged(false);
    bar.setOrientation(Orientation.VERTICAL);
    bar.setManaged(false);
    bar.setFocusTraversable(false);
    bar.valueProperty().subscribe(this::arrangeLater);
    getChildren().addAll(sheet, bar);
    items.subscribe(
        () -> {
          changed = true;
          arrangeLater();
        });
    // not whether it is focused now: another window may have the keyboard for a while
    sceneProperty().flatMap(Scene::focusOwnerProperty).subscribe(this::chooseWith);
    addEventHandler(ScrollEvent.SCROLL, this::scroll);
    // before the buttons, which know arrows of their own
    addEventFilter(KeyEvent.KEY_PRESSED, keys()::act);
  }

  private KeyActions keys() {
    return new KeyActions(() -> !items.isEmpty())
        .on(Shortcut.CARD_LEFT, () -> step(-1))
        .on(Shortcut.CARD_RIGHT, () -> step(1))
        .on(Shortcut.CARD_UP, () -> step(-rows.columns()))
        .on(Shortcut.CARD_DOWN, () -> step(rows.columns()))
        .on(Shortcut.CARDS_UP, () -> page(-1))
        .on(Shortcut.CARDS_DOWN, () -> page(1))
        .on(Shortcut.FIRST_CARD, () -> goTo(0))
        .on(Shortcut.LAST_CARD, () -> goTo(items.size() - 1));
  }

  private void step(int by) {
    goTo(rows.stepped(current, by, items.size()));
  }

  private void page(int direction) {
    goTo(rows.paged(current, direction, getHeight(), items.size()));
  }

  /** Makes a card the current one, brings it into sight and gives it the keyboard. */
  private void goTo(int index) {
    choose(index);
    // at once, where it has a card: the next key may come before the next layout
    giveKeyboard();
    going = true;
    requestLayout();
  }

  private void giveKeyboard() {
    Optional.ofNullable(shown.get(items.get(current)))
        .ifPresent(card -> card.front().requestFocus());
  }

  private void choose(int index) {
    current = index;
    currentItem = items.get(index);
    shown.forEach((item, card) -> card.setReachable(item.equals(currentItem)));
  }

  /** Gives the current card the keyboard, if there is one; the first is current from the start. */
  public void focusCurrent() {
    if (!items.isEmpty()) {
      settle();
      goTo(current);
    }
  }

  /** Shows the beginning; the first card is the current one, unless one has the keyboard. */
  public void scrollToTop() {
    bar.setValue(0);
    if (!hasKeyboard()) {
      current = 0;
      currentItem = null;
    }
  }

  /** Has the cards of some items show them again. */
  public void refresh(Predicate<T> which) {
    shown.forEach(
        (item, card) -> {
          if (which.test(item)) {
            card.show(item);
          }
        });
  }

  private void scroll(ScrollEvent event) {
    boolean isLines = event.getTextDeltaYUnits() == ScrollEvent.VerticalTextScrollUnits.LINES;
    double by = isLines ? event.getTextDeltaY() * LINE : event.getDeltaY();
    double to = Math.clamp(bar.getValue() - by, 0, bar.getMax());
    if (to != bar.getValue()) {
      bar.setValue(to);
      event.consume();
    }
  }

  private void arrangeLater() {
    if (!arranging) {
      requestLayout();
    }
  }

  @Override
  protected void layoutChildren() {
    arranging = true;
    try {
      settle();
      measure();
      assign();
    } finally {
      arranging = false;
    }
  }

  /** Finds out where the current item is by now. */
  private void settle() {
    if (!changed) {
      return;
    }
    changed = false;
    if (items.isEmpty()) {
      current = 0;
      currentItem = null;
      return;
    }
    int at = currentItem == null ? -1 : items.indexOf(currentItem);
    // without the keyboard it has not been chosen by anybody, and the first is as good
    current = at >= 0 ? at : hasKeyboard() ? Math.min(current, items.size() - 1) : 0;
    currentItem = items.get(current);
  }

  /** Places the scroll bar, and counts what fits. */
  private void measure() {
    double width = getWidth();
    double height = getHeight();
    double barWidth = bar.prefWidth(height);
    // what was at the top stays there
    bar.setValue(rows.fit(width - barWidth, bar.getValue()));
    double all = rows.height(items.size());
    double most = Math.max(0, all - height);
    double value = Math.min(bar.getValue(), most);
    if (going) {
      double top = rows.topOf(current);
      value = Math.clamp(value, Math.max(0, Math.min(rows.endOf(current) - height, top)), top);
    }
    bar.setMax(most);
    bar.setVisibleAmount(all <= 0 ? 0 : most * height / all);
    bar.setUnitIncrement(LINE);
    bar.setBlockIncrement(Math.max(rows.pitch(), height - rows.pitch()));
    bar.setValue(Math.min(value, most));
    bar.setVisible(most > 0);
    bar.resizeRelocate(width - barWidth, 0, barWidth, height);
    sheet.resizeRelocate(0, 0, width, height);
    clip.setWidth(width);
    clip.setHeight(height);
  }

  /** Gives every item in sight its card. */
  private void assign() {
    double top = bar.getValue();
    int first = rows.firstAt(top);
    int end = Math.min(items.size(), rows.firstAt(top + getHeight()) + rows.columns());
    if (!hasKeyboard() && !going && !items.isEmpty() && (current < first || current >= end)) {
      // Tab leads to what is seen
      current = Math.min(first, items.size() - 1);
      currentItem = items.get(current);
    }
    boolean keepsFocus = (hasKeyboard() || going) && !items.isEmpty();
    var wanted = new LinkedHashSet<Integer>();
    if (keepsFocus) {
      wanted.add(current);
    }
    for (int i = first; i < end; i++) {
      wanted.add(i);
    }
    var kept = new HashMap<T, Card<T>>();
    for (int i : wanted) {
      var item = items.get(i);
      var card = shown.remove(item);
      if (card != null) {
        kept.put(item, card);
      }
    }
    var leaving = List.copyOf(shown.values());
    spare.addAll(leaving);
    boolean lost = leaving.stream().anyMatch(card -> holds(card.node(), focusOwner()));
    shown.clear();
    shown.putAll(kept);
    placeAll(wanted);
    if (keepsFocus && (going || lost)) {
      giveKeyboard();
    }
    going = false;
    for (var card : spare) {
      if (card.node().isVisible()) {
        card.node().setVisible(false);
        card.clear();
      }
    }
  }

  private void placeAll(Collection<Integer> wanted) {
    int made = 0;
    for (int index : wanted) {
      var item = items.get(index);
      var card = shown.get(item);
      if (card == null && !spare.isEmpty()) {
        card = spare.pop();
      } else if (card == null && made++ < MOST_AT_ONCE) {
        card = make();
      } else if (card == null) {
        continue;
      }
      if (shown.put(item, card) == null) {
        card.show(item);
      }
      place(card, index);
    }
    if (made > MOST_AT_ONCE) {
      // not during this layout, which would not hear of it
      Platform.runLater(this::requestLayout);
    }
  }

  private void place(Card<T> card, int index) {
    card.setReachable(index == current);
    var node = card.node();
    node.setVisible(true);
    node.resizeRelocate(
        snapPositionX(rows.leftOf(index, getWidth() - bar.getWidth())),
        snapPositionY(rows.topOf(index) + rows.gap() - bar.getValue()),
        rows.cardWidth(),
        rows.cardHeight());
  }

  private Card<T> make() {
    var card = maker.get();
    var node = card.node();
    node.setManaged(false);
    // a button takes the keyboard only where Tab leads to it
    node.addEventFilter(MouseEvent.MOUSE_PRESSED, event -> choose(node));
    sheet.getChildren().add(node);
    // it is laid out in this pass, before the next one gives it its style
    node.applyCss();
    return card;
  }

  private @Nullable Node focusOwner() {
    return getScene() == null ? null : getScene().getFocusOwner();
  }

  /** Whether a card has the keyboard, in this window or when it comes to the front again. */
  public boolean hasKeyboard() {
    return holds(sheet, focusOwner());
  }

  private static boolean holds(Node outer, @Nullable Node inner) {
    return Stream.iterate(inner, Objects::nonNull, Node::getParent).anyMatch(outer::equals);
  }

  private void chooseWith(@Nullable Node owner) {
    if (hasKeyboard()) {
      Stream.iterate(owner, Objects::nonNull, Node::getParent).forEach(this::choose);
    }
  }

  private void choose(Node node) {
    shown.entrySet().stream()
        .filter(
            entry -> entry.getValue().node().equals(node) && !entry.getKey().equals(currentItem))
        .mapToInt(entry -> items.indexOf(entry.getKey()))
        .filter(index -> index >= 0)
        .findFirst()
        .ifPresent(this::choose);
  }

  @Override
  protected double computePrefWidth(double height) {
    return rows.cardWidth() + 2 * rows.gap();
  }

  @Override
  protected double computePrefHeight(double width) {
    return rows.pitch() + rows.gap();
  }

  @Override
  protected double computeMinHeight(double width) {
    return 0;
  }
}
