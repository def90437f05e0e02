package org.infd.inference.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.infd.inference.runtime.Device.Kind;
import org.junit.jupiter.api.Test;

class CudaRequirementsTest {
  @Test
  void theBuildKnowsWhetherItsRuntimeHoldsCuda() {
    assertEquals(
        Providers.offered().contains(Kind.CUDA),
        CudaRequirements.ofBuild().cuda() > 0,
        "the profile's versions do not fit its runtime");
  }
}
