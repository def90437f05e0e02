package org.infd.app.models;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.infd.inference.Problem;
import org.infd.inference.bundle.BundleName;
import org.infd.inference.runtime.Cancellation;
import org.jspecify.annotations.Nullable;

/** Models that are nowhere on a disk. Imports stop before each of two stages until let through. */
public final class FakeStore implements ModelStore {
  /** A permit is one stage of an import. */
  public final Semaphore gate = new Semaphore(0);

  /** What was asked of the importer. */
  public final List<Wishes> wishes = new CopyOnWriteArrayList<>();

  /** The models that it has. */
  public final List<ModelCard> cards = new CopyOnWriteArrayList<>();

  /** The samples that it has. */
  public volatile List<Sample> samples = List.of();

  /** Thrown by the next import, check or removal, if set. */
  public volatile @Nullable RuntimeException failure;

  /** The same for what no program should catch, and this one has to. */
  public volatile @Nullable Error error;

  /** A store with an embedded model and an installed one. */
  public FakeStore() {
    cards.add(card("hills", "Hills", true));
    cards.add(card("classes", "Hills by class", false));
  }

  /** A card of a model of three megabytes. */
  public static ModelCard card(String id, String name, boolean embedded) {
    return new ModelCard(
        id,
        name,
        "Hills by a formula, for tests.",
        embedded,
        Path.of("models", id),
        3 << 20,
        "00",
        true,
        List.of(new ModelCard.Fact("Licence", "Apache-2.0")),
        "");
  }

  private void failOnce() {
    var broken = error;
    if (broken != null) {
      error = null;
      throw broken;
    }
    var thrown = failure;
    if (thrown != null) {
      failure = null;
      throw thrown;
    }
  }

  @Override
  public Path folder() {
    return Path.of("models");
  }

  @Override
  public List<ModelCard> list() {
    return List.copyOf(cards);
  }

  @Override
  public List<Sample> samples() {
    failOnce();
    return samples;
  }

  @Override
  public int verify(ModelCard card) {
    failOnce();
    return 12;
  }

  @Override
  public void remove(ModelCard card) {
    failOnce();
    cards.remove(card);
  }

  @Override
  public Imported importCheckpoint(
      Path checkpoint, Wishes asked, Progress progress, Cancellation cancellation) {
    wishes.add(asked);
    progress.at("Reading", 0);
    pass(cancellation);
    failOnce();
    progress.at("Writing", 0.5);
    pass(cancellation);
    if (asked.name().isEmpty()) {
      throw new Problem("A model needs a name.");
    }
    var id = BundleName.id(asked.name());
    cards.add(card(id, asked.name(), false));
    return new Imported(id, asked.name(), "Taken\n  everything");
  }

  private void pass(Cancellation cancellation) {
    try {
      while (!gate.tryAcquire(2, TimeUnit.MILLISECONDS)) {
        cancellation.throwIfCancelled();
      }
    } catch (InterruptedException e) {
      throw new CancellationException();
    }
    cancellation.throwIfCancelled();
  }
}
