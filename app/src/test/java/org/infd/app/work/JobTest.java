package org.infd.app.work;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.infd.inference.Problem;
import org.junit.jupiter.api.Test;

class JobTest {
  /** What is to happen in the background and on the user interface's thread, in this order. */
  private final ArrayDeque<Runnable> background = new ArrayDeque<>();

  private final ArrayDeque<Runnable> ui = new ArrayDeque<>();
  private final Job job = new Job(background::add, ui::add);
  private final List<String> told = new ArrayList<>();

  private void work() {
    while (!background.isEmpty()) {
      background.remove().run();
    }
  }

  private void drain() {
    while (!ui.isEmpty()) {
      ui.remove().run();
    }
  }

  private void all() {
    while (!background.isEmpty() || !ui.isEmpty()) {
      work();
      drain();
    }
  }

  private void assertWorks() {
    assertFalse(job.runningProperty().get());
    job.start((_, _) -> "again", told::add, told::add);
    assertTrue(job.runningProperty().get());
    all();
    assertEquals("again", told.getLast());
    assertFalse(job.runningProperty().get());
  }

  @Test
  void aConsumerOfTheResultThatThrowsStopsNothing() {
    job.start(
        (_, _) -> 1,
        result -> {
          throw new IllegalStateException("on purpose");
        },
        told::add);
    all();
    assertTrue(told.getFirst().startsWith("Something unexpected went wrong"), "it is said");
    assertWorks();
  }

  @Test
  void aConsumerOfTheFailureThatThrowsStopsNothing() {
    job.start(
        (_, _) -> {
          throw new Problem("The disk is full.");
        },
        result -> {},
        sentence -> {
          told.add(sentence);
          throw new AssertionError("on purpose");
        });
    all();
    assertEquals(List.of("The disk is full."), told);
    assertWorks();
  }

  @Test
  void bothMayThrow() {
    job.start(
        (_, _) -> 1,
        result -> {
          throw new NoSuchElementError();
        },
        sentence -> {
          throw new IllegalStateException("on purpose");
        });
    all();
    assertWorks();
  }

  private static final class NoSuchElementError extends Error {
    private static final long serialVersionUID = 1;
  }

  @Test
  void aConsumerThatBeganTheNextAndThrowsLeavesTheNextRunning() {
    job.start(
        (_, _) -> 1,
        result -> {
          job.start((_, _) -> "next", told::add, told::add);
          throw new IllegalStateException("on purpose");
        },
        told::add);
    work();
    drain();
    assertTrue(job.runningProperty().get());
    all();
    assertTrue(told.contains("next"));
    assertWorks();
  }

  @Test
  void aListenerThatThrowsStopsNothing() {
    var handler = Thread.currentThread().getUncaughtExceptionHandler();
    Thread.currentThread().setUncaughtExceptionHandler((thread, failure) -> {});
    try {
      job.runningProperty()
          .subscribe(
              running -> {
                if (running) {
                  throw new IllegalStateException("on purpose");
                }
              });
      assertWorks();
    } finally {
      Thread.currentThread().setUncaughtExceptionHandler(handler);
    }
  }

  @Test
  void aStepThatThrowsStopsNothing() {
    job.start(
        (_, quick) -> {
          quick.execute(
              () -> {
                throw new IllegalStateException("on purpose");
              });
          return "done";
        },
        told::add,
        told::add);
    all();
    assertEquals(List.of("done"), told);
    assertWorks();
  }

  @Test
  void workThatNobodyTakesIsOver() {
    var refused =
        new Job(
            work -> {
              throw new RejectedExecutionException();
            },
            ui::add);
    refused.start((_, _) -> 1, result -> {}, told::add);
    all();
    assertFalse(refused.runningProperty().get());
    assertEquals(List.of(), told, "the program ends");
  }

  @Test
  void aResultThatComesAfterTheCancelIsGivenBack() {
    var discarded = new ArrayList<Integer>();
    job.start((_, _) -> 7, result -> told.add("taken"), told::add, discarded::add);
    work();
    job.cancel();
    drain();
    assertEquals(List.of(), discarded, "not on the user interface's thread: it may take long");
    all();
    assertEquals(List.of(7), discarded);
    assertEquals(List.of(), told);
    assertWorks();
  }

  @Test
  void aResultThatTheNextStartOvertakesIsGivenBack() {
    var discarded = new ArrayList<Integer>();
    job.start((_, _) -> 7, result -> told.add("taken"), told::add, discarded::add);
    job.start((_, _) -> 8, result -> told.add("taken " + result), told::add, discarded::add);
    all();
    assertEquals(List.of(7), discarded);
    assertEquals(List.of("taken 8"), told);
  }

  @Test
  void aResultThatWasTakenIsNotGivenBack() {
    var discarded = new ArrayList<Integer>();
    job.start((_, _) -> 7, result -> told.add("taken"), told::add, discarded::add);
    all();
    job.cancel();
    all();
    assertEquals(List.of(), discarded);
    assertEquals(List.of("taken"), told);
  }

  @Test
  void aDiscardThatThrowsStopsNothing() {
    job.start(
        (_, _) -> 7,
        result -> {},
        told::add,
        result -> {
          throw new IllegalStateException("on purpose");
        });
    work();
    job.cancel();
    all();
    assertWorks();
  }
}
