package org.infd.app.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ProgressBarTest {
  private final StringWriter written = new StringWriter();
  private long now;

  @Test
  void aScreenIsRewrittenAtMostTenTimesASecondAndOnceAtTheEnd() {
    try (var bar = bar(true)) {
      for (int i = 1; i <= 1000; i++) {
        now += 1_000_000;
        bar.update(i, 1000, "");
      }
    }
    var draws = written.toString().split("\r", -1).length - 1;
    assertTrue(draws >= 9 && draws <= 12, written.toString());
    assertTrue(written.toString().endsWith("100 %" + System.lineSeparator()), written.toString());
  }

  @Test
  void theRemainingTimeIsSaidOnceItIsKnown() {
    try (var bar = bar(true)) {
      now += 1_000_000_000;
      bar.update(1, 100, "");
      assertTrue(written.toString().endsWith(" 1 %"), written.toString());
      now += 9_000_000_000L;
      bar.update(10, 100, "");
      assertTrue(written.toString().endsWith(" 10 %, 1 min 30 s left"), written.toString());
      now += 1;
      bar.update(100, 100, "");
      assertTrue(written.toString().contains(" 100 %     "), "the longer line is wiped");
    }
  }

  @Test
  void elsewhereALinePerTenth() {
    try (var bar = bar(false)) {
      for (int i = 0; i <= 1000; i++) {
        bar.update(i, 1000, "");
      }
    }
    assertEquals(11, written.toString().lines().count(), written.toString());
  }

  @Test
  void timesAreForPeople() {
    assertEquals("0 s", ProgressBar.time(Duration.ofMillis(900)));
    assertEquals("59 s", ProgressBar.time(Duration.ofSeconds(59)));
    assertEquals("1 min 05 s", ProgressBar.time(Duration.ofSeconds(65)));
    assertEquals("2 h 10 min", ProgressBar.time(Duration.ofMinutes(130)));
  }

  private ProgressBar bar(boolean interactive) {
    var writer = new PrintWriter(written);
    return new ProgressBar(new Terminal(writer, writer, interactive), "Work", () -> now);
  }
}
