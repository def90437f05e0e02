package org.infd.inference.runtime;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.infd.inference.runtime.Device.Kind;
import org.infd.inference.runtime.ProbeChild.Step;
import org.infd.inference.runtime.ProbeResult.Cause;
import org.jspecify.annotations.Nullable;

/**
 * Finds out whether a device works by a real run in a process of its own, with a time-out: a driver
 * that crashes or hangs takes nothing along.
 *
 * @param command what starts the other process; the kind and the flavour are added
 * @param environment what it sees beside this process's environment
 * @param timeout how long it may take
 * @param flavour what the runtime needs
 */
record Probe(
    List<String> command,
    Map<String, String> environment,
    Duration timeout,
    CudaRequirements flavour) {
  /** A first start of CUDA reads some gigabytes of libraries, on a slow disk too. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** How long a process that was killed may take to be gone. */
  private static final Duration DEATH = Duration.ofSeconds(5);

  /** The probe of this program on this machine. */
  static Probe ofSystem() {
    return new Probe(java(), Map.of(), PATIENCE, CudaRequirements.ofBuild());
  }

  /** A small Java that dies without a report where native code fails. */
  static List<String> java() {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:+SuppressFatalErrorMessage",
            "-XX:-CreateCoredumpOnCrash"));
    var natives = System.getProperty("onnxruntime.native.path");
    if (natives != null) {
      command.add("-Donnxruntime.native.path=" + natives);
    }
    command.addAll(
        List.of("-cp", System.getProperty("java.class.path"), ProbeChild.class.getName()));
    return command;
  }

  /** What a test run on this kind of device says. */
  ProbeResult run(Kind kind) {
    var whole = new ArrayList<>(command);
    whole.addAll(
        List.of(kind.name(), Integer.toString(flavour.cuda()), Integer.toString(flavour.cudnn())));
    var builder = new ProcessBuilder(whole).redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().putAll(environment);
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      return new ProbeResult.Fails(
          kind,
          Cause.FAILED,
          "The test of the GPU could not be started: " + e.getMessage() + ".",
          "Install the program again.");
    }
    var said = new ConcurrentHashMap<String, String>();
    var reader = Thread.ofPlatform().daemon().name("probe").start(() -> read(process, said));
    try {
      boolean ended = process.waitFor(timeout);
      process.destroyForcibly();
      // a pipe ends with its last writer; what hangs in a driver may not even die
      reader.join(DEATH);
      return finding(kind, said, ended ? process.exitValue() : null);
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      return new ProbeResult.Fails(
          kind, Cause.TIMED_OUT, "The test of the GPU was interrupted.", "Start it again.");
    }
  }

  private static void read(Process process, Map<String, String> said) {
    try (var lines = process.inputReader(StandardCharsets.UTF_8)) {
      for (var line = lines.readLine(); line != null; line = lines.readLine()) {
        int equals = line.indexOf('=');
        if (equals > 0) {
          said.put(line.substring(0, equals), line.substring(equals + 1));
        }
      }
    } catch (IOException | UncheckedIOException e) {
      // the process is gone: what it said until then counts
    }
  }

  /**
   * What the other process's words mean.
   *
   * @param exit its exit code, or null if it did not end in time
   */
  ProbeResult finding(Kind kind, Map<String, String> said, @Nullable Integer exit) {
    if (said.containsKey("works")) {
      return new ProbeResult.Works(
          kind,
          said.getOrDefault("name", kind.title()),
          Long.parseLong(said.getOrDefault("memory", "0")),
          Boolean.parseBoolean(said.get("half")));
    }
    if (said.containsKey("fails")) {
      return new ProbeResult.Fails(
          kind,
          Cause.valueOf(said.get("fails")),
          said.getOrDefault("reason", ""),
          said.getOrDefault("next", ""));
    }
    var step = Step.valueOf(said.getOrDefault("step", Step.START.name()));
    if (exit == null) {
      return new ProbeResult.Fails(
          kind,
          Cause.TIMED_OUT,
          "The test of the GPU did not end within "
              + TimeUnit.MILLISECONDS.toSeconds(timeout.toMillis())
              + " seconds; it hung while it "
              + step.words()
              + ".",
          "Restart the machine; if it stays so, install the GPU's driver again.");
    }
    return new ProbeResult.Fails(
        kind,
        Cause.CRASHED,
        "The GPU's driver crashed while the test " + step.words() + " (exit code " + exit + ").",
        "Update the driver or install it again. The studio goes on without it.");
  }
}
