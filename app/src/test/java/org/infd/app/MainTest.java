package org.infd.app;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.infd.inference.Problem;
import org.junit.jupiter.api.Test;

class MainTest {
  @Test
  void withoutADisplayTheCommandLineIsNamed() {
    var problem =
        assertThrows(Problem.class, () -> Main.requireDisplay("Linux", Map.of("DISPLAY", ""), ""));
    assertTrue(problem.getMessage().startsWith("There is no display"), problem.getMessage());
    assertTrue(problem.getMessage().contains("infd generate --seed 7"), problem.getMessage());
  }

  @Test
  void anyDisplayWillDo() {
    assertDoesNotThrow(() -> Main.requireDisplay("Linux", Map.of("DISPLAY", ":0"), ""));
    assertDoesNotThrow(
        () -> Main.requireDisplay("Linux", Map.of("WAYLAND_DISPLAY", "wayland-0"), ""));
    assertDoesNotThrow(() -> Main.requireDisplay("Linux", Map.of(), "Headless"));
    assertDoesNotThrow(() -> Main.requireDisplay("Windows 11", Map.of(), ""));
    assertDoesNotThrow(() -> Main.requireDisplay("Mac OS X", Map.of(), ""));
  }
}
