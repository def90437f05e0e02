package org.infd.app.runs;

import java.util.Optional;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;
import org.infd.app.tab.Batch;
import org.infd.app.tab.Tab;

/**
 * What is to be made after the run in progress, in an order that the user can change. All methods
 * belong to the user interface's thread.
 */
public final class RunQueue {
  /** More than this is asked for by a key that was held down. */
  public static final int LONGEST = 200;

  /**
   * A run that waits.
   *
   * @param number tells orders for the same apart
   * @param run what is to be made
   * @param tab where it is shown; empty for the gallery alone
   * @param begun its pictures, of which some are made; empty for what was not begun
   */
  public record Order(long number, Run run, Optional<Tab> tab, Optional<Batch> begun) {
    /** What it asks for, in a line. */
    public String title() {
      return run.title();
    }
  }

  private final ObservableList<Order> waiting = FXCollections.observableArrayList();
  private final ObservableList<Order> shown = FXCollections.unmodifiableObservableList(waiting);
  private long numbers;

  /** The orders, the next one first. */
  public ObservableList<Order> waiting() {
    return shown;
  }

  /** Whether the user may ask for more. */
  public boolean hasRoom() {
    return waiting.size() < LONGEST;
  }

  /**
   * Puts an order at the end, also where there is no room: what is interrupted is not lost.
   *
   * @param tab where it is shown; empty for the gallery alone
   */
  public void add(Run run, Optional<Tab> tab) {
    waiting.add(new Order(numbers++, run, tab, Optional.empty()));
  }

  /**
   * Puts an order at the head: it was begun already.
   *
   * @param tab where it is shown; empty for the gallery alone
   * @param begun its pictures, where it is of several
   */
  public void addFirst(Run run, Optional<Tab> tab, Optional<Batch> begun) {
    waiting.addFirst(new Order(numbers++, run, tab, begun));
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
