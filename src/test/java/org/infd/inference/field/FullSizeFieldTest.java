package org.infd.inference.field;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.Device;
import org.infd.inference.runtime.DeviceQueue;
import org.infd.inference.tensor.Tensor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The published size: φ 128 × 256 × 256, hidden 256, norms. */
class FullSizeFieldTest {
  private static final Cancellation NEVER = Cancellation.never();
  private static final int SIDE = 1024;

  @TempDir static Path folder;
  private static ModelBundle bundle;
  private static Tensor phi;

  @BeforeAll
  static void write() throws IOException {
    var renderer = RandomRenderer.of(128, 256, 256);
    bundle = renderer.write(folder, null);
    phi = renderer.phi(6);
  }

  @Test
  void tilesAgreeBitForBit() {
    try (var field = NeuralField.open(bundle, Device.cpu(), phi, StatisticsMode.INTERPOLATED)) {
      // at the border of the image, where tiles shift inward
      var area = new Rectangle(SIDE - 100, 300, 100, 110);
      var whole = field.render(SIDE, area, NEVER);
      assertTrue(whole.isFinite());
      for (var part :
          new Rectangle[] {
            new Rectangle(SIDE - 30, 301, 30, 32), new Rectangle(SIDE - 100, 377, 64, 33)
          }) {
        var expected = Tensor.zeros(1, 3, part.height(), part.width());
        NeuralField.copy(whole, new TilePlan.Part(area, part), part, expected);
        assertArrayEquals(expected.toArray(), field.render(SIDE, part, NEVER).toArray());
      }
    }
  }

  @Test
  void whoeverCancelsIsFreeAtOnce() throws Exception {
    try (var field = NeuralField.open(bundle, Device.cpu(), phi, StatisticsMode.INTERPOLATED);
        var queue = new DeviceQueue(Device.cpu());
        var caller = Executors.newSingleThreadExecutor()) {
      var cancellation = new Cancellation();
      var waiting =
          caller.submit(
              () ->
                  assertThrows(
                      CancellationException.class,
                      () ->
                          queue.call(
                              DeviceQueue.Priority.VISIBLE,
                              cancellation,
                              () -> field.render(SIDE, Rectangle.whole(SIDE), cancellation))));
      Thread.sleep(300);
      cancellation.cancel();
      var ended = waiting.get(120, TimeUnit.SECONDS);
      assertEquals(CancellationException.class, ended.getClass());
      // the device itself is free at the next node of the graph, and the field still works
      queue.submit(DeviceQueue.Priority.VISIBLE, NEVER, () -> "free").get(120, TimeUnit.SECONDS);
    }
  }
}
