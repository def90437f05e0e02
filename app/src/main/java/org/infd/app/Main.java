package org.infd.app;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import javafx.application.Platform;
import javax.imageio.ImageIO;
import org.infd.app.cli.CommandLineInterface;
import org.infd.app.cli.EngineServices;
import org.infd.app.cli.Rehearsal;
import org.infd.app.cli.StudioStart;
import org.infd.app.cli.Utf8Restart;
import org.infd.app.session.OnlyStudio;
import org.infd.app.window.Studio;
import org.infd.inference.NumberText;
import org.infd.inference.Problem;
import org.infd.inference.ShownText;
import org.infd.inference.UserData;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.NativePlaces;

/** Where the program begins: without arguments the studio opens, else a command runs. */
public final class Main {
  /** A studio that is just starting answers when it has claimed its folder. */
  private static final Duration LONGEST_HAND_OVER = Duration.ofSeconds(5);

  private static final String LOG_FORMAT = "java.util.logging.SimpleFormatter.format";
  private static final String JAVAFX_NATIVES = "javafx.cachedir";

  private Main() {}

  /** Runs the program and ends the process with its exit code. */
  public static void main(String[] arguments) {
    Utf8Restart.ifNeeded();
    // what libraries write has the digits of everything else
    Locale.setDefault(Locale.Category.FORMAT, NumberText.locale());
    if (System.getProperty(LOG_FORMAT) == null) {
      // a line for people; the diagnostics have the rest
      System.setProperty(LOG_FORMAT, "%4$s: %5$s%n");
    }
    // what a decoder keeps for a moment stays in memory: the temporary folder may be full
    ImageIO.setUseCache(false);
    System.exit(run(arguments));
  }

  private static int run(String[] arguments) {
    try {
      var program =
          new CommandLineInterface(
              new EngineServices(),
              Main::openStudio,
              new PrintWriter(System.out, true, System.out.charset()),
              new PrintWriter(System.err, true, System.err.charset()),
              Boolean.getBoolean("infd.terminal"));
      boolean rehearses = Boolean.getBoolean(Studio.REHEARSAL) && arguments.length == 0;
      return program.run(rehearses ? Rehearsal.commands(program) : arguments);
    } catch (Problem e) {
      // the folder of data is asked for before any command begins
      System.err.println(ShownText.lines(e.getMessage()));
      return CommandLineInterface.FAILED;
    }
  }

  private static void openStudio(StudioStart start, Cancellation cancellation) {
    // a rehearsal neither finds another one nor is found
    var only =
        Boolean.getBoolean(Studio.REHEARSAL)
            ? Optional.<OnlyStudio>empty()
            : OnlyStudio.claim(UserData.folder());
    try {
      boolean isSecond = only.isEmpty() && !Boolean.getBoolean(Studio.REHEARSAL);
      if (isSecond && !start.newWindow()) {
        if (OnlyStudio.handOver(UserData.folder(), start.files(), LONGEST_HAND_OVER)) {
          System.out.println("The studio that is open has come to the front.");
          return;
        }
        System.err.println(
            "The studio that is open does not answer, so another window opens beside it.");
      }
      openWindow(only, start.files(), cancellation);
    } finally {
      only.ifPresent(OnlyStudio::close);
    }
  }

  private static void openWindow(
      Optional<OnlyStudio> only, List<Path> files, Cancellation cancellation) {
    requireDisplay(
        System.getProperty("os.name", ""),
        System.getenv(),
        System.getProperty("glass.platform", ""));
    placeNatives();
    try (var _ = cancellation.onCancel(Platform::exit)) {
      Studio.open(only, files);
    } catch (UnsupportedOperationException e) {
      throw new Problem(withoutWindow("The display cannot be used (" + e.getMessage() + ")."), e);
    }
  }

  /**
   * Says where JavaFX puts its native libraries: beside those of the engine, instead of a folder of
   * its own in the account's home, which may not be one where programs can be run.
   *
   * @throws Problem if there is no such folder
   */
  private static void placeNatives() {
    var module = Platform.class.getModule().getDescriptor();
    if (module != null && System.getProperty(JAVAFX_NATIVES) == null) {
      var version = module.rawVersion().orElse("0") + "-" + System.getProperty("os.arch");
      System.setProperty(
          JAVAFX_NATIVES, NativePlaces.ofSystem().folder("javafx", version).toString());
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
