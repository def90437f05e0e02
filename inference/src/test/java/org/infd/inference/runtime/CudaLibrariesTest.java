package org.infd.inference.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import java.util.Set;
import org.infd.inference.runtime.CudaLibraries.Lack;
import org.infd.inference.runtime.ProbeResult.Cause;
import org.junit.jupiter.api.Test;

class CudaLibrariesTest {
  private static final CudaRequirements NEEDS = new CudaRequirements(12, 9);

  private static Optional<Lack> missing(boolean windows, String... files) {
    return new CudaLibraries(windows, Set.of(files)::contains).missing(NEEDS);
  }

  @Test
  void nothingIsThere() {
    var lack = missing(false).orElseThrow();
    assertEquals(Cause.NO_CUDA, lack.cause());
    assertTrue(lack.reason().contains("libcudart.so.12 was not found"), lack.reason());
    assertTrue(lack.nextStep().contains("LD_LIBRARY_PATH"), lack.nextStep());
  }

  @Test
  void anInstallationWithAHole() {
    var lack =
        missing(false, "libcudart.so.12", "libcublasLt.so.12", "libcublas.so.13").orElseThrow();
    assertEquals(Cause.NO_CUDA, lack.cause());
    assertTrue(lack.reason().contains("libcublas.so.12 was not found"), lack.reason());
  }

  @Test
  void anotherCuda() {
    var lack = missing(false, "libcudart.so.11").orElseThrow();
    assertEquals(Cause.WRONG_CUDA, lack.cause());
    assertTrue(lack.reason().startsWith("CUDA 11 is installed"), lack.reason());
  }

  @Test
  void everythingIsThereOnLinuxAndOnWindows() {
    assertEquals(
        Optional.empty(),
        missing(
            false,
            "libcudart.so.12",
            "libcublasLt.so.12",
            "libcublas.so.12",
            "libcurand.so.10",
            "libcudnn.so.9"));
    assertEquals(
        Optional.empty(),
        missing(
            true,
            "cudart64_12.dll",
            "cublasLt64_12.dll",
            "cublas64_12.dll",
            "curand64_10.dll",
            "cudnn64_9.dll"));
  }
}
