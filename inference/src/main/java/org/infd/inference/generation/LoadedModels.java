package org.infd.inference.generation;

import org.infd.inference.bundle.ModelBundle;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the networks of one model loaded: the one that was used last. A replaced model is freed
 * with its last user. Thread-safe.
 */
final class LoadedModels {
  /** Makes what is lent. */
  @FunctionalInterface
  interface Loader {
    Generator load(ModelBundle bundle);
  }

  /** A model in use; closing it ends the use. */
  final class Loan implements AutoCloseable {
    private final Generator generator;
    private final String hash;
    private int users;
    private boolean retired;

    private Loan(Generator generator, String hash) {
      this.generator = generator;
      this.hash = hash;
    }

    Generator generator() {
      return generator;
    }

    @Override
    public void close() {
      boolean last;
      synchronized (LoadedModels.this) {
        users--;
        last = retired && users == 0;
      }
      if (last) {
        generator.close();
      }
    }
  }

  private final Loader loader;
  private @Nullable Loan present;

  LoadedModels(Loader loader) {
    this.loader = loader;
  }

  /** The networks of a model, to be closed after use. Loads no graph yet. */
  Loan lend(ModelBundle bundle) {
    Loan old;
    Loan opened;
    synchronized (this) {
      old = present;
      if (old != null && old.hash.equals(bundle.hash())) {
        old.users++;
        return old;
      }
      opened = new Loan(loader.load(bundle), bundle.hash());
      opened.users++;
      present = opened;
    }
    free(old);
    return opened;
  }

  /** Frees the model that is loaded, as soon as nobody uses it any more. */
  void retire() {
    Loan old;
    synchronized (this) {
      old = present;
      present = null;
    }
    free(old);
  }

  private void free(@Nullable Loan old) {
    if (old == null) {
      return;
    }
    boolean idle;
    synchronized (this) {
      old.retired = true;
      idle = old.users == 0;
    }
    if (idle) {
      old.generator.close();
    }
  }
}
