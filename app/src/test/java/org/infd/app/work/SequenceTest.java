package org.infd.app.work;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SequenceTest {
  @Test
  void tasksRunOneAfterTheOtherAndFailuresStopNone() throws InterruptedException {
    var order = Collections.synchronizedList(new ArrayList<Integer>());
    var done = new CountDownLatch(1);
    try (var threads = Executors.newFixedThreadPool(4)) {
      var sequence = new Sequence(threads);
      for (int i = 0; i < 200; i++) {
        int number = i;
        sequence.execute(
            () -> {
              order.add(number);
              if (number % 50 == 7) {
                throw new IllegalStateException("on purpose");
              }
            });
      }
      sequence.execute(done::countDown);
      assertTrue(done.await(120, TimeUnit.SECONDS));
    }
    assertEquals(java.util.stream.IntStream.range(0, 200).boxed().toList(), order);
  }

  @Test
  void sizesInWords() {
    assertEquals(
        List.of("0 bytes", "1023 bytes", "1 KB", "1.5 KB", "37 KB", "2 GB", "1.4 TB"),
        List.of(0L, 1023L, 1024L, 1536L, 37_900L, 2L << 30, 1_540_000_000_000L).stream()
            .map(Bytes::text)
            .toList());
  }
}
