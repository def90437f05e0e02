package org.infd.app.work;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.infd.inference.FileReason;

/**
 * What the program had remembered and cannot read any more: kept in a folder of its own beside its
 * place, instead of being written over. Only the newest are kept.
 */
public final class SetAside {
  private static final System.Logger LOG = System.getLogger(SetAside.class.getName());
  private static final String FOLDER = "damaged";
  private static final int MOST = 20;

  /** Sorts by time, and is possible as a name on every system. */
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH-mm-ss.SSSSSSSSS", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private SetAside() {}

  /** Moves a file, or a folder in its place, out of the way. Never throws. */
  static void take(Path file) {
    try {
      var folder = file.toAbsolutePath().resolveSibling(FOLDER);
      Files.createDirectories(folder);
      Files.move(file, folder.resolve(TIME.format(Instant.now()) + " " + file.getFileName()));
      var kept = in(folder);
      for (var old : kept.subList(0, Math.max(0, kept.size() - MOST))) {
        if (Files.isRegularFile(old)) {
          Files.delete(old);
        }
      }
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "not set aside: " + file + ": " + FileReason.of(e));
    }
  }

  /**
   * What was set aside from a folder, the oldest first. Never throws.
   *
   * @param place where the files lay
   * @param start the time from which on it is asked for
   */
  public static List<Path> since(Path place, Instant start) {
    var folder = place.resolve(FOLDER);
    var first = TIME.format(start);
    try {
      return Files.isDirectory(folder)
          ? in(folder).stream()
              .filter(file -> String.valueOf(file.getFileName()).compareTo(first) >= 0)
              .toList()
          : List.of();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "not listed: " + folder + ": " + FileReason.of(e));
      return List.of();
    }
  }

  private static List<Path> in(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  /** The name that a file had before. */
  public static String name(Path aside) {
    var name = String.valueOf(aside.getFileName());
    return name.substring(name.indexOf(' ') + 1);
  }
}
