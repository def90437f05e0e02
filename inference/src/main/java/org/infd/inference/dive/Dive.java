package org.infd.inference.dive;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.function.Function;
import org.infd.inference.Problem;
import org.infd.inference.field.FieldRenderer;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.tensor.Tensor;

/**
 * The children of one picture: made when first needed, each a function of the model, the picture
 * above, and its key and options alone. Latents are kept, feature maps only of those that were used
 * last; what went comes back the same. Thread-safe: one child is made at a time.
 */
public final class Dive implements DiveChildren, AutoCloseable {
  /** How many children are kept without their feature maps; those beyond are made again. */
  private static final int MOST_KEPT = 2048;

  private final DiveLattice lattice;
  private final DiveNetworks networks;
  private final DiveMaker maker;
  private final DiveComposite composite;
  private final int mostOpen;
  private final Map<DiveKey, Tensor> latents = bounded(MOST_KEPT);
  private final Map<DiveKey, short[]> anchors = bounded(MOST_KEPT);
  private final LinkedHashMap<DiveKey, Open> open = new LinkedHashMap<>(16, 0.75f, true);
  private boolean closed;

  /** An open child, and how many use it. */
  private static final class Open {
    private final DiveChild child;
    private final DiveNetworks.OpenField field;
    private int users;

    Open(DiveChild child, DiveNetworks.OpenField field) {
      this.child = child;
      this.field = field;
    }
  }

  private static <K, V> Map<K, V> bounded(int most) {
    return new LinkedHashMap<>(16, 0.75f, true) {
      @Override
      protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
        return size() > most;
      }
    };
  }

  /**
   * A dive into a field. Makes nothing yet.
   *
   * @param root the field; stays open when this is closed
   * @param mostOpen how many feature maps are kept when nobody uses them
   */
  public Dive(
      FieldRenderer root,
      DiveLattice lattice,
      DiveOptions options,
      DiveNetworks networks,
      int mostOpen) {
    this.lattice = lattice;
    this.networks = networks;
    this.mostOpen = mostOpen;
    maker = new DiveMaker(lattice, options, networks);
    composite = new DiveComposite(root, lattice, options.anchor(), this);
  }

  /** The whole picture with everything below it. */
  public DiveComposite picture() {
    return composite;
  }

  /** {@inheritDoc} */
  @Override
  public Tensor with(
      List<DiveKey> keys, Function<List<DiveChild>, Tensor> use, Cancellation cancellation) {
    var held = new ArrayList<Open>();
    try {
      for (var key : keys) {
        held.add(hold(key, cancellation));
      }
      return use.apply(held.stream().map(one -> one.child).toList());
    } finally {
      held.forEach(this::letGo);
    }
  }

  /**
   * Opens a child or finds it open. A child above is asked for by the picture that it is made from,
   * on this very thread, and lies on a level above, so this ends.
   */
  private Open hold(DiveKey key, Cancellation cancellation) {
    synchronized (this) {
      cancellation.throwIfCancelled();
      if (closed) {
        throw new CancellationException("the picture was closed");
      }
      var known = open.get(key);
      if (known == null) {
        known = make(key, cancellation);
        open.put(key, known);
      }
      known.users++;
      return known;
    }
  }

  private Open make(DiveKey key, Cancellation cancellation) {
    var latent = latents.get(key);
    var means = anchors.get(key);
    if (latent == null || means == null) {
      var above =
          DiveMaker.clamped(
              composite.render(lattice.baseSide(key.level()), lattice.square(key), cancellation));
      if (latent == null) {
        latent = maker.latent(key, above, cancellation);
      }
      means = maker.anchors(above);
      latents.put(key, latent);
      anchors.put(key, means);
    }
    var field = networks.open(latent, cancellation);
    return new Open(new DiveChild(key, latent, maker.colours(means), field), field);
  }

  private void letGo(Open child) {
    var closing = new ArrayList<Open>();
    synchronized (this) {
      child.users--;
      int spare = open.size() - mostOpen;
      for (var all = open.values().iterator(); spare > 0 && all.hasNext(); ) {
        var one = all.next();
        if (one.users == 0) {
          all.remove();
          closing.add(one);
          spare--;
        }
      }
      if (closed && child.users == 0 && !open.containsValue(child)) {
        closing.add(child);
      }
    }
    closing.forEach(one -> one.field.close());
  }

  /** How many children are open. */
  synchronized int openChildren() {
    return open.size();
  }

  /** The latents that were made, by their places. */
  public synchronized Map<DiveKey, Tensor> latents() {
    return new HashMap<>(latents);
  }

  /**
   * Takes over latents that were kept, so that they need not be made again.
   *
   * @throws Problem if one lies deeper than a picture goes
   */
  public synchronized void restore(Map<DiveKey, Tensor> kept) {
    for (var key : kept.keySet()) {
      if (key.level() > lattice.deepest()) {
        throw new Problem(
            "The picture has a part at depth " + key.level() + ", which none can have.");
      }
    }
    latents.putAll(kept);
  }

  /** Frees the children. Those in use are freed when their users are done. */
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
