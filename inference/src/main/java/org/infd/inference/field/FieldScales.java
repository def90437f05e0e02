package org.infd.inference.field;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.infd.inference.bundle.Manifest;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.Network;
import org.infd.inference.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The render sessions of a field: one per scale, the last few kept; a single one for models without
 * norms. Thread-safe.
 */
final class FieldScales implements AutoCloseable {
  /** The key of the only session of a model without norms. */
  private static final int ANY_SCALE = 0;

  /** Loads the renderer with frozen norms. */
  interface Loader {
    Network load(Map<String, Tensor> frozen);
  }

  private final Manifest.Renderer renderer;
  private final Loader loader;
  private final FieldStatistics statistics;
  private final int capacity;
  private final ReentrantLock creating = new ReentrantLock();
  private final Map<Integer, FieldScale> open = new LinkedHashMap<>(8, 0.75f, true);
  private boolean closed;

  /**
   * @param loader loads the render graph
   * @param capacity how many sessions stay open when none is in use
   */
  FieldScales(Manifest.Renderer renderer, Loader loader, FieldStatistics statistics, int capacity) {
    this.renderer = renderer;
    this.loader = loader;
    this.statistics = statistics;
    this.capacity = capacity;
  }

  /** The session for image side N, to be closed after use. */
  FieldScale acquire(int imageSide, Cancellation cancellation) {
    int key = renderer.hasNorms() ? imageSide : ANY_SCALE;
    var known = find(key);
    if (known != null) {
      return known;
    }
    lock(cancellation);
    try {
      known = find(key);
      return known != null ? known : create(key, cancellation);
    } finally {
      creating.unlock();
    }
  }

  private synchronized @Nullable FieldScale find(int key) {
    if (closed) {
      throw new IllegalStateException("the field is closed");
    }
    var known = open.get(key);
    return known == null ? null : known.used();
  }

  private void lock(Cancellation cancellation) {
    try {
      do {
        cancellation.throwIfCancelled();
      } while (!creating.tryLock(20, TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted");
    }
  }

  private FieldScale create(int key, Cancellation cancellation) {
    var norms = renderer.norms();
    Map<String, Tensor> frozen =
        key == ANY_SCALE ? Map.of() : statistics.at(key, cancellation).initializers(norms);
    var scale = new FieldScale(loader.load(frozen));
    synchronized (this) {
      if (closed) {
        scale.retire();
        scale.close();
        throw new IllegalStateException("the field is closed");
      }
      open.put(key, scale);
      if (open.size() > capacity) {
        var eldest = open.entrySet().iterator().next();
        open.remove(eldest.getKey());
        eldest.getValue().retire();
      }
    }
    return scale;
  }

  /** Gives the device's memory back as far as it is not weights. */
  synchronized void trim() {
    open.values().forEach(scale -> scale.graph().trim());
  }

  /** How many sessions are open for later use. */
  synchronized int size() {
    return open.size();
  }

  @Override
  public synchronized void close() {
    closed = true;
    open.values().forEach(FieldScale::retire);
    open.clear();
  }
}
