package org.infd.inference.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.infd.inference.runtime.Device.Kind;
import org.junit.jupiter.api.Test;

class FlavourTest {
  @Test
  void theBuildKnowsWhetherItsRuntimeHoldsCuda() {
    assertEquals(
        Providers.offered().contains(Kind.CUDA),
        Flavour.ofBuild().cuda() > 0,
        "the profile's versions do not fit its runtime");
  }
}
