package org.infd.app.about;

import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.infd.app.work.Bytes;
import org.infd.app.work.ProblemLog;
import org.infd.inference.NumberText;
import org.infd.inference.generation.Version;
import org.infd.inference.runtime.Device;
import org.infd.inference.runtime.OnnxRuntime;

/**
 * What to send along with a report of a fault: versions, machine, models and the last problems, as
 * a text. The names of the user and of the user's folders are taken out; prompts and pictures are
 * never in it.
 */
public final class Diagnostics {
  /** A name as short as this would be found inside of words. */
  private static final int SHORTEST_NAME = 3;

  private Diagnostics() {}

  /**
   * What the text is about.
   *
   * @param device what graphs run on, if that is known
   * @param screen what is known of the screen, a line
   * @param settings what the user chose, a line
   * @param models the models of this machine, a line each
   * @param pictures how many pictures are kept
   * @param pictureBytes what they take on disk
   */
  public record Subject(
      Optional<Device> device,
      String screen,
      String settings,
      List<String> models,
      int pictures,
      long pictureBytes,
      List<ProblemLog.Entry> problems) {}

  /** The text. Reads what the machine says of itself, so it may take a moment. */
  public static String collect(Subject subject) {
    var text = new StringBuilder();
    line(text, "INFD Studio", Version.text());
    line(text, "ONNX Runtime", OnnxRuntime.version());
    line(text, "Java", Runtime.version() + ", " + System.getProperty("java.vm.name"));
    line(text, "JavaFX", System.getProperty("javafx.runtime.version", "unknown"));
    line(
        text,
        "System",
        System.getProperty("os.name")
            + " "
            + System.getProperty("os.version")
            + ", "
            + System.getProperty("os.arch"));
    line(text, "Memory", memory());
    line(text, "Screen", subject.screen());
    line(
        text,
        "Device",
        subject
            .device()
            .map(found -> found.summary() + ", because " + found.reason())
            .orElse("not found yet"));
    line(text, "Settings", subject.settings());
    line(text, "Gallery", subject.pictures() + " pictures, " + Bytes.text(subject.pictureBytes()));
    models(text, subject.models());
    problems(text, subject.problems());
    return withoutNames(
        text.toString(), System.getProperty("user.home", ""), System.getProperty("user.name", ""));
  }

  private static void line(StringBuilder text, String name, String value) {
    text.append(NumberText.format("%-14s%s%n", name, value));
  }

  private static String memory() {
    var heap = Runtime.getRuntime();
    var own =
        Bytes.text(heap.totalMemory() - heap.freeMemory())
            + " of "
            + Bytes.text(heap.maxMemory())
            + " heap used, "
            + heap.availableProcessors()
            + " processors";
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean machine
        ? own
            + ", machine "
            + Bytes.text(machine.getTotalMemorySize())
            + " ("
            + Bytes.text(machine.getFreeMemorySize())
            + " free)"
        : own;
  }

  private static void models(StringBuilder text, List<String> models) {
    text.append(NumberText.format("Models%n"));
    models.forEach(model -> text.append(NumberText.format("  %s%n", model)));
  }

  private static void problems(StringBuilder text, List<ProblemLog.Entry> problems) {
    text.append((problems.isEmpty() ? "No problems since the start%n" : "Problems%n").formatted());
    for (var problem : problems) {
      text.append("  ").append(problem.when()).append(' ').append(problem.text());
      text.append(System.lineSeparator());
    }
  }

  /** The text without where a person lives on this machine and how they are called. */
  static String withoutNames(String text, String home, String name) {
    var clean = text;
    if (home.length() >= SHORTEST_NAME) {
      clean = clean.replace(home, "~");
    }
    if (name.length() >= SHORTEST_NAME) {
      clean =
          Pattern.compile("(?<![A-Za-z0-9])" + Pattern.quote(name) + "(?![A-Za-z0-9])")
              .matcher(clean)
              .replaceAll("(user)");
    }
    return clean;
  }
}
