package org.infd.inference.dive;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.Function;
import org.infd.inference.Problem;
import org.infd.inference.dive.OpenChildren.Open;
import org.infd.inference.dive.OpenChildren.Staged;
import org.infd.inference.field.FieldRenderer;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The children of one picture. Each is a function of the model, the picture above, and its key and
 * options alone, at both stages ({@link DiveStage}): what went is made again and is the same, and
 * the order in which they are made changes nothing. Thread-safe: what is there can be shown while
 * others are made, and no child is made twice at a time. To be called from any thread but that of
 * the device, which the networks wait for.
 */
public final class Dive implements AutoCloseable {
  private final DiveLattice lattice;
  private final DiveOptions options;
  private final DiveNetworks networks;
  private final DiveMaker maker;
  private final DiveComposite picture;
  private final DiveComposite sight;
  private final DiveMemory memory = new DiveMemory();
  private final OpenChildren open;
  private final KeyedLocks<DiveKey> reading = new KeyedLocks<>();
  private final KeyedLocks<DiveKey> sampling = new KeyedLocks<>();

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
    this.options = options;
    this.networks = networks;
    open = new OpenChildren(mostOpen);
    maker = new DiveMaker(lattice, options, networks);
    picture = new DiveComposite(root, lattice, options.anchor(), this::withFull);
    sight = new DiveComposite(root, lattice, options.anchor(), this::withWhatIsThere);
  }

  /** Where children lie. */
  public DiveLattice lattice() {
    return lattice;
  }

  /** How they are made. */
  public DiveOptions options() {
    return options;
  }

  /** The whole picture with everything below it. Children that it needs are made for it. */
  public DiveComposite picture() {
    return picture;
  }

  /**
   * The picture as far as it is there: nothing is made for it, children stand at the stage that
   * they are at, and where one is missing the picture above is seen, enlarged. Where all that it
   * needs are full it is {@link #picture}.
   */
  public DiveComposite sight() {
    return sight;
  }

  private Optional<Tensor> withFull(
      List<DiveKey> keys, Function<List<DiveChild>, Tensor> use, Cancellation cancellation) {
    return with(
        keys.stream().map(key -> new Staged(key, DiveStage.FULL)).toList(), use, cancellation);
  }

  private Optional<Tensor> withWhatIsThere(
      List<DiveKey> keys, Function<List<DiveChild>, Tensor> use, Cancellation cancellation) {
    var there = new ArrayList<Staged>();
    for (var key : keys) {
      var stage = stage(key);
      if (stage == null) {
        return Optional.empty();
      }
      there.add(new Staged(key, stage));
    }
    return with(there, use, cancellation);
  }

  private Optional<Tensor> with(
      List<Staged> wanted, Function<List<DiveChild>, Tensor> use, Cancellation cancellation) {
    var held = new ArrayList<Open>();
    try {
      for (var one : wanted) {
        held.add(open.hold(one, cancellation, () -> opened(one, cancellation)));
      }
      return Optional.of(use.apply(held.stream().map(Open::child).toList()));
    } finally {
      held.forEach(open::letGo);
    }
  }

  private Open opened(Staged which, Cancellation cancellation) {
    var key = which.key();
    var latent =
        which.stage() == DiveStage.FULL ? full(key, cancellation) : encoded(key, cancellation);
    var anchors = maker.colours(above(key, false, cancellation).anchors());
    var field = networks.open(latent, cancellation);
    return new Open(new DiveChild(key, latent, anchors, field), field);
  }

  /** How far a child is made, or null if it is not. */
  public @Nullable DiveStage stage(DiveKey key) {
    if (memory.latent(key) != null) {
      return DiveStage.FULL;
    }
    var above = memory.above(key);
    if (above == null || above.encoded() == null) {
      return null;
    }
    return options.strength() == 0 ? DiveStage.FULL : DiveStage.FIRST;
  }

  /**
   * Makes a child and, above it, what it is made from.
   *
   * @throws Problem if one overflows
   * @throws CancellationException if it was asked for
   */
  public void make(DiveKey key, DiveStage stage, Cancellation cancellation) {
    switch (stage) {
      case FIRST -> encoded(key, cancellation);
      case FULL -> full(key, cancellation);
    }
  }

  private Tensor encoded(DiveKey key, Cancellation cancellation) {
    var encoded = above(key, true, cancellation).encoded();
    if (encoded == null) {
      throw new IllegalStateException(key + " was not encoded");
    }
    return encoded;
  }

  /**
   * What is seen at a child's square of the picture above, whose own children are full.
   *
   * @param toSample whether it is needed encoded, too
   */
  private DiveMemory.Above above(DiveKey key, boolean toSample, Cancellation cancellation) {
    var known = memory.above(key);
    if (known != null && suffices(known, toSample)) {
      return known;
    }
    return reading.holding(
        key,
        cancellation,
        () -> {
          var meanwhile = memory.above(key);
          return meanwhile != null && suffices(meanwhile, toSample)
              ? meanwhile
              : read(key, toSample, cancellation);
        });
  }

  private static boolean suffices(DiveMemory.Above known, boolean toSample) {
    return !toSample || known.encoded() != null;
  }

  private DiveMemory.Above read(DiveKey key, boolean toSample, Cancellation cancellation) {
    var rgb =
        DiveMaker.clamped(
            picture.render(lattice.baseSide(key.level()), lattice.square(key), cancellation));
    var read =
        new DiveMemory.Above(
            toSample ? networks.encode(rgb, cancellation) : null, maker.anchors(rgb));
    memory.keepAbove(key, read);
    return read;
  }

  private Tensor full(DiveKey key, Cancellation cancellation) {
    var known = memory.latent(key);
    if (known != null) {
      return known;
    }
    return sampling.holding(
        key,
        cancellation,
        () -> {
          var meanwhile = memory.latent(key);
          return meanwhile != null ? meanwhile : sampled(key, cancellation);
        });
  }

  private Tensor sampled(DiveKey key, Cancellation cancellation) {
    var latent = maker.latent(key, encoded(key, cancellation), cancellation);
    memory.keepLatent(key, latent);
    return latent;
  }

  /** How many children are open. */
  int openChildren() {
    return open.size();
  }

  /** The latents that were made, by their places. */
  public Map<DiveKey, Tensor> latents() {
    return memory.latents();
  }

  /**
   * Takes over latents that were kept, so that they need not be made again.
   *
   * @throws Problem if one lies deeper than a picture goes
   */
  public void restore(Map<DiveKey, Tensor> kept) {
    for (var key : kept.keySet()) {
      if (key.level() > lattice.deepest()) {
        throw new Problem(
            "The picture has a part at depth " + key.level() + ", which none can have.");
      }
    }
    kept.forEach(memory::keepLatent);
  }

  /** Frees the children. Those in use are freed when their users are done. */
  @Override
  public void close() {
    open.close();
  }
}
