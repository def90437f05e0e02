package org.infd.app.about;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.infd.app.models.ModelCard;
import org.infd.app.settings.Preferences;
import org.infd.app.work.ProblemLog;
import org.infd.inference.runtime.Device;
import org.junit.jupiter.api.Test;

class DiagnosticsTest {
  private static final Instant NOW = Instant.parse("2026-11-23T09:00:00Z");

  @Test
  void saysWhatRunsWhereAndWhatWentWrong() {
    var home = System.getProperty("user.home");
    var text =
        Diagnostics.collect(
            new Diagnostics.Subject(
                Optional.of(new Device(Device.Kind.CPU, 0, "CPU, 2 threads", "it is a test.")),
                "1280 × 800 at scale 1.00",
                Preferences.defaults().summary(),
                List.of(
                    new ModelCard(
                            "own",
                            "Own",
                            "",
                            false,
                            Path.of(home, "models", "own"),
                            5 << 20,
                            "0123456789abcdef0123",
                            true,
                            List.of(),
                            "")
                        .summary(),
                    new ModelCard(
                            "old",
                            "Old",
                            "",
                            false,
                            Path.of("x"),
                            0,
                            "",
                            false,
                            List.of(),
                            home + "/models/old/bundle.json is damaged.")
                        .summary()),
                7,
                3 << 20,
                List.of(new ProblemLog.Entry(NOW, "The disk is full: " + home + "/x.png"))));
    for (var expected :
        List.of(
            "INFD Studio   ",
            "ONNX Runtime  ",
            "CPU, 2 threads, because it is a test.",
            "1280 × 800 at scale 1.00",
            "7 pictures, 3 MB",
            "  own, 5 MB, 0123456789abcdef",
            "broken: ~/models/old/bundle.json is damaged.",
            "2026-11-23T09:00:00Z The disk is full: ~/x.png")) {
      assertTrue(text.contains(expected), expected + " in\n" + text);
    }
    assertFalse(text.contains(home), text);
  }

  @Test
  void nobodyIsNamed() {
    assertEquals(
        "~/x and /data/(user)/y, adamant",
        Diagnostics.withoutNames("/home/ada/x and /data/ada/y, adamant", "/home/ada", "ada"));
    assertEquals("as is", Diagnostics.withoutNames("as is", "", ""));
    assertEquals("a b", Diagnostics.withoutNames("a b", "/", "a"));
  }

  @Test
  void theLastProblemsAreRemembered() {
    var log = new ProblemLog(() -> NOW);
    for (int i = 0; i < ProblemLog.MOST + 5; i++) {
      log.add("problem " + i);
    }
    assertEquals(ProblemLog.MOST, log.entries().size());
    assertEquals("problem 5", log.entries().getFirst().text());
    log.add("x".repeat(10_000));
    assertTrue(log.entries().getLast().text().length() < 1000);
  }

  @Test
  void theLicencesAreInTheProgram() {
    assertTrue(AboutModel.notice().contains("ONNX Runtime"), AboutModel.notice());
    assertTrue(AboutModel.licence().contains("Apache License"), AboutModel.licence());
  }
}
