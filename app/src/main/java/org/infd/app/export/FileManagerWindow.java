package org.infd.app.export;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Shows a file in the system's file manager. */
public final class FileManagerWindow {
  private static final System.Logger LOG = System.getLogger(FileManagerWindow.class.getName());

  private FileManagerWindow() {}

  /**
   * The command that shows a file in its folder, selected where the system can.
   *
   * @param system the name of the operating system, as Java tells it
   */
  static List<String> command(String system, Path file) {
    var path = file.toAbsolutePath();
    var name = system.toLowerCase(Locale.ROOT);
    if (name.startsWith("windows")) {
      return List.of("explorer.exe", "/select," + path);
    }
    if (name.startsWith("mac")) {
      return List.of("open", "-R", path.toString());
    }
    var folder = path.getParent();
    return List.of("xdg-open", folder == null ? "/" : folder.toString());
  }

  /** Starts the file manager; returns at once, whether it is there or not. */
  public static void show(Path file) {
    try {
      new ProcessBuilder(command(System.getProperty("os.name", ""), file))
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "no file manager for " + file, e);
    }
  }
}
