package org.infd.inference.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.infd.inference.Problem;
import org.infd.inference.runtime.DeviceQueue.Priority;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DeviceQueueTest {
  private final DeviceQueue queue =
      new DeviceQueue(new Device(Device.Kind.CPU, 0, "test", "a test."));

  @AfterEach
  void close() {
    queue.close();
  }

  @Test
  void runsTheMostUrgentFirstAndEqualsInOrder() throws Exception {
    var gate = new CountDownLatch(1);
    var order = Collections.synchronizedList(new ArrayList<String>());
    var never = Cancellation.never();
    queue.submit(Priority.VISIBLE, never, () -> gate.await(120, TimeUnit.SECONDS));
    var last = queue.submit(Priority.PREFETCH, never, () -> order.add("prefetch"));
    queue.submit(Priority.EXPORT, never, () -> order.add("export 1"));
    queue.submit(Priority.EXPORT, never, () -> order.add("export 2"));
    queue.submit(Priority.VISIBLE, never, () -> order.add("visible"));
    gate.countDown();
    last.get(120, TimeUnit.SECONDS);
    assertEquals(List.of("visible", "export 1", "export 2", "prefetch"), order);
  }

  @Test
  void cancellingFreesTheCallerWhileTheWorkGoesOn() throws Exception {
    var gate = new CountDownLatch(1);
    var cancellation = new Cancellation();
    var result =
        queue.submit(Priority.GENERATION, cancellation, () -> gate.await(120, TimeUnit.SECONDS));
    cancellation.cancel();
    assertTrue(result.isCompletedExceptionally());
    gate.countDown();
    assertEquals("next", queue.call(Priority.GENERATION, Cancellation.never(), () -> "next"));
  }

  @Test
  void aResultIsThereBeforeWhatHangsOnIt() throws Exception {
    var begun = new CountDownLatch(1);
    var gate = new CountDownLatch(1);
    var cancellation = new Cancellation();
    var result =
        queue.submit(
            Priority.VISIBLE,
            cancellation,
            () -> {
              begun.countDown();
              return gate.await(120, TimeUnit.SECONDS);
            });
    assertTrue(begun.await(120, TimeUnit.SECONDS));
    // holds up the worker where it forgets the cancellation after the work
    synchronized (cancellation) {
      gate.countDown();
      assertEquals(true, result.get(120, TimeUnit.SECONDS));
    }
  }

  @Test
  void workThatWasCancelledBeforeItBeganNeverBegins() throws Exception {
    var gate = new CountDownLatch(1);
    var ran = Collections.synchronizedList(new ArrayList<String>());
    queue.submit(Priority.VISIBLE, Cancellation.never(), () -> gate.await(120, TimeUnit.SECONDS));
    var cancellation = new Cancellation();
    queue.submit(Priority.VISIBLE, cancellation, () -> ran.add("cancelled"));
    cancellation.cancel();
    gate.countDown();
    queue.call(Priority.PREFETCH, Cancellation.never(), () -> true);
    assertEquals(List.of(), ran);
  }

  @Test
  void failuresReachTheCallerAsTheyAre() {
    var problem = new Problem("no.");
    assertEquals(
        problem,
        assertThrows(
            Problem.class,
            () ->
                queue.call(
                    Priority.VISIBLE,
                    Cancellation.never(),
                    () -> {
                      throw problem;
                    })));
    assertEquals(1, queue.call(Priority.VISIBLE, Cancellation.never(), () -> 1));
  }

  @Test
  void workMayCallTheQueueAgain() {
    var never = Cancellation.never();
    assertEquals(
        2, queue.call(Priority.EXPORT, never, () -> queue.call(Priority.EXPORT, never, () -> 2)));
  }

  @Test
  void closingGivesUpWhatWaits() throws Exception {
    var gate = new CountDownLatch(1);
    var never = Cancellation.never();
    queue.submit(Priority.VISIBLE, never, () -> gate.await(120, TimeUnit.SECONDS));
    var waits = queue.submit(Priority.VISIBLE, never, () -> 1);
    queue.close();
    gate.countDown();
    assertThrows(CancellationException.class, () -> queue.call(Priority.VISIBLE, never, () -> 1));
    assertTrue(waits.isCompletedExceptionally());
  }

  @Test
  void theEndCanBeWaitedFor() throws Exception {
    var begun = new CountDownLatch(1);
    var gate = new CountDownLatch(1);
    queue.submit(
        Priority.VISIBLE,
        Cancellation.never(),
        () -> {
          begun.countDown();
          return gate.await(120, TimeUnit.SECONDS);
        });
    assertTrue(begun.await(120, TimeUnit.SECONDS));
    queue.close();
    assertFalse(queue.awaitEnd(Duration.ofMillis(20)));
    gate.countDown();
    assertTrue(queue.awaitEnd(Duration.ofSeconds(120)));
  }

  @Test
  void memoryIsGivenBackOnceWhenNothingComes() throws Exception {
    var rests = Collections.synchronizedList(new ArrayList<String>());
    var told = Collections.synchronizedList(new ArrayList<String>());
    var rested = new CountDownLatch(1);
    try (var quick =
        new DeviceQueue(
            new Device(Device.Kind.CUDA, 0, "Pretend 9", "a test."),
            told::add,
            Duration.ofMillis(20))) {
      var registration = quick.whenIdle(() -> rests.add("closed"));
      registration.close();
      quick.whenIdle(
          () -> {
            throw new Problem("what rests may fail");
          });
      quick.whenIdle(
          () -> {
            rests.add("rest");
            rested.countDown();
          });
      assertEquals("work", quick.call(Priority.EXPORT, Cancellation.never(), () -> "work"));
      assertTrue(rested.await(120, TimeUnit.SECONDS));
      assertEquals("more", quick.call(Priority.EXPORT, Cancellation.never(), () -> "more"));
      assertTrue(rests.size() <= 2, rests::toString);
      quick.tell("a sentence");
    }
    assertFalse(rests.contains("closed"));
    assertEquals(List.of("a sentence"), told);
  }
}
