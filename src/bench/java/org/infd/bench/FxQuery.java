package org.infd.bench;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import javafx.application.Platform;

/** Asks the user interface's thread, and waits for the answer. */
final class FxQuery {
  private static final long PAUSE_MILLIS = 5;

  private FxQuery() {}

  static <T> T ask(Callable<T> question) throws Exception {
    var answer = new CompletableFuture<T>();
    Platform.runLater(
        () -> {
          try {
            answer.complete(question.call());
          } catch (Exception e) {
            answer.completeExceptionally(e);
          }
        });
    return answer.get();
  }

  /** Asks again and again until it holds. */
  static void await(BooleanSupplier condition) throws Exception {
    while (!ask(condition::getAsBoolean)) {
      Thread.sleep(PAUSE_MILLIS);
    }
  }
}
