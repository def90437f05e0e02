package org.infd.inference.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.infd.inference.runtime.Device.Kind;
import org.infd.inference.runtime.ProbeResult.Cause;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * The probe in a real process of its own, against libraries that are compiled here to stand in for
 * the driver, for CUDA and for cuDNN.
 */
@EnabledOnOs(OS.LINUX)
class ProbeTest {
  private static final CudaRequirements NEEDS = new CudaRequirements(12, 9);
  private static final Duration LONG = Duration.ofSeconds(120);

  /** A driver that knows CUDA 12.4 and finds one device of 8 GiB. */
  private static final String DRIVER =
      """
      #include <string.h>
      int cuInit(unsigned flags) { return 0; }
      int cuDriverGetVersion(int *v) { *v = 12040; return 0; }
      int cuDeviceGetCount(int *n) { *n = 1; return 0; }
      int cuDeviceGetName(char *name, int length, int device) { strcpy(name, "Pretend 9"); return 0; }
      int cuDeviceTotalMem_v2(unsigned long long *bytes, int device) { *bytes = 8ull << 30; return 0; }
      """;

  @TempDir private Path folder;

  @Test
  void noDriver() {
    assumeTrue(CudaDriver.library("libcuda.so.1").isEmpty(), "this machine has an NVIDIA driver");
    var fails = fails(run(LONG));
    assertEquals(Cause.NO_DRIVER, fails.cause());
    assertTrue(fails.reason().contains("libcuda.so.1"), fails.reason());
    assertTrue(fails.nextStep().contains("install its driver"), fails.nextStep());
  }

  @Test
  void aDriverThatCrashesTakesOnlyTheTestAlong() throws Exception {
    compile("libcuda.so.1", "int cuInit(unsigned f) { return *(volatile int *)0; }");
    var fails = fails(run(LONG));
    assertEquals(Cause.CRASHED, fails.cause());
    assertTrue(
        fails.reason().contains("crashed while the test started the driver"), fails.reason());
    assertTrue(fails.nextStep().contains("install it again"), fails.nextStep());
    try (Stream<Path> files = Files.list(Path.of(""))) {
      assertEquals(
          List.of(),
          files.filter(f -> f.toString().matches("hs_err.*|core.*")).toList(),
          "a crash report is left in the working folder");
    }
  }

  @Test
  void aDriverThatHangsIsGivenUp() throws Exception {
    compile(
        "libcuda.so.1", "#include <unistd.h>\nint cuInit(unsigned f) { for (;;) { pause(); } }");
    var fails = fails(run(Duration.ofSeconds(4)));
    assertEquals(Cause.TIMED_OUT, fails.cause());
    assertTrue(fails.reason().contains("did not end within 4 seconds"), fails.reason());
  }

  @Test
  void aDriverForAnOlderCuda() throws Exception {
    compile("libcuda.so.1", DRIVER.replace("12040", "11080"));
    var fails = fails(run(LONG));
    assertEquals(Cause.WRONG_CUDA, fails.cause());
    assertTrue(
        fails.reason().contains("knows CUDA up to 11.8, and this build needs CUDA 12"),
        fails.reason());
    assertTrue(fails.nextStep().contains("Update the NVIDIA driver"), fails.nextStep());
  }

  @Test
  void librariesOfAnotherCuda() throws Exception {
    compile("libcuda.so.1", DRIVER);
    compile("libcudart.so.13", "int x;");
    var fails = fails(run(LONG));
    assertEquals(Cause.WRONG_CUDA, fails.cause());
    assertTrue(
        fails.reason().contains("CUDA 13 is installed, and this build needs CUDA 12"),
        fails.reason());
    assertTrue(fails.nextStep().contains("Install CUDA 12"), fails.nextStep());
  }

  @Test
  void noCudnnOrAnother() throws Exception {
    assumeTrue(CudaDriver.library("libcudnn.so.9").isEmpty(), "this machine has cuDNN 9");
    cuda();
    var none = fails(run(LONG));
    assertEquals(Cause.NO_CUDNN, none.cause());
    assertTrue(none.reason().contains("libcudnn.so.9"), none.reason());
    assertTrue(none.nextStep().contains("Install cuDNN 9 for CUDA 12"), none.nextStep());
    compile("libcudnn.so.8", "int x;");
    var other = fails(run(LONG));
    assertEquals(Cause.NO_CUDNN, other.cause());
    assertTrue(other.reason().contains("cuDNN 8 is installed"), other.reason());
  }

  @Test
  void librariesAloneProveNothing() throws Exception {
    assumeTrue(!Providers.offered().contains(Kind.CUDA), "a runtime with CUDA may run here");
    cuda();
    compile("libcudnn.so.9", "int x;");
    var fails = fails(run(LONG));
    assertEquals(Cause.FAILED, fails.cause());
    assertTrue(fails.reason().startsWith("Pretend 9 refused a small network: "), fails.reason());
  }

  @Test
  void noDevice() throws Exception {
    compile("libcuda.so.1", DRIVER.replace("*n = 1", "*n = 0"));
    assertEquals(Cause.NO_DEVICE, fails(run(LONG)).cause());
  }

  @Test
  void aProviderThatTheRuntimeLacksFailsCleanly() {
    assumeTrue(!Providers.offered().contains(Kind.DIRECTML), "this runtime has DirectML");
    var finding = probe(LONG).run(Kind.DIRECTML);
    assertEquals(Cause.FAILED, fails(finding).cause());
  }

  @Test
  void aJavaThatCannotBeStartedIsToldToo() {
    var finding =
        new Probe(List.of(folder.resolve("none").toString()), Map.of(), LONG, NEEDS).run(Kind.CUDA);
    assertEquals(Cause.FAILED, fails(finding).cause());
  }

  @Test
  void whatWorksIsReadFromItsWords() {
    var said =
        Map.of(
            "step",
            "RUN",
            "name",
            "Pretend = 9",
            "memory",
            "8589934592",
            "half",
            "true",
            "works",
            "");
    var works = assertInstanceOf(ProbeResult.Works.class, probe(LONG).finding(Kind.CUDA, said, 0));
    assertEquals(new ProbeResult.Works(Kind.CUDA, "Pretend = 9", 8L << 30, true), works);
    assertEquals("Pretend = 9, 8 GB, float32 and float16", works.text());
  }

  private void cuda() throws Exception {
    compile("libcuda.so.1", DRIVER);
    for (var library : List.of("libcudart.so.12", "libcublasLt.so.12", "libcublas.so.12")) {
      compile(library, "int x;");
    }
    compile("libcurand.so.10", "int x;");
  }

  private ProbeResult run(Duration timeout) {
    return probe(timeout).run(Kind.CUDA);
  }

  private Probe probe(Duration timeout) {
    return new Probe(Probe.java(), Map.of("LD_LIBRARY_PATH", folder.toString()), timeout, NEEDS);
  }

  private static ProbeResult.Fails fails(ProbeResult finding) {
    return assertInstanceOf(ProbeResult.Fails.class, finding, finding::toString);
  }

  private void compile(String library, String source) throws Exception {
    var file = folder.resolve(library + ".c");
    Files.writeString(file, source);
    var command = new ArrayList<>(List.of("cc", "-shared", "-fPIC", "-w", "-O0"));
    command.addAll(List.of("-o", folder.resolve(library).toString(), file.toString()));
    int code;
    try {
      code = new ProcessBuilder(command).inheritIO().start().waitFor();
    } catch (IOException e) {
      assumeTrue(false, "no C compiler 'cc' here, so nothing can stand in for a driver");
      return;
    }
    assertEquals(0, code, "the C compiler failed");
  }
}
