package org.infd.inference.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.infd.inference.Problem;
import org.infd.inference.runtime.Device.Kind;
import org.infd.inference.runtime.ProbeResult.Cause;
import org.junit.jupiter.api.Test;

class DevicesTest {
  private static final ProbeResult WORKS =
      new ProbeResult.Works(Kind.CUDA, "Pretend 9", 12L << 30, true);
  private static final ProbeResult NO_DRIVER =
      new ProbeResult.Fails(Kind.CUDA, Cause.NO_DRIVER, "There is no driver.", "Install it.");

  private final List<Kind> tested = new ArrayList<>();

  private Devices devices(Set<Kind> offered, Map<Kind, ProbeResult> answers) {
    return new Devices(
        offered,
        kind -> {
          tested.add(kind);
          return answers.get(kind);
        });
  }

  @Test
  void aGpuThatPassesItsTestIsTaken() {
    var device = devices(EnumSet.of(Kind.CPU, Kind.CUDA), Map.of(Kind.CUDA, WORKS)).choose("auto");
    assertEquals(Kind.CUDA, device.kind());
    assertEquals("Pretend 9, 12 GB", device.name());
    assertTrue(device.summary().startsWith("Pretend 9, 12 GB, "), device.summary());
  }

  @Test
  void aGpuThatFailsLeavesTheCpuAndSaysWhy() {
    var devices = devices(EnumSet.of(Kind.CPU, Kind.CUDA), Map.of(Kind.CUDA, NO_DRIVER));
    var device = devices.choose("auto");
    assertEquals(Kind.CPU, device.kind());
    assertEquals("There is no driver. Install it.", device.reason());
    assertTrue(device.summary().endsWith(" (no GPU driver)"), device.summary());
    var refused = assertThrows(Problem.class, () -> devices.choose("cuda"));
    assertEquals("CUDA cannot be used. There is no driver. Install it.", refused.getMessage());
    assertEquals(Kind.CPU, devices.chooseOrBest("cuda").kind());
  }

  @Test
  void aRuntimeForTheCpuIsNotTested() {
    var device = devices(EnumSet.of(Kind.CPU), Map.of()).choose("auto");
    assertEquals(Kind.CPU, device.kind());
    assertTrue(device.reason().contains("for the CPU only"), device.reason());
    assertTrue(device.summary().contains("build for the CPU"), device.summary());
    assertEquals(List.of(), tested);
  }

  @Test
  void otherProvidersAreNeverChosenSilently() {
    var directMl = new ProbeResult.Works(Kind.DIRECTML, "DirectML device 0", 0, false);
    var devices = devices(EnumSet.of(Kind.CPU, Kind.DIRECTML), Map.of(Kind.DIRECTML, directMl));
    assertEquals(Kind.CPU, devices.choose("auto").kind());
    assertFalse(tested.contains(Kind.DIRECTML));
    assertEquals(Kind.DIRECTML, devices.choose("directml").kind());
    assertThrows(Problem.class, () -> devices.choose("tensorrt"));
  }

  @Test
  void anotherProviderThatFailsIsReplacedWithTheReason() {
    var fails =
        new ProbeResult.Fails(Kind.TENSORRT, Cause.FAILED, "It has no TensorRT.", "Install it.");
    var devices =
        devices(
            EnumSet.of(Kind.CPU, Kind.CUDA, Kind.TENSORRT),
            Map.of(Kind.CUDA, WORKS, Kind.TENSORRT, fails));
    var device = devices.chooseOrBest("tensorrt");
    assertEquals(Kind.CUDA, device.kind());
    assertTrue(device.reason().contains("It has no TensorRT."), device.reason());
    assertEquals(List.of(WORKS, fails), devices.survey());
  }

  @Test
  void anUnknownWishIsRefused() {
    var devices = devices(EnumSet.of(Kind.CPU), Map.of());
    assertThrows(Problem.class, () -> devices.choose("abacus"));
    assertEquals(Kind.CPU, devices.choose("CPU").kind());
  }

  @Test
  void theSurveySaysOfCudaInAnyCase() {
    var findings = devices(EnumSet.of(Kind.CPU), Map.of()).survey();
    assertEquals(1, findings.size());
    assertTrue(
        findings.getFirst() instanceof ProbeResult.Fails fails
            && fails.cause() == Cause.NOT_IN_RUNTIME);
  }
}
