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
        Providers.cudaOptions(GPU, false, 0));
  }

  @Test
  void whereExactnessWasGivenUpTensorCoresMayRound() {
    var options = Providers.cudaOptions(GPU.withPrecision(Precision.HALF), true, 0);
    assertEquals("1", options.get("use_tf32"));
    assertEquals("1", options.get("prefer_nhwc"));
  }

  @Test
  void memoryIsLimitedInBytes() {
    var options = Providers.cudaOptions(GPU, false, 1L << 30);
    assertEquals("1073741824", options.get("gpu_mem_limit"));
    assertEquals("0", options.get("cudnn_conv_use_max_workspace"));
    assertThrows(Problem.class, () -> GPU.withMemoryLimit(1000));
  }

  @Test
  void whatTensorRtBuildsIsKept() {
    var options = Providers.tensorRtOptions(0, java.nio.file.Path.of("data"));
    assertEquals("1", options.get("trt_engine_cache_enable"));
    assertEquals(
        java.nio.file.Path.of("data", "tensorrt").toString(), options.get("trt_engine_cache_path"));
    assertEquals(null, options.get("trt_max_workspace_size"));
    assertEquals(
        "7",
        Providers.tensorRtOptions(7, java.nio.file.Path.of("x")).get("trt_max_workspace_size"));
  }

  @Test
  void everyRuntimeHoldsTheCpu() {
    assertTrue(Providers.offered().contains(Kind.CPU));
  }
}
