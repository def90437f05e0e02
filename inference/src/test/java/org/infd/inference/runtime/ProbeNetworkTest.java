package org.infd.inference.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Base64;
import org.junit.jupiter.api.Test;

class ProbeNetworkTest {
  @Test
  void theCpuComputesItRight() {
    assertTrue(ProbeNetwork.isRight(Device.cpu(), false));
    assertTrue(ProbeNetwork.isRight(Device.cpu(), true));
  }

  @Test
  void theNetworksAreWhatTheySay() {
    assertEquals(
        Base64.getEncoder().encodeToString(ports().node("Conv", "y", "x", "w").build()),
        ProbeNetwork.FULL);
    assertEquals(
        Base64.getEncoder()
            .encodeToString(
                ports()
                    .castToHalf("xh", "x")
                    .castToHalf("wh", "w")
                    .node("Conv", "yh", "xh", "wh")
                    .castToFloat("y", "yh")
                    .build()),
        ProbeNetwork.HALF);
  }

  private static TinyOnnx ports() {
    return new TinyOnnx().input("x", 1, 8, 16, 16).input("w", 8, 8, 3, 3).output("y", 1, 8, 14, 14);
  }
}
