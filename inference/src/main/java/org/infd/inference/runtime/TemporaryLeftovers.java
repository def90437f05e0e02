package org.infd.inference.runtime;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Folders with native libraries that ONNX Runtime's Java binding left in the temporary folder when
 * earlier versions of this program were killed, 28 MB or more each.
 *
 * @param temporary the temporary folder
 */
record TemporaryLeftovers(Path temporary) {
  /** Where it can be seen what is in use, only a start in progress has to be left alone. */
  private static final Duration START = Duration.ofMinutes(10);

  private static final Duration LONG = Duration.ofDays(2);
  private static final Path PROCESSES = Path.of("/proc");

  /** Removes those that no process uses; others' folders, and what cannot be removed, stay. */
  void sweep() {
    try {
      var found = new ArrayList<Path>();
      try (var folders = Files.newDirectoryStream(temporary, "onnxruntime-java*")) {
        folders.forEach(found::add);
      }
      if (found.isEmpty()) {
        return;
      }
      boolean visible = Files.isReadable(PROCESSES.resolve("self/maps"));
      var used = visible ? mapped() : List.<String>of();
      var newest = Instant.now().minus(visible ? START : LONG);
      for (var folder : found) {
        if (isOld(folder, newest)
            && holdsOnlyLibraries(folder)
            && used.stream().noneMatch(line -> line.contains(folder.toString()))) {
          remove(folder);
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      // without a temporary folder nothing was left there
    }
  }

  private static void remove(Path folder) {
    try {
      NativePlaces.remove(folder);
    } catch (IOException | DirectoryIteratorException e) {
      // somebody else's, or in use
    }
  }

  private static boolean isOld(Path folder, Instant newest) throws IOException {
    return Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
        && Files.getLastModifiedTime(folder).toInstant().isBefore(newest);
  }

  private static boolean holdsOnlyLibraries(Path folder) throws IOException {
    try (var files = Files.newDirectoryStream(folder)) {
      for (var file : files) {
        if (!file.getFileName().toString().contains("onnxruntime")) {
          return false;
        }
      }
      return true;
    } catch (java.nio.file.AccessDeniedException e) {
      return false;
    }
  }

  /** The lines of all mapped files of this user's processes that lie in such folders. */
  private List<String> mapped() throws IOException {
    var lines = new ArrayList<String>();
    try (var processes = Files.newDirectoryStream(PROCESSES, "[0-9]*")) {
      for (var process : processes) {
        try {
          Files.readString(process.resolve("maps"), StandardCharsets.ISO_8859_1)
              .lines()
              .filter(line -> line.contains("onnxruntime-java"))
              .forEach(lines::add);
        } catch (IOException e) {
          // it has ended, or is somebody else's, whose folder cannot be removed either
        }
      }
    }
    return lines;
  }
}
