package org.infd.app.work;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

class BackgroundTest {
  private static final Duration LONG = Duration.ofSeconds(120);

  @Test
  void theEndWaitsForAllThatIsWritten() {
    var written = Collections.synchronizedList(new ArrayList<String>());
    try (var threads = Executors.newCachedThreadPool()) {
      var background = new Background(threads);
      var blocked = new CountDownLatch(1);
      var one = background.files();
      var two = background.files();
      one.execute(() -> await(blocked));
      one.execute(() -> written.add("one"));
      two.execute(() -> written.add("two"));
      // comes after the wait has begun, or before: the wait must not end without it
      threads.execute(blocked::countDown);
      assertTrue(background.drain(LONG));
      assertEquals(List.of("one", "two"), written.stream().sorted().toList());
    }
  }

  @Test
  void theEndDoesNotWaitForEver() {
    try (var threads = Executors.newCachedThreadPool()) {
      var background = new Background(threads);
      var blocked = new CountDownLatch(1);
      background.files().execute(() -> await(blocked));
      assertFalse(background.drain(Duration.ofMillis(20)));
      blocked.countDown();
      assertTrue(background.drain(LONG));
    }
  }

  @Test
  void whatMayBeGivenUpIsNotWaitedFor() {
    try (var threads = Executors.newCachedThreadPool()) {
      var background = new Background(threads);
      var blocked = new CountDownLatch(1);
      background.queue().execute(() -> await(blocked));
      assertTrue(background.drain(LONG));
      blocked.countDown();
    }
  }

  /** A program that ends has shut its threads down, and a file is written all the same. */
  @Test
  void whatComesAfterTheEndOfTheThreadsIsDoneAtOnce() {
    var threads = Executors.newCachedThreadPool();
    var background = new Background(threads);
    var files = background.files();
    threads.shutdown();
    var written = new ArrayList<String>();
    files.execute(() -> written.add("late"));
    files.execute(() -> written.add("later"));
    assertEquals(List.of("late", "later"), written);
    assertTrue(background.drain(LONG));
  }

  /** The user interface hears of a picture that goes, say, while the program ends. */
  @Test
  void whatIsBegunAfterTheEndOfTheThreadsIsDropped() {
    var threads = Executors.newCachedThreadPool();
    var background = new Background(threads);
    threads.shutdown();
    var done = new ArrayList<String>();
    background.execute(() -> done.add("too late"));
    assertEquals(List.of(), done);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
