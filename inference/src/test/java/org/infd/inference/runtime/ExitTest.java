package org.infd.inference.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.infd.inference.tensor.Tensor;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class ExitTest {
  private static final int SIDE = 256;

  @TempDir private Path folder;

  @RepeatedTest(3)
  void aProcessMayEndWhileAGraphRuns() throws Exception {
    assertEquals(0, exitCodeOf("exit"));
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void aSignalEndsAProcessWhileAGraphRuns() throws Exception {
    assertEquals(128 + 15, exitCodeOf("signal"));
  }

  private int exitCodeOf(String ending) throws Exception {
    var model = folder.resolve("busy.onnx");
    var graph = new TinyOnnx().input("x", SIDE, SIDE).output("y", SIDE, SIDE);
    graph.node("MatMul", "a", "x", "x").node("MatMul", "b", "a", "x").node("MatMul", "c", "b", "x");
    graph.node("MatMul", "d", "c", "x").node("MatMul", "e", "d", "x").node("MatMul", "y", "e", "x");
    Files.write(model, graph.build());
    var said = folder.resolve("said.txt");
    var process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Busy.class.getName(),
                model.toString(),
                ending)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    try {
      assertTrue(process.waitFor(120, TimeUnit.SECONDS), () -> "hangs: " + read(said));
      assertFalse(read(said).contains("fatal error"), () -> read(said));
      return process.exitValue();
    } finally {
      process.destroyForcibly();
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends while another thread is in the middle of a run. */
  static final class Busy {
    private Busy() {}

    /** Takes the graph's file and how to end: exit or signal. */
    public static void main(String[] arguments) throws Exception {
      var graph = Graph.load(Path.of(arguments[0]), Device.cpu());
      var inputs = Map.of("x", Tensor.zeros(SIDE, SIDE));
      graph.run(inputs, Cancellation.never());
      Thread.ofPlatform()
          .daemon()
          .start(
              () -> {
                while (true) {
                  graph.run(inputs, Cancellation.never());
                }
              });
      Thread.sleep(200);
      if (arguments[1].equals("exit")) {
        System.exit(0);
      }
      new ProcessBuilder("kill", "-TERM", Long.toString(ProcessHandle.current().pid())).start();
      Thread.sleep(60_000);
    }
  }
}
