package org.infd.app.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.infd.inference.NumberText;
import org.infd.inference.Problem;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.generation.Benchmark;
import org.infd.inference.generation.Version;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.Device;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code infd bench}: how fast a model is on this machine, and how near the CPU's numbers. */
@Command(
    name = "bench",
    description = {
      "Measures a model on this machine: a step of the diffusion network, decoding, a tile of 256"
          + " pixels, and an export of 2048 pixels. On a GPU each in full and half precision, with"
          + " channels first and last, and how far the numbers are from the CPU's.",
      "Let nothing else run meanwhile. The last line is for a report."
    })
final class BenchCommand extends InfdCommand {
  private static final int MOST_SECONDS = 600;

  private final Services services;

  @Option(
      names = "--model",
      paramLabel = "ID|DIR",
      description = "The model: an id of 'infd models' or a folder (default: the embedded one).")
  private String model = "mountains";

  @Option(
      names = "--seconds",
      paramLabel = "N",
      defaultValue = "5",
      description = "How long each measurement is repeated (default: ${DEFAULT-VALUE}).")
  private int seconds;

  @Mixin private DeviceOptions deviceOptions;

  BenchCommand(Services services, Terminal terminal) {
    super(terminal);
    this.services = services;
  }

  @Override
  void run(Cancellation cancellation) {
    if (seconds < 1 || seconds > MOST_SECONDS) {
      throw new Problem("--seconds is between 1 and " + MOST_SECONDS + ", not " + seconds + ".");
    }
    var bundle = services.models().find(model);
    var device = deviceOptions.choose(services);
    terminal().result("Device:  " + device.name() + " (" + device.reason() + ")");
    terminal().result("Model:   " + bundle.manifest().id() + " " + shortHash(bundle));
    var rows =
        services.bench(
            bundle,
            device,
            Duration.ofSeconds(seconds),
            what -> terminal().note("Measuring " + what),
            cancellation);
    terminal().result("");
    table(rows).forEach(terminal()::result);
    terminal().result("");
    terminal().result(line(bundle, device, rows));
  }

  private static String shortHash(ModelBundle bundle) {
    return bundle.hash().substring(0, Math.min(12, bundle.hash().length()));
  }

  /** The table, a line each. */
  static List<String> table(List<Benchmark.Row> rows) {
    var lines = new ArrayList<String>();
    lines.add(
        NumberText.format(
            "%-18s%-26s%10s%10s%6s%12s  %s",
            "", "on", "least ms", "median ms", "runs", "Mpx/s", "off from the CPU"));
    for (var row : rows) {
      lines.add(
          row.failure() != null
              ? NumberText.format("%-18s%-26s%s", row.stage().title(), row.variant(), row.failure())
              : NumberText.format(
                  "%-18s%-26s%10.1f%10.1f%6d%12s  %s",
                  row.stage().title(),
                  row.variant(),
                  row.leastMillis(),
                  row.medianMillis(),
                  row.runs(),
                  row.megapixels() == 0 ? "" : NumberText.format("%.2f", row.megapixels()),
                  row.distance() == null
                      ? "reference"
                      : NumberText.format("%.4f %%", 100 * row.distance())));
    }
    return lines.stream().map(String::stripTrailing).toList();
  }

  /** Everything of interest in one line. */
  private String line(ModelBundle bundle, Device device, List<Benchmark.Row> rows) {
    var text = new StringBuilder("infd " + Version.text());
    text.append(" | ").append(bundle.manifest().id()).append(' ').append(shortHash(bundle));
    text.append(" | ").append(device.name()).append(" | ").append(services.runtime());
    text.append(" | ").append(System.getProperty("os.name"));
    text.append(' ').append(System.getProperty("os.arch"));
    for (var row : rows) {
      text.append(" | ").append(row.stage().title()).append(", ").append(row.variant());
      text.append(": ");
      text.append(
          row.failure() != null
              ? "failed"
              : String.format(Locale.ROOT, "%.1f ms", row.medianMillis()));
    }
    return text.toString();
  }
}
