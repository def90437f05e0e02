package org.infd.inference.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.infd.inference.runtime.DeviceQueue.Priority;
import org.junit.jupiter.api.Test;

class DeviceLostTest {
  private static final Device GPU = new Device(Device.Kind.CUDA, 0, "Pretend 9", "a test.");

  @Test
  void theRuntimesWordsAreUnderstood() {
    for (var words :
        List.of(
            "CUDA failure 700: an illegal memory access was encountered ; GPU=0",
            "CUDA error cudaErrorLaunchFailure: unspecified launch failure",
            "CUDA failure 100: no CUDA-capable device is detected",
            "D3D12: 887A0005: The GPU device instance has been suspended",
            "DXGI_ERROR_DEVICE_REMOVED")) {
      assertTrue(DeviceLost.isMeantBy(words), words);
      assertFalse(OutOfDeviceMemory.isMeantBy(words), words);
    }
    assertFalse(DeviceLost.isMeantBy("CUDA failure 2: out of memory ; GPU=0"));
    assertFalse(DeviceLost.isMeantBy("Got invalid dimensions for input: z"));
  }

  @Test
  void theQueueSaysSoBeforeTheWorkFails() {
    var lost = new DeviceLost(GPU, new IllegalStateException("gone"));
    var heard = Collections.synchronizedList(new ArrayList<DeviceLost>());
    try (var queue = new DeviceQueue(GPU)) {
      queue.onLost(heard::add);
      var failure =
          assertThrows(
              DeviceLost.class,
              () ->
                  queue.call(
                      Priority.VISIBLE,
                      Cancellation.never(),
                      () -> {
                        throw lost;
                      }));
      assertSame(lost, failure);
      assertEquals(List.of(lost), heard);
      assertEquals("on", queue.call(Priority.VISIBLE, Cancellation.never(), () -> "on"));
    }
    assertTrue(
        String.valueOf(lost.getMessage()).startsWith("Pretend 9 stopped working. Go on with"));
  }
}
