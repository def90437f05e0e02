package org.infd.inference.bundle;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/** A hash that is computed beside other work, on a thread of its own. Thread-safe. */
public final class PendingHash {
  private final CompletableFuture<String> hash;

  private PendingHash(CompletableFuture<String> hash) {
    this.hash = hash;
  }

  /** Begins with a hash. */
  public static PendingHash begin(Supplier<String> work) {
    return new PendingHash(
        CompletableFuture.supplyAsync(
            work, task -> Thread.ofPlatform().daemon().name("hash").start(task)));
  }

  /**
   * The hash, as soon as it is there.
   *
   * @throws RuntimeException what the work threw
   */
  public String get() {
    try {
      return hash.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException reason) {
        throw reason;
      }
      throw e;
    }
  }
}
