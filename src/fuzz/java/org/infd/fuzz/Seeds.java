package org.infd.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Writes what the fuzzer begins with, a folder for each target. */
public final class Seeds {
  private Seeds() {}

  /** Writes them into the folder that is named, and prints the names of the targets. */
  public static void main(String[] arguments) throws IOException {
    for (var target : Target.values()) {
      var name = target.name().toLowerCase(Locale.ROOT);
      var folder = Files.createDirectories(Path.of(arguments[0]).resolve(name));
      int number = 0;
      for (var seed : target.seeds(Files.createTempDirectory("infd-seeds"))) {
        Files.write(folder.resolve("seed-" + number++), seed);
      }
      System.out.println(name);
    }
  }
}
