package org.infd.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.generation.Benchmark;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.Device;
import org.junit.jupiter.api.Test;

class BenchmarkTest {
  @Test
  void everyStageOfTheEmbeddedModelIsMeasured() {
    var bundle =
        ModelBundle.open(
            Path.of(System.getProperty("infd.root", "../.."), "assets/mountains/bundle"));
    var said = new ArrayList<String>();
    var rows =
        new Benchmark(bundle, Device.cpu(), 512, Duration.ZERO, said::add)
            .run(Cancellation.never());
    assertEquals(
        java.util.List.of(Benchmark.Stage.values()),
        rows.stream().map(Benchmark.Row::stage).toList());
    assertEquals(rows.size(), said.size());
    for (var row : rows) {
      assertNull(row.failure());
      assertEquals(3, row.runs(), row::toString);
      assertTrue(row.leastMillis() > 0 && row.leastMillis() <= row.medianMillis(), row::toString);
    }
  }
}
