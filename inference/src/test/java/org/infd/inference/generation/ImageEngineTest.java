package org.infd.inference.generation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.Device;
import org.infd.inference.runtime.DeviceQueue.Priority;
import org.junit.jupiter.api.Test;

/** The device, its queue and its end; what the networks give is tested with the generator. */
class ImageEngineTest {
  private static final int LONG_ENOUGH_SECONDS = 120;

  @Test
  void closingDoesNotWaitForADeviceThatIsBeingChosen() throws InterruptedException {
    var asked = new CountDownLatch(1);
    var answer = new CountDownLatch(1);
    var engine =
        new ImageEngine(
            () -> {
              asked.countDown();
              try {
                answer.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              return Device.cpu();
            });
    var chooser = Thread.startVirtualThread(engine::device);
    assertTrue(asked.await(LONG_ENOUGH_SECONDS, TimeUnit.SECONDS));
    var closer = Thread.startVirtualThread(engine::close);
    closer.join(TimeUnit.SECONDS.toMillis(LONG_ENOUGH_SECONDS));
    boolean closing = closer.isAlive();
    answer.countDown();
    chooser.join();
    closer.join();
    assertFalse(closing, "closed while the device hung");
  }

  @Test
  void theDeviceIsChosenOnce() {
    var asked = new AtomicInteger();
    try (var engine =
        new ImageEngine(
            () -> {
              asked.incrementAndGet();
              return Device.cpu();
            })) {
      engine.device();
      engine.device();
      engine.call(Priority.PREVIEW, Cancellation.never(), () -> 1);
    }
    assertEquals(1, asked.get());
  }

  @Test
  void aClosedEngineStartsNoWork() {
    var engine = new ImageEngine(Device::cpu);
    engine.close();
    assertThrows(
        CancellationException.class,
        () -> engine.call(Priority.PREVIEW, Cancellation.never(), () -> 1));
  }

  @Test
  void afterTheDeviceWasLostTheCpuGoesOn() {
    try (var engine = new ImageEngine(Device::cpu)) {
      assertEquals(Device.Kind.CPU, engine.useCpu().kind());
      assertTrue(engine.device().reason().contains("stopped"), engine.device().reason());
      assertEquals(1, engine.call(Priority.PREVIEW, Cancellation.never(), () -> 1));
    }
  }
}
