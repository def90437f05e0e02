package org.infd.inference.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.infd.inference.Problem;
import org.infd.inference.runtime.Device.Kind;
import org.infd.inference.runtime.Device.Precision;
import org.junit.jupiter.api.Test;

class ProvidersTest {
  private static final Device GPU = new Device(Kind.CUDA, 0, "Pretend", "it is a test.");

  @Test
  void fullPrecisionIsExact() {
    assertEquals(
        Map.of(
            "cudnn_conv_algo_search", "HEURISTIC",
            "arena_extend_strategy", "kSameAsRequested",
            "use_tf32", "0"),
        Providers.cudaOptions(GPU, false));
  }

  @Test
  void whereExactnessWasGivenUpTensorCoresMayRound() {
    var options = Providers.cudaOptions(GPU.withPrecision(Precision.HALF), true);
    assertEquals("1", options.get("use_tf32"));
    assertEquals("1", options.get("prefer_nhwc"));
  }

  @Test
  void memoryIsLimitedInBytes() {
    assertEquals(
        "1073741824",
        Providers.cudaOptions(GPU.withMemoryLimit(1L << 30), false).get("gpu_mem_limit"));
    assertThrows(Problem.class, () -> GPU.withMemoryLimit(1000));
  }

  @Test
  void everyRuntimeHoldsTheCpu() {
    assertTrue(Providers.offered().contains(Kind.CPU));
  }
}
