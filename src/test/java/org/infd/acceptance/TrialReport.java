package org.infd.acceptance;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the trials of full size print. */
final class TrialReport {
  private TrialReport() {}

  /**
   * Prints what was done, how long it took, and the memory.
   *
   * @param start of {@link System#nanoTime()}
   */
  static void print(String what, long start) {
    System.out.printf(
        "%s: %.1f s, heap %d MB of at most %d MB, %s%n",
        what,
        (System.nanoTime() - start) * 1e-9,
        (Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory()) >> 20,
        Runtime.getRuntime().maxMemory() >> 20,
        peak());
  }

  /** The peak of the resident memory, mapped files included, where the system tells. */
  private static String peak() {
    try (var lines = Files.lines(Path.of("/proc/self/status"), StandardCharsets.UTF_8)) {
      return lines
          .filter(line -> line.startsWith("VmHWM") || line.startsWith("RssAnon"))
          .map(line -> line.replaceAll("\\s+", " "))
          .reduce("", (a, b) -> a + " " + b);
    } catch (IOException e) {
      return "";
    }
  }
}
