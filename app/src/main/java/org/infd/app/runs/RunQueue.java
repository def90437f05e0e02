package org.infd.app.runs;

import java.util.Optional;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;
import org.infd.app.engine.Picture;
import org.infd.inference.generation.Recipe;

/**
 * What is to be made after the run in progress, in an order that the user can change. All methods
 * belong to the user interface's thread.
 */
public final class RunQueue {
  /** More than this is asked for by a key that was held down. */
  public static final int LONGEST = 200;

  /**
   * Pictures to be made.
   *
   * @param number tells orders for the same apart
   * @param recipe the first of them
   * @param count how many, with one seed after the other
   */
  public record Order(long number, Recipe recipe, int count) {
    /** What it asks for, in a line. */
    public String title() {
      var what = Picture.subject(recipe);
      return count == 1 ? what : count + " × " + what;
    }
  }

  private final ObservableList<Order> waiting = FXCollections.observableArrayList();
  private final ObservableList<Order> shown = FXCollections.unmodifiableObservableList(waiting);
  private long numbers;

  /** The orders, the next one first. */
  public ObservableList<Order> waiting() {
    return shown;
  }

  /**
   * Puts an order at the end.
   *
   * @return the order; empty where there was no room for it
   */
  public Optional<Order> add(Recipe recipe, int count) {
    if (waiting.size() >= LONGEST) {
      return Optional.empty();
    }
    var order = new Order(numbers++, recipe, count);
    waiting.add(order);
    return Optional.of(order);
  }

  /** Puts an order at the head: it was begun already. */
  public Order addFirst(Recipe recipe, int count) {
    var order = new Order(numbers++, recipe, count);
    waiting.addFirst(order);
    return order;
  }

  /** Takes the next order out. */
  public Optional<Order> take() {
    return waiting.isEmpty() ? Optional.empty() : Optional.of(waiting.removeFirst());
  }

  /** Lets an order go before the one before it; nothing for the first, or one that is gone. */
  public void moveUp(Order order) {
    int at = waiting.indexOf(order);
    if (at > 0) {
      waiting.set(at, waiting.set(at - 1, order));
    }
  }

  /** Lets an order go after the one after it; nothing for the last, or one that is gone. */
  public void moveDown(Order order) {
    int at = waiting.indexOf(order);
    if (at >= 0 && at < waiting.size() - 1) {
      waiting.set(at, waiting.set(at + 1, order));
    }
  }

  /** Takes an order back. */
  public void remove(Order order) {
    waiting.remove(order);
  }

  /** Takes all orders back. */
  public void clear() {
    waiting.clear();
  }
}
