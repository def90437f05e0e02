package org.infd.inference.dive;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.Supplier;
import org.infd.inference.field.OpenField;
import org.infd.inference.runtime.Cancellation;
import org.jspecify.annotations.Nullable;

/**
 * The children whose feature maps are there: those in use, and of the others those that were used
 * last. Thread-safe; opening one does not keep others from being used.
 */
final class OpenChildren implements AutoCloseable {
  /** Which child at which stage. */
  record Staged(DiveKey key, DiveStage stage) {}

  /** An open child, and how many use it. */
  static final class Open {
    private final DiveChild child;
    private final OpenField field;
    private int users;

    Open(DiveChild child, OpenField field) {
      this.child = child;
      this.field = field;
    }

    DiveChild child() {
      return child;
    }
  }

  private final int mostUnused;
  private final KeyedLocks<Staged> opening = new KeyedLocks<>();
  private final LinkedHashMap<Staged, Open> open = new LinkedHashMap<>(16, 0.75f, true);
  private boolean closed;

  /**
   * @param mostUnused how many stay open when nobody uses any
   */
  OpenChildren(int mostUnused) {
    this.mostUnused = mostUnused;
  }

  /**
   * Opens a child or finds it open; to be given to {@link #letGo}.
   *
   * @throws CancellationException if it was asked for
   */
  Open hold(Staged which, Cancellation cancellation, Supplier<Open> opener) {
    cancellation.throwIfCancelled();
    var known = find(which);
    if (known != null) {
      return known;
    }
    return opening.holding(
        which,
        cancellation,
        () -> {
          var meanwhile = find(which);
          return meanwhile != null ? meanwhile : keep(which, opener.get());
        });
  }

  private synchronized @Nullable Open find(Staged which) {
    if (closed) {
      throw closedBefore();
    }
    var known = open.get(which);
    if (known != null) {
      known.users++;
    }
    return known;
  }

  private static CancellationException closedBefore() {
    return new CancellationException("the picture was closed");
  }

  private Open keep(Staged which, Open opened) {
    synchronized (this) {
      if (!closed) {
        opened.users++;
        open.put(which, opened);
        return opened;
      }
    }
    opened.field.close();
    throw closedBefore();
  }

  /** Ends a use. */
  void letGo(Open child) {
    var closing = new ArrayList<Open>();
    synchronized (this) {
      child.users--;
      if (closed && child.users == 0) {
        closing.add(child);
      }
      int spare = open.size() - mostUnused;
      for (var all = open.values().iterator(); spare > 0 && all.hasNext(); ) {
        var one = all.next();
        if (one.users == 0) {
          all.remove();
          closing.add(one);
          spare--;
        }
      }
    }
    closing.forEach(one -> one.field.close());
  }

  /** How many are open. */
  synchronized int size() {
    return open.size();
  }

  /** Frees them. Those in use are freed when their users are done. */
  @Override
  public void close() {
    List<Open> closing;
    synchronized (this) {
      closed = true;
      closing = open.values().stream().filter(one -> one.users == 0).toList();
      open.clear();
    }
    closing.forEach(one -> one.field.close());
  }
}
