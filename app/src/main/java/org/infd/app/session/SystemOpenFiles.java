package org.infd.app.session;

import java.awt.Desktop;
import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * Files that the system asks a running program to open. On macOS a double click on a file, also the
 * one that starts the program, comes as an event; elsewhere it comes as an argument.
 */
public final class SystemOpenFiles {
  private static final System.Logger LOG = System.getLogger(SystemOpenFiles.class.getName());

  private SystemOpenFiles() {}

  /**
   * Says who opens them; what came before is handed over at once.
   *
   * @param taker called on a thread of the system's
   */
  public static void listen(Consumer<List<Path>> taker) {
    if (!comesAsEvent(System.getProperty("os.name", ""))) {
      return;
    }
    try {
      var desktop = Desktop.getDesktop();
      if (desktop.isSupported(Desktop.Action.APP_OPEN_FILE)) {
        desktop.setOpenFileHandler(
            event -> taker.accept(event.getFiles().stream().map(File::toPath).toList()));
      }
    } catch (UnsupportedOperationException | LinkageError e) {
      LOG.log(System.Logger.Level.WARNING, "files of the system are not heard of", e);
    }
  }

  static boolean comesAsEvent(String system) {
    return system.toLowerCase(Locale.ROOT).startsWith("mac");
  }
}
