package org.infd.inference.field;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.infd.inference.bundle.Manifest;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.GraphPart;
import org.infd.inference.runtime.Network;
import org.infd.inference.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The render sessions of a field: one per scale, the last few kept; of models without norms one for
 * small cells and one for large ones. Thread-safe.
 */
final class FieldScales implements AutoCloseable {
  /** The keys of the sessions of a model without norms, by whether cells are large. */
  private static final int SMALL_CELLS = 0;

  private static final int LARGE_CELLS = -1;

  /** Loads the renderer, or a part of it, with frozen norms. */
  interface Loader {
    Network load(Optional<GraphPart> part, Map<String, Tensor> frozen);
  }

  private final Manifest.Renderer renderer;
  private final RenderForm form;
  private final Loader loader;
  private final FieldStatistics statistics;
  private final int capacity;
  private final ReentrantLock creating = new ReentrantLock();
  private final Map<Integer, FieldScale> open = new LinkedHashMap<>(8, 0.75f, true);
  private boolean closed;

  /**
   * @param form in which form the renderer is given its pixels
   * @param loader loads the render graph
   * @param capacity how many sessions stay open when none is in use
   */
  FieldScales(
      Manifest.Renderer renderer,
      RenderForm form,
      Loader loader,
      FieldStatistics statistics,
      int capacity) {
    this.renderer = renderer;
    this.form = form;
    this.loader = loader;
    this.statistics = statistics;
    this.capacity = capacity;
  }

  /** The session for image side N, to be closed after use. */
  FieldScale acquire(int imageSide, Cancellation cancellation) {
    var layers = form.byCells(imageSide);
    int key = renderer.hasNorms() ? imageSide : layers.isPresent() ? LARGE_CELLS : SMALL_CELLS;
    var known = find(key);
    if (known != null) {
      return known;
    }
    lock(cancellation);
    try {
      known = find(key);
      return known != null ? known : create(key, layers, cancellation);
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

  private FieldScale create(int key, Optional<RendererLayers> layers, Cancellation cancellation) {
    var norms = renderer.norms();
    Map<String, Tensor> frozen =
        norms.isEmpty() ? Map.of() : statistics.at(key, cancellation).initializers(norms);
    var first = layers.map(l -> loader.load(Optional.of(l.first()), Map.of())).orElse(null);
    var scale = new FieldScale(loader.load(layers.map(RendererLayers::behindFirst), frozen), first);
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
    open.values().forEach(FieldScale::trim);
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
