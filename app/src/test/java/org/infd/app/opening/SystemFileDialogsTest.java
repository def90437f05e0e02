package org.infd.app.opening;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where the system's dialogs begin. */
class SystemFileDialogsTest {
  @TempDir private Path home;

  private Optional<Path> start(String last) {
    return SystemFileDialogs.start(last, home.toString()).map(file -> file.toPath());
  }

  @Test
  void whereTheLastEndedElseWithThePicturesElseAtHome() throws IOException {
    assertEquals(Optional.of(home), start(""));
    var pictures = Files.createDirectory(home.resolve("Pictures"));
    assertEquals(Optional.of(pictures), start(""));
    var last = Files.createDirectory(home.resolve("last"));
    assertEquals(Optional.of(last), start(last.toString()));
    assertEquals(Optional.of(pictures), start(home.resolve("gone").toString()));
    assertEquals(Optional.empty(), SystemFileDialogs.start("", ""));
  }
}
