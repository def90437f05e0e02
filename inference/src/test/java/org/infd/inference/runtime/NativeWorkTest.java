package org.infd.inference.runtime;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class NativeWorkTest {
  @Test
  void theEndStopsWhatRunsAndWaitsForIt() throws InterruptedException {
    var work = new NativeWork();
    var begun = new CountDownLatch(1);
    var asked = new CountDownLatch(1);
    var left = new boolean[1];
    var thread =
        Thread.ofPlatform()
            .start(
                () -> {
                  try (var _ = work.begin(asked::countDown)) {
                    begun.countDown();
                    asked.await();
                    Thread.sleep(50);
                    left[0] = true;
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                });
    begun.await();
    assertTrue(work.end(20_000));
    assertTrue(left[0], "waited until it had ended");
    thread.join();
  }

  @Test
  void nothingBeginsAfterTheEnd() {
    var work = new NativeWork();
    work.begin(() -> {}).close();
    assertTrue(work.end(0), "nothing runs");
    assertThrows(CancellationException.class, () -> work.begin(() -> {}));
  }

  @Test
  void whatDoesNotStopIsGivenUp() {
    var work = new NativeWork();
    try (var _ = work.begin(() -> {})) {
      assertFalse(work.end(30));
    }
  }
}
