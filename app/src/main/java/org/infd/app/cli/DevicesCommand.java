package org.infd.app.cli;

import org.infd.inference.NumberText;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.ProbeResult;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code infd devices}: what is used and why. */
@Command(name = "devices", description = "Shows what pictures are computed on, and why.")
final class DevicesCommand extends InfdCommand {
  private static final long MIB = 1 << 20;

  private final Services services;

  @Mixin private DeviceOptions deviceOptions;

  DevicesCommand(Services services, Terminal terminal) {
    super(terminal);
    this.services = services;
  }

  @Override
  void run(Cancellation cancellation) {
    var device = deviceOptions.choose(services);
    terminal().result("In use:    " + device.name());
    terminal().result("Because:   " + device.reason());
    for (var finding : services.survey()) {
      terminal().result("Tested:    " + finding.kind().title() + ": " + text(finding));
    }
    terminal().result("Runtime:   " + services.runtime());
    var runtime = Runtime.getRuntime();
    terminal()
        .result(
            NumberText.format(
                "Machine:   %d processors, %s %s, %s",
                runtime.availableProcessors(),
                System.getProperty("os.name"),
                System.getProperty("os.arch"),
                "Java " + Runtime.version().feature()));
    terminal().result("Java heap: up to " + runtime.maxMemory() / MIB + " MiB");
  }

  private static String text(ProbeResult finding) {
    return switch (finding) {
      case ProbeResult.Works works -> "works: " + works.text();
      case ProbeResult.Fails fails -> fails.text();
    };
  }
}
