package org.infd.app.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InterruptsTest {
  @TempDir Path folder;

  @Test
  void controlCLeavesNothing() throws Exception {
    assumeTrue(!System.getProperty("os.name").startsWith("Windows"), "needs kill");
    var target = Files.createDirectory(folder.resolve("out")).resolve("x.png");
    var process =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-cp",
                System.getProperty("java.class.path"),
                Endless.class.getName(),
                folder.toString(),
                target.toString())
            .redirectErrorStream(true)
            .start();
    try {
      var said = new StringBuilder();
      while (said.indexOf("Rendering: ") < 0) {
        int next = process.getInputStream().read();
        assertTrue(next >= 0, said.toString());
        said.append((char) next);
      }
      assertEquals(1, names(target).size(), "the file under its temporary name");
      // whoever runs the tests in the background has Ctrl-C ignored, and so has every child
      var heard = Signals.hear("INT", () -> {});
      heard.ifPresent(Signals.Hearing::close);
      var signal = heard.isPresent() ? "-INT" : "-TERM";
      new ProcessBuilder("kill", signal, Long.toString(process.pid())).start().waitFor();
      assertTrue(process.waitFor(120, TimeUnit.SECONDS));
      assertEquals(130, process.exitValue());
      said.append(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
      assertTrue(said.toString().contains("Cancelled"), said.toString());
      assertEquals(List.of(), names(target));
    } finally {
      process.destroyForcibly();
    }
  }

  /** Makes a picture whose tiles take too long. */
  static final class Endless {
    private Endless() {}

    public static void main(String[] arguments) throws IOException {
      var services = new FakeServices(Path.of(arguments[0]));
      services.install("mountains", 0);
      services.beforeTile =
          () -> {
            try {
              Thread.sleep(200);
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          };
      var writer = new PrintWriter(System.out, true, System.out.charset());
      System.exit(
          new CommandLineInterface(services, (_, _) -> {}, writer, writer, false)
              .run("generate", "--size=5000", "--out=" + arguments[1]));
    }
  }

  private static List<String> names(Path target) throws IOException {
    try (var entries = Files.list(target.getParent())) {
      return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
    }
  }
}
