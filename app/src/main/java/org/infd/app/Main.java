package org.infd.app;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import javafx.application.Application;
import javafx.application.Platform;
import org.infd.app.cli.CommandLineInterface;
import org.infd.app.cli.EngineServices;
import org.infd.app.window.Studio;
import org.infd.inference.Problem;
import org.infd.inference.runtime.Cancellation;

/** Where the program begins: without arguments the studio opens, else a command runs. */
public final class Main {
  private Main() {}

  /** Runs the program and ends the process with its exit code. */
  public static void main(String[] arguments) {
    var commands =
        new CommandLineInterface(
            new EngineServices(),
            Main::openStudio,
            new PrintWriter(System.out, true, System.out.charset()),
            new PrintWriter(System.err, true, System.err.charset()),
            Boolean.getBoolean("infd.terminal"));
    System.exit(commands.run(arguments));
  }

  private static void openStudio(Optional<Path> file, Cancellation cancellation) {
    requireDisplay(
        System.getProperty("os.name", ""),
        System.getenv(),
        System.getProperty("glass.platform", ""));
    try (var _ = cancellation.onCancel(Platform::exit)) {
      Application.launch(Studio.class, file.map(Path::toString).stream().toArray(String[]::new));
    } catch (UnsupportedOperationException e) {
      throw new Problem(withoutWindow("The display cannot be used (" + e.getMessage() + ")."), e);
    }
  }

  /**
   * Says so where no window can open, instead of what the toolkit would say.
   *
   * @throws Problem if there is no display
   */
  static void requireDisplay(String system, Map<String, String> environment, String platform) {
    boolean mayLack =
        system.toLowerCase(Locale.ROOT).startsWith("linux")
            && !platform.equalsIgnoreCase("Headless");
    if (mayLack && isBlank(environment, "DISPLAY") && isBlank(environment, "WAYLAND_DISPLAY")) {
      throw new Problem(withoutWindow("There is no display here, so the studio cannot open."));
    }
  }

  private static String withoutWindow(String why) {
    return why
        + " The command line needs none: infd generate --seed 7 --size 2048 --out picture.png"
        + " (infd --help lists all commands).";
  }

  private static boolean isBlank(Map<String, String> environment, String name) {
    return environment.getOrDefault(name, "").isBlank();
  }
}
