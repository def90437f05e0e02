package org.infd.app.opening;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WhatPicturesSayTest {
  @TempDir private Path folder;

  /** Their reader says what they are; opening a pipe would wait for its writer for ever. */
  @Test
  void whatIsNoFileSaysNothingAndIsNotOpened() throws Exception {
    var all = new ArrayList<>(List.of(folder, folder.resolve("missing.png")));
    var pipe = folder.resolve("pipe.png");
    try {
      new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor();
    } catch (IOException e) {
      // no such thing on this system
    }
    if (Files.exists(pipe)) {
      all.add(pipe);
    }
    for (var one : all) {
      assertTimeoutPreemptively(
          Duration.ofSeconds(5),
          () -> assertInstanceOf(RecipeOffers.Said.Nothing.class, RecipeOffers.read(one)),
          one.toString());
    }
  }
}
